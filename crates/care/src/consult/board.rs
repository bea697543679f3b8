//! The board: what a list of cases needs to be counted and ordered, in memory, fed by the ledger.
//!
//! A list of 10,000 open cases must be ordered by whose turn it is, urgency and clock before its first page is known. The
//! board knows that much of each case and nothing clinical; the page itself is then read from the store. It is a view:
//! before it answers it takes in every entry sealed since, so that a step taken is on the list at once.

use super::bulk::{TOGETHER, asked_among, find_many, find_of};
use super::model::Consult;
use super::resources::{Loaded, ask_type};
use super::state::{FormKind, Kind, State, Urgency};
use super::timer::Timer;
use fhir::{Reference, ResourceType};
use kernel::{Actor, Id, Role, Time};
use platform::{Platform, Problem};
use records::{Entry, Query, Viewer};
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::{Mutex, MutexGuard};

/// Entries taken in at a time.
const BATCH: usize = 1000;

/// What a list needs of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The case.
    pub id: Id,
    /// Its number.
    pub number: String,
    /// Whose case.
    pub patient: Reference,
    /// Where it stands.
    pub state: State,
    /// How soon.
    pub urgency: Urgency,
    /// Live or record.
    pub kind: Kind,
    /// Which form.
    pub form: FormKind,
    /// Who asks.
    pub asking: Id,
    /// Who dispatches.
    pub centre: Id,
    /// The experts, and whether each has said yes.
    pub experts: Vec<(Id, bool)>,
    /// The clock in force.
    pub timer: Option<Timer>,
    /// When it was handed in.
    pub submitted_at: Time,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// An expert waits for something.
    pub asked: bool,
}

/// All cases.
#[derive(Debug, Default)]
pub struct Board(Mutex<Rows>);

/// The rows, as of an entry.
#[derive(Debug, Default)]
pub struct Rows {
    sealed: Option<u64>,
    rows: BTreeMap<Id, Row>,
}

impl Board {
    /// The rows as they are now.
    pub async fn now(&self, platform: &Platform) -> Result<MutexGuard<'_, Rows>, Problem> {
        let mut rows = self.0.lock().await;
        rows.catch_up(platform).await?;
        Ok(rows)
    }

    /// Reads all cases, so that who comes first after a start does not wait for it longer than they must.
    pub async fn warm(&self, platform: &Platform) {
        if let Err(problem) = self.now(platform).await {
            tracing::warn!(
                "the board of cases could not be read at the start: {}",
                problem.cause().unwrap_or(problem.code)
            );
        }
    }
}

impl Rows {
    /// The rows this person may see, by the rules of `decide` for lists.
    pub fn seen_by<'a>(&'a self, actor: &'a Actor, now: Time) -> impl Iterator<Item = &'a Row> {
        self.rows.values().filter(move |row| row.is_seen_by(actor, now))
    }

    /// One row.
    pub fn row(&self, id: &Id) -> Option<Row> {
        self.rows.get(id).cloned()
    }

    async fn catch_up(&mut self, platform: &Platform) -> Result<(), Problem> {
        let Some(mut after) = self.sealed else { return self.load(platform).await };
        let mut changed = BTreeSet::new();
        loop {
            let entries = platform.store.entries(after, BATCH).await?;
            changed.extend(entries.iter().filter_map(case_changed));
            let more = entries.len() == BATCH;
            after = entries.last().map_or(after, |e| e.number);
            if !more {
                break;
            }
        }
        let changed: Vec<Id> = changed.into_iter().collect();
        for some in changed.chunks(TOGETHER) {
            self.refresh(platform, some).await?;
        }
        self.sealed = Some(after);
        Ok(())
    }

