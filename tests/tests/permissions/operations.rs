//! Every operation of the API and what it means, said again here: what the permission table needs for it must be the same.

use super::oracle;
use super::situations::situations;
use kernel::{Action, Role};
use platform::permission::{Need, TABLE, need};
use std::collections::BTreeSet;
use std::fmt::Write;

/// What an operation is, in the design's words, by the beginning or the whole of its id; the longest that fits counts.
const MEANING: &[(&str, Meaning)] = &[
    ("access.break_glass", Is(Action::BreakGlass)),
    ("access.export", Is(Action::ReadAccessLog)),
    ("access.looks", Is(Action::ReadAccessLog)),
    ("access.mine", Is(Action::BreakGlass)),
    ("access.review", Is(Action::ReviewAccess)),
    ("access.reviews", Is(Action::ReviewAccess)),
    ("api.", Open),
    ("attachment.", Is(Action::AmendCase)),
    ("attachment.handover.open", Open),
    ("attachment.handover.put", Open),
    ("attachment.handover.state", Open),
    ("attachment.list", Is(Action::ReadCaseSummary)),
    ("attachment.open", Is(Action::ReadCaseSummary)),
    // Beyond the table: beds are places, which is what one who works here finds.
    ("bed.", Is(Action::KeepBeds)),
    ("bed.board", Is(Action::ReadDirectory)),
    ("calendar.", Is(Action::OwnAccount)),
    // Programs read it, by an address that only its person knows.
    ("calendar.feed", Open),
    ("clients.", Is(Action::ManageHospital)),
    ("consult.accept", Is(Action::TakeCase)),
    ("consult.access", Is(Action::ReadAccessLog)),
    ("consult.add_consent", Is(Action::AmendCase)),
    ("consult.answer", Is(Action::AnswerOpinion)),
    ("consult.ask", Is(Action::TakeCase)),
    ("consult.answer_ring", Is(Action::TakeCase)),
    ("consult.assign", Is(Action::TriageCase)),
    ("consult.cancel", Is(Action::AmendCase)),
    ("consult.close", Is(Action::AnswerOpinion)),
    ("consult.conclude", Is(Action::ConductCase)),
    ("consult.convert", Is(Action::TriageCase)),
    ("consult.decline", Is(Action::TriageCase)),
    ("consult.escalate", Is(Action::TriageCase)),
    ("consult.first_look", Is(Action::TriageCase)),
    ("consult.follow_up", Is(Action::AnswerOpinion)),
    ("consult.hand_back", Is(Action::TakeCase)),
    ("consult.inbox", Is(Action::ListCases)),
    ("consult.no_show", Is(Action::ConductCase)),
    ("consult.request", Is(Action::RequestCase)),
    ("consult.resubmit", Is(Action::AmendCase)),
    ("consult.resume", Is(Action::ConductCase)),
    ("consult.return_items", Is(Action::TriageCase)),
    ("consult.show", Is(Action::ReadCaseSummary)),
    ("consult.start", Is(Action::ConductCase)),
    ("consult.supply", Is(Action::AmendCase)),
    ("consult.suspend", Is(Action::ConductCase)),
    ("consult.transfer", Is(Action::TriageCase)),
    ("demo.", Open),
    ("dicomweb.", Is(Action::ReadCaseSummary)),
    // "own hospital and those below: people, rooms, devices, settings"
    ("directory.", Is(Action::ManageHospital)),
    ("directory.hospitals", Is(Action::ReadDirectory)),
    ("draft.", Is(Action::OwnAccount)),
    ("events.", Is(Action::OwnAccount)),
    ("fhir.", Is(Action::ReadRecord)),
    // "who looked at what"
    ("fhir.audit.", Is(Action::ReadAccessLog)),
    // What is in it asks for itself.
    ("fhir.bundle", Session),
    ("fhir.create", Is(Action::WriteRecord)),
    ("fhir.delete", Is(Action::WriteRecord)),
    ("fhir.delete_where", Is(Action::WriteRecord)),
    ("fhir.metadata", Open),
    ("fhir.patch", Is(Action::WriteRecord)),
    ("fhir.patch_where", Is(Action::WriteRecord)),
    ("fhir.update", Is(Action::WriteRecord)),
    ("fhir.update_where", Is(Action::WriteRecord)),
    // Shows nothing of the record.
    ("fhir.validate", Session),
    ("figures.consulted", Is(Action::ReadFigures)),
    ("figures.consulted_cases", Is(Action::OpenFigure)),
    ("figures.daily", Is(Action::ReadOutbreakFigures)),
    ("figures.daily_cases", Is(Action::ReadOutbreak)),
    ("figures.report", Is(Action::ReadOutbreakFigures)),
    ("health.", Open),
    ("jobs.", Is(Action::ManageHospital)),
    // The invitation's secret, or the key of the gateway that signed the request, is the guard of what a machine asks.
    ("join.", Open),
    // "own hospital and those below: ... devices"
    ("join.accept", Is(Action::ManageHospital)),
    ("join.board", Is(Action::ManageHospital)),
    ("join.call", Is(Action::ManageHospital)),
    ("join.invite", Is(Action::ManageHospital)),
    ("join.outage_close", Is(Action::ManageHospital)),
    ("join.outage_note", Is(Action::ManageHospital)),
    ("join.outage_take", Is(Action::ManageHospital)),
    ("join.outages", Is(Action::ManageHospital)),
    ("join.sheet", Is(Action::ManageHospital)),
    ("join.trial", Is(Action::ManageHospital)),
    ("join.tried", Is(Action::ManageHospital)),
    ("join.withdraw", Is(Action::ManageHospital)),
    ("message.send", Is(Action::WriteMessage)),
    ("network.cases", Is(Action::OpenFigure)),
    ("network.overview", Is(Action::ReadFigures)),
    ("notify.", Is(Action::OwnAccount)),
    ("opinion.", Is(Action::ReadOpinion)),
    ("opinion.amend", Is(Action::AmendOpinion)),
    ("opinion.sign", Is(Action::WriteOpinion)),
    ("opinion.verify", Open),
    // "the outbreak role sees notifiable cases"; who treats reports those of the own hospital.
    ("outbreak.", Is(Action::ReportOutbreak)),
    ("outbreak.acknowledge", Is(Action::JudgeOutbreak)),
    ("outbreak.alerts", Is(Action::ReadOutbreakFigures)),
    ("outbreak.duplicates", Is(Action::JudgeOutbreak)),
    ("outbreak.export", Is(Action::ReadOutbreak)),
    // Shows a guideline, and nobody's record.
    ("outbreak.guidelines", Session),
    ("outbreak.judge", Is(Action::JudgeOutbreak)),
    ("outbreak.list", Is(Action::ReadOutbreak)),
    ("outbreak.show", Is(Action::ReadOutbreak)),
    ("patient.create", Is(Action::CreatePatient)),
    ("patient.find", Is(Action::FindPatient)),
    ("patient.identify", Is(Action::AmendPatient)),
    ("patient.link", Is(Action::AmendPatient)),
    ("patient.matches", Is(Action::AmendPatient)),
    ("patient.pair", Is(Action::AmendPatient)),
    ("patient.show", Is(Action::ReadPatient)),
    ("patient.unlink", Is(Action::AmendPatient)),
    // Everybody reads it; the outbreak role writes it.
    ("public.", Is(Action::JudgeOutbreak)),
    ("public.notices", Open),
    ("public.page", Open),
    ("referral.", Is(Action::SteerReferral)),
    ("referral.arrive", Is(Action::ReceivePatient)),
    ("referral.close", Is(Action::DischargePatient)),
    ("referral.decline", Is(Action::OfferBed)),
    ("referral.list", Is(Action::ListReferrals)),
    ("referral.offer", Is(Action::OfferBed)),
    ("referral.request", Is(Action::ReferPatient)),
    ("referral.send_back", Is(Action::DischargePatient)),
    ("referral.show", Is(Action::ReadReferral)),
    ("referral.summary", Is(Action::ReadReferral)),
    ("referral.take_back", Is(Action::DischargePatient)),
    ("referral.withdraw", Is(Action::OfferBed)),
    ("room.", Is(Action::EnterRoom)),
    ("schedule.", Is(Action::ReadDirectory)),
    // "see every request, room and expert of the province; nobody waits unseen"
    ("schedule.accept", Is(Action::PlanDay)),
    ("schedule.duty_add", Is(Action::KeepRota)),
    ("schedule.duty_change", Is(Action::KeepRota)),
    ("schedule.duty_remove", Is(Action::KeepRota)),
    ("schedule.hours", Is(Action::KeepRota)),
    ("schedule.leave_add", Is(Action::TakeLeave)),
    ("schedule.leave_remove", Is(Action::TakeLeave)),
    ("schedule.propose", Is(Action::PlanDay)),
    // "figures" of command staff; "own hospital and those below ... no clinical content" of administrators
    ("service.", Is(Action::ReadService)),
    ("session.", Session),
    ("session.open", Open),
    // A one-time secret is its guard.
    ("session.welcome", Open),
    ("settings.", Is(Action::ManageHospital)),
    ("settings.door", Open),
    ("setup.", Open),
    ("uploads.", Is(Action::OwnAccount)),
    ("uploads.offer", Open),
];

