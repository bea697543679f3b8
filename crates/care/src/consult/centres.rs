//! Which hospitals run a centre, and which one a case goes to.

use kernel::{Id, Role};
use platform::Directory;

/// The hospitals that run a centre: those where somebody dispatches; highest level first.
pub fn centres(directory: &Directory) -> Vec<Id> {
    let serving: Vec<Id> = directory.roles_with(Role::Dispatcher).iter().map(|r| r.hospital.clone()).collect();
    directory.hospitals().iter().map(|h| h.id.clone()).filter(|h| serving.contains(h)).collect()
}

/// The centre that serves a hospital: the nearest above it, else the highest there is.
pub fn centre_for(directory: &Directory, hospital: &Id) -> Option<Id> {
    let centres = centres(directory);
    let tree = directory.tree();
    let mut above: Vec<&Id> = centres.iter().filter(|c| tree.is_within(hospital, c)).collect();
    // Of two above, the one that lies within the other is nearer.
    above.sort_by_key(|c| above_count(&tree, c));
    above.pop().or(centres.first()).cloned()
}

fn above_count(tree: &kernel::HospitalTree, hospital: &Id) -> usize {
    let mut count = 0;
    let mut at = tree.get(hospital).and_then(|h| h.parent.clone());
    while let Some(parent) = at.filter(|_| count <= kernel::Level::ALL.len()) {
        count += 1;
        at = tree.get(&parent).and_then(|h| h.parent.clone());
    }
    count
}

/// The next centre to offer a declined case to: one that has not declined it.
pub fn next_centre(directory: &Directory, declined: &[Id]) -> Option<Id> {
    centres(directory).into_iter().find(|c| !declined.contains(c))
}
