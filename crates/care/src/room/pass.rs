//! Tokens for one entry. Only their hashes are held, in memory: a token is worth nothing after a restart, and a browser
//! then simply enters again.
//!
//! A browser's token works together with the session that got it, once for the WebSocket, and for the media of that
//! entry. A device's token (a standard WHIP or WHEP client, which has no cookie) works alone, once in each direction.

use super::refusal::RoomRefusal;
use jiff::SignedDuration;
use kernel::{Actor, Id, Time};
use std::collections::HashMap;

/// A token must be used first within this time.
pub(super) const FIRST_USE: SignedDuration = SignedDuration::from_secs(60);
const PER_SESSION: usize = 20;
const ALL: usize = 5_000;

pub(super) type Hash = [u8; 32];

/// What a token stands for.
#[derive(Debug, Clone)]
pub(super) struct Pass {
    pub case: Id,
    pub actor: Actor,
    /// The session it was given to.
    pub session: Hash,
    pub device: bool,
    pub issued_at: Time,
    socket_used: bool,
    publish_used: bool,
    receive_used: u8,
    used: bool,
}

/// What somebody wants to do with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Socket,
    Publish,
    Receive,
    /// Something about a stream that was opened with it.
    Stream,
}

impl Pass {
    pub(super) fn new(case: Id, actor: Actor, session: Hash, device: bool, issued_at: Time) -> Self {
        let (socket_used, publish_used, receive_used, used) = (false, false, 0, false);
        Self { case, actor, session, device, issued_at, socket_used, publish_used, receive_used, used }
    }

    /// How the media server knows this participant: the person, and which of their devices it is. A browser that comes
    /// back in the same session is the same; a room terminal stands beside the person who let it in.
    pub(super) fn peer(&self) -> String {
        if self.device {
            return format!("{}~device", self.actor.person);
        }
        format!("{}~{}", self.actor.person, hex::encode(&self.session[..4]))
    }
}

/// All tokens in force.
#[derive(Default)]
pub(super) struct Passes(HashMap<Hash, Pass>);

impl Passes {
    /// Takes a new token in; those that nobody used in time go.
    pub(super) fn add(&mut self, token: Hash, pass: Pass) -> Result<(), RoomRefusal> {
        let now = pass.issued_at;
        self.0.retain(|_, p| p.used || now <= p.issued_at + FIRST_USE);
        let own = self.0.values().filter(|p| p.session == pass.session).count();
        if own >= PER_SESSION || self.0.len() >= ALL {
            return Err(RoomRefusal::TooManyTokens);
        }
        self.0.insert(token, pass);
        Ok(())
    }

    /// Whose token it is, if it may be used so, by this session, for this case, now.
    pub(super) fn redeem(
        &mut self,
        token: &Hash,
        case: &Id,
        session: Option<&Hash>,
        wanted: Use,
        now: Time,
    ) -> Result<Pass, RoomRefusal> {
        let pass = self.0.get_mut(token).ok_or(RoomRefusal::TokenUnknown)?;
        // A device brings no cookie; a cookie of somebody else is a replay, whoever holds the token.
        let same = session.map_or(pass.device, |s| *s == pass.session);
        if !same || pass.case != *case {
            return Err(RoomRefusal::Foreign);
        }
        if !pass.used && now > pass.issued_at + FIRST_USE {
            self.0.remove(token);
            return Err(RoomRefusal::TokenUnknown);
        }
        let spent = match wanted {
            Use::Socket => std::mem::replace(&mut pass.socket_used, true) || pass.device,
            Use::Publish => std::mem::replace(&mut pass.publish_used, true) && pass.device,
            Use::Receive => {
                pass.receive_used = pass.receive_used.saturating_add(1);
                pass.device && pass.receive_used > 6
            }
            Use::Stream if !pass.used => return Err(RoomRefusal::TokenUnknown),
            Use::Stream => false,
        };
        if spent {
            return Err(RoomRefusal::TokenUsed);
        }
        pass.used = true;
        Ok(pass.clone())
    }

