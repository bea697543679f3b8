//! What a table would change, line by line: the same plan is shown before and done after.

use super::device::Device;
use super::fields::Fault;
use super::link::Link;
use super::profile::{Place, Post, Profile, Site};
use kernel::Id;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// What a line comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = DirectoryLineOutcome)]
pub enum Outcome {
    /// Somebody or something new.
    New,
    /// Something there is changed.
    Changed,
    /// All of it stands there already.
    Same,
    /// It cannot be used.
    Bad,
}

/// What a cell changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DirectoryCellChange)]
pub struct CellChange {
    /// Which column.
    pub field: &'static str,
    /// What stands there.
    pub before: String,
    /// What is to stand there.
    pub after: String,
}

/// A line of the file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectoryLine)]
pub struct Line {
    /// The table it stands in: `hospitals`, `places`, `devices` or `people`.
    pub table: &'static str,
    /// Its number in the file, or in its sheet.
    pub line: usize,
    /// What it comes to.
    pub outcome: Outcome,
    /// The sign-in name, or the id of the hospital, place or device.
    pub key: String,
    /// The name.
    pub name: String,
    /// What it changes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<CellChange>,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// After it was done: the link of a new person, shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
}

impl Line {
    /// A line of which nothing good is known yet.
    pub fn bad(table: &'static str, line: usize, key: &str, name: &str) -> Self {
        let (key, name) = (key.to_owned(), name.to_owned());
        Self { table, line, outcome: Outcome::Bad, key, name, changes: vec![], faults: vec![], link: None }
    }
}

/// A person whom a file makes or changes, with the posts that it makes or changes.
#[derive(Debug)]
pub struct PlannedPerson {
    /// The person's good lines, as places in [`Plan::lines`].
    pub lines: Vec<usize>,
    /// The person, when the file changes anything of them.
    pub profile: Option<Profile>,
    /// Nobody there yet: gets an account.
    pub is_new: bool,
    /// The sign-in name.
    pub account: String,
    /// The hospital that has custody.
    pub custodian: Id,
    /// Posts new (true) or changed.
    pub posts: Vec<(Post, bool)>,
}

/// The changes of a whole file.
#[derive(Debug, Default)]
pub struct Plan {
    /// Every line.
    pub lines: Vec<Line>,
    /// Hospitals new or changed, each with its place in `lines`.
    pub sites: Vec<(usize, Site)>,
    /// Departments, rooms, wards and beds new (true) or changed, each with its place in `lines`.
    pub places: Vec<(usize, Place, bool)>,
    /// Terminals and devices new (true) or changed, each with its place in `lines`.
    pub devices: Vec<(usize, Device, bool)>,
    /// People new or changed, and those with such posts.
    pub people: Vec<PlannedPerson>,
}

impl Plan {
    /// How many lines come to this.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.lines.iter().filter(|line| line.outcome == outcome).count()
    }

    /// Says the same for the same plan: who applies it proves to have seen it. Ids of new things do not count.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for Line { table, line, outcome, key, changes, faults, .. } in &self.lines {
            hash.update(format!("{table}\t{line}\t{outcome:?}\t{key}\t{changes:?}\t{faults:?}\n"));
        }
        hex::encode(hash.finalize())
    }
}

/// Notes that a cell changes.
pub fn differs(field: &'static str, before: &str, after: &str, changes: &mut Vec<CellChange>) {
    if before != after {
        changes.push(CellChange { field, before: before.to_owned(), after: after.to_owned() });
    }
}
