//! Who may (DESIGN 4): one pure function, small enough to be read whole.
//!
//! The facts are read before, the decision changes nothing. What is not allowed here is not allowed. The whole matrix
//! (action x role x relation) is compared with an oracle written independently, in `tests/permissions`.

use crate::{Actor, Id, Role, Time};
use jiff::{SignedDuration, ToSpan, tz::TimeZone};

/// What somebody wants to do. Every operation of the API needs exactly one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Own session, own events, own drafts.
    OwnAccount,
    /// Hospitals, departments, people, rooms: names, no clinical content.
    ReadDirectory,
    /// Search the patients of the own hospital.
    FindPatient,
    /// Record a patient of the own hospital.
    CreatePatient,
    /// Identify, link or unlink a patient of the own hospital.
    AmendPatient,
    /// Read the whole record of a patient.
    ReadPatient,
    /// Write a draft request and attach files to it.
    DraftCase,
    /// Submit a draft as a case.
    RequestCase,
    /// List the cases one has a part in.
    ListCases,
    /// Read what triage needs of a case: purpose, urgency, specialty, summary, attachments.
    ReadCaseSummary,
    /// Read everything a case cites.
    ReadCase,
    /// Amend, resubmit, supply what was asked for, cancel.
    AmendCase,
    /// First look, return, decline, assign, transfer, escalate, convert.
    TriageCase,
    /// Accept, hand back, ask for more; answer the ring of an emergency.
    TakeCase,
    /// Enter the room of a case.
    EnterRoom,
    /// Begin, suspend, resume the session; state a no-show.
    ConductCase,
    /// Write a message to the parties of a case.
    WriteMessage,
    /// Draft and sign the opinion.
    WriteOpinion,
    /// Sign another version of the own opinion.
    AmendOpinion,
    /// Read the signed opinion and the evidence it cites.
    ReadOpinion,
    /// Say whether the opinion was adopted.
    AnswerOpinion,
    /// See who looked at a case.
    ReadAccessLog,
    /// See figures.
    ReadFigures,
    /// Open a figure to its cases.
    OpenFigure,
    /// See reports of the service, and open their numbers to lists without clinical content.
    ReadService,
    /// Manage people, rooms, settings of a hospital.
    ManageHospital,
    /// Open the record of a patient who is not one's own, in need.
    BreakGlass,
    /// Judge what was opened in need.
    ReviewAccess,
    /// Report a notifiable case of a patient of the own hospital, confirm or exclude it, grade it, add to it.
    ReportOutbreak,
    /// Read notifiable cases: their list, one of them, what stands behind a number.
    ReadOutbreak,
    /// See the outbreak's numbers.
    ReadOutbreakFigures,
    /// Say of two reports that they are one person's illness, take note of an alert, tell the public what it should know.
    JudgeOutbreak,
    /// Read and search the record as FHIR, as far as one sees it.
    ReadRecord,
    /// Write into the record as FHIR what no slice owns.
    WriteRecord,
    /// Set an expert's weekly hours and limit, put them on call.
    KeepRota,
    /// Say when an expert is away, and why.
    TakeLeave,
    /// Let a day of the centre be planned, and take what is proposed.
    PlanDay,
    /// Refer a patient of the own hospital to another.
    ReferPatient,
    /// List the referrals one has a part in.
    ListReferrals,
    /// Read a referral and what it cites.
    ReadReferral,
    /// Ask hospitals, accept an offer, order transport, send on the way, cancel: the side that refers.
    SteerReferral,
    /// Offer a bed, decline, take an offer back: a hospital that was asked.
    OfferBed,
    /// Confirm the arrival: the hospital that takes the patient.
    ReceivePatient,
    /// Take the patient back home, refer back, close: the doctors of the hospital that takes the patient.
    DischargePatient,
    /// Say that a bed is taken or free again.
    KeepBeds,
}

