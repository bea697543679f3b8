//! What a centre has to arrange: its open cases with what was wished for, for the plan of a day.

use super::board::Board;
use super::bulk::{TOGETHER, by_id, find_many};
use super::form::Wanted;
use super::resources::{Loaded, read_form};
use fhir::ResourceType;
use kernel::Id;
use platform::{Op, Problem};

/// Cases that one plan is made of; those beyond are the least urgent.
pub const CASES_MAX: usize = 600;

/// A case that waits to be arranged, or is.
pub struct Waits {
    /// The case.
    pub case: Loaded,
    /// What the asking doctor wished for.
    pub wanted: Wanted,
}

/// The open cases of the actor's centre, the most urgent first, and how many were left out.
pub async fn waiting(op: &Op, board: &Board) -> Result<(Vec<Waits>, usize), Problem> {
    let mut rows: Vec<_> = {
        let now = board.now(op.platform()).await?;
        now.seen_by(op.actor(), op.now()).map(|row| (row.rank(op.actor()), row.id.clone())).collect()
    };
    rows.sort();
    let left_out = rows.len().saturating_sub(CASES_MAX);
    rows.truncate(CASES_MAX);
    let ids: Vec<Id> = rows.into_iter().map(|(_, id)| id).collect();
    let mut all = vec![];
    for some in ids.chunks(TOGETHER) {
        let answers = by_id(op.store(), ResourceType::QUESTIONNAIRE_RESPONSE, some).await?;
        for case in find_many(op.store(), some).await? {
            let said = answers.get(&case.id).map(records::Resource::value).transpose()?;
            let wanted = read_form(&case, said.as_ref(), None, []).wanted.unwrap_or_default();
            all.push(Waits { case, wanted });
        }
    }
    Ok((all, left_out))
}