    async fn load(&mut self, platform: &Platform) -> Result<(), Problem> {
        // What is sealed before the search begins is in what it finds; what comes during it is taken in next time.
        let sealed = *platform.store.sealed().borrow();
        let mut query = Query::of(ResourceType::TASK).count(TOGETHER);
        loop {
            let page = platform.store.search(&Viewer::System, &query).await?;
            let tasks = page.matches.into_iter().filter(|task| task.case.is_some());
            let cases = find_of(&*platform.store, tasks.collect()).await?;
            self.take_in(platform, &cases).await?;
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
        self.sealed = Some(sealed);
        Ok(())
    }

    /// Reads these cases anew, [`TOGETHER`] at most.
    async fn refresh(&mut self, platform: &Platform, ids: &[Id]) -> Result<(), Problem> {
        let cases = find_many(&*platform.store, ids).await?;
        for id in ids {
            self.rows.remove(id);
        }
        self.take_in(platform, &cases).await
    }

    async fn take_in(&mut self, platform: &Platform, cases: &[Loaded]) -> Result<(), Problem> {
        let open = cases.iter().filter(|c| c.ended_at.is_none() && c.consult.stage.booking().is_some());
        let asked = asked_among(&*platform.store, &open.map(|c| c.at.case.clone()).collect::<Vec<_>>()).await?;
        for case in cases {
            self.rows.insert(case.id.clone(), Row::of(case, asked.contains(&case.id)));
        }
        Ok(())
    }
}

/// The case of an entry that changed something a row shows.
fn case_changed(entry: &Entry) -> Option<Id> {
    let shown = |ty: ResourceType| {
        [ResourceType::TASK, ResourceType::SERVICE_REQUEST, ResourceType::APPOINTMENT, ask_type()].contains(&ty)
    };
    entry.versions.iter().any(|v| shown(v.at.ty)).then(|| entry.act.case.as_ref().map(|c| c.id.clone()))?
}

/// What a list is ordered by: ended, not my turn, urgency, when the clock runs out, when it was handed in (milliseconds).
pub type Rank = (bool, bool, Urgency, i64, i64);

impl Row {
    fn of(case: &Loaded, asked: bool) -> Self {
        let Consult { ask, stage, .. } = &case.consult;
        let experts = stage.booking().map(|b| b.experts.as_slice()).unwrap_or_default();
        Self {
            id: case.id.clone(),
            number: case.number.clone(),
            patient: case.patient.clone(),
            state: stage.state(),
            urgency: ask.urgency,
            kind: ask.kind,
            form: ask.form,
            asking: case.custodian.clone(),
            centre: case.centre.clone(),
            experts: experts.iter().map(|e| (e.person.clone(), e.accepted.is_some())).collect(),
            timer: case.timer,
            submitted_at: case.submitted_at,
            ended_at: case.ended_at,
            asked,
        }
    }

    fn is_seen_by(&self, actor: &Actor, now: Time) -> bool {
        match actor.role {
            Role::AskingDoctor => self.asking == actor.hospital,
            Role::Dispatcher => self.centre == actor.hospital && self.ended_at.is_none(),
            Role::Specialist => {
                let keeps = self.ended_at.is_none_or(|end| now < end + kernel::decide::EXPERT_KEEPS);
                keeps && self.expert(&actor.person).is_some()
            }
            _ => false,
        }
    }

    fn expert(&self, person: &Id) -> Option<bool> {
        self.experts.iter().find(|(p, _)| p == person).map(|(_, accepted)| *accepted)
    }

    /// Whether the next step is this person's.
    pub fn waits_for(&self, actor: &Actor) -> bool {
        use State as S;
        match actor.role {
            Role::AskingDoctor => {
                let turn = [S::Returned, S::Waiting, S::InSession, S::Suspended, S::Signed, S::Delivered];
                turn.contains(&self.state) || (self.asked && !self.state.is_signed() && !self.state.is_end())
            }
            Role::Dispatcher => {
                let turn = [S::Submitted, S::Transferred, S::Triaged, S::Escalated, S::NoShow];
                turn.contains(&self.state) || (self.state == S::ConvertedAsync && self.experts.is_empty())
            }
            Role::Specialist => match (self.state, self.expert(&actor.person)) {
                (_, None) => false,
                (S::Scheduled | S::ConvertedAsync, Some(accepted)) => !accepted || self.kind == Kind::Record,
                (S::Waiting | S::InSession | S::Suspended | S::OpinionDrafted, Some(_)) => true,
                _ => false,
            },
            _ => false,
        }
    }

