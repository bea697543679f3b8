//! `GET /api/outbreak/duplicates`: reports of all hospitals that may be of one illness, proposed to the outbreak officer.

use super::law;
use super::list::reports;
use super::loading;
use super::model::Report;
use super::pairs::{self, Pair, Said};
use super::view::PatientShown;
use axum::Json;
use jiff::ToSpan;
use kernel::decide::Facts;
use kernel::{Id, Time};
use platform::directory::HospitalRef;
use platform::{Op, Problem};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use utoipa::ToSchema;

/// Pairs of an answer.
const SHOWN: usize = 200;

/// Pairs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutbreakDuplicates)]
pub struct Output {
    /// Proposed, and not judged; of reports of the last 366 days, at most 200.
    proposed: Vec<PairShown>,
    /// Said to be the same: each is counted once. It can be taken back.
    joined: Vec<PairShown>,
}

/// Two reports side by side.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutbreakPair)]
pub struct PairShown {
    /// The one reported first.
    first: Side,
    /// The other.
    second: Side,
    /// Why they are proposed: `identifier` or `link`; `said` when a person joined them.
    by: &'static str,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutbreakPairSide)]
pub struct Side {
    /// The case.
    #[schema(value_type = String)]
    id: Id,
    /// Its number.
    number: String,
    /// The disease's name.
    disease: String,
    /// Who reported.
    hospital: HospitalRef,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    reported_at: Time,
    /// Whose illness.
    patient: PatientShown,
}

/// Proposes duplicates.
#[utoipa::path(get, path = "/api/outbreak/duplicates", operation_id = "outbreak.duplicates", tag = "outbreak",
    responses((status = 200, body = Output)))]
pub async fn duplicates(op: Op) -> Result<Json<Output>, Problem> {
    op.may("outbreak.duplicates", &Facts::default(), None).await?;
    // A report of this very second is one of the past.
    let until = op.now().checked_add(1.second()).unwrap_or(op.now());
    let all = reports(&op, pairs::compared_from(op.now()), until).await?;
    let said = pairs::all(&op).await?;
    let judged: BTreeSet<Pair> =
        said.iter().filter(|(_, _, said)| *said != Said::Undone).map(|(_, pair, _)| pair.clone()).collect();
    let known: HashMap<&Id, &(Report, Value)> = all.iter().map(|found| (&found.0.id, found)).collect();
    let shown = |pair: &Pair, by: &'static str| {
        let side = |id: &Id| known.get(id).map(|(report, patient)| side(&op, report, patient)).transpose();
        Ok::<_, Problem>(side(&pair.0)?.zip(side(&pair.1)?).map(|(first, second)| PairShown { first, second, by }))
    };
    let mut proposed = vec![];
    for one in pairs::propose(&all, &judged).iter().take(SHOWN) {
        proposed.extend(shown(&one.pair, one.by)?);
    }
    let mut joined = vec![];
    for (_, pair, _) in said.iter().filter(|(_, _, said)| *said == Said::Same) {
        joined.extend(shown(pair, "said")?);
    }
    op.note_read("outbreak.duplicates", None, None, None).await?;
    Ok(Json(Output { proposed, joined }))
}

fn side(op: &Op, report: &Report, patient: &Value) -> Result<Side, Problem> {
    Ok(Side {
        id: report.id.clone(),
        number: report.number.clone(),
        disease: law::disease(&report.disease).map(|d| d.name.zh.clone()).unwrap_or_default(),
        hospital: loading::hospital(op, &report.hospital)?,
        reported_at: report.reported_at,
        patient: PatientShown::of(&report.patient, patient),
    })
}
