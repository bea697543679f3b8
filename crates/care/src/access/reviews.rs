//! `access.reviews`: who opened records of our patients in need, for the administrators who judge it.

use super::scan::{is_look, mask};
use axum::Json;
use axum::extract::Query as UrlQuery;
use kernel::decide::Facts;
use kernel::{Id, Time};
use platform::directory::{HospitalRef, PersonRef};
use platform::glass::{self, Glass};
use platform::{Op, Problem};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// How many are shown.
const SHOWN: usize = 200;
/// Looks listed for one.
const LOOKS: usize = 100;

/// Which.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Input {
    /// `open` for those not judged yet; all when absent.
    state: Option<String>,
}

/// The reviews.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessReviews)]
pub struct Output {
    /// Not judged first, then the newest.
    reviews: Vec<Review>,
    /// How many are not judged.
    open: usize,
}

/// A record opened in need.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccessReview)]
pub struct Review {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// To be sent back with the judgement.
    version: u64,
    /// Who opened it.
    by: Option<PersonRef>,
    /// In which role.
    role: String,
    /// The patient's name, masked.
    patient: String,
    /// The patient's hospital.
    hospital: HospitalRef,
    /// Why, as typed.
    reason: String,
    /// From.
    #[schema(value_type = String, format = DateTime)]
    from: Time,
    /// Until.
    #[schema(value_type = String, format = DateTime)]
    until: Time,
    /// What was looked at meanwhile: the operation, and how often.
    looks: BTreeMap<String, usize>,
    /// `justified` or `not-justified`, when judged.
    outcome: Option<&'static str>,
    /// In words.
    note: Option<String>,
    /// Who judged.
    reviewed_by: Option<PersonRef>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    reviewed_at: Option<Time>,
}

/// Who opened records of our patients in need.
#[utoipa::path(get, path = "/api/access/reviews", operation_id = "access.reviews", tag = "access",
    params(Input), responses((status = 200, body = Output)))]
pub async fn reviews(op: Op, UrlQuery(input): UrlQuery<Input>) -> Result<Json<Output>, Problem> {
    let own = op.actor().hospital.clone();
    op.may("access.reviews", &facts(&op, &own), None).await?;
    let tree = op.platform().directory.tree();
    let mut all = glass::all(op.store(), None).await?;
    all.retain(|glass| tree.is_within(&glass.custodian, &own));
    let open = all.iter().filter(|glass| glass.review.is_none()).count();
    if input.state.as_deref() == Some("open") {
        all.retain(|glass| glass.review.is_none());
    }
    all.sort_by_key(|glass| glass.review.is_some());
    let mut reviews = vec![];
    for glass in all.into_iter().take(SHOWN) {
        reviews.push(shown(&op, glass).await?);
    }
    op.note_read("access.reviews", None, None, None).await?;
    Ok(Json(Output { reviews, open }))
}

/// What `decide` looks at for something in a hospital's custody.
pub fn facts(op: &Op, custodian: &Id) -> Facts {
    let within = op.platform().directory.tree().is_within(custodian, &op.actor().hospital);
    Facts { custodian: Some(custodian.clone()), custodian_is_within: within, ..Facts::default() }
}

async fn shown(op: &Op, glass: Glass) -> Result<Review, Problem> {
    let directory = &op.platform().directory;
    let mut looks: BTreeMap<String, usize> = BTreeMap::new();
    let mut after = 0;
    let mut seen = 0;
    loop {
        let entries = op.store().entries_of_patient(&glass.patient, after).await?;
        for entry in &entries {
            let theirs = entry.act.person.as_ref() == Some(&glass.by.person) && is_look(entry);
            if theirs && glass.from <= entry.at && entry.at < glass.until && seen < LOOKS {
                seen += 1;
                *looks.entry(entry.act.what.clone()).or_default() += 1;
            }
        }
        match entries.last() {
            Some(last) => after = last.number,
            None => break,
        }
    }
    let who = |who: &platform::case::Who| directory.person_ref_at(&who.person, &who.hospital);
    Ok(Review {
        by: who(&glass.by),
        role: directory.role(&glass.by.role).map(|r| r.role.code().to_owned()).unwrap_or_default(),
        patient: mask(op, &glass.patient).await?,
        hospital: crate::patient::hospital_ref(op, &glass.custodian)?,
        looks,
        outcome: glass.review.as_ref().map(|r| if r.justified { "justified" } else { "not-justified" }),
        note: glass.review.as_ref().and_then(|r| r.note.clone()),
        reviewed_by: glass.review.as_ref().and_then(|r| who(&r.by)),
        reviewed_at: glass.review.as_ref().map(|r| r.at),
        id: glass.id,
        version: glass.version,
        reason: glass.reason,
        from: glass.from,
        until: glass.until,
    })
}
