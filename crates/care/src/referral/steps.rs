//! The steps: each consumes a [`Referral`] and gives the next, or says why not.

use super::model::{
    ASKED_MAX, Answer, Ask, Asked, Bed, BedNow, ETA_MAX, Held, Journey, KEPT, Place, Referral, Refused, Stage, Stepped,
    Transport,
};
use super::state::{Direction, Outcome, State, Step};
use kernel::{Id, Time};
use platform::case::Who;

impl Referral {
    /// Asks hospitals, each under the id of the Task it gets. `own` refers and cannot be asked.
    pub fn request(ask: Ask, own: &Id, hospitals: Vec<(Id, Id)>, at: Time) -> Stepped {
        Self { ask, asked: vec![], transport: None, stage: Stage::Asked, since: at }.ask(own, hospitals, at)
    }

    /// Asks more hospitals: `(hospital, task)` each.
    pub fn ask(mut self, own: &Id, hospitals: Vec<(Id, Id)>, at: Time) -> Stepped {
        self.must_be(State::Asked, Step::Ask)?;
        if hospitals.is_empty() || hospitals.iter().any(|(h, _)| h == own) {
            return Err(Refused::HospitalsOutOfBounds);
        }
        for (hospital, task) in hospitals {
            if self.of(&hospital).is_some() {
                return Err(Refused::AskedBefore);
            }
            let answer = Answer::Waiting;
            self.asked.push(Asked { task, hospital, asked_at: at, answer, at, by: None, why: None });
        }
        let most = if self.ask.direction == Direction::Down { 1 } else { ASKED_MAX };
        if self.asked.len() > most { Err(Refused::HospitalsOutOfBounds) } else { Ok(self) }
    }

    /// A hospital holds a bed for the patient until a time; for the first time, or after its answer before came to nothing.
    pub fn offer(mut self, hospital: &Id, bed: &BedNow, until: Time, by: Who, at: Time) -> Stepped {
        self.must_go(Direction::Up)?;
        self.must_be(State::Asked, Step::Offer)?;
        if bed.hospital != *hospital {
            return Err(Refused::NotTheirBed);
        }
        if !bed.open || bed.taken || bed.held.is_some() {
            return Err(Refused::BedNotFree);
        }
        let mine = self.mine(hospital)?;
        if matches!(&mine.answer, Answer::Offered(held) if held.until > at) {
            return Err(Refused::OfferedBefore);
        }
        mine.say(Answer::Offered(Bed { id: bed.id.clone(), until }), Some(by), None, at);
        Ok(self)
    }

    /// A hospital says no, also after it offered. Back home that ends the referral.
    pub fn decline(mut self, hospital: &Id, why: &str, by: Who, at: Time) -> Stepped {
        self.must_be(State::Asked, Step::Decline)?;
        self.mine(hospital)?.say(Answer::Declined, Some(by), Some(why), at);
        if self.ask.direction == Direction::Down { self.to(Stage::Declined, at) } else { Ok(self) }
    }

    /// A hospital takes its offer back, and can offer anew.
    pub fn withdraw(mut self, hospital: &Id, why: &str, by: Who, at: Time) -> Stepped {
        self.must_be(State::Asked, Step::Withdraw)?;
        self.standing(hospital, at)?;
        self.mine(hospital)?.say(Answer::Withdrawn, Some(by), Some(why), at);
        Ok(self)
    }

    /// What was held too long lapses. None when nothing did.
    pub fn lapse(mut self, at: Time) -> Option<Self> {
        let over = |a: &Asked| a.answer.bed().is_some_and(|b| b.until <= at);
        if !matches!(self.stage, Stage::Asked | Stage::Accepted(_)) || !self.asked.iter().any(over) {
            return None;
        }
        for asked in self.asked.iter_mut().filter(|a| over(a)) {
            asked.say(Answer::Lapsed, None, None, at);
        }
        Some(self.without_a_bed_it_is_open_again(at))
    }