    pub(super) fn get(&self, token: &Hash) -> Option<&Pass> {
        self.0.get(token)
    }

    /// The entry is over.
    pub(super) fn end(&mut self, token: &Hash) {
        self.0.remove(token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Role;

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    fn at(second: i64) -> Time {
        Time::from_second(second).unwrap()
    }

    fn passes(device: bool) -> Passes {
        let (person, hospital, practitioner_role) = (id("anna"), id("h"), id("r"));
        let actor = Actor { person, role: Role::Specialist, hospital, practitioner_role };
        let mut passes = Passes::default();
        passes.add([1; 32], Pass::new(id("case"), actor, [9; 32], device, at(0))).unwrap();
        passes
    }

    #[test]
    fn a_token_works_for_its_session_its_case_and_its_minute() {
        let mine = Some(&[9; 32]);
        for (token, case, session, second, expected) in [
            ([1; 32], "case", mine, 60, Ok("anna~09090909".to_owned())),
            ([1; 32], "case", mine, 61, Err(RoomRefusal::TokenUnknown)),
            ([2; 32], "case", mine, 0, Err(RoomRefusal::TokenUnknown)),
            ([1; 32], "other", mine, 0, Err(RoomRefusal::Foreign)),
            ([1; 32], "case", Some(&[8; 32]), 0, Err(RoomRefusal::Foreign)),
            ([1; 32], "case", None, 0, Err(RoomRefusal::Foreign)),
        ] {
            let got = passes(false).redeem(&token, &id(case), session, Use::Socket, at(second));
            assert_eq!(got.map(|p| p.peer()), expected, "{case} {second}");
        }
        let alone = passes(true).redeem(&[1; 32], &id("case"), None, Use::Publish, at(0));
        assert_eq!(alone.map(|p| p.peer()), Ok("anna~device".to_owned()));
        let stolen = passes(true).redeem(&[1; 32], &id("case"), Some(&[8; 32]), Use::Publish, at(0));
        assert!(matches!(stolen, Err(RoomRefusal::Foreign)));
    }

    #[test]
    fn each_use_counts_and_media_goes_on_after_the_minute() {
        let mut browser = passes(false);
        let mut uses = |wanted, second| {
            let got = browser.redeem(&[1; 32], &id("case"), Some(&[9; 32]), wanted, at(second));
            got.map(|_| ()).map_err(|e| e.to_string().split(':').next().unwrap_or_default().to_owned())
        };
        let used = Err("the room token was used already".to_owned());
        assert!(uses(Use::Stream, 1).is_err(), "nothing to speak of yet");
        assert_eq!(uses(Use::Socket, 1), Ok(()));
        assert_eq!(uses(Use::Socket, 2), used, "one socket");
        assert_eq!(uses(Use::Publish, 3600), Ok(()), "in use, it stays");
        assert_eq!(uses(Use::Publish, 3600), Ok(()), "a camera may be plugged in again");
        let mut device = passes(true);
        let mut uses = |wanted| device.redeem(&[1; 32], &id("case"), None, wanted, at(1)).is_ok();
        assert!(!uses(Use::Socket), "a device has no socket");
        assert_eq!([uses(Use::Publish), uses(Use::Publish)], [true, false]);
        assert_eq!((0..8).filter(|_| uses(Use::Receive)).count(), 6);
    }

    #[test]
    fn unused_tokens_are_bounded_and_go_by_themselves() {
        let mut all = passes(false);
        let pass = |second| Pass { issued_at: at(second), ..passes(false).0.remove(&[1; 32]).unwrap() };
        let refused = (2..40).filter(|n| all.add([*n; 32], pass(0)).is_err()).count();
        assert_eq!(refused, 38 - 19);
        assert!(all.add([99; 32], pass(61)).is_ok(), "the old ones are gone");
    }
}