impl Action {
    /// All actions, in the order of a case's life.
    pub const ALL: [Self; 45] = [
        Self::OwnAccount,
        Self::ReadDirectory,
        Self::FindPatient,
        Self::CreatePatient,
        Self::AmendPatient,
        Self::ReadPatient,
        Self::DraftCase,
        Self::RequestCase,
        Self::ListCases,
        Self::ReadCaseSummary,
        Self::ReadCase,
        Self::AmendCase,
        Self::TriageCase,
        Self::TakeCase,
        Self::EnterRoom,
        Self::ConductCase,
        Self::WriteMessage,
        Self::WriteOpinion,
        Self::AmendOpinion,
        Self::ReadOpinion,
        Self::AnswerOpinion,
        Self::ReadAccessLog,
        Self::ReadFigures,
        Self::OpenFigure,
        Self::ReadService,
        Self::ManageHospital,
        Self::BreakGlass,
        Self::ReviewAccess,
        Self::ReportOutbreak,
        Self::ReadOutbreak,
        Self::ReadOutbreakFigures,
        Self::JudgeOutbreak,
        Self::ReadRecord,
        Self::WriteRecord,
        Self::KeepRota,
        Self::TakeLeave,
        Self::PlanDay,
        Self::ReferPatient,
        Self::ListReferrals,
        Self::ReadReferral,
        Self::SteerReferral,
        Self::OfferBed,
        Self::ReceivePatient,
        Self::DischargePatient,
        Self::KeepBeds,
    ];
}

/// A case as far as the rules look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFacts {
    /// The hospital that asks; the patient is in its custody.
    pub asking_hospital: Id,
    /// The centre (its hospital) that dispatches the case now.
    pub centre: Id,
    /// The hospitals of the experts assigned.
    pub advising_hospitals: Vec<Id>,
    /// The experts invited and not handed back.
    pub experts: Vec<Id>,
    /// Submitted and not yet closed, cancelled or declined.
    pub in_hand: bool,
    /// When it was closed, cancelled or declined for good.
    pub ended_at: Option<Time>,
    /// A room has been announced to the parties.
    pub room_announced: bool,
}

/// A referral as far as the rules look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferralFacts {
    /// The hospital that refers.
    pub sender: Id,
    /// The hospitals that were asked and may still have a part in it.
    pub asked: Vec<Id>,
    /// The hospital that takes the patient: from the acceptance on, or from the asking on when the patient comes back home.
    pub receiver: Option<Id>,
    /// From a higher hospital back to the one that referred.
    pub down: bool,
    /// Not ended.
    pub in_hand: bool,
    /// When it ended.
    pub ended_at: Option<Time>,
}

/// What the rules may depend on, read before deciding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The hospital in whose custody the thing is, for patients and for what belongs to a hospital.
    pub custodian: Option<Id>,
    /// Whether the actor's hospital is `custodian` or stands above it in the tree.
    pub custodian_is_within: bool,
    /// The case concerned.
    pub case: Option<CaseFacts>,
    /// The referral concerned.
    pub referral: Option<ReferralFacts>,
    /// The actor has opened this patient's record in need, and the hour is not over.
    pub glass_broken: bool,
    /// A hospital, a person who works there, a place: names, no clinical content.
    pub directory: bool,
    /// The actor is a program that the installation's administrator let see all custody: a migration, an audit repository.
    pub sees_all: bool,
    /// Whose calendar it is.
    pub person: Option<Id>,
    /// The case is an emergency, and the actor is among those whom its ring calls now.
    pub called: bool,
}

/// What comes with a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Duty {
    /// Show the patient's name masked.
    MaskName,
}

/// The answer, with the rule that gave it, for the ledger and for the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Allowed or not.
    pub allow: bool,
    /// The rule's name.
    pub rule: &'static str,
    /// What the operation must then do.
    pub duties: &'static [Duty],
}

/// How long an expert keeps everything a case cites after it ended.
pub const EXPERT_KEEPS: SignedDuration = SignedDuration::from_hours(72);
/// How long both hospitals keep the signed opinion and its evidence (2018 telemedicine service rules).
pub const OPINION_KEPT_YEARS: i64 = 15;

fn yes(rule: &'static str) -> Decision {
    Decision { allow: true, rule, duties: &[] }
}

fn no(rule: &'static str) -> Decision {
    Decision { allow: false, rule, duties: &[] }
}

fn when(holds: bool, rule: &'static str) -> Decision {
    if holds { yes(rule) } else { no("not-allowed") }
}

/// May `actor` do `action`, given the facts, at `now`?
pub fn decide(actor: &Actor, action: Action, facts: &Facts, now: Time) -> Decision {
    use Action as A;
    let by_role = decide_by_role(actor, action, facts, now);
    // In need one reads; nothing else is opened by it.
    let reads = matches!(
        action,
        A::ReadPatient | A::ReadCaseSummary | A::ReadCase | A::ReadOpinion | A::ReadRecord | A::ReadReferral
    );
    if !by_role.allow && reads && facts.glass_broken && is_clinical(actor.role) {
        return yes("glass-broken");
    }
    by_role
}

