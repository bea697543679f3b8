//! `GET /api/outbreak/cases`: the line list, of the own hospital, or of all to the outbreak officer.

use super::law;
use super::loading::{self, sees_all};
use super::model::{Class, Outcome, Report};
use super::resources::{self, NUMBER};
use super::severity::Grade;
use super::view::{DiseaseShown, PatientShown, disease};
use axum::Json;
use axum::extract::Query as UrlQuery;
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use jiff::ToSpan;
use jiff::civil::Date;
use kernel::decide::Facts;
use kernel::{HospitalTree, Id, Time};
use platform::directory::HospitalRef;
use platform::{Op, Problem};
use records::{Query, Viewer};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};

/// Rows of an answer.
const SHOWN: usize = 500;
/// Longest span of one question, in days.
const SPAN_MAX_DAYS: i32 = 366;
/// Span when none is asked for, in days.
const SPAN_DAYS: i32 = 30;
/// Conditions read at a time.
const PAGE: usize = 500;

/// Which cases.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// A code of the list of notifiable diseases; all when absent.
    #[serde(default)]
    pub disease: Option<String>,
    /// How sure; all when absent.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    pub class: Option<Class>,
    /// How ill by the newest grading; all when absent.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    pub grade: Option<Grade>,
    /// Reported by this hospital or one below it, so a county's or a city's names its area; all that one sees when absent.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    pub hospital: Option<Id>,
    /// Reported from this day on, in the site's zone; 30 days before `to` when absent.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    pub from: Option<Date>,
    /// Reported until this day; today when absent.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    pub to: Option<Date>,
    /// `reported`, `onset`, `severity` or `due`, with `-` before it for the last or worst first; `-reported` when absent. What
    /// is not known stands at the end either way.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    pub sort: Sort,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Sort {
    by: By,
    descending: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Reported,
    Onset,
    Severity,
    Due,
}

impl Default for Sort {
    fn default() -> Self {
        Self { by: By::Reported, descending: true }
    }
}

impl TryFrom<String> for Sort {
    type Error = &'static str;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        let (descending, by) = code.strip_prefix('-').map_or((false, &*code), |by| (true, by));
        let by = match by {
            "reported" => By::Reported,
            "onset" => By::Onset,
            "severity" => By::Severity,
            "due" => By::Due,
            _ => return Err("reported, onset, severity or due, with or without -"),
        };
        Ok(Self { by, descending })
    }
}

impl Sort {
    /// Puts rows in this order; of equals the one reported last stands first.
    fn put(self, rows: &mut [Row]) {
        rows.sort_by(|a, b| {
            let asked = match self.by {
                By::Reported => self.compare(Some(a.reported_at), Some(b.reported_at)),
                By::Onset => self.compare(a.onset, b.onset),
                By::Severity => self.compare(a.grade, b.grade),
                By::Due => self.compare(a.due, b.due),
            };
            asked.then_with(|| (b.reported_at, &b.id).cmp(&(a.reported_at, &a.id)))
        });
    }

    fn compare<T: Ord>(self, a: Option<T>, b: Option<T>) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) if self.descending => b.cmp(&a),
            (Some(a), Some(b)) => a.cmp(&b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        }
    }
}

impl Filter {
    /// From which instant to which, the end not included.
    fn instants(&self, op: &Op) -> Result<(Time, Time), Problem> {
        let zone = op.platform().settings.time_zone();
        let to = self.to.unwrap_or_else(|| loading::today(op));
        let from = self.from.unwrap_or_else(|| to.saturating_sub((SPAN_DAYS - 1).days()));
        let days = from.until((jiff::Unit::Day, to)).map(|s| s.get_days()).unwrap_or(i32::MAX);
        if !(0..SPAN_MAX_DAYS).contains(&days) {
            let text = format!("From {from} to {to} is not a span of 1 to {SPAN_MAX_DAYS} days.");
            return Err(Problem::new(StatusCode::BAD_REQUEST, "outbreak.span", text).with("days_max", SPAN_MAX_DAYS));
        }
        let start = |day: Date| day.to_zoned(zone.clone()).map(|z| z.timestamp()).map_err(Problem::internal);
        Ok((start(from)?, start(to.saturating_add(1.day()))?))
    }

    fn fits(&self, report: &Report, tree: &HospitalTree) -> bool {
        self.disease.as_ref().is_none_or(|d| *d == report.disease)
            && self.class.is_none_or(|c| c == report.class)
            && self.grade.is_none_or(|g| report.grade().is_some_and(|newest| newest.grade == g))
            && self.hospital.as_ref().is_none_or(|top| tree.is_within(&report.hospital, top))
    }
}

