//! `POST /api/outbreak/cases/{id}/type`: how ill, by the guideline in force. The version and every criterion are kept with the
//! grading; a grading is never changed, another follows it.

use super::loading;
use super::model::{self, Grading, Refusal};
use super::resources::{self, input_values, write_grading, write_inputs};
use super::severity::{self, Grade, Guideline, Judgement, Values, guideline};
use super::view::CaseView;
use super::watching;
use axum::Json;
use axum::extract::Path;
use fhir::ResourceType;
use jiff::civil::Date;
use kernel::{Id, Time};
use platform::{Op, Problem};
use records::Change;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Oldest age taken, in months.
const AGE_MAX_MONTHS: u32 = 150 * 12;

/// What was measured and seen.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = OutbreakType)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The version on the screen.
    version: u64,
    /// The guideline's version; when absent, the one in force for the disease at the instant that is graded.
    #[serde(default)]
    guideline: Option<String>,
    /// The instant judged; now when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default)]
    at: Option<Time>,
    /// Completed months; only of somebody whose day of birth is not known.
    #[serde(default)]
    age_months: Option<u32>,
    /// What is known.
    values: Values,
    /// The doctor's grade, where the guideline cannot say because something is not known. Never below what is certain.
    #[serde(default)]
    grade: Option<Grade>,
    /// Why the doctor gave it.
    #[serde(default)]
    reason: Option<String>,
}

/// The case, and how it was judged.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutbreakTyped)]
pub struct Output {
    /// The case as it is now.
    case: CaseView,
    /// What each criterion came to.
    judgement: Judgement,
}

/// Grades a case.
#[utoipa::path(post, path = "/api/outbreak/cases/{id}/type", operation_id = "outbreak.type_case", tag = "outbreak",
    params(("id" = String, Path)), request_body = Input,
    responses((status = 200, body = Output), (status = 409, description = "outbreak.changed, outbreak.wrong_class"),
        (status = 422, description = "outbreak.guideline, outbreak.values, outbreak.no_age, outbreak.undecided, outbreak.grade, outbreak.when, outbreak.text, outbreak.too_many")))]
pub async fn type_case(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Output>, Problem> {
    let report = loading::seen(&op, "outbreak.type_case", &id, input.version).await?.in_force()?;
    let effective = model::past("at", input.at.unwrap_or(op.now()), op.now())?;
    let guideline = guideline_of(&report.disease, input.guideline.as_deref(), effective)?;
    input_values(&input.values, op.now()).map_err(|field| {
        let detail = format!("{field} is past its bounds, in an unknown unit, or in the future.");
        Problem::unfit("outbreak.values", detail).with("field", field)
    })?;
    let patient = loading::patient(&op, &report.patient).await?;
    let day = effective.to_zoned(op.platform().settings.time_zone()).date();
    let age = age_months(&patient, day).or(input.age_months).filter(|m| *m <= AGE_MAX_MONTHS);
    let age = age.ok_or_else(|| {
        Problem::unfit("outbreak.no_age", "The day of birth is not known: say the age in completed months.")
    })?;
    let judgement = severity::judge(guideline, age, &input.values);
    let (grade, reason) = settle(&judgement, input.grade, input.reason.as_deref())?;

    let mut change = Change::of(loading::act(&op, "outbreak.type_case", &report));
    change.act.params.insert("grade".into(), grade.code().into());
    change.act.params.insert("guideline".into(), guideline.code.as_str().into());
    let at = resources::at(&report.id);
    let mut inputs = vec![];
    for body in write_inputs(&input.values, &at, &report.patient, effective) {
        let (input, write) = loading::part(&op, ResourceType::OBSERVATION, body, &report);
        inputs.push(input);
        change.writes.push(write);
    }
    let by = op.actor().into();
    let refs = (&at, &report.patient, inputs.as_slice());
    let body = write_grading(&judgement, grade, reason.as_deref(), effective, &by, refs);
    let (graded, write) = loading::part(&op, ResourceType::OBSERVATION, body, &report);
    change.writes.push(write);
    let mut report = report.graded(Grading { grade, guideline: guideline.code.clone(), at: graded, effective })?;
    change.jobs.push(watching::job(&op, &report));
    loading::keep(&op, change, &mut report).await?;
    Ok(Json(Output { case: CaseView::of(&op, &report).await?, judgement }))
}

fn guideline_of(disease: &str, wanted: Option<&str>, at: Time) -> Result<&'static Guideline, Problem> {
    let found = match wanted {
        Some(code) => guideline::of(code).filter(|g| g.disease == disease),
        None => guideline::in_force(guideline::all(), disease, at),
    };
    found.ok_or_else(|| Problem::unfit("outbreak.guideline", "No such guideline grades this disease."))
}