/// Who treats, advises or reports: they alone may open a record in need.
pub fn is_clinical(role: Role) -> bool {
    matches!(role, Role::AskingDoctor | Role::Specialist | Role::Reader | Role::WardNurse | Role::WardDoctor)
}

fn decide_by_role(actor: &Actor, action: Action, facts: &Facts, now: Time) -> Decision {
    use Action as A;
    match (action, actor.role) {
        (A::BreakGlass, role) => when(is_clinical(role), "clinical-in-need"),
        (A::ReadRecord, _) => read_record(actor, facts),
        (A::WriteRecord, _) => write_record(actor, facts),
        // Who looked is about staff: a hospital's program does not see it, but one that was let see everything.
        (A::ReadAccessLog, Role::Client) => when(facts.sees_all, "sees-all-custody"),
        // A program has no account, and it reads the directory as part of the record.
        (_, Role::Client) => no("record-alone"),
        (A::OwnAccount, _) => yes("own-account"),
        // A gateway is a machine and a patient is not staff: neither browses the directory.
        (A::ReadDirectory, Role::Gateway | Role::Patient) => no("staff-only"),
        (A::ReadDirectory, _) => yes("directory-for-staff"),
        (A::TakeLeave, Role::Specialist) => when(facts.person.as_ref() == Some(&actor.person), "own-calendar"),
        (A::KeepRota | A::TakeLeave, Role::Dispatcher | Role::HospitalAdministrator) => {
            when(facts.custodian_is_within, "own-hospital-and-below")
        }
        (A::PlanDay, Role::Dispatcher) => yes("day-of-the-centre"),
        (A::ReferPatient, Role::AskingDoctor) => {
            when(facts.custodian.as_ref() == Some(&actor.hospital), "patient-of-own-hospital")
        }
        (A::ListReferrals | A::ReadReferral | A::SteerReferral | A::OfferBed, _)
        | (A::ReceivePatient | A::DischargePatient, _) => referral(actor, action, facts, now),
        (A::KeepBeds, Role::Dispatcher | Role::WardNurse | Role::WardDoctor) => {
            when(facts.custodian.as_ref() == Some(&actor.hospital), "beds-of-own-hospital")
        }
        (_, Role::AskingDoctor) => asking_doctor(actor, action, facts),
        (_, Role::Dispatcher) => dispatcher(actor, action, facts),
        (_, Role::Specialist) => specialist(actor, action, facts, now),
        (A::ManageHospital, Role::HospitalAdministrator) => when(facts.custodian_is_within, "own-hospital-and-below"),
        (A::ReadAccessLog, Role::HospitalAdministrator) => {
            let advised = facts.case.as_ref().is_some_and(|c| c.advising_hospitals.contains(&actor.hospital));
            when(is_custody(actor, facts) || facts.custodian_is_within || advised, "who-looked-at-ours-and-below")
        }
        (A::ReviewAccess, Role::HospitalAdministrator) => when(facts.custodian_is_within, "own-hospital-and-below"),
        (A::ReadFigures, Role::CommandStaff | Role::OutbreakOfficer) => yes("figures-for-command"),
        (A::ReadService, Role::CommandStaff | Role::OutbreakOfficer) => yes("figures-for-command"),
        // Of the own hospital and those below; the operation counts no others.
        (A::ReadService, Role::HospitalAdministrator) => yes("own-hospital-and-below"),
        (A::OpenFigure | A::ReadOutbreak | A::JudgeOutbreak, Role::OutbreakOfficer) => yes("notifiable-cases"),
        (A::ReadOutbreakFigures, Role::CommandStaff | Role::OutbreakOfficer) => yes("figures-for-command"),
        (A::ManageHospital, Role::PlatformAdministrator) => yes("runs-the-installation"),
        _ => no("not-allowed"),
    }
}

/// Sight decides what is seen of it; here, who may look with it at all. Wards, worklists and lists are not there yet, so
/// theirs is not told from the rest of their hospital.
fn read_record(actor: &Actor, facts: &Facts) -> Decision {
    match actor.role {
        Role::Client => yes("record-of-own-hospital"),
        Role::Gateway | Role::Patient => no("staff-only"),
        _ if facts.directory => yes("directory-for-staff"),
        Role::AskingDoctor | Role::Specialist => yes("record-as-seen"),
        _ => no("not-allowed"),
    }
}

