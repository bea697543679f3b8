//! Every relation somebody can have to a thing, as the facts that the operations read.

use jiff::SignedDuration;
use kernel::decide::{CaseFacts, Facts, ReferralFacts};
use kernel::{Actor, Id, Role, Time};

/// How somebody stands to the thing in question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// No thing: a list, an account.
    Nothing,
    /// A thing in the custody of the own hospital.
    OwnThing,
    /// A thing of a hospital below the own.
    ThingBelow,
    /// A thing of another hospital.
    OthersThing,
    /// Everything, for a program that the installation's administrator let see all custody.
    Everything,
    /// The own hospital, its people, its rooms.
    OwnDirectory,
    /// Another hospital, its people, its rooms.
    OthersDirectory,
    /// One's own calendar at another hospital.
    OwnCalendar,
    /// A request of the own hospital, not handed in.
    OwnDraft,
    /// A stranger's case whose glass the actor has broken within the hour.
    Broken,
    /// A case that the own hospital asked.
    Asking(When),
    /// A case that a hospital below the own asked.
    AskedBelow(When),
    /// A case in hand of the centre that the own hospital runs.
    Centre(When),
    /// A case to which one is invited as an expert.
    Invited(When),
    /// An emergency whose ring calls one.
    Called(When),
    /// A case to which a colleague of the own hospital is invited.
    Colleague(When),
    /// A case one has no part in.
    Stranger(When),
    /// A patient on the way between hospitals.
    Referral(Part),
}

/// The own hospital's part in a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It refers up.
    Sends,
    /// It refers back home.
    SendsHome,
    /// It was asked for a bed.
    Asked,
    /// It was asked, and the referral has ended.
    AskedEnded,
    /// It takes the patient.
    Receives,
    /// It took the patient; ended an hour ago.
    ReceivedEnded,
    /// A millisecond before 72 hours after the end.
    Received72h,
    /// 72 hours after the end.
    ReceivedPast72h,
    /// Its patient comes home.
    ComesHome,
    /// None.
    Stranger,
}

impl Part {
    pub const ALL: [(Self, &'static str); 10] = [
        (Self::Sends, "refers"),
        (Self::SendsHome, "refers home"),
        (Self::Asked, "asked for a bed"),
        (Self::AskedEnded, "asked for a bed, ended"),
        (Self::Receives, "takes the patient"),
        (Self::ReceivedEnded, "took the patient, ended"),
        (Self::Received72h, "took the patient, <72h"),
        (Self::ReceivedPast72h, "took the patient, 72h"),
        (Self::ComesHome, "patient comes home"),
        (Self::Stranger, "another's referral"),
    ];
}

/// Where the case is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// In hand, no room yet.
    Open,
    /// In hand, the room is announced.
    Room,
    /// Ended an hour ago.
    Ended,
    /// A millisecond before 72 hours after its end.
    Before72h,
    /// 72 hours after its end.
    After72h,
    /// A day before 15 years after its end.
    Before15y,
    /// 15 years after its end.
    After15y,
}

impl When {
    pub const ALL: [Self; 7] =
        [Self::Open, Self::Room, Self::Ended, Self::Before72h, Self::After72h, Self::Before15y, Self::After15y];

    pub fn in_hand(self) -> bool {
        matches!(self, Self::Open | Self::Room)
    }
}

impl Relation {
    /// For messages and the snapshot.
    pub fn name(self) -> &'static str {
        let of = |names: [&'static str; 7], when: When| names[When::ALL.iter().position(|w| *w == when).unwrap()];
        match self {
            Self::Nothing => "nothing",
            Self::OwnThing => "own thing",
            Self::ThingBelow => "thing of a hospital below",
            Self::OthersThing => "another hospital's thing",
            Self::Everything => "everything",
            Self::OwnDirectory => "own directory",
            Self::OthersDirectory => "another's directory",
            Self::OwnCalendar => "own calendar",
            Self::OwnDraft => "own draft",
            Self::Broken => "glass broken",
            Self::Referral(part) => Part::ALL.iter().find(|(p, _)| *p == part).unwrap().1,
            Self::Asking(w) => of(
                ["asking", "asking, room", "asked, ended", "asked, <72h", "asked, 72h", "asked, <15y", "asked, 15y"],
                w,
            ),
            Self::AskedBelow(w) => of(
                ["below", "below, room", "below, ended", "below, <72h", "below, 72h", "below, <15y", "below, 15y"],
                w,
            ),
            Self::Centre(w) => of(
                [
                    "centre",
                    "centre, room",
                    "centre, ended",
                    "centre, <72h",
                    "centre, 72h",
                    "centre, <15y",
                    "centre, 15y",
                ],
                w,
            ),
            Self::Invited(w) => of(
                [
                    "invited",
                    "invited, room",
                    "invited, ended",
                    "invited, <72h",
                    "invited, 72h",
                    "invited, <15y",
                    "invited, 15y",
                ],
                w,
            ),
            Self::Called(w) => of(
                [
                    "called",
                    "called, room",
                    "called, ended",
                    "called, <72h",
                    "called, 72h",
                    "called, <15y",
                    "called, 15y",
                ],
                w,
            ),
            Self::Colleague(w) => of(
                [
                    "colleague",
                    "colleague, room",
                    "colleague, ended",
                    "colleague, <72h",
                    "colleague, 72h",
                    "colleague, <15y",
                    "colleague, 15y",
                ],
                w,
            ),
            Self::Stranger(w) => of(
                [
                    "stranger",
                    "stranger, room",
                    "stranger, ended",
                    "stranger, <72h",
                    "stranger, 72h",
                    "stranger, <15y",
                    "stranger, 15y",
                ],
                w,
            ),
        }
    }
}

