//! What the design's table says, row by row, in its words. It must never call or copy `kernel::decide`.

use super::situations::{Part, Relation, When};
use Action as A;
use Relation as R;
use kernel::{Action, Role};

/// May somebody in this role do that, standing so to the thing?
pub fn may(role: Role, action: Action, to: Relation) -> bool {
    by_role(role, action, to) || (clinical(role) && in_need(action, to))
}

/// "anyone clinical".
fn clinical(role: Role) -> bool {
    [Role::AskingDoctor, Role::Specialist, Role::Reader, Role::WardNurse, Role::WardDoctor].contains(&role)
}

/// "break-glass: reason, fresh second factor, one hour": it opens the record to be read, and nothing else.
fn in_need(action: Action, to: Relation) -> bool {
    let reads = [A::ReadPatient, A::ReadCaseSummary, A::ReadCase, A::ReadOpinion, A::ReadRecord, A::ReadReferral]
        .contains(&action);
    action == A::BreakGlass || (to == R::Broken && reads)
}

fn by_role(role: Role, action: Action, to: Relation) -> bool {
    if role != Role::Client && matches!(action, A::ReadRecord | A::WriteRecord) {
        return record(role, action, to);
    }
    if referral(role, action, to) {
        return true;
    }
    match role {
        // "clients: own hospital's custody", as far as they see; neither a person's account nor anything but the record.
        Role::Client => match action {
            A::ReadRecord => true,
            A::WriteRecord => own(to),
            // "who looked" is not for programs, but for one let see everything: an audit repository.
            A::ReadAccessLog => to == R::Everything,
            _ => false,
        },
        Role::AskingDoctor => anybody(action) || staff(action) || figures(action) || asking_doctor(action, to),
        Role::Dispatcher => anybody(action) || staff(action) || figures(action) || dispatcher(action, to),
        Role::Specialist => anybody(action) || staff(action) || figures(action) || specialist(action, to),
        Role::HospitalAdministrator => anybody(action) || staff(action) || administrator(action, to),
        // "figures; the outbreak role sees notifiable cases"
        Role::CommandStaff => {
            anybody(action)
                || staff(action)
                || matches!(action, A::ReadFigures | A::ReadOutbreakFigures | A::ReadService)
        }
        Role::OutbreakOfficer => {
            let outbreak = matches!(action, A::ReadOutbreak | A::ReadOutbreakFigures | A::JudgeOutbreak);
            anybody(action) || staff(action) || figures(action) || outbreak || action == A::ReadService
        }
        // "never clinical content". Runs the installation: the first hospitals and administrators are made by it.
        Role::PlatformAdministrator => anybody(action) || staff(action) || action == A::ManageHospital,
        // "orders of the centre's worklist", "patients of the ward", "patients on their list": there are no orders, wards
        // and lists yet, so there is nothing of theirs to see.
        Role::Reader | Role::WardNurse | Role::WardDoctor | Role::CareManager | Role::SocialWorker => {
            anybody(action) || staff(action)
        }
        // "never clinical content"; "own record as released": nothing is released to patients yet.
        Role::Gateway | Role::Patient => anybody(action),
    }
}

/// Whether the name must be masked: "what triage needs: ... name masked".
pub fn masked(role: Role, action: Action) -> bool {
    let of_cases = matches!(action, A::ListCases | A::ReadCaseSummary);
    role == Role::Dispatcher && (of_cases || matches!(action, A::ListReferrals | A::ReadReferral))
}

/// In the custody of the own hospital.
fn own(to: Relation) -> bool {
    matches!(to, R::OwnThing | R::OwnDraft | R::Asking(_) | R::OwnDirectory) || refers(to)
}

/// The own hospital refers: the referral is in its custody.
fn refers(to: Relation) -> bool {
    matches!(to, R::Referral(Part::Sends | Part::SendsHome))
}

/// Two-way referral: the county's doctor refers and steers; an asked hospital's desk answers, the name masked; who takes the
/// patient treats and sees all, until 72 hours after the end; home again the county's doctors answer themselves.
fn referral(role: Role, action: Action, to: Relation) -> bool {
    let desk = role == Role::Dispatcher;
    let treats = [Role::AskingDoctor, Role::Specialist, Role::WardDoctor, Role::WardNurse].contains(&role);
    let steers = match role {
        Role::AskingDoctor => refers(to),
        Role::Specialist | Role::WardDoctor => to == R::Referral(Part::SendsHome),
        _ => false,
    };
    let has_patient = treats && matches!(to, R::Referral(Part::Receives | Part::ComesHome));
    let reads_on = treats && matches!(to, R::Referral(Part::ReceivedEnded | Part::Received72h));
    let answers = desk && matches!(to, R::Referral(Part::Asked | Part::Receives | Part::ComesHome));
    match action {
        A::ReferPatient => role == Role::AskingDoctor && own(to),
        A::ListReferrals => treats || desk,
        A::ReadReferral => steers || has_patient || reads_on || answers,
        A::SteerReferral => steers,
        A::OfferBed => answers || (treats && to == R::Referral(Part::ComesHome)),
        A::ReceivePatient => has_patient,
        A::DischargePatient => has_patient && role != Role::WardNurse,
        // "ward nurse, ward doctor: patients of the ward"; a desk offers beds, so it keeps them too.
        A::KeepBeds => own(to) && (desk || matches!(role, Role::WardNurse | Role::WardDoctor)),
        _ => false,
    }
}