    /// A held bed is needed for somebody else. Not while the patient is on the way to it.
    pub fn lose_bed(mut self, bed: &Id, why: &str, by: Who, at: Time) -> Stepped {
        match &self.stage {
            Stage::Asked | Stage::Accepted(_) => {}
            Stage::OnTheWay(..) => return Err(Refused::Awaited),
            _ => return self.wrong(Step::LoseBed),
        }
        let lost = self.asked.iter_mut().find(|a| a.answer.bed().is_some_and(|b| b.id == *bed));
        lost.ok_or(Refused::BedNotFree)?.say(Answer::Lost, Some(by), Some(why), at);
        Ok(self.without_a_bed_it_is_open_again(at))
    }

    /// The asking doctor chooses one offer, whose bed stands as `bed` says; the others are let go.
    pub fn accept(mut self, hospital: &Id, bed: &BedNow, by: Who, at: Time) -> Stepped {
        self.must_go(Direction::Up)?;
        self.must_be(State::Asked, Step::Accept)?;
        let offered = self.standing(hospital, at)?;
        let ours = bed.id == offered.id && bed.held == Some(Held::Here);
        if !ours || !bed.open || bed.taken {
            return Err(Refused::BedNotFree);
        }
        let kept = Bed { id: offered.id, until: at + KEPT };
        for asked in &mut self.asked {
            if asked.hospital == *hospital {
                asked.say(Answer::Chosen(Some(kept.clone())), Some(by.clone()), None, at);
            } else if matches!(asked.answer, Answer::Waiting | Answer::Offered(_)) {
                asked.say(Answer::NotChosen, None, None, at);
            }
        }
        self.to(Stage::Accepted(Place { hospital: hospital.clone(), bed: Some(kept), at, by }), at)
    }

    /// The county takes its patient back.
    pub fn take_back(mut self, hospital: &Id, by: Who, at: Time) -> Stepped {
        self.must_go(Direction::Down)?;
        self.must_be(State::Asked, Step::TakeBack)?;
        self.mine(hospital)?.say(Answer::Chosen(None), Some(by.clone()), None, at);
        self.to(Stage::Accepted(Place { hospital: hospital.clone(), bed: None, at, by }), at)
    }

    /// The acceptance is taken back before the patient leaves: the bed is let go, and those not chosen are asked again.
    pub fn reopen(mut self, at: Time) -> Stepped {
        self.must_be(State::Accepted, Step::Reopen)?;
        self.must_go(Direction::Up)?;
        for asked in self.asked.iter_mut().filter(|a| matches!(a.answer, Answer::Chosen(_))) {
            asked.say(Answer::NotChosen, None, None, at);
        }
        Ok(self.without_a_bed_it_is_open_again(at))
    }

    /// Withdrawn before the patient leaves.
    pub fn cancel(mut self, at: Time) -> Stepped {
        let place = match &self.stage {
            Stage::Asked => None,
            Stage::Accepted(place) => Some(place.clone()),
            _ => return self.wrong(Step::Cancel),
        };
        for asked in &mut self.asked {
            if matches!(asked.answer, Answer::Waiting | Answer::Offered(_)) {
                asked.say(Answer::NotChosen, None, None, at);
            }
        }
        self.to(Stage::Cancelled(place), at)
    }

    /// Transport is ordered, or ordered otherwise.
    pub fn order(mut self, transport: Transport) -> Stepped {
        self.must_be(State::Accepted, Step::Transport)?;
        self.transport = Some(transport);
        Ok(self)
    }

    /// The patient leaves. A bed whose hold has passed is nobody's to go to.
    pub fn depart(self, eta: Time, at: Time) -> Stepped {
        let Stage::Accepted(place) = &self.stage else { return self.wrong(Step::Depart) };
        if self.transport.is_none() {
            return Err(Refused::NoTransport);
        }
        if place.bed.as_ref().is_some_and(|b| b.until <= at) {
            return Err(Refused::BedNotFree);
        }
        let journey = Journey { departed: at, eta: coming(eta, at)? };
        let stage = Stage::OnTheWay(place.clone(), journey);
        self.to(stage, at)
    }

    /// The patient will be there at another time.
    pub fn delay(mut self, eta: Time, at: Time) -> Stepped {
        let Stage::OnTheWay(_, journey) = &mut self.stage else { return self.wrong(Step::Eta) };
        journey.eta = coming(eta, at)?;
        Ok(self)
    }