fn write_record(actor: &Actor, facts: &Facts) -> Decision {
    let own = facts.custodian.as_ref() == Some(&actor.hospital);
    match actor.role {
        Role::Client => when(own, "record-of-own-hospital"),
        Role::AskingDoctor => when(own && !facts.directory, "record-of-own-hospital"),
        _ => no("not-allowed"),
    }
}

fn is_custody(actor: &Actor, facts: &Facts) -> bool {
    facts.custodian.as_ref() == Some(&actor.hospital)
        || facts.case.as_ref().is_some_and(|c| c.asking_hospital == actor.hospital)
}

fn asking_doctor(actor: &Actor, action: Action, facts: &Facts) -> Decision {
    use Action as A;
    match action {
        A::FindPatient | A::CreatePatient | A::DraftCase | A::ListCases => yes("own-hospital"),
        A::ReadPatient | A::AmendPatient | A::RequestCase | A::ReadAccessLog | A::ReportOutbreak | A::ReadOutbreak => {
            when(is_custody(actor, facts), "patient-of-own-hospital")
        }
        // Files are attached, and looked at, before there is a case: then the draft is in the own custody.
        A::ReadCaseSummary | A::AmendCase => when(is_custody(actor, facts), "case-of-own-hospital"),
        A::ReadCase | A::ConductCase | A::ReadOpinion | A::AnswerOpinion => {
            when(facts.case.as_ref().is_some_and(|c| c.asking_hospital == actor.hospital), "case-of-own-hospital")
        }
        // After the end nobody is in the room and nobody reads on the other side.
        A::EnterRoom | A::WriteMessage => {
            let own = |c: &CaseFacts| c.asking_hospital == actor.hospital && c.in_hand;
            when(facts.case.as_ref().is_some_and(own), "own-case-in-hand")
        }
        A::ReadFigures | A::OpenFigure => yes("figures-of-own-cases"),
        _ => no("not-allowed"),
    }
}

fn dispatcher(actor: &Actor, action: Action, facts: &Facts) -> Decision {
    use Action as A;
    let in_hand = facts.case.as_ref().is_some_and(|c| c.centre == actor.hospital && c.in_hand);
    match action {
        A::ListCases => Decision { allow: true, rule: "cases-of-the-centre", duties: &[Duty::MaskName] },
        A::ReadCaseSummary if in_hand => Decision { allow: true, rule: "case-in-hand", duties: &[Duty::MaskName] },
        A::TriageCase | A::WriteMessage | A::ConductCase => when(in_hand, "case-in-hand"),
        A::EnterRoom => {
            let announced = facts.case.as_ref().is_some_and(|c| c.room_announced);
            when(in_hand && announced, "room-announced")
        }
        A::ReadFigures | A::OpenFigure => yes("figures-of-the-centre"),
        _ => no("not-allowed"),
    }
}

fn specialist(actor: &Actor, action: Action, facts: &Facts, now: Time) -> Decision {
    use Action as A;
    let Some(case) = &facts.case else {
        return match action {
            A::ListCases => yes("cases-assigned"),
            A::ReadFigures | A::OpenFigure => yes("figures-of-own-cases"),
            _ => no("not-allowed"),
        };
    };
    let invited = case.experts.contains(&actor.person);
    let reading = invited && case.ended_at.is_none_or(|end| now < end + EXPERT_KEEPS);
    match action {
        A::ListCases => yes("cases-assigned"),
        // Who signed it is the state's to say; the right lasts as long as the reading.
        A::ReadCaseSummary | A::ReadCase | A::ReadAccessLog | A::AmendOpinion => {
            when(reading, "invited-until-72h-after-end")
        }
        A::TakeCase if facts.called => when(case.in_hand, "called"),
        A::TakeCase | A::EnterRoom | A::ConductCase | A::WriteMessage | A::WriteOpinion => {
            when(invited && case.in_hand, "invited")
        }
        A::ReadOpinion => {
            let filed = case.advising_hospitals.contains(&actor.hospital)
                && case.ended_at.is_none_or(|end| now < years_after(end, OPINION_KEPT_YEARS));
            when(reading || filed, "filed-for-15-years")
        }
        A::ReadFigures | A::OpenFigure => yes("figures-of-own-cases"),
        _ => no("not-allowed"),
    }
}

