//! The steps: each consumes a [`Consult`] and gives the next, or says why not.

use super::model::{Advice, Answer, Booking, Consult, ROOM_OPENS_BEFORE, Refused, Session, Stage, Stepped};
use super::state::{Absent, Kind, State, Step, Urgency, Verdict};
use kernel::{Id, Time};

impl Consult {
    /// The state's code.
    pub fn state(&self) -> State {
        self.stage.state()
    }

    fn to(self, stage: Stage, at: Time) -> Stepped {
        Ok(Self { stage, since: at, ..self })
    }

    fn wrong(&self, step: Step) -> Stepped {
        Err(Refused::WrongState { state: self.state(), step })
    }

    /// Draft to submitted. The form's completeness is judged before (`form::missing`).
    pub fn submit(mut self, at: Time) -> Stepped {
        let Stage::Draft = self.stage else { return self.wrong(Step::Submit) };
        self.ask.clock_from = at;
        self.to(Stage::Submitted, at)
    }

    /// A dispatcher has looked.
    pub fn first_look(self, at: Time) -> Stepped {
        match self.stage {
            Stage::Submitted | Stage::Transferred => self.to(Stage::Triaged, at),
            _ => self.wrong(Step::FirstLook),
        }
    }

    /// Back to the asking doctor with a list: once, and never an emergency (it is asked in parallel).
    pub fn return_items(mut self, at: Time) -> Stepped {
        match self.stage {
            Stage::Submitted | Stage::Triaged | Stage::Transferred => {
                if self.ask.urgency == Urgency::Emergency {
                    return Err(Refused::NeverReturn);
                }
                if self.ask.returned {
                    return Err(Refused::ReturnedBefore);
                }
                self.ask.returned = true;
                self.to(Stage::Returned, at)
            }
            _ => self.wrong(Step::Return),
        }
    }

    /// Amended after a return; the clocks start again, perhaps at another urgency.
    pub fn resubmit(mut self, urgency: Urgency, at: Time) -> Stepped {
        let Stage::Returned = self.stage else { return self.wrong(Step::Resubmit) };
        self.ask.urgency = urgency;
        self.ask.clock_from = at;
        self.to(Stage::Submitted, at)
    }

    /// Refused by the centre: handed on when another centre is left to offer it to, else for good.
    pub fn decline(self, another_is_left: bool, at: Time) -> Stepped {
        match self.open(Step::Decline)? {
            case if another_is_left => case.hand_over(at),
            case => {
                let booking = case.stage.booking().cloned();
                case.to(Stage::Declined(booking), at)
            }
        }
    }

    /// Handed to another centre, whose clocks start now.
    pub fn transfer(self, at: Time) -> Stepped {
        self.open(Step::Transfer)?.hand_over(at)
    }

    fn hand_over(mut self, at: Time) -> Stepped {
        self.ask.clock_from = at;
        self.to(Stage::Transferred, at)
    }

    /// One more urgent, with clocks that start now. An emergency cannot be more, and its clocks go on.
    pub fn escalate(mut self, at: Time) -> Stepped {
        self = self.open(Step::Escalate)?;
        let raised = self.ask.urgency.raised();
        if raised != self.ask.urgency {
            self.ask.urgency = raised;
            self.ask.clock_from = at;
        }
        let booking = self.stage.booking().cloned();
        self.to(Stage::Escalated(booking), at)
    }

    /// Live to record: the experts stay, room and terminal go.
    pub fn convert(mut self, at: Time) -> Stepped {
        self = self.open(Step::Convert)?;
        if self.ask.kind == Kind::Record {
            return Err(Refused::NotForKind(Kind::Record));
        }
        self.ask.kind = Kind::Record;
        let booking = self.stage.booking().cloned().map(|b| Booking { room: None, terminal: None, ..b });
        self.to(Stage::ConvertedAsync(booking), at)
    }

    /// Withdrawn by the asking hospital.
    pub fn cancel(self, at: Time) -> Stepped {
        let case = self.open(Step::Cancel)?;
        let booking = case.stage.booking().cloned();
        case.to(Stage::Cancelled(booking), at)
    }

    /// Experts, time and room, for the first time or anew. A session under way is suspended before others are called.
    pub fn assign(self, booking: Booking, at: Time) -> Stepped {
        match self.stage {
            Stage::Returned | Stage::InSession(_) | Stage::OpinionDrafted(..) => self.wrong(Step::Assign),
            _ => self.open(Step::Assign)?.to(Stage::Scheduled(booking), at),
        }
    }

