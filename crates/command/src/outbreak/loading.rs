//! What the operations of a case report share: finding it, asking whether one may, keeping its next version.

use super::model::Report;
use super::resources;
use fhir::{Reference, ResourceType};
use jiff::civil::Date;
use kernel::decide::Facts;
use kernel::{Id, Role};
use platform::directory::HospitalRef;
use platform::{Op, Problem};
use records::{Act, Change, CommitError, Expect, Subject, Viewer, Write};
use serde_json::Value;

/// Today where the site is.
pub fn today(op: &Op) -> Date {
    op.now().to_zoned(op.platform().settings.time_zone()).date()
}

/// Whether this person sees the cases of all hospitals.
pub fn sees_all(op: &Op) -> bool {
    op.actor().role == Role::OutbreakOfficer
}

/// The hospital as it is shown.
pub fn hospital(op: &Op, id: &Id) -> Result<HospitalRef, Problem> {
    let known = op.platform().directory.hospital_ref(id);
    known.ok_or_else(|| Problem::internal(format!("hospital {id} is not in the directory")))
}

/// The case of this id, if there is one and this person may do `operation` to it.
pub async fn case(op: &Op, operation: &'static str, id: &Id) -> Result<Report, Problem> {
    let at = resources::at(id);
    let found = op.store().read(&Viewer::System, &at).await?;
    let report = found.as_ref().map(resources::read).transpose()?.flatten();
    let custodian = report.as_ref().map(|r| r.hospital.clone());
    op.may(operation, &Facts { custodian, ..Facts::default() }, Some(&at)).await?;
    report.ok_or_else(Problem::not_found)
}

/// As [`case`], in the version that is on the screen.
pub async fn seen(op: &Op, operation: &'static str, id: &Id, version: u64) -> Result<Report, Problem> {
    let report = case(op, operation, id).await?;
    if report.version == version { Ok(report) } else { Err(changed()) }
}

/// The case was changed since it was on the screen.
pub fn changed() -> Problem {
    Problem::conflict("outbreak.changed", "The case was changed in the meantime. Look at it again.")
}

/// The patient's resource, seen with the rules' own eyes: who may read the case may read whose it is.
pub async fn patient(op: &Op, at: &Reference) -> Result<Value, Problem> {
    match op.store().read(&Viewer::System, at).await? {
        Some(found) => Ok(found.value()?),
        None => Ok(Value::Null),
    }
}

/// One open report of a patient's illness: two desks that report at once make one.
pub fn open_key(report: &Report) -> String {
    format!("case-report-open/{}/{}", report.patient.id, report.disease)
}

/// The act of an operation on a case.
pub fn act(op: &Op, what: &'static str, report: &Report) -> Act {
    let mut act = op.act(what);
    act.about = vec![resources::at(&report.id)];
    act.patient = Some(report.patient.clone());
    act.params.insert("number".into(), report.number.as_str().into());
    act.params.insert("disease".into(), report.disease.as_str().into());
    act.params.insert("class".into(), report.class.code().into());
    act.audience = vec![Subject::Hospital(report.hospital.clone())];
    act
}

/// A new resource of the case.
pub fn part(op: &Op, ty: ResourceType, body: Value, report: &Report) -> (Reference, Write) {
    let at = Reference::new(ty, op.new_id());
    (at.clone(), Write::new(at, body, report.hospital.clone()))
}

/// Keeps the next version of a case with whatever belongs to it; answers with the version kept.
pub async fn keep(op: &Op, mut change: Change, report: &mut Report) -> Result<(), Problem> {
    let at = resources::at(&report.id);
    change.expect.push(Expect { at: at.clone(), version: report.version });
    change.writes.push(Write::next(at, resources::write(report)?, report.hospital.clone()));
    match op.try_commit(change).await {
        Ok(_) => {
            report.version += 1;
            Ok(())
        }
        Err(CommitError::Stale { .. }) => Err(changed()),
        Err(CommitError::Taken(held)) => Err(reported(&held.by.id)),
        Err(other) => Err(other.into()),
    }
}

/// This patient's illness is reported already.
pub fn reported(case: &Id) -> Problem {
    let detail = "This illness of this patient is reported already and not ended. Open that report.";
    Problem::conflict("outbreak.reported", detail).with("case", case.as_str())
}
