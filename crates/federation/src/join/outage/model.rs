//! An outage of a gateway: when it was silent, who looks after it, what it was. Pure.

use jiff::SignedDuration;
use kernel::{Id, Time};
use platform::case::Who;

/// Silent again so soon after it came back by itself, it is the same outage.
pub const SAME_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// Spells of silence kept of one outage: past them the last one grows.
const SPELLS_MAX: usize = 200;
/// Notes of one outage.
pub const NOTES_MAX: usize = 50;
/// Longest note, in characters.
pub const TEXT_MAX: usize = 2_000;

/// An outage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outage {
    /// Its id.
    pub id: Id,
    /// Which gateway.
    pub gateway: Id,
    /// Where it stands.
    pub hospital: Id,
    /// When it was silent, the oldest first; never none.
    pub spells: Vec<Spell>,
    /// Who looks after it, and since when.
    pub taken: Option<By>,
    /// What was said of it.
    pub notes: Vec<Note>,
    /// How it ended.
    pub ended: Option<Ended>,
}

/// From when to when; without an end it is silent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spell {
    /// From.
    pub from: Time,
    /// To.
    pub to: Option<Time>,
}

/// Somebody, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// Who.
    pub who: Who,
    /// When.
    pub at: Time,
}

/// Something said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// By whom, and when.
    pub by: By,
    /// What.
    pub text: String,
}

/// The end of an outage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// It came back, and nobody had taken it.
    ByItself(Time),
    /// Somebody said what it was.
    Said(By, Cause, String),
    /// The gateway was taken back.
    Withdrawn(Time),
}

/// What it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = JoinOutageCause)]
pub enum Cause {
    /// The line between the two.
    Line,
    /// No electricity.
    Power,
    /// The machine.
    Machine,
    /// The program.
    Software,
    /// It was meant to be.
    Planned,
    /// Nobody knows.
    Unknown,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Line, Self::Power, Self::Machine, Self::Software, Self::Planned, Self::Unknown];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Power => "power",
            Self::Machine => "machine",
            Self::Software => "software",
            Self::Planned => "planned",
            Self::Unknown => "unknown",
        }
    }
}

/// Why something cannot be done to an outage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// It has ended.
    Over,
    /// The same person has it already.
    Yours,
    /// It is silent still.
    Silent,
    /// No more notes.
    TooMany,
}

impl Outage {
    /// It is silent from now on: the same outage again, or a new one.
    pub fn silent(last: Option<Self>, new: impl FnOnce() -> Id, gateway: &Id, hospital: &Id, now: Time) -> Self {
        let spell = Spell { from: now, to: None };
        match last {
            Some(mut same) if same.goes_on(now) => {
                same.ended = None;
                let full = same.spells.len() >= SPELLS_MAX;
                match same.spells.last_mut() {
                    Some(last) if last.to.is_none() || full => last.to = None,
                    _ => same.spells.push(spell),
                }
                same
            }
            _ => Self {
                id: new(),
                gateway: gateway.clone(),
                hospital: hospital.clone(),
                spells: vec![spell],
                taken: None,
                notes: vec![],
                ended: None,
            },
        }
    }

    /// Whether a silence that begins now belongs to it.
    fn goes_on(&self, now: Time) -> bool {
        match self.ended {
            None => true,
            Some(Ended::ByItself(at)) => now.duration_since(at) <= SAME_WITHIN,
            Some(_) => false,
        }
    }

    /// It is heard of again. Nobody had taken it: then it is over. Whoever had says what it was.
    #[must_use]
    pub fn back(mut self, now: Time) -> Self {
        if let Some(last) = self.spells.last_mut() {
            last.to.get_or_insert(now);
        }
        if self.taken.is_none() && self.ended.is_none() {
            self.ended = Some(Ended::ByItself(now));
        }
        self
    }

    /// Somebody looks after it. From somebody else it is taken over.
    pub fn take(mut self, by: By) -> Result<Self, Refused> {
        if self.ended.is_some() {
            return Err(Refused::Over);
        }
        if self.taken.as_ref().is_some_and(|taken| taken.who.person == by.who.person) {
            return Err(Refused::Yours);
        }
        self.taken = Some(by);
        Ok(self)
    }

    /// Something is said of it, also after its end.
    pub fn note(mut self, note: Note) -> Result<Self, Refused> {
        if self.notes.len() >= NOTES_MAX {
            return Err(Refused::TooMany);
        }
        self.notes.push(note);
        Ok(self)
    }

    /// It is said what it was. While it is silent it is not over.
    pub fn close(mut self, by: By, cause: Cause, text: String) -> Result<Self, Refused> {
        if matches!(self.ended, Some(Ended::Said(..) | Ended::Withdrawn(_))) {
            return Err(Refused::Over);
        }
        if self.is_silent() {
            return Err(Refused::Silent);
        }
        self.ended = Some(Ended::Said(by, cause, text));
        Ok(self)
    }