/// The FHIR face: who treats or advises reads what they see, who treats writes for the own hospital; staff read the
/// directory and change it elsewhere.
fn record(role: Role, action: Action, to: Relation) -> bool {
    let staff = !matches!(role, Role::Gateway | Role::Patient);
    let directory = matches!(to, R::OwnDirectory | R::OthersDirectory);
    match action {
        A::ReadRecord if directory => staff,
        A::ReadRecord => matches!(role, Role::AskingDoctor | Role::Specialist),
        _ => role == Role::AskingDoctor && own(to) && !directory,
    }
}

/// One's own session, events, drafts.
fn anybody(action: Action) -> bool {
    action == A::OwnAccount
}

/// Beyond the table: who works here finds hospitals, people and rooms.
fn staff(action: Action) -> bool {
    action == A::ReadDirectory
}

/// Beyond the table: the parties of cases see how many were consulted, and open the number to the cases they may see.
fn figures(action: Action) -> bool {
    matches!(action, A::ReadFigures | A::OpenFigure)
}

/// "patients of the own hospital; draft, submit, amend, cancel own cases; enter their rooms; read and answer opinions".
fn asking_doctor(action: Action, to: Relation) -> bool {
    let own_case = matches!(to, R::Asking(_));
    let own_in_hand = matches!(to, R::Asking(when) if when.in_hand());
    match action {
        // No thing is asked for: searching, making and listing are within the own hospital by themselves.
        A::FindPatient | A::CreatePatient | A::DraftCase | A::ListCases => true,
        // The own hospital's record does not end with a case. Files are attached before there is one.
        A::ReadPatient | A::AmendPatient | A::RequestCase | A::ReadCaseSummary | A::AmendCase => {
            matches!(to, R::OwnThing | R::OwnDirectory | R::OwnDraft | R::Asking(_)) || refers(to)
        }
        // Who treats reports, and reads what the own hospital reported.
        A::ReportOutbreak | A::ReadOutbreak => {
            matches!(to, R::OwnThing | R::OwnDirectory | R::OwnDraft | R::Asking(_)) || refers(to)
        }
        A::ReadCase | A::ReadOpinion => own_case || to == R::OwnDraft,
        // Whether a step can still be taken is the state's to say, naming who moved it (409); it is their case.
        A::AnswerOpinion | A::ConductCase => own_case || to == R::OwnDraft,
        // "Both sides can see it." Who treats asks about a patient of the own hospital as well as about a case.
        A::ReadAccessLog => matches!(to, R::OwnThing | R::OwnDirectory | R::OwnDraft | R::Asking(_)) || refers(to),
        // "After closing ... the rest of access ends."
        A::EnterRoom | A::WriteMessage => own_in_hand,
        _ => false,
    }
}

/// "cases asked of the centres they serve while in hand (...), first look, return, decline, assign, reassign, escalate; enter
/// a room announced".
fn dispatcher(action: Action, to: Relation) -> bool {
    match action {
        A::ListCases => true,
        // "assign, reassign": of the centre's own experts they keep the rota, and they have the day planned.
        A::KeepRota | A::TakeLeave => within(to),
        A::PlanDay => true,
        A::ReadCaseSummary | A::TriageCase => matches!(to, R::Centre(when) if when.in_hand()),
        // Beyond the table: the dispatcher tells the parties what changes and states a no-show.
        A::WriteMessage | A::ConductCase => matches!(to, R::Centre(when) if when.in_hand()),
        A::EnterRoom => to == R::Centre(When::Room),
        _ => false,
    }
}

/// "cases assigned: everything the case cites, from invitation until closing plus 72 h; hand back, ask for more, opinion,
/// sign, amend". "After closing, both hospitals keep the signed opinion and the evidence it cites for 15 years."
fn specialist(action: Action, to: Relation) -> bool {
    match action {
        A::ListCases => true,
        // Beyond the table: who is away says so themselves.
        A::TakeLeave => to == R::OwnCalendar,
        A::ReadCaseSummary | A::ReadCase | A::ReadAccessLog | A::AmendOpinion => {
            matches!(to, R::Invited(When::Open | When::Room | When::Ended | When::Before72h))
        }
        // MISSION: the standby ring is called from the first second, and a named expert has accepted within three minutes.
        A::TakeCase if matches!(to, R::Called(_)) => matches!(to, R::Called(when) if when.in_hand()),
        A::TakeCase | A::WriteOpinion | A::EnterRoom | A::ConductCase | A::WriteMessage => {
            matches!(to, R::Invited(when) if when.in_hand())
        }
        A::ReadOpinion => matches!(to, R::Invited(when) | R::Colleague(when) if when != When::After15y),
        _ => false,
    }
}

/// Of the own hospital or one below.
fn within(to: Relation) -> bool {
    matches!(to, R::OwnThing | R::OwnDirectory | R::ThingBelow | R::OwnDraft | R::Asking(_) | R::AskedBelow(_))
        || refers(to)
}

/// "own hospital and those below: people, rooms, devices, settings, who looked at what; no clinical content".
fn administrator(action: Action, to: Relation) -> bool {
    let within = within(to);
    // "Both sides can see it": the advising hospital too.
    let advised = matches!(to, R::Invited(_) | R::Colleague(_));
    match action {
        // "people": their hours, duties and leave as well.
        A::ManageHospital | A::KeepRota | A::TakeLeave => within,
        // "review task".
        A::ReviewAccess => within,
        A::ReadAccessLog => within || advised,
        // "own hospital and those below": an answer counts no others.
        A::ReadService => true,
        _ => false,
    }
}
