//! Wards with named beds at the hospitals to which patients are referred, and in most of the beds somebody.
//!
//! Wards and beds are written with their hospital; that somebody lies in one is said as a ward says it, by `bed.occupy`.

use super::Callers;
use super::hospitals::Hospital;
use anyhow::{Context, Result};
use fhir::Reference;
use kernel::{Id, Role};
use platform::directory::profile::{Place, PlaceKind};
use records::Write;
use serde_json::json;

/// A ward of a hospital.
struct Ward {
    hospital: &'static str,
    code: &'static str,
    kind: PlaceKind,
    name: &'static str,
    english: &'static str,
    beds: usize,
    /// In how many of them somebody lies, the first ones.
    taken: usize,
}

const fn ward(
    hospital: &'static str,
    code: &'static str,
    kind: PlaceKind,
    (name, english): (&'static str, &'static str),
    (beds, taken): (usize, usize),
) -> Ward {
    Ward { hospital, code, kind, name, english, beds, taken }
}

const WARDS: &[Ward] = &[
    ward("province", "icu", PlaceKind::Icu, ("重症医学科", "Intensive care"), (10, 7)),
    ward("province", "respiratory-icu", PlaceKind::Icu, ("呼吸重症监护室", "Respiratory intensive care"), (6, 5)),
    ward("province", "respiratory", PlaceKind::Ward, ("呼吸病区", "Respiratory ward"), (12, 9)),
    ward("province", "infectious", PlaceKind::Ward, ("感染病区", "Infectious diseases ward"), (12, 8)),
    ward("province", "cardiology", PlaceKind::Ward, ("心内病区", "Cardiology ward"), (14, 10)),
    ward("province-2", "icu", PlaceKind::Icu, ("重症医学科", "Intensive care"), (8, 6)),
    ward("province-2", "medical", PlaceKind::Ward, ("综合内科病区", "Medical ward"), (12, 9)),
    ward("guangshan", "icu", PlaceKind::Icu, ("重症监护室", "Intensive care"), (4, 3)),
    ward("guangshan", "medical", PlaceKind::Ward, ("内科病区", "Medical ward"), (12, 8)),
];

/// Who says at a hospital that a bed is taken.
const KEEPERS: &[(&str, &str, Role)] = &[
    ("province", "chen.tao", Role::Dispatcher),
    ("province-2", "liang.chao", Role::Dispatcher),
    ("guangshan", "wu.ying", Role::WardNurse),
];

/// The id of a bed, counted from one.
pub fn bed(hospital: &str, ward: &str, number: usize) -> String {
    format!("{hospital}-{ward}-bed-{number}")
}

/// The wards and beds of a hospital.
pub fn write(h: &Hospital) -> Result<Vec<Write>> {
    let hospital = Id::new(h.id)?;
    let mut writes = vec![];
    let mut put = |id: String, kind, (name, name_en): (String, String), ward| -> Result<()> {
        let id = Id::new(id)?;
        let place = Place { id, kind, active: true, name, name_en, hospital: hospital.clone(), ward, taken: false };
        let at = Reference::new(place.ty(), place.id.clone());
        writes.push(Write::new(at, place.lay(None), hospital.clone()));
        Ok(())
    };
    for ward in WARDS.iter().filter(|w| w.hospital == h.id) {
        let id = format!("{}-ward-{}", h.id, ward.code);
        put(id.clone(), ward.kind, (ward.name.into(), ward.english.into()), None)?;
        for number in 1..=ward.beds {
            // Two digits, so that by name is by number.
            let name = (format!("{number:02}床"), format!("Bed {number:02}"));
            put(bed(h.id, ward.code, number), PlaceKind::Bed, name, Some(Id::new(&id)?))?;
        }
    }
    Ok(writes)
}

/// People lie in most of them. Gives how many beds there are.
pub async fn fill(callers: &mut Callers<'_>) -> Result<usize> {
    for ward in WARDS {
        let keeper = KEEPERS.iter().find(|(hospital, ..)| *hospital == ward.hospital);
        let (_, who, role) = keeper.context("a ward is kept by somebody")?;
        let caller = callers.of(who, *role, Some(ward.hospital)).await?;
        for number in 1..=ward.taken {
            let path = format!("/api/beds/{}/occupy", bed(ward.hospital, ward.code, number));
            caller.call("POST", &path, Some(&json!({}))).await?;
        }
    }
    Ok(WARDS.iter().map(|ward| ward.beds).sum())
}

#[cfg(test)]
mod tests {
    use super::super::world::World;
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_ward_stands_at_a_hospital_is_kept_and_has_a_free_bed() {
        let world = World::province().unwrap();
        let ids: HashSet<_> = WARDS.iter().map(|w| (w.hospital, w.code)).collect();
        assert_eq!(ids.len(), WARDS.len(), "two wards have one id");
        for ward in WARDS {
            assert!(ward.taken < ward.beds && ward.kind.has_beds(), "{}", ward.english);
            let (_, who, role) = KEEPERS.iter().find(|(hospital, ..)| *hospital == ward.hospital).unwrap();
            world.who(who, *role, Some(ward.hospital)).unwrap();
        }
        let province = world.hospitals.iter().find(|h| h.id == "province").unwrap();
        let beds = WARDS.iter().filter(|w| w.hospital == "province").map(|w| w.beds + 1).sum::<usize>();
        assert_eq!(write(province).unwrap().len(), beds);
    }
}
