//! `bed.board`: beds free, held and taken, ward by ward: of one hospital, or of all below one, a region.

use super::bed_of;
use crate::patient::hospital_ref;
use crate::referral::Care;
use axum::Json;
use axum::extract::Query;
use kernel::decide::Facts;
use kernel::{Id, Time};
use platform::directory::HospitalRef;
use platform::directory::profile::{Place, PlaceKind};
use platform::{Op, Problem};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Whose beds.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Input {
    /// This hospital's; the own when absent.
    #[param(value_type = Option<String>)]
    hospital: Option<Id>,
    /// Those of all hospitals below it too.
    #[serde(default)]
    region: bool,
    /// Of this level of care alone.
    care: Option<Care>,
    /// Wards with their counts alone, and no bed by name: a province has tens of thousands.
    #[serde(default)]
    counts: bool,
}

/// The board.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BedBoard)]
pub struct Output {
    /// As of.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// All of them together, by level of care.
    totals: BTreeMap<&'static str, Count>,
    /// Those that have wards, highest level first.
    hospitals: Vec<HospitalBeds>,
}

/// How many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BedCount)]
pub struct Count {
    /// Nobody lies in them and nobody has them held.
    free: usize,
    /// Held for somebody who is referred.
    held: usize,
    /// Somebody lies in them.
    taken: usize,
}

/// A hospital's beds.
#[derive(Debug, Serialize, ToSchema)]
pub struct HospitalBeds {
    /// Which.
    hospital: HospitalRef,
    /// By name.
    wards: Vec<WardBeds>,
}

/// A ward's beds.
#[derive(Debug, Serialize, ToSchema)]
pub struct WardBeds {
    /// The ward.
    #[schema(value_type = String)]
    id: Id,
    /// Its name in Chinese.
    name: String,
    /// Its name in English.
    name_en: String,
    /// Its level of care.
    care: Care,
    /// How many.
    #[serde(flatten)]
    count: Count,
    /// Each bed, by name; none when the counts alone were asked for.
    beds: Vec<BedRow>,
}

/// A bed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BedRow {
    /// The Location.
    #[schema(value_type = String)]
    id: Id,
    /// Its name in Chinese.
    name: String,
    /// Its name in English.
    name_en: String,
    /// Free, held or taken.
    state: BedState,
    /// Until when it is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Time>,
}

/// How a bed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BedState {
    /// Nobody lies in it and nobody has it held.
    Free,
    /// Held for somebody who is referred.
    Held,
    /// Somebody lies in it.
    Taken,
}

/// Shows which beds are free.
#[utoipa::path(get, path = "/api/beds", operation_id = "bed.board", tag = "bed", params(Input),
    responses((status = 200, body = Output)))]
pub async fn board(op: Op, Query(input): Query<Input>) -> Result<Json<Output>, Problem> {
    op.may("bed.board", &Facts::default(), None).await?;
    let directory = &op.platform().directory;
    let of = input.hospital.unwrap_or_else(|| op.actor().hospital.clone());
    directory.hospital(&of).ok_or_else(Problem::not_found)?;
    let tree = directory.tree();
    let meant = |hospital: &Id| if input.region { tree.is_within(hospital, &of) } else { *hospital == of };
    let places: Vec<Arc<Place>> = directory.places().into_iter().filter(|p| p.active && meant(&p.hospital)).collect();
    let held = op.store().claims("bed/", op.now()).await?;
    let held: HashMap<Id, Option<Time>> = held.iter().filter_map(|c| Some((bed_of(&c.key)?, c.until))).collect();
    let wards: Vec<WardBeds> = wards(&places, &held, input.care);
    let mut totals = BTreeMap::new();
    for ward in &wards {
        let all: &mut Count = totals.entry(ward.care.code()).or_default();
        all.free += ward.count.free;
        all.held += ward.count.held;
        all.taken += ward.count.taken;
    }
    let mut by_hospital: HashMap<Id, Vec<WardBeds>> = HashMap::new();
    let whose: HashMap<&Id, &Id> = places.iter().map(|p| (&p.id, &p.hospital)).collect();
    for ward in wards {
        if let Some(hospital) = whose.get(&ward.id) {
            by_hospital.entry((*hospital).clone()).or_default().push(ward);
        }
    }
    if input.counts {
        by_hospital.values_mut().flatten().for_each(|ward| ward.beds.clear());
    }
    let known: BTreeSet<Id> = by_hospital.keys().cloned().collect();
    let mut hospitals = vec![];
    for hospital in directory.hospitals().iter().filter(|h| known.contains(&h.id)) {
        let wards = by_hospital.remove(&hospital.id).unwrap_or_default();
        hospitals.push(HospitalBeds { hospital: hospital_ref(&op, &hospital.id)?, wards });
    }
    Ok(Json(Output { at: op.now(), totals, hospitals }))
}

/// The wards with their beds. A bed whose ward is closed is closed.
fn wards(places: &[Arc<Place>], held: &HashMap<Id, Option<Time>>, care: Option<Care>) -> Vec<WardBeds> {
    let mut wards: Vec<WardBeds> = places
        .iter()
        .filter_map(|p| {
            let of = match p.kind {
                PlaceKind::Ward => Care::Ward,
                PlaceKind::Icu => Care::Icu,
                _ => return None,
            };
            let mut beds: Vec<BedRow> =
                places.iter().filter(|b| b.ward.as_ref() == Some(&p.id)).map(|b| row(b, held)).collect();
            beds.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
            let many = |state| beds.iter().filter(|b| b.state == state).count();
            let count = Count { free: many(BedState::Free), held: many(BedState::Held), taken: many(BedState::Taken) };
            Some(WardBeds { id: p.id.clone(), name: p.name.clone(), name_en: p.name_en.clone(), care: of, count, beds })
        })
        .filter(|w| care.is_none_or(|c| c == w.care))
        .collect();
    wards.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    wards
}

fn row(bed: &Place, held: &HashMap<Id, Option<Time>>) -> BedRow {
    let claim = held.get(&bed.id);
    let state = match claim {
        _ if bed.taken => BedState::Taken,
        Some(_) => BedState::Held,
        None => BedState::Free,
    };
    let until = claim.copied().flatten().filter(|_| state == BedState::Held);
    BedRow { id: bed.id.clone(), name: bed.name.clone(), name_en: bed.name_en.clone(), state, until }
}