    /// The patient is there and handed over.
    pub fn arrive(self, at: Time) -> Stepped {
        let Stage::OnTheWay(place, journey) = &self.stage else { return self.wrong(Step::Arrive) };
        let stage = Stage::Arrived(place.clone(), journey.clone(), at);
        self.to(stage, at)
    }

    /// The patient is brought back.
    pub fn turn_back(self, at: Time) -> Stepped {
        let Stage::OnTheWay(place, journey) = &self.stage else { return self.wrong(Step::TurnBack) };
        let stage = Stage::TurnedBack(place.clone(), journey.clone());
        self.to(stage, at)
    }

    /// Whether the patient can be referred back home now.
    pub fn can_send_back(&self) -> Result<(), Refused> {
        self.must_go(Direction::Up)?;
        self.must_be(State::Arrived, Step::SendBack)
    }

    /// The patient has gone from where they were referred to.
    pub fn close(self, outcome: Outcome, at: Time) -> Stepped {
        self.must_go(Direction::Up)?;
        let Stage::Arrived(place, journey, arrived) = &self.stage else { return self.wrong(Step::Close) };
        let stage = Stage::Closed(place.clone(), journey.clone(), *arrived, outcome);
        self.to(stage, at)
    }

    /// Approved without a bed there is nothing: an acceptance whose bed is gone is none, and those not chosen are asked again.
    fn without_a_bed_it_is_open_again(mut self, at: Time) -> Self {
        let chosen = self.asked.iter().any(|a| matches!(a.answer, Answer::Chosen(_)));
        if matches!(self.stage, Stage::Accepted(_)) && !chosen {
            for asked in self.asked.iter_mut().filter(|a| a.answer == Answer::NotChosen) {
                asked.say(Answer::Waiting, None, None, at);
            }
            self.transport = None;
            (self.stage, self.since) = (Stage::Asked, at);
        }
        self
    }

    fn to(self, stage: Stage, at: Time) -> Stepped {
        Ok(Self { stage, since: at, ..self })
    }

    fn wrong(&self, step: Step) -> Stepped {
        Err(Refused::WrongState { state: self.state(), step })
    }

    fn must_be(&self, state: State, step: Step) -> Result<(), Refused> {
        if self.state() == state { Ok(()) } else { Err(Refused::WrongState { state: self.state(), step }) }
    }

    fn must_go(&self, direction: Direction) -> Result<(), Refused> {
        if self.ask.direction == direction { Ok(()) } else { Err(Refused::WrongWay(self.ask.direction)) }
    }

    fn mine(&mut self, hospital: &Id) -> Result<&mut Asked, Refused> {
        self.asked.iter_mut().find(|a| a.hospital == *hospital).ok_or(Refused::NotAsked)
    }

    /// Why a hospital's offer cannot be chosen, if it cannot.
    pub fn why_no_offer(&self, hospital: &Id) -> Option<Refused> {
        if self.state() != State::Asked {
            return Some(Refused::WrongState { state: self.state(), step: Step::Accept });
        }
        self.standing(hospital, self.since).err()
    }

    /// The offer of a hospital, if it stands.
    fn standing(&self, hospital: &Id, at: Time) -> Result<Bed, Refused> {
        let asked = self.of(hospital).ok_or(Refused::NotAsked)?;
        match &asked.answer {
            Answer::Offered(bed) if bed.until > at => Ok(bed.clone()),
            Answer::Offered(_) => Err(Refused::NoOffer { answer: super::state::AnswerCode::Lapsed, why: None }),
            other => Err(Refused::NoOffer { answer: other.code(), why: asked.why.clone() }),
        }
    }
}

impl Asked {
    fn say(&mut self, answer: Answer, by: Option<Who>, why: Option<&str>, at: Time) {
        (self.answer, self.by, self.why, self.at) = (answer, by, why.map(str::to_owned), at);
    }
}

/// A time of arrival: not past, not too far.
fn coming(eta: Time, at: Time) -> Result<Time, Refused> {
    if at <= eta && eta <= at + ETA_MAX { Ok(eta) } else { Err(Refused::NotATime) }
}
