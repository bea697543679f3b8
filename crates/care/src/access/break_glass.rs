//! `access.break_glass`: a record of another hospital, or of somebody else's patient, in need. A reason, the second factor now,
//! one hour; both hospitals are told, and the patient's hospital reviews it. Found by number alone.

use super::mine::{Opened, opened};
use super::people::administrators;
use crate::consult::NUMBER;
use crate::patient::{IdentifierKind, system_of};
use axum::Json;
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use kernel::decide::Facts;
use kernel::{Id, Phi};
use platform::case::Who;
use platform::glass::{Glass, LASTS};
use platform::{Op, Problem, notify, session};
use records::{Change, Grant, Query, Resource, Scope, Subject, Viewer, Write};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// Characters of a reason: enough to say something, not a report.
const REASON: std::ops::RangeInclusive<usize> = 10..=1_000;
/// Characters of a number.
const NUMBER_MAX: usize = 64;
/// Numbers tried in ten minutes: who looks for somebody they have before them needs one.
const ATTEMPTS: u32 = 10;

/// Whom, why, and the second factor.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AccessBreakGlass)]
pub struct Input {
    /// The patient's own number.
    #[serde(default)]
    identifier: Option<Numbered>,
    /// Or the number of a case.
    #[serde(default)]
    case_number: Option<String>,
    /// The asking hospital, when several cases have that number.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    hospital: Option<Id>,
    /// Why, in words.
    reason: String,
    /// The code of the second factor, when it was not proven just now.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    code: Option<Phi<String>>,
}

/// A number and its kind.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = AccessIdentifier)]
pub struct Numbered {
    /// Resident id or passport.
    kind: IdentifierKind,
    /// The number, whole.
    value: String,
}

/// Opens a record in need, for an hour.
#[utoipa::path(post, path = "/api/access/break-glass", operation_id = "access.break_glass", tag = "access",
    request_body = Input, responses((status = 201, body = Opened),
        (status = 403, description = "session.factor-none, session.factor-stale, session.factor-wrong, session.factor-used"),
        (status = 404, description = "access.nobody"), (status = 409, description = "access.which_hospital"),
        (status = 422, description = "access.no_reason, access.no_number"), (status = 429, description = "session.too-many")))]
pub async fn break_glass(op: Op, Json(input): Json<Input>) -> Result<(StatusCode, Json<Opened>), Problem> {
    op.may("access.break_glass", &Facts::default(), None).await?;
    let reason = reason(&input.reason)?;
    let wanted = Wanted::read(&input)?;
    session::fresh_factor(&op, input.code.as_ref().map(|code| code.reveal().as_str())).await?;
    let me = &op.actor().person;
    op.platform().attempts.attempt(&format!("glass:{me}"), ATTEMPTS, op.now())?;
    let patients = wanted.find(&op).await?;
    if patients.is_empty() {
        let mut act = op.act("access.break_glass");
        act.why = Some(reason);
        act.params.insert("allowed".into(), false.into());
        op.commit(Change::of(act)).await?;
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            "access.nobody",
            "Nobody has this number. The attempt is recorded.",
        ));
    }
    let until = op.now() + LASTS;
    let mut broken = vec![];
    for patient in &patients {
        let glass = Glass {
            id: op.new_id(),
            version: 0,
            patient: patient.at.clone(),
            custodian: patient.custodian.clone(),
            by: Who::from(op.actor()),
            reason: reason.clone(),
            from: op.now(),
            until,
            review: None,
        };
        op.commit(change(&op, &glass, &cases_of(&op, &patient.at).await?)).await?;
        broken.push(glass);
    }
    Ok((StatusCode::CREATED, Json(opened(&op, &broken).await?)))
}

/// The patient's cases.
async fn cases_of(op: &Op, patient: &Reference) -> Result<Vec<Reference>, Problem> {
    let query = Query::of(ResourceType::SERVICE_REQUEST).with("subject", patient.to_string()).count(1000);
    Ok(op.store().search(&Viewer::System, &query).await?.matches.into_iter().map(|case| case.at).collect())
}

