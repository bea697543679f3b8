//! `GET /api/outbreak/alerts`: what the rules have raised, with the rule, its value and its limit. The cases behind an alert are
//! listed to the outbreak officer alone.

use super::loading::{self, sees_all};
use super::view::{DiseaseShown, disease};
use super::watching::resources::{ALERT, Alert};
use axum::Json;
use axum::extract::Query as UrlQuery;
use fhir::ResourceType;
use jiff::civil::Date;
use kernel::decide::Facts;
use kernel::{Id, Time};
use platform::directory::{HospitalRef, PersonRef};
use platform::{Op, Problem};
use records::{Query, Viewer};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Alerts of an answer.
const SHOWN: usize = 200;

/// Which.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Input {
    /// Only those of which nobody has taken note.
    #[serde(default)]
    open: bool,
}

/// Alerts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutbreakAlerts)]
pub struct Output {
    /// At most 200, the newest first.
    alerts: Vec<AlertShown>,
}

/// An alert.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutbreakAlert)]
pub struct AlertShown {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// What a change rests on.
    version: u64,
    /// `ears-c1`, `ears-c2`, `ears-c3`, `cluster`, `first-case` or `severe-share`.
    rule: String,
    /// The rule's version.
    rule_version: String,
    /// What it came to.
    value: f64,
    /// Against what.
    limit: f64,
    /// Where the rule comes from.
    source: String,
    /// Where.
    place: HospitalRef,
    /// Of what.
    disease: DiseaseShown,
    /// The day judged.
    #[schema(value_type = String)]
    day: Date,
    /// When it was raised.
    #[schema(value_type = String, format = DateTime)]
    raised_at: Time,
    /// How many cases raised it.
    count: usize,
    /// Which; to the outbreak officer alone.
    #[schema(value_type = Option<Vec<String>>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    cases: Option<Vec<Id>>,
    /// Who took note of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    noted_by: Option<PersonRef>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    noted_at: Option<Time>,
    /// What they said.
    #[serde(skip_serializing_if = "Option::is_none")]
    noted: Option<String>,
}

/// Lists alerts.
#[utoipa::path(get, path = "/api/outbreak/alerts", operation_id = "outbreak.alerts", tag = "outbreak", params(Input),
    responses((status = 200, body = Output)))]
pub async fn alerts(op: Op, UrlQuery(input): UrlQuery<Input>) -> Result<Json<Output>, Problem> {
    op.may("outbreak.alerts", &Facts::default(), None).await?;
    let mut query = Query::of(ResourceType::DETECTED_ISSUE)
        .with("identifier", format!("{ALERT}|"))
        .with("_sort", "-identified")
        .count(SHOWN);
    let mut alerts = vec![];
    loop {
        let page = op.store().search(&Viewer::System, &query).await?;
        for found in page.matches {
            let alert = Alert::read(&found.value()?).filter(|a| !input.open || a.noted.is_none());
            if let Some(alert) = alert {
                alerts.push(shown(&op, found.at.id, found.version, alert)?);
            }
        }
        query.after = page.next;
        if query.after.is_none() || alerts.len() >= SHOWN {
            break;
        }
    }
    alerts.truncate(SHOWN);
    if sees_all(&op) {
        op.note_read("outbreak.alerts", None, None, None).await?;
    }
    Ok(Json(Output { alerts }))
}

fn shown(op: &Op, id: Id, version: u64, alert: Alert) -> Result<AlertShown, Problem> {
    let noted = alert.noted.as_ref();
    let person = noted.and_then(|(who, ..)| op.platform().directory.person_ref_at(&who.person, &who.hospital));
    Ok(AlertShown {
        id,
        version,
        place: loading::hospital(op, &alert.place)?,
        disease: disease(&alert.disease)?,
        noted_by: person,
        noted_at: noted.map(|(_, at, _)| *at),
        noted: noted.map(|(.., said)| said.clone()),
        rule: alert.rule,
        rule_version: alert.version,
        value: alert.value,
        limit: alert.limit,
        source: alert.source,
        day: alert.day,
        raised_at: alert.raised_at,
        count: alert.cases.len(),
        cases: sees_all(op).then_some(alert.cases),
    })
}
