//! Code systems and extensions of a case, beside those of `platform::codes` and `platform::case`.

/// Numbers of cases.
pub const NUMBER: &str = "urn:consilium:case-number";
pub use platform::case::SERVICE;
/// Emergency or full form.
pub const FORM: &str = "urn:consilium:request-form";
/// Live or record.
pub const KIND: &str = "urn:consilium:consult-kind";
/// Which side did not come.
pub const ABSENT: &str = "urn:consilium:absent";
/// Names of a Task's inputs and outputs.
pub const PART: &str = "urn:consilium:consult-part";
/// Adopted, partly, not.
pub const VERDICT: &str = "urn:consilium:verdict";
/// `message`, `return`, `supply`.
pub const NOTE: &str = "urn:consilium:note";
/// The form's Questionnaire.
pub const QUESTIONNAIRE: &str = "urn:consilium:questionnaire:consult-request|1";
/// Pregnancy as the form asks it.
pub const PREGNANCY: &str = "urn:consilium:pregnancy";
/// Where in the form an Observation stands: `vitals/0/pulse`, `labs/3`.
pub const ROW: &str = "urn:consilium:form-row";
/// Vital signs that LOINC has no plain code for.
pub const VITAL: &str = "urn:consilium:vital";
/// Alert, confused, voice, pain, unresponsive.
pub const ACVPU: &str = "urn:consilium:acvpu";

/// Extension: why an emergency goes without consent for a day, and until when it is due.
pub const CONSENT_REASON: &str = "urn:consilium:ext:emergency-reason";
/// Extension: when the consent is due.
pub const CONSENT_DUE: &str = "urn:consilium:ext:due";
/// Extension: why the consent came after that.
pub const CONSENT_LATE: &str = "urn:consilium:ext:late-reason";
/// Extension: the unit of a result that is a text.
pub const UNIT: &str = "urn:consilium:ext:unit";

/// LOINC.
pub const LOINC: &str = "http://loinc.org";
/// UCUM.
pub const UCUM: &str = "http://unitsofmeasure.org";
/// HL7's categories of observations.
pub const OBSERVATION_CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
