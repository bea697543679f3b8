//! What a new plan changes, and for whom: whom somebody has to tell.

use crate::day::{ExpertId, RequestId};
use crate::place::{Placement, Plan};

/// One request whose placement is another one now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub request: RequestId,
    /// As it was.
    pub before: Option<Placement>,
    /// As it is.
    pub after: Option<Placement>,
}

impl Change {
    /// Whether it had a place and begins at another time now, or not at all: patient and hospital have to know.
    pub fn is_moved(&self) -> bool {
        self.before.is_some_and(|before| self.after.is_none_or(|after| after.start != before.start))
    }

    /// Whether it had a place and is held elsewhere now, be it the next door.
    pub fn is_elsewhere(&self) -> bool {
        self.before.zip(self.after).is_some_and(|(before, after)| after.place != before.place)
    }

    /// Experts who are not needed any more.
    pub fn leaving(&self) -> Vec<ExpertId> {
        missing(self.before, self.after)
    }

    /// Experts who are needed now.
    pub fn joining(&self) -> Vec<ExpertId> {
        missing(self.after, self.before)
    }

    /// Every expert whom it concerns: those who were in it and those who are.
    pub fn experts(&self) -> Vec<ExpertId> {
        let mut all = self.joining();
        all.extend(self.before.iter().flat_map(|before| before.team.iter()));
        all
    }
}

/// Experts of one placement who are not in the other.
fn missing(of: Option<Placement>, within: Option<Placement>) -> Vec<ExpertId> {
    let stays = |e: &&ExpertId| within.is_some_and(|p| p.team.contains(e));
    of.iter().flat_map(|p| p.team.iter()).filter(|e| !stays(e)).copied().collect()
}

/// Every request whose placement differs between two plans, by number.
pub fn changes(before: &Plan, after: &Plan) -> Vec<Change> {
    let count = before.placements.len().max(after.placements.len());
    let pair = |request| Change { request, before: before.of(request).copied(), after: after.of(request).copied() };
    (0..count as u16).map(|n| pair(RequestId(n))).filter(|change| change.before != change.after).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::RoomId;
    use crate::place::{Place, Team};

    fn at(start: u16, expert: u16, room: u16) -> Option<Placement> {
        Some(Placement { start, team: Team::new(&[ExpertId(expert)]), place: Place::Room(RoomId(room)) })
    }

    #[test]
    fn each_way_in_which_it_can_change() {
        let plan = |placements: &[_]| Plan { placements: placements.to_vec() };
        let before = plan(&[at(1, 1, 1), at(2, 2, 2), at(3, 3, 3), at(4, 4, 4), None]);
        let after = plan(&[at(1, 1, 1), at(9, 2, 2), at(3, 7, 8), None, at(5, 5, 5), at(6, 6, 6)]);
        let all = changes(&before, &after);
        assert_eq!(all.iter().map(|c| c.request.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert_eq!(all.iter().map(Change::is_moved).collect::<Vec<_>>(), [true, false, true, false, false]);
        assert_eq!(all.iter().map(Change::is_elsewhere).collect::<Vec<_>>(), [false, true, false, false, false]);
        assert_eq!((all[1].leaving(), all[1].joining()), (vec![ExpertId(3)], vec![ExpertId(7)]));
        assert_eq!((all[2].leaving(), all[3].joining()), (vec![ExpertId(4)], vec![ExpertId(5)]));
        assert_eq!((all[0].experts(), all[1].experts()), (vec![ExpertId(2)], vec![ExpertId(7), ExpertId(3)]));
        assert_eq!(changes(&after, &after), []);
    }
}