    /// Most urgent first: my turn, urgency, the clock that runs out first, the case that waits longest. What ended is last,
    /// newest first.
    pub fn rank(&self, actor: &Actor) -> Rank {
        let submitted = self.submitted_at.as_millisecond();
        let ended = self.ended_at.is_some();
        let due = self.timer.map_or(i64::MAX, |t| t.due.as_millisecond());
        (ended, !self.waits_for(actor), self.urgency, due, if ended { -submitted } else { submitted })
    }
}

#[cfg(test)]
impl Row {
    /// A case that a county just handed in, for tests of lists.
    pub(super) fn example(state: State, urgency: Urgency) -> Self {
        let id = |text: &str| Id::new(text).unwrap();
        Self {
            id: id("case"),
            number: "20261121-0001".into(),
            patient: "Patient/p".parse().unwrap(),
            state,
            urgency,
            kind: Kind::Live,
            form: FormKind::Full,
            asking: id("county"),
            centre: id("province"),
            experts: vec![],
            timer: None,
            submitted_at: Time::UNIX_EPOCH,
            ended_at: None,
            asked: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    fn row(state: State, urgency: Urgency) -> Row {
        Row { experts: vec![(id("li"), false)], ..Row::example(state, urgency) }
    }

    fn actor(role: Role, person: &str, hospital: &str) -> Actor {
        Actor { person: id(person), role, hospital: id(hospital), practitioner_role: id("r") }
    }

    #[test]
    fn whose_turn_it_is() {
        let doctor = actor(Role::AskingDoctor, "zhou", "county");
        let dispatcher = actor(Role::Dispatcher, "chen", "province");
        let expert = actor(Role::Specialist, "li", "province");
        let other = actor(Role::Specialist, "wang", "province");
        for &state in State::ALL {
            let row = row(state, Urgency::Routine);
            assert!(!row.waits_for(&other), "{state:?}");
            let turns = [&doctor, &dispatcher, &expert].iter().filter(|a| row.waits_for(a)).count();
            let nobody = state.is_end() || matches!(state, State::Draft | State::Acknowledged | State::FollowedUp);
            assert!(turns > 0 || nobody || state == State::ConvertedAsync, "nobody's turn: {state:?}");
            assert!(!state.is_end() || turns == 0, "{state:?} is over");
        }
        let asked = Row { asked: true, ..row(State::Scheduled, Urgency::Routine) };
        assert!(asked.waits_for(&doctor) && !row(State::Scheduled, Urgency::Routine).waits_for(&doctor));
    }

    #[test]
    fn who_sees_it() {
        let now = Time::UNIX_EPOCH + jiff::SignedDuration::from_hours(72);
        let open = row(State::Scheduled, Urgency::Routine);
        let ended = |hours| Row {
            ended_at: Some(Time::UNIX_EPOCH + jiff::SignedDuration::from_hours(hours)),
            ..row(State::Closed, Urgency::Routine)
        };
        for (role, person, hospital, sees) in [
            (Role::AskingDoctor, "zhou", "county", [true, true, true]),
            (Role::AskingDoctor, "zhou", "other", [false, false, false]),
            (Role::Dispatcher, "chen", "province", [true, false, false]),
            (Role::Dispatcher, "chen", "city", [false, false, false]),
            (Role::Specialist, "li", "province", [true, false, true]),
            (Role::Specialist, "wang", "province", [false, false, false]),
            (Role::CommandStaff, "gao", "province", [false, false, false]),
        ] {
            let actor = actor(role, person, hospital);
            let got = [&open, &ended(0), &ended(1)].map(|row| row.is_seen_by(&actor, now));
            assert_eq!(got, sees, "{role:?} {person} {hospital}");
        }
    }

    #[test]
    fn most_urgent_first() {
        let dispatcher = actor(Role::Dispatcher, "chen", "province");
        let rank = |state, urgency| row(state, urgency).rank(&dispatcher);
        assert!(rank(State::Submitted, Urgency::Routine) < rank(State::InSession, Urgency::Emergency), "my turn first");
        assert!(rank(State::Submitted, Urgency::Emergency) < rank(State::Submitted, Urgency::Urgent));
        let over = Row { ended_at: Some(Time::UNIX_EPOCH), ..row(State::Closed, Urgency::Emergency) };
        assert!(rank(State::Signed, Urgency::Routine) < over.rank(&dispatcher), "what ended comes last");
    }
}
