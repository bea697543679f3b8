//! Who hears of a hospital's gateway: the administrators of the hospital, and those of the centre that invited it.

use super::model::Join;
use kernel::{Id, Role};
use platform::Platform;
use records::{Act, Change, Subject};

/// No more are told.
const TOLD_MAX: usize = 50;

/// Says of which hospital an act is, in words too.
pub fn of_hospital(platform: &Platform, act: &mut Act, hospital: &Id) {
    act.params.insert("hospital".into(), hospital.as_str().into());
    if let Some(found) = platform.directory.hospital(hospital) {
        act.params.insert("name".into(), found.name.as_str().into());
        act.params.insert("name_en".into(), found.name_en.as_str().into());
    }
}

/// Tells both sides of a change's act.
pub fn both_sides(platform: &Platform, change: &mut Change, join: &Join) {
    let administrators = platform.directory.roles_with(Role::HospitalAdministrator);
    let of = |hospital: &Id| administrators.iter().any(|r| r.hospital == *hospital);
    let mut sides = vec![join.hospital.clone(), join.invited_by.hospital.clone()];
    // Whoever runs the whole installation may have invited; the hospital above is told then as well.
    let tree = platform.directory.tree();
    let above = std::iter::successors(tree.get(&join.hospital).and_then(|h| h.parent.clone()), |up| {
        tree.get(up).and_then(|h| h.parent.clone())
    });
    sides.extend(above.take(8).find(of));
    let mut told = vec![Subject::Person(join.invited_by.person.clone())];
    for role in administrators.iter().filter(|r| sides.contains(&r.hospital)) {
        let one = Subject::Person(role.person.clone());
        if !told.contains(&one) {
            told.push(one);
        }
    }
    told.truncate(TOLD_MAX);
    platform::notify::tell(platform, change, &told);
}
