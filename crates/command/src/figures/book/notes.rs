//! What was said between the two sides of a case: Communications (messages, lists of a return, what was supplied) and
//! CommunicationRequests (what an expert asks for). Times and sides alone; the words are never read.

use super::Names;
use super::consult::{items, time};
use kernel::{Id, Time};
use platform::case::read_who;
use records::Resource;
use serde_json::Value;
use std::sync::Arc;

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The resource.
    pub id: Id,
    /// When.
    pub sent: Time,
    /// From which hospital.
    pub by: Arc<Id>,
}

impl Note {
    /// The case and what was said in it; none when it is of no case.
    pub fn read(resource: &Resource, body: &Value, names: &mut Names) -> Option<(Id, Self)> {
        let case = resource.case.as_ref()?.id.clone();
        let (who, sent) = match body["resourceType"].as_str()? {
            "CommunicationRequest" => (&body["requester"], &body["authoredOn"]),
            _ => (&body["sender"], &body["sent"]),
        };
        let by = names.take(read_who(who)?.hospital);
        items(&body["payload"]).first()?;
        Some((case, Self { id: resource.at.id.clone(), sent: time(sent)?, by }))
    }

    /// Bytes it takes, about.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.id.as_str().len()
    }
}

/// How the two sides spoke with each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// All that was said.
    pub said: u32,
    /// How long each answer of the other side took, in seconds: from the first word of one side that was not answered yet to
    /// the next of the other. As many as there were exchanges.
    pub replies_s: Box<[u32]>,
}

impl Words {
    /// From what was said in a case. A hospital that asks and advises itself speaks with nobody.
    pub fn of(notes: &[Note], asking: &Id) -> Self {
        let mut sorted: Vec<(Time, bool)> = notes.iter().map(|n| (n.sent, *n.by == *asking)).collect();
        sorted.sort_unstable();
        let (mut open, mut replies): (Option<(Time, bool)>, Vec<u32>) = (None, vec![]);
        for (sent, asks) in sorted {
            match open {
                Some((_, side)) if side == asks => {}
                Some((since, _)) => {
                    replies.push(u32::try_from(sent.duration_since(since).as_secs()).unwrap_or(u32::MAX));
                    open = Some((sent, asks));
                }
                None => open = Some((sent, asks)),
            }
        }
        Self { said: u32::try_from(notes.len()).unwrap_or(u32::MAX), replies_s: replies.into() }
    }

    /// How often a word of one side was answered by the other.
    pub fn exchanges(&self) -> usize {
        self.replies_s.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[test]
    fn an_exchange_is_a_word_and_the_others_answer() {
        let mut names = Names::default();
        let id = |text: &str| Id::new(text).unwrap();
        let said = [(0, "county"), (2, "county"), (5, "province"), (6, "province"), (66, "county"), (67, "county")];
        let mut notes: Vec<Note> = said
            .iter()
            .enumerate()
            .map(|(n, (minute, by))| Note {
                id: id(&format!("n{n}")),
                sent: Time::UNIX_EPOCH + SignedDuration::from_mins(*minute),
                by: names.take(id(by)),
            })
            .collect();
        notes.reverse();
        let words = Words::of(&notes, &id("county"));
        assert_eq!((words.said, words.exchanges()), (6, 2));
        assert_eq!(*words.replies_s, [300, 3_660], "from the first word that was not answered");
        assert_eq!(Words::of(&notes[..2], &id("county")).exchanges(), 0, "nobody answered");
        assert_eq!(Words::of(&[], &id("county")), Words::default());
    }
}