/// A row.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OutbreakRow)]
pub struct Row {
    /// The case.
    #[schema(value_type = String)]
    pub id: Id,
    /// Its number.
    pub number: String,
    /// Who reported.
    pub hospital: HospitalRef,
    /// Whose illness.
    pub patient: PatientShown,
    /// What illness.
    pub disease: DiseaseShown,
    /// How sure.
    pub class: Class,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub class_at: Time,
    /// How ill, by the newest grading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// First day of illness.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub onset: Option<Date>,
    /// When it was reported.
    #[schema(value_type = String, format = DateTime)]
    pub reported_at: Time,
    /// By when it had to be.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Time>,
    /// Whether it was in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_time: Option<bool>,
    /// Contacts listed.
    pub contacts: usize,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// The list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutbreakList)]
pub struct Output {
    /// How many there are.
    count: usize,
    /// In the order asked for, at most 500.
    cases: Vec<Row>,
}

/// Lists cases.
#[utoipa::path(get, path = "/api/outbreak/cases", operation_id = "outbreak.list", tag = "outbreak", params(Filter),
    responses((status = 200, body = Output), (status = 400, description = "outbreak.span")))]
pub async fn list(op: Op, UrlQuery(filter): UrlQuery<Filter>) -> Result<Json<Output>, Problem> {
    let mut cases = rows(&op, "outbreak.list", &filter).await?;
    let count = cases.len();
    cases.truncate(SHOWN);
    op.note_read("outbreak.list", None, None, None).await?;
    Ok(Json(Output { count, cases }))
}

/// The rows that fit, in the order asked for, if this person may.
pub async fn rows(op: &Op, operation: &'static str, filter: &Filter) -> Result<Vec<Row>, Problem> {
    let custodian = Some(op.actor().hospital.clone());
    op.may(operation, &Facts { custodian, ..Facts::default() }, None).await?;
    let (from, until) = filter.instants(op)?;
    let found = reports(op, from, until).await?;
    let tree = op.platform().directory.tree();
    let mut rows: Vec<Row> = vec![];
    for (report, patient) in found.into_iter().filter(|(r, _)| filter.fits(r, &tree)) {
        rows.push(row(op, &report, &patient)?);
    }
    filter.sort.put(&mut rows);
    Ok(rows)
}

/// Reports handed in within a time that this person may see, each with its Patient.
pub async fn reports(op: &Op, from: Time, until: Time) -> Result<Vec<(Report, Value)>, Problem> {
    let viewer = if sees_all(op) { Viewer::System } else { op.viewer().clone() };
    let mut query = Query::of(ResourceType::CONDITION)
        .with("identifier", format!("{NUMBER}|"))
        .with("recorded-date", format!("ge{from}"))
        .with("recorded-date", format!("lt{until}"))
        .with("_include", "Condition:subject")
        .count(PAGE);
    let mut found = vec![];
    loop {
        let page = op.store().search(&viewer, &query).await?;
        let mut patients: HashMap<Reference, Value> = HashMap::new();
        for patient in &page.included {
            patients.insert(patient.at.clone(), patient.value()?);
        }
        for condition in &page.matches {
            if !sees_all(op) && condition.custodian != op.actor().hospital {
                continue;
            }
            if let Some(report) = resources::read(condition)? {
                let patient = patients.get(&report.patient).cloned().unwrap_or_default();
                found.push((report, patient));
            }
        }
        query.after = page.next;
        if query.after.is_none() {
            return Ok(found);
        }
    }
}

fn row(op: &Op, report: &Report, patient: &Value) -> Result<Row, Problem> {
    let known = law::disease(&report.disease);
    let clock = known.and_then(|d| law::deadline(d, report.found_at, report.reported_at));
    Ok(Row {
        id: report.id.clone(),
        number: report.number.clone(),
        hospital: loading::hospital(op, &report.hospital)?,
        patient: PatientShown::of(&report.patient, patient),
        disease: disease(&report.disease)?,
        class: report.class,
        class_at: report.class_at,
        grade: report.grade().map(|g| g.grade),
        onset: report.onset,
        reported_at: report.reported_at,
        due: clock.as_ref().map(|c| c.due),
        in_time: clock.as_ref().map(|c| c.met),
        contacts: report.contacts.len(),
        outcome: report.outcome,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_stands_at_the_end_either_way() {
        for (code, order) in [("onset", [Some(1), Some(2), None]), ("-onset", [Some(2), Some(1), None])] {
            let sort = Sort::try_from(code.to_owned()).unwrap();
            let mut days = [None, Some(1), Some(2)];
            days.sort_by(|a, b| sort.compare(*a, *b));
            assert_eq!(days, order, "{code}");
        }
        assert!(["", "-", "--onset", "name"].into_iter().all(|wrong| Sort::try_from(wrong.to_owned()).is_err()));
    }
}