/// Completed months from a day of birth that is known to the day.
fn age_months(patient: &Value, day: Date) -> Option<u32> {
    let born: Date = patient["birthDate"].as_str()?.parse().ok()?;
    if born > day {
        return None;
    }
    let span = born.until((jiff::Unit::Month, day)).ok()?;
    u32::try_from(span.get_months()).ok()
}

/// The guideline's grade where it can say; else the doctor's, with a reason and not below what is certain.
fn settle(judged: &Judgement, grade: Option<Grade>, reason: Option<&str>) -> Result<(Grade, Option<String>), Problem> {
    match (judged.grade, grade) {
        (Some(rule), None) => Ok((rule, None)),
        (Some(rule), Some(told)) if rule == told => Ok((rule, None)),
        (Some(rule), Some(_)) => {
            let detail = format!("By the guideline this is {}. Look at the values again.", rule.code());
            Err(Problem::unfit("outbreak.grade", detail).with("grade", rule.code()))
        }
        (None, None) => {
            let open: Vec<&str> = judged
                .findings
                .iter()
                .filter(|f| f.verdict == severity::Verdict::NotKnown && f.grade > judged.at_least)
                .map(|f| f.criterion.as_str())
                .collect();
            let detail = "The guideline cannot say while something that would raise the grade is not known. Add it, or give \
                          the grade yourself with a reason.";
            Err(Problem::unfit("outbreak.undecided", detail)
                .with("at_least", judged.at_least.code())
                .with("not_known", open))
        }
        (None, Some(told)) if told < judged.at_least => {
            let detail = format!("It is at least {}: a criterion of that grade is met.", judged.at_least.code());
            Err(Problem::unfit("outbreak.grade", detail).with("grade", judged.at_least.code()))
        }
        (None, Some(told)) => {
            let reason = reason.map(|r| model::text("reason", r)).transpose()?;
            Ok((told, Some(reason.ok_or(Refusal::Text("reason"))?)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn months_are_completed_months() {
        for (born, day, months) in [
            ("2020-01-15", "2020-03-14", Some(1)),
            ("2020-01-15", "2020-03-15", Some(2)),
            ("2006-02-01", "2020-01-31", Some(167)),
            ("2006-02-01", "2020-02-01", Some(168)),
            ("2020-03-16", "2020-03-15", None),
            ("2006", "2020-02-01", None),
        ] {
            let found = age_months(&json!({"birthDate": born}), day.parse().unwrap());
            assert_eq!(found, months, "{born} {day}");
        }
    }

    #[test]
    fn a_doctor_decides_where_the_guideline_cannot_and_never_below_what_is_certain() {
        let judged =
            |grade, at_least| Judgement { guideline: "g".into(), as_child: false, grade, at_least, findings: vec![] };
        let code = |judged: &Judgement, grade, reason| settle(judged, grade, reason).map_err(|p| p.code);
        let sure = judged(Some(Grade::Severe), Grade::Severe);
        assert_eq!(code(&sure, None, None), Ok((Grade::Severe, None)));
        assert_eq!(code(&sure, Some(Grade::Severe), None), Ok((Grade::Severe, None)));
        assert_eq!(code(&sure, Some(Grade::Mild), Some("x")), Err("outbreak.grade"));
        let open = judged(None, Grade::Ordinary);
        assert_eq!(code(&open, None, None), Err("outbreak.undecided"));
        assert_eq!(code(&open, Some(Grade::Mild), Some("x")), Err("outbreak.grade"));
        assert_eq!(code(&open, Some(Grade::Ordinary), None), Err("outbreak.text"));
        assert_eq!(code(&open, Some(Grade::Ordinary), Some(" ")), Err("outbreak.text"));
        assert_eq!(code(&open, Some(Grade::Severe), Some("CT")), Ok((Grade::Severe, Some("CT".into()))));
    }
}