/// A patient on the way between hospitals: who refers steers; who is asked sees what is needed to answer, the name masked;
/// who takes the patient sees all, until 72 hours after the end.
fn referral(actor: &Actor, action: Action, facts: &Facts, now: Time) -> Decision {
    use Action as A;
    let treats = matches!(actor.role, Role::AskingDoctor | Role::Specialist | Role::WardDoctor | Role::WardNurse);
    let masked = |rule| Decision { allow: true, rule, duties: &[Duty::MaskName] };
    if action == A::ListReferrals {
        return match actor.role {
            Role::Dispatcher => masked("referrals-of-own-hospital"),
            _ => when(treats, "referrals-of-own-hospital"),
        };
    }
    let Some(referral) = &facts.referral else { return no("not-allowed") };
    // Who refers up is the doctor of the county; back home sends who treated the patient meanwhile.
    let refers = match actor.role {
        Role::AskingDoctor => true,
        Role::Specialist | Role::WardDoctor => referral.down,
        _ => false,
    };
    let sends = refers && referral.sender == actor.hospital;
    let receives = treats && referral.receiver.as_ref() == Some(&actor.hospital);
    let keeps = referral.ended_at.is_none_or(|end| now < end + EXPERT_KEEPS);
    let desk = actor.role == Role::Dispatcher && referral.in_hand && referral.asked.contains(&actor.hospital);
    match action {
        A::ReadReferral if sends => yes("referred-by-own-hospital"),
        A::ReadReferral if receives && keeps => yes("received-until-72h-after-end"),
        A::ReadReferral if desk => masked("asked-in-hand"),
        A::SteerReferral => when(sends, "referred-by-own-hospital"),
        // At home the doctors answer; a desk is not needed for it.
        A::OfferBed => when(desk || (referral.down && receives && referral.in_hand), "asked-in-hand"),
        A::ReceivePatient => when(receives && referral.in_hand, "received-in-hand"),
        A::DischargePatient => when(receives && actor.role != Role::WardNurse && referral.in_hand, "received-in-hand"),
        _ => no("not-allowed"),
    }
}

fn years_after(at: Time, years: i64) -> Time {
    at.to_zoned(TimeZone::UTC).checked_add(years.years()).map_or(Time::MAX, |z| z.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    fn actor(role: Role, hospital: &str) -> Actor {
        Actor { person: id("me"), role, hospital: id(hospital), practitioner_role: id("me-role") }
    }

    fn case() -> CaseFacts {
        CaseFacts {
            asking_hospital: id("county"),
            centre: id("province"),
            advising_hospitals: vec![id("province")],
            experts: vec![id("me")],
            in_hand: true,
            ended_at: None,
            room_announced: true,
        }
    }

    #[test]
    fn an_expert_reads_until_72_hours_after_the_end_and_the_opinion_for_15_years() {
        let end: Time = "2026-11-21T00:00:00Z".parse().unwrap();
        let facts =
            Facts { case: Some(CaseFacts { in_hand: false, ended_at: Some(end), ..case() }), ..Facts::default() };
        let may = |action, now: &str| {
            decide(&actor(Role::Specialist, "province"), action, &facts, now.parse().unwrap()).allow
        };
        assert!(may(Action::ReadCase, "2026-11-23T23:59:59Z"));
        assert!(!may(Action::ReadCase, "2026-11-24T00:00:00Z"));
        assert!(may(Action::ReadOpinion, "2041-11-20T23:59:59Z"));
        assert!(!may(Action::ReadOpinion, "2041-11-21T00:00:00Z"));
        assert!(!may(Action::WriteOpinion, "2026-11-21T00:00:01Z"));
    }

    #[test]
    fn a_dispatcher_sees_masked_and_only_in_hand() {
        let facts = |in_hand| Facts { case: Some(CaseFacts { in_hand, ..case() }), ..Facts::default() };
        let seen =
            decide(&actor(Role::Dispatcher, "province"), Action::ReadCaseSummary, &facts(true), Time::UNIX_EPOCH);
        assert!(seen.allow && seen.duties == [Duty::MaskName]);
        for other in [
            decide(&actor(Role::Dispatcher, "province"), Action::ReadCaseSummary, &facts(false), Time::UNIX_EPOCH),
            decide(&actor(Role::Dispatcher, "city"), Action::ReadCaseSummary, &facts(true), Time::UNIX_EPOCH),
            decide(&actor(Role::Dispatcher, "province"), Action::ReadCase, &facts(true), Time::UNIX_EPOCH),
        ] {
            assert!(!other.allow);
        }
    }
}