    /// An expert says yes. The room opens when all have, or when the start is near.
    pub fn accept(self, person: &Id, at: Time) -> Stepped {
        let mut booking = match &self.stage {
            Stage::Scheduled(b) | Stage::Waiting(b) => b.clone(),
            Stage::ConvertedAsync(Some(b)) | Stage::Escalated(Some(b)) => b.clone(),
            _ => return self.wrong(Step::Accept),
        };
        let mine = booking.experts.iter_mut().find(|e| e.person == *person).ok_or(Refused::NotInvited)?;
        if mine.accepted.is_some() {
            return Err(Refused::AcceptedBefore);
        }
        mine.accepted = Some(at);
        let all = booking.experts.iter().all(|e| e.accepted.is_some());
        if all || at >= booking.start - ROOM_OPENS_BEFORE || matches!(self.stage, Stage::Waiting(_)) {
            let since = if matches!(self.stage, Stage::Waiting(_)) { self.since } else { at };
            return self.to(Stage::Waiting(booking), since);
        }
        let since = self.since;
        let stage = match self.stage {
            Stage::ConvertedAsync(_) => Stage::ConvertedAsync(Some(booking)),
            Stage::Escalated(_) => Stage::Escalated(Some(booking)),
            _ => Stage::Scheduled(booking),
        };
        self.to(stage, since)
    }

    /// An expert gives the case back; without any expert left it waits for the dispatcher again.
    pub fn hand_back(self, person: &Id, at: Time) -> Stepped {
        let mut booking = match &self.stage {
            Stage::Scheduled(b) | Stage::Waiting(b) | Stage::NoShow(b, _) => b.clone(),
            Stage::ConvertedAsync(Some(b)) | Stage::Escalated(Some(b)) => b.clone(),
            _ => return self.wrong(Step::HandBack),
        };
        if !booking.invites(person) {
            return Err(Refused::NotInvited);
        }
        booking.experts.retain(|e| e.person != *person);
        if booking.experts.is_empty() {
            return self.to(Stage::Triaged, at);
        }
        // Of those left, none may have said yes yet: then nobody waits in the room.
        let willing = booking.experts.iter().any(|e| e.accepted.is_some());
        let stage = match self.stage {
            Stage::Waiting(_) if willing => Stage::Waiting(booking),
            Stage::NoShow(_, who) => Stage::NoShow(booking, who),
            Stage::ConvertedAsync(_) => Stage::ConvertedAsync(Some(booking)),
            Stage::Escalated(_) => Stage::Escalated(Some(booking)),
            _ => Stage::Scheduled(booking),
        };
        self.to(stage, at)
    }

    /// Whether an expert can ask for more now. No state changes.
    pub fn ask_more(&self, person: &Id) -> Result<(), Refused> {
        if self.state().is_signed() || self.state().is_end() {
            return Err(Refused::WrongState { state: self.state(), step: Step::Ask });
        }
        match self.stage.booking() {
            Some(b) if b.invites(person) => Ok(()),
            Some(_) => Err(Refused::NotInvited),
            None => Err(Refused::WrongState { state: self.state(), step: Step::Ask }),
        }
    }

    /// Whether the asking side can add what was asked for. No state changes.
    pub fn supply(&self) -> Result<(), Refused> {
        match self.state() {
            state if state.is_signed() || state.is_end() || state == State::Draft => {
                Err(Refused::WrongState { state, step: Step::Supply })
            }
            _ => Ok(()),
        }
    }

    /// Whether a consent that is owed can be added. No state changes; what was never advised on owes none.
    pub fn consent(&self) -> Result<(), Refused> {
        match self.state() {
            state @ (State::Draft | State::Declined | State::Cancelled) => {
                Err(Refused::WrongState { state, step: Step::Consent })
            }
            _ => Ok(()),
        }
    }

    /// The session begins.
    pub fn start(self, at: Time) -> Stepped {
        let booking = match &self.stage {
            Stage::Waiting(b) => b.clone(),
            // The late one came after all; or the session that was escalated goes on.
            Stage::NoShow(b, _) | Stage::Escalated(Some(b)) if b.experts.iter().any(|e| e.accepted.is_some()) => {
                b.clone()
            }
            _ => return self.wrong(Step::Start),
        };
        if self.ask.kind == Kind::Record {
            return Err(Refused::NotForKind(Kind::Record));
        }
        self.to(Stage::InSession(Session { booking, started: at }), at)
    }

    /// Interrupted: a lost line never closes a case.
    pub fn suspend(self, at: Time) -> Stepped {
        match &self.stage {
            Stage::InSession(s) => {
                let session = s.clone();
                self.to(Stage::Suspended(session), at)
            }
            _ => self.wrong(Step::Suspend),
        }
    }

    /// Goes on.
    pub fn resume(self, at: Time) -> Stepped {
        match &self.stage {
            Stage::Suspended(s) => {
                let session = s.clone();
                self.to(Stage::InSession(session), at)
            }
            _ => self.wrong(Step::Resume),
        }
    }