fn change(op: &Op, glass: &Glass, cases: &[Reference]) -> Change {
    let mut act = op.act("access.break_glass");
    act.about = vec![glass.at(), glass.patient.clone()];
    act.patient = Some(glass.patient.clone());
    act.why = Some(glass.reason.clone());
    act.params.insert("allowed".into(), true.into());
    act.params.insert("until".into(), glass.until.to_string().into());
    act.params.insert("hospital".into(), glass.custodian.to_string().into());
    let mut change = Change::of(act).write(Write::new(glass.at(), glass.write(), glass.custodian.clone()));
    // What belongs to a case may name no patient: a paper, a file.
    let scopes = cases.iter().cloned().map(Scope::Case).chain([Scope::Patient(glass.patient.clone())]);
    let subject = Subject::Person(glass.by.person.clone());
    change.grants.extend(scopes.map(|scope| Grant { subject: subject.clone(), scope, until: Some(glass.until) }));
    let directory = &op.platform().directory;
    let by = Some(&glass.by.person);
    let mut told = administrators(directory, &glass.custodian, by);
    told.extend(administrators(directory, &glass.by.hospital, by));
    told.sort();
    told.dedup();
    notify::tell(op.platform(), &mut change, &told);
    change
}

fn reason(typed: &str) -> Result<String, Problem> {
    let typed = typed.trim();
    if REASON.contains(&typed.chars().count()) {
        return Ok(typed.to_owned());
    }
    let detail = format!("Say why, in {} to {} characters.", REASON.start(), REASON.end());
    Err(Problem::unfit("access.no_reason", detail).with("min", *REASON.start()).with("max", *REASON.end()))
}

/// Who is looked for.
enum Wanted<'a> {
    /// By the patient's own number, as a search takes it.
    Patient(String),
    /// By the number of a case, and the hospital that asked.
    Case(String, Option<&'a Id>),
}

impl<'a> Wanted<'a> {
    fn read(input: &'a Input) -> Result<Self, Problem> {
        let unfit = || Problem::unfit("access.no_number", "Give the patient's whole number, or the number of a case.");
        let number = |typed: &str| -> Result<String, Problem> {
            let typed = typed.trim().to_ascii_uppercase();
            let plain = typed.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            if typed.is_empty() || typed.len() > NUMBER_MAX || !plain { Err(unfit()) } else { Ok(typed) }
        };
        match (&input.identifier, &input.case_number) {
            (Some(given), None) => {
                let system = system_of(given.kind).ok_or_else(unfit)?;
                Ok(Self::Patient(format!("{system}|{}", number(&given.value)?)))
            }
            (None, Some(typed)) => Ok(Self::Case(number(typed)?, input.hospital.as_ref())),
            _ => Err(unfit()),
        }
    }

    /// The patients of that number, in whichever hospital's custody.
    async fn find(&self, op: &Op) -> Result<Vec<Resource>, Problem> {
        match self {
            Self::Patient(token) => {
                let query = Query::of(ResourceType::PATIENT).with("identifier", token.clone()).count(50);
                Ok(op.store().search(&Viewer::System, &query).await?.matches)
            }
            Self::Case(number, hospital) => of_case(op, number, *hospital).await,
        }
    }
}

/// The patient of the case of that number; numbers are given by each centre, so several cases may have it.
async fn of_case(op: &Op, number: &str, hospital: Option<&Id>) -> Result<Vec<Resource>, Problem> {
    let query = Query::of(ResourceType::SERVICE_REQUEST).with("identifier", format!("{NUMBER}|{number}")).count(50);
    let mut cases = op.store().search(&Viewer::System, &query).await?.matches;
    cases.retain(|case| hospital.is_none_or(|h| case.custodian == *h));
    let asking: BTreeSet<&Id> = cases.iter().map(|c| &c.custodian).collect();
    if asking.len() > 1 {
        let names = asking.iter().filter_map(|id| op.platform().directory.hospital_ref(id));
        let names = serde_json::to_value(names.collect::<Vec<_>>()).map_err(Problem::internal)?;
        // Which hospitals have a case of this number is told, so it stands in the ledger who asked.
        let mut act = op.act("access.break_glass");
        act.params.insert("allowed".into(), false.into());
        act.params.insert("hospitals".into(), asking.len().into());
        op.commit(Change::of(act)).await?;
        let detail = "Several hospitals have a case of this number. Say which hospital asked.";
        return Err(Problem::conflict("access.which_hospital", detail).with("hospitals", names));
    }
    let mut found: Vec<Resource> = vec![];
    for case in &cases {
        let body = case.value()?;
        let Some(at) = body["subject"]["reference"].as_str().and_then(|r| r.parse::<Reference>().ok()) else {
            continue;
        };
        if !found.iter().any(|p| p.at == at) {
            found.extend(op.store().read(&Viewer::System, &at).await?);
        }
    }
    Ok(found)
}
