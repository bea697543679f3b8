//! What a request and a resubmission judge alike: is the form whole, is its patient ours, do its references stand.

use super::complete::{FieldError, missing, unfit};
use super::form::RequestForm;
use fhir::{Reference, ResourceType};
use kernel::Id;
use platform::{Op, Problem};

/// The form as it may be handed in, or every reason why not.
pub fn whole(op: &Op, form: &RequestForm) -> Result<(), Problem> {
    let directory = &op.platform().directory;
    let mut unfit = unfit(form);
    let mut unknown = |path: &str| unfit.push(FieldError { path: path.to_owned(), code: "unknown", max: None });
    if let Some(wanted) = &form.wanted {
        if wanted.expert.as_ref().is_some_and(|role| directory.role(role).is_none()) {
            unknown("wanted.expert");
        }
        if wanted.hospital.as_ref().is_some_and(|hospital| directory.hospital(hospital).is_none()) {
            unknown("wanted.hospital");
        }
    }
    if !unfit.is_empty() {
        let fields = serde_json::to_value(&unfit).map_err(Problem::internal)?;
        return Err(
            Problem::unfit("consult.invalid", "Some fields cannot be taken as they are.").with("fields", fields)
        );
    }
    let missing = missing(form);
    if !missing.is_empty() {
        let detail = format!("Still missing: {}.", missing.join(", "));
        return Err(Problem::unfit("consult.incomplete", detail).with("missing", missing));
    }
    Ok(())
}

/// The patient named, if it is one of the asking hospital's.
pub async fn patient_of(op: &Op, id: &Id) -> Result<Reference, Problem> {
    let at = Reference::new(ResourceType::PATIENT, id.clone());
    let found = op.store().read(op.viewer(), &at).await?;
    match found.filter(|p| p.custodian == op.actor().hospital) {
        Some(_) => Ok(at),
        None => Err(Problem::unfit("consult.no_patient", "This hospital has no such patient.")),
    }
}

/// The consent's document must have been uploaded for this case.
pub async fn consent_stands(op: &Op, form: &RequestForm, case: &Reference) -> Result<(), Problem> {
    match &form.consent.document {
        Some(document) => document_stands(op, document, case).await,
        None => Ok(()),
    }
}

/// A consent's document is among the files of its case.
pub async fn document_stands(op: &Op, document: &Id, case: &Reference) -> Result<(), Problem> {
    let at = Reference::new(ResourceType::DOCUMENT_REFERENCE, document.clone());
    let found = op.store().read(op.viewer(), &at).await?;
    if found.is_some_and(|d| d.custodian == op.actor().hospital && d.case.as_ref() == Some(case)) {
        return Ok(());
    }
    Err(Problem::unfit("consult.no_consent", "The consent's document is not among the files of this case."))
}