    /// Somebody did not come. Nobody is absent before the time, nor from a case without a meeting.
    pub fn no_show(self, who: Absent, at: Time) -> Stepped {
        let booking = match &self.stage {
            Stage::Scheduled(b) | Stage::Waiting(b) | Stage::Escalated(Some(b)) => b.clone(),
            Stage::InSession(s) | Stage::Suspended(s) => s.booking.clone(),
            _ => return self.wrong(Step::NoShow),
        };
        if self.ask.kind == Kind::Record {
            return Err(Refused::NotForKind(Kind::Record));
        }
        if at < booking.start {
            return Err(Refused::TooEarly(booking.start));
        }
        self.to(Stage::NoShow(booking, who), at)
    }

    /// The session is over; on the record, the expert has read enough to write.
    pub fn conclude(self, person: &Id, at: Time) -> Stepped {
        let (booking, started) = self.written_by(person, Step::Conclude)?;
        if matches!(self.stage, Stage::OpinionDrafted(..)) {
            return self.wrong(Step::Conclude);
        }
        self.to(Stage::OpinionDrafted(booking, started), at)
    }

    /// The opinion is signed by one of the experts. From here nothing is edited.
    pub fn sign(self, person: &Id, opinion: Id, at: Time) -> Stepped {
        let (booking, _) = self.written_by(person, Step::Sign)?;
        self.to(Stage::Signed(Advice { booking, opinion, version: 1, by: person.clone(), at, first_at: at }), at)
    }

    /// Another version of the opinion by who signed it. The one before stays; the asking doctor opens and answers anew, and
    /// a case that was closed over it is open again.
    pub fn amend(self, person: &Id, opinion: Id, at: Time) -> Stepped {
        let Some(before) = self.stage.advice() else { return self.wrong(Step::Amend) };
        if before.by != *person {
            return Err(Refused::NotSigner);
        }
        let advice = Advice { opinion, version: before.version + 1, at, ..before.clone() };
        self.to(Stage::Signed(advice), at)
    }

    /// The booking and the session's start, if this expert can write the opinion now.
    fn written_by(&self, person: &Id, step: Step) -> Result<(Booking, Option<Time>), Refused> {
        let wrong = || Refused::WrongState { state: self.state(), step };
        let booking = match &self.stage {
            Stage::InSession(s) => return self.willing(&s.booking, person).map(|b| (b, Some(s.started))),
            Stage::OpinionDrafted(b, started) => return self.willing(b, person).map(|b| (b, *started)),
            Stage::Scheduled(b) | Stage::Waiting(b) | Stage::ConvertedAsync(Some(b)) | Stage::Escalated(Some(b)) => b,
            _ => return Err(wrong()),
        };
        if self.ask.kind == Kind::Live {
            return Err(wrong());
        }
        self.willing(booking, person).map(|b| (b, None))
    }

    fn willing(&self, booking: &Booking, person: &Id) -> Result<Booking, Refused> {
        if !booking.invites(person) {
            return Err(Refused::NotInvited);
        }
        if !booking.accepted_by(person) {
            return Err(Refused::NotAccepted);
        }
        Ok(booking.clone())
    }

    /// The asking doctor has opened the opinion.
    pub fn deliver(self, at: Time) -> Stepped {
        match &self.stage {
            Stage::Signed(advice) => {
                let advice = advice.clone();
                self.to(Stage::Delivered(advice), at)
            }
            _ => self.wrong(Step::Deliver),
        }
    }

    /// Adopted, partly, not.
    pub fn answer(self, verdict: Verdict, reason: Option<String>, by: &Id, at: Time) -> Stepped {
        let advice = match &self.stage {
            Stage::Signed(advice) | Stage::Delivered(advice) => advice.clone(),
            _ => return self.wrong(Step::Answer),
        };
        if verdict != Verdict::Adopted && reason.as_ref().is_none_or(|r| r.trim().is_empty()) {
            return Err(Refused::NoReason);
        }
        self.to(Stage::Acknowledged(advice, Answer { verdict, reason, by: by.clone(), at }), at)
    }

    /// The outcome is known.
    pub fn follow_up(self, at: Time) -> Stepped {
        match &self.stage {
            Stage::Acknowledged(advice, answer) => {
                let stage = Stage::FollowedUp(advice.clone(), answer.clone());
                self.to(stage, at)
            }
            _ => self.wrong(Step::FollowUp),
        }
    }

    /// Done, with or without a follow-up on record.
    pub fn close(self, at: Time) -> Stepped {
        match &self.stage {
            Stage::Acknowledged(advice, answer) | Stage::FollowedUp(advice, answer) => {
                let stage = Stage::Closed(advice.clone(), answer.clone());
                self.to(stage, at)
            }
            _ => self.wrong(Step::Close),
        }
    }

    /// Submitted, not ended, not signed.
    fn open(self, step: Step) -> Stepped {
        match self.state() {
            State::Draft | State::Declined | State::Cancelled => self.wrong(step),
            state if state.is_signed() => self.wrong(step),
            _ => Ok(self),
        }
    }
}