/// A relation with its facts and the instant.
#[derive(Debug)]
pub struct Situation {
    pub relation: Relation,
    pub facts: Facts,
    pub now: Time,
}

/// The one who acts, always of the same hospital; the situations differ in what they act on.
pub fn me(role: Role) -> Actor {
    Actor { person: id("me"), role, hospital: id("mine"), practitioner_role: id("my-role") }
}

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn now() -> Time {
    "2026-11-21T04:00:00Z".parse().unwrap()
}

fn thing(custodian: &str, within: bool) -> Facts {
    Facts { custodian: Some(id(custodian)), custodian_is_within: within, ..Facts::default() }
}

/// A case of strangers, at some time of its life.
fn case(when: When) -> CaseFacts {
    let ended = |at: &str| Some(at.parse().unwrap());
    let ended_at = match when {
        When::Open | When::Room => None,
        When::Ended => Some(now() - SignedDuration::from_hours(1)),
        When::Before72h => Some(now() - SignedDuration::from_hours(72) + SignedDuration::from_millis(1)),
        When::After72h => Some(now() - SignedDuration::from_hours(72)),
        When::Before15y => ended("2011-11-22T04:00:00Z"),
        When::After15y => ended("2011-11-21T04:00:00Z"),
    };
    CaseFacts {
        asking_hospital: id("county"),
        centre: id("centre"),
        advising_hospitals: vec![id("elsewhere")],
        experts: vec![id("somebody")],
        in_hand: when.in_hand(),
        ended_at,
        room_announced: when == When::Room,
    }
}

/// A referral, seen from the own hospital.
fn referral(part: Part) -> Facts {
    let (mine, county, elsewhere) = (id("mine"), id("county"), id("elsewhere"));
    let open = ReferralFacts {
        sender: county.clone(),
        asked: vec![elsewhere.clone()],
        receiver: Some(elsewhere),
        down: false,
        in_hand: true,
        ended_at: None,
    };
    let ended = |ago: SignedDuration| ReferralFacts {
        asked: vec![mine.clone()],
        receiver: Some(mine.clone()),
        in_hand: false,
        ended_at: Some(now() - ago),
        ..open.clone()
    };
    let of = match part {
        Part::Sends => ReferralFacts { sender: mine.clone(), ..open },
        Part::SendsHome => ReferralFacts { sender: mine.clone(), down: true, ..open },
        Part::Asked => ReferralFacts { asked: vec![county, mine.clone()], receiver: None, ..open },
        Part::AskedEnded => ReferralFacts { receiver: None, ..ended(SignedDuration::from_hours(1)) },
        Part::Receives => ReferralFacts { asked: vec![mine.clone()], receiver: Some(mine.clone()), ..open },
        Part::ReceivedEnded => ended(SignedDuration::from_hours(1)),
        Part::Received72h => ended(SignedDuration::from_hours(72) - SignedDuration::from_millis(1)),
        Part::ReceivedPast72h => ended(SignedDuration::from_hours(72)),
        Part::ComesHome => {
            ReferralFacts { asked: vec![mine.clone()], receiver: Some(mine.clone()), down: true, ..open }
        }
        Part::Stranger => open,
    };
    let own = of.sender == mine;
    Facts { custodian: Some(of.sender.clone()), custodian_is_within: own, referral: Some(of), ..Facts::default() }
}

/// All of them.
pub fn situations() -> Vec<Situation> {
    let mut all = vec![
        (Relation::Nothing, Facts::default()),
        (Relation::OwnThing, thing("mine", true)),
        (Relation::ThingBelow, thing("below", true)),
        (Relation::OthersThing, thing("county", false)),
        (Relation::Everything, Facts { sees_all: true, ..thing("county", false) }),
        (Relation::OwnDirectory, Facts { directory: true, ..thing("mine", true) }),
        (Relation::OthersDirectory, Facts { directory: true, ..thing("county", false) }),
        (Relation::OwnCalendar, Facts { person: Some(id("me")), ..thing("county", false) }),
    ];
    let of = |case: CaseFacts, within| Facts {
        custodian: Some(case.asking_hospital.clone()),
        custodian_is_within: within,
        case: Some(case),
        ..Facts::default()
    };
    let draft = CaseFacts {
        asking_hospital: id("mine"),
        centre: id("mine"),
        advising_hospitals: vec![],
        experts: vec![],
        in_hand: false,
        ..case(When::Open)
    };
    all.push((Relation::OwnDraft, of(draft, true)));
    all.push((Relation::Broken, Facts { glass_broken: true, ..of(case(When::Open), false) }));
    for when in When::ALL {
        let stranger = case(when);
        all.push((Relation::Asking(when), of(CaseFacts { asking_hospital: id("mine"), ..stranger.clone() }, true)));
        all.push((
            Relation::AskedBelow(when),
            of(CaseFacts { asking_hospital: id("below"), ..stranger.clone() }, true),
        ));
        all.push((Relation::Centre(when), of(CaseFacts { centre: id("mine"), ..stranger.clone() }, false)));
        let advising_hospitals = vec![id("elsewhere"), id("mine")];
        let colleague = CaseFacts { advising_hospitals, ..stranger.clone() };
        let experts = vec![id("somebody"), id("me")];
        all.push((Relation::Invited(when), of(CaseFacts { experts, ..colleague.clone() }, false)));
        all.push((Relation::Called(when), Facts { called: true, ..of(stranger.clone(), false) }));
        all.push((Relation::Colleague(when), of(colleague, false)));
        all.push((Relation::Stranger(when), of(stranger, false)));
    }
    for (part, _) in Part::ALL {
        all.push((Relation::Referral(part), referral(part)));
    }
    all.into_iter().map(|(relation, facts)| Situation { relation, facts, now: now() }).collect()
}