    /// The gateway was taken back: nobody waits for it.
    #[must_use]
    pub fn withdrawn(mut self, now: Time) -> Self {
        if let Some(last) = self.spells.last_mut() {
            last.to.get_or_insert(now);
        }
        self.ended.get_or_insert(Ended::Withdrawn(now));
        self
    }

    /// Whether the gateway is silent.
    pub fn is_silent(&self) -> bool {
        self.spells.last().is_some_and(|spell| spell.to.is_none())
    }

    /// When it began.
    pub fn since(&self) -> Time {
        self.spells.first().map_or(Time::UNIX_EPOCH, |spell| spell.from)
    }

    /// How long it was silent within a time.
    pub fn silent_within(&self, from: Time, to: Time) -> SignedDuration {
        let within = |spell: &Spell| {
            let (begin, end) = (spell.from.max(from), spell.to.unwrap_or(to).min(to));
            if end > begin { end.duration_since(begin) } else { SignedDuration::ZERO }
        };
        self.spells.iter().map(within).fold(SignedDuration::ZERO, |sum, one| sum.saturating_add(one))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::join::model::tests::{id, noon, who};

    pub(in crate::join::outage) fn by(hospital: &str, minutes: i64) -> By {
        By { who: who(hospital), at: at(minutes) }
    }

    pub(in crate::join::outage) fn at(minutes: i64) -> Time {
        noon() + SignedDuration::from_mins(minutes)
    }

    pub(in crate::join::outage) fn silent(last: Option<Outage>, minutes: i64) -> Outage {
        Outage::silent(last, || id("new"), &id("g"), &id("h"), at(minutes))
    }

    #[test]
    fn what_comes_back_by_itself_and_goes_again_is_one_outage() {
        let first = silent(None, 0).back(at(3));
        assert_eq!(first.ended, Some(Ended::ByItself(at(3))));
        let again = silent(Some(first.clone()), 13);
        assert_eq!((again.spells.len(), again.ended.clone(), again.is_silent()), (2, None, true));
        let other = Outage::silent(Some(first), || id("other"), &id("g"), &id("h"), at(14));
        assert_eq!((other.id.as_str(), other.spells.len()), ("other", 1));
        // A job that runs twice says it once.
        assert_eq!(silent(Some(again.clone()), 15), again);
        assert_eq!(again.back(at(20)).silent_within(at(0), at(60)), SignedDuration::from_mins(3 + 7));
    }

    #[test]
    fn whoever_took_it_says_what_it_was() {
        let out = silent(None, 0);
        assert_eq!(out.clone().close(by("h", 1), Cause::Line, String::new()), Err(Refused::Silent));
        let taken = out.take(by("h", 1)).unwrap();
        assert_eq!(taken.clone().take(by("h", 2)), Err(Refused::Yours));
        let back = taken.back(at(5));
        assert_eq!(back.ended, None, "it waits for a word");
        let again = silent(Some(back.clone()), 300);
        assert_eq!(again.spells.len(), 2, "however much later");
        let closed = back.close(by("h", 6), Cause::Power, "停电".into()).unwrap();
        assert_eq!(closed.clone().take(by("p", 7)), Err(Refused::Over));
        assert_eq!(closed.clone().close(by("h", 7), Cause::Line, String::new()), Err(Refused::Over));
        assert_eq!(silent(Some(closed), 8).spells.len(), 1, "that is another one");
    }

    #[test]
    fn it_is_bounded() {
        let mut out = silent(None, 0);
        for n in 1..300 {
            out = silent(Some(out.back(at(2 * n))), 2 * n + 1);
        }
        assert_eq!((out.spells.len(), out.is_silent()), (SPELLS_MAX, true));
        let note = Note { by: by("h", 1), text: "x".into() };
        for _ in 0..NOTES_MAX {
            out = out.note(note.clone()).unwrap();
        }
        assert_eq!(out.note(note), Err(Refused::TooMany));
    }

    #[test]
    fn a_span_cuts_what_is_before_and_after_it() {
        let out = silent(None, -30).back(at(10));
        assert_eq!(out.silent_within(at(0), at(60)), SignedDuration::from_mins(10));
        assert_eq!(silent(None, 50).silent_within(at(0), at(60)), SignedDuration::from_mins(10), "it goes on");
        assert_eq!(out.silent_within(at(20), at(60)), SignedDuration::ZERO);
        assert_eq!(silent(None, 0).withdrawn(at(5)).silent_within(at(0), at(60)), SignedDuration::from_mins(5));
    }
}
