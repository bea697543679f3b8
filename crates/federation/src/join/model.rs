//! How a hospital joins: the states, and who may take which step. Pure.

use super::invitation::hash;
use jiff::SignedDuration;
use kernel::{Id, Time};
use platform::case::Who;

/// An invitation is good for so long.
pub const GOOD_FOR: SignedDuration = SignedDuration::from_hours(24);
/// Of which the person to call is named: characters of a name, and of a telephone number.
pub const CONTACT_MAX: usize = 100;

/// Whom the centre calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Their name.
    pub name: String,
    /// Their telephone number.
    pub phone: String,
}

/// A confirmation that the hospital is joined as the sheet says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// By whom.
    pub who: Who,
    /// When.
    pub at: Time,
}

/// A hospital's joining.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// The hospital.
    pub hospital: Id,
    /// Whom to call.
    pub contact: Contact,
    /// Who invited it.
    pub invited_by: Who,
    /// When.
    pub invited_at: Time,
    /// The invitation's end.
    pub until: Time,
    /// SHA-256 of the invitation's secret, hexadecimal.
    pub secret_sha256: String,
    /// Where it stands.
    pub state: State,
    /// Since when.
    pub since: Time,
}

/// Where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The invitation is out.
    Invited,
    /// A key has a certificate.
    Joined(Joined),
    /// Taken back: neither the invitation nor the gateway's key opens anything.
    Withdrawn {
        /// Of a gateway that had joined.
        gateway: Option<Id>,
    },
}

/// What is known of a hospital that has joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The gateway's Device.
    pub gateway: Id,
    /// SHA-256 of its public key, hexadecimal.
    pub key: String,
    /// Confirmed by the centre.
    pub centre: Option<Confirmed>,
    /// Confirmed by the hospital itself.
    pub own: Option<Confirmed>,
}

impl Joined {
    /// Whether both sides have confirmed.
    pub fn is_accepted(&self) -> bool {
        self.centre.is_some() && self.own.is_some()
    }
}

/// What a program that shows an invitation gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A certificate for this key.
    First,
    /// The certificate that this key has already: its answer was lost.
    Again(Id),
}

/// Why a step is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// No invitation with this secret: mistyped, or another took its place.
    Unknown,
    /// Its 24 hours are over.
    Late,
    /// It was taken back.
    Withdrawn,
    /// Another key has joined with it.
    Used,
    /// It is of another hospital than the one named.
    OtherHospital,
    /// There is nothing to take back any more.
    Over,
    /// A gateway has joined: take that back first.
    HasJoined,
    /// No gateway has joined yet.
    NotJoined,
}

impl Join {
    /// What whoever shows `secret` and a key with this hash gets at `now`; `named` is the hospital they believe it is of.
    pub fn enter(&self, secret: &[u8], key: &str, named: Option<&Id>, now: Time) -> Result<Entry, Refused> {
        // Both sides are hashes of 256 bits of chance: how long the comparison takes tells nothing of use.
        if hash(secret) != self.secret_sha256 {
            return Err(Refused::Unknown);
        }
        if named.is_some_and(|named| *named != self.hospital) {
            return Err(Refused::OtherHospital);
        }
        let in_time = now <= self.until;
        match &self.state {
            State::Withdrawn { .. } => Err(Refused::Withdrawn),
            State::Joined(joined) if joined.key != key => Err(Refused::Used),
            _ if !in_time => Err(Refused::Late),
            State::Joined(joined) => Ok(Entry::Again(joined.gateway.clone())),
            State::Invited => Ok(Entry::First),
        }
    }

    /// The key of this hash has its certificate.
    #[must_use]
    pub fn joined(self, gateway: Id, key: String, now: Time) -> Self {
        let state = State::Joined(Joined { gateway, key, centre: None, own: None });
        Self { state, since: now, ..self }
    }

    /// The invitation, or the gateway, is taken back.
    pub fn withdrawn(self, now: Time) -> Result<Self, Refused> {
        let gateway = match &self.state {
            State::Invited => None,
            State::Joined(joined) => Some(joined.gateway.clone()),
            State::Withdrawn { .. } => return Err(Refused::Over),
        };
        Ok(Self { state: State::Withdrawn { gateway }, since: now, ..self })
    }

