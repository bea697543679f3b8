//! Who answers for a hospital.

use kernel::{Id, Role};
use platform::{Directory, Op};
use records::Subject;

/// The administrators of a hospital; where it has none, those of the nearest hospital above that has. `but`: who does not
/// count, since nobody answers for themselves.
pub fn administrators(directory: &Directory, hospital: &Id, but: Option<&Id>) -> Vec<Subject> {
    let all = directory.roles_with(Role::HospitalAdministrator);
    let tree = directory.tree();
    let mut at = Some(hospital.clone());
    let mut climbed = 0;
    while let Some(here) = at.filter(|_| climbed <= kernel::Level::ALL.len()) {
        let here_and_other = all.iter().filter(|r| r.hospital == here && but != Some(&r.person));
        let found: Vec<Subject> = here_and_other.map(|r| Subject::Person(r.person.clone())).collect();
        if !found.is_empty() {
            return found;
        }
        at = tree.get(&here).and_then(|h| h.parent.clone());
        climbed += 1;
    }
    vec![]
}

/// Whether a hospital is the actor's own or one below it.
pub fn within(op: &Op, hospital: &Id) -> bool {
    op.platform().directory.tree().is_within(hospital, &op.actor().hospital)
}