/// What an operation asks of who calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// Nobody need be signed in; the operation guards itself.
    Open,
    /// Signed in, whatever the role.
    Session,
    /// The role must be allowed this.
    Is(Action),
}
use Meaning::{Is, Open, Session};

fn meaning(operation: &str) -> Option<Meaning> {
    let fits = |key: &str| operation == key || (key.ends_with('.') && operation.starts_with(key));
    MEANING.iter().filter(|(key, _)| fits(key)).max_by_key(|(key, _)| key.len()).map(|(_, meaning)| *meaning)
}

fn as_meaning(need: Need) -> Meaning {
    match need {
        Need::Public => Open,
        Need::SignedIn => Session,
        Need::May(action) => Is(action),
    }
}

/// The operation ids of the API's description. `cargo xtask tidy` holds docs/openapi.json to the same words.
fn operations() -> BTreeSet<String> {
    let text = consilium::app::openapi().expect("the API's description");
    let api: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let mut found = BTreeSet::new();
    for (path, methods) in api["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            if matches!(method.as_str(), "get" | "put" | "post" | "delete" | "patch" | "head" | "options") {
                let id = operation["operationId"].as_str();
                let id = id.unwrap_or_else(|| panic!("{method} {path} has no operation id"));
                assert!(found.insert(id.to_owned()), "{id} stands there twice");
            }
        }
    }
    assert!(found.len() > 40, "only {} operations", found.len());
    found
}