    /// Whether another invitation may take this one's place.
    pub fn may_invite_again(&self) -> Result<(), Refused> {
        if matches!(self.state, State::Joined(_)) { Err(Refused::HasJoined) } else { Ok(()) }
    }

    /// Somebody confirms: of the hospital itself, or of a centre above it. A second word of the same side changes nothing.
    pub fn confirmed(mut self, by: Confirmed) -> Result<Self, Refused> {
        let State::Joined(joined) = &mut self.state else { return Err(Refused::NotJoined) };
        let side = if by.who.hospital == self.hospital { &mut joined.own } else { &mut joined.centre };
        let at = by.at;
        side.get_or_insert(by);
        if joined.is_accepted() {
            self.since = at;
        }
        Ok(self)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    pub fn who(hospital: &str) -> Who {
        Who { role: id("role"), person: id("he"), hospital: id(hospital) }
    }

    pub fn noon() -> Time {
        "2026-11-21T04:00:00Z".parse().unwrap()
    }

    pub fn invited() -> Join {
        Join {
            hospital: id("guangshan"),
            contact: Contact { name: "赵工".into(), phone: "0376-8880000".into() },
            invited_by: who("province"),
            invited_at: noon(),
            until: noon() + GOOD_FOR,
            secret_sha256: hash(b"secret"),
            state: State::Invited,
            since: noon(),
        }
    }

    #[test]
    fn each_state_and_each_way_to_enter() {
        let late = noon() + GOOD_FOR + SignedDuration::from_millis(1);
        let joined = invited().joined(id("g"), "k".into(), noon());
        let gone = invited().withdrawn(noon()).unwrap();
        let again = Ok(Entry::Again(id("g")));
        for (join, secret, key, named, now, told) in [
            (&invited(), "secret", "k", None, noon(), Ok(Entry::First)),
            (&invited(), "secret", "k", Some("guangshan"), noon() + GOOD_FOR, Ok(Entry::First)),
            (&invited(), "secret", "k", None, late, Err(Refused::Late)),
            (&invited(), "other", "k", None, noon(), Err(Refused::Unknown)),
            (&invited(), "secret", "k", Some("xinyang"), noon(), Err(Refused::OtherHospital)),
            (&joined, "secret", "k", None, noon(), again),
            (&joined, "secret", "k", None, late, Err(Refused::Late)),
            (&joined, "secret", "other", None, noon(), Err(Refused::Used)),
            (&joined, "secret", "other", None, late, Err(Refused::Used)),
            (&joined, "other", "k", None, noon(), Err(Refused::Unknown)),
            (&gone, "secret", "k", None, noon(), Err(Refused::Withdrawn)),
            (&gone, "other", "k", None, noon(), Err(Refused::Unknown)),
        ] {
            let named = named.map(id);
            assert_eq!(
                join.enter(secret.as_bytes(), key, named.as_ref(), now),
                told,
                "{:?} {secret} {key}",
                join.state
            );
        }
    }

    #[test]
    fn each_state_and_each_other_step() {
        let joined = invited().joined(id("g"), "k".into(), noon());
        let gone = joined.clone().withdrawn(noon()).unwrap();
        assert_eq!(gone.state, State::Withdrawn { gateway: Some(id("g")) });
        assert_eq!(gone.clone().withdrawn(noon()), Err(Refused::Over));
        let again = [invited(), joined.clone(), gone.clone()].map(|j| j.may_invite_again());
        assert_eq!(again, [Ok(()), Err(Refused::HasJoined), Ok(())]);
        let by = |hospital: &str| Confirmed { who: who(hospital), at: noon() };
        for join in [invited(), gone] {
            assert_eq!(join.confirmed(by("province")), Err(Refused::NotJoined));
        }
        let accepted = |join: &Join| matches!(&join.state, State::Joined(j) if j.is_accepted());
        let one = joined.confirmed(by("province")).unwrap();
        let twice = one.clone().confirmed(by("xinyang")).unwrap();
        assert!(!accepted(&one) && !accepted(&twice), "two of the centre's are one side");
        assert_eq!(one, twice, "the first word stands");
        assert!(accepted(&one.confirmed(by("guangshan")).unwrap()));
    }
}