#[test]
fn every_operation_of_the_api_stands_in_the_permission_table() {
    let missing: Vec<_> = operations().into_iter().filter(|id| need(id).is_none()).collect();
    assert!(missing.is_empty(), "missing in platform::permission::TABLE: {missing:?}");
}

#[test]
fn the_table_needs_for_each_operation_what_it_means() {
    let mut wrong = vec![];
    for (id, need) in TABLE {
        match meaning(id) {
            None => wrong.push(format!("{id}: say in tests/tests/permissions/operations.rs what it means")),
            Some(meaning) if meaning != as_meaning(*need) => {
                wrong.push(format!("{id}: the table needs {need:?}, it means {meaning:?}"));
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_operation_missing_in_the_table_or_with_another_need_is_noticed() {
    assert_eq!(need("consult.peek"), None);
    assert_eq!(meaning("consult.peek"), None);
    for (id, of) in TABLE {
        for wrong in [Open, Session, Is(Action::OwnAccount), Is(Action::ReadOpinion), Is(Action::ManageHospital)] {
            if wrong != as_meaning(*of) {
                assert_ne!(meaning(id), Some(wrong), "{id}");
            }
        }
    }
}

/// One line an operation: who may, in which situations. For review: a change of rights is a change of this file.
#[test]
fn the_matrix_for_review() {
    let mut text = String::new();
    let all = situations();
    for (id, of) in TABLE {
        let action = match as_meaning(*of) {
            Open => {
                let _ = writeln!(text, "{id}: everybody, the operation guards itself");
                continue;
            }
            Session => {
                let _ = writeln!(text, "{id}: everybody signed in");
                continue;
            }
            Is(action) => action,
        };
        let _ = writeln!(text, "{id} ({action:?})");
        for role in Role::ALL {
            let may: Vec<_> =
                all.iter().filter(|s| oracle::may(role, action, s.relation)).map(|s| s.relation.name()).collect();
            let said = match may.len() {
                0 => continue,
                n if n == all.len() => "always".to_owned(),
                _ => may.join("; "),
            };
            let _ = writeln!(text, "    {}: {said}", role.code());
        }
    }
    insta::assert_snapshot!("matrix", text);
}
