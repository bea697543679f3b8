//! The International Patient Summary of a referral: a FHIR document made from the record. Pure.
//!
//! HL7 International Patient Summary Implementation Guide, STU 1.1 (http://hl7.org/fhir/uv/ips/STU1.1): a Bundle of type
//! `document` whose Composition (LOINC 60591-5) has at least the sections Problems (11450-4), Allergies and Intolerances
//! (48765-2) and Medication Summary (10160-0). Where the record says nothing, the section says so with the guide's codes
//! (`absent-unknown-uv-ips`): that nothing is known is never shown as if nothing were there.
//!
//! What the record holds is copied member by member, so that nothing comes along that refers out of the document; each entry
//! names what it was made from. It must never make up a clinical statement.

use super::resources::codes::{LOINC, MADE_FROM};
use super::resources::discharge::narrative;
use crate::json::{list, set};
use kernel::{Id, Time};
use serde_json::{Value, json};

/// Entries of one section.
pub const SECTION_MAX: usize = 200;

/// The guide's codes for what is absent or unknown.
const ABSENT: &str = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips";
/// The guide's profiles.
const PROFILES: &str = "http://hl7.org/fhir/uv/ips/StructureDefinition/";
const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/condition-clinical";
const ALLERGY_CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical";
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/condition-category";
const ABSENT_REASON: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

/// What the record says, as it was found: resources as they stand.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Condition.
    pub problems: Vec<Value>,
    /// AllergyIntolerance.
    pub allergies: Vec<Value>,
    /// MedicationStatement and MedicationRequest, each with its Medication's code.
    pub drugs: Vec<Value>,
    /// The record has more than was read, by section: problems, allergies, drugs.
    pub more: [bool; 3],
}

/// What makes the document.
pub struct Document<'a> {
    /// Its id.
    pub id: &'a Id,
    /// The Patient as it stands.
    pub patient: &'a Value,
    /// The hospital that makes it, by name.
    pub hospital: &'a str,
    /// When.
    pub now: Time,
}

struct Section {
    profile: &'static str,
    title: &'static str,
    loinc: &'static str,
    display: &'static str,
    ty: &'static str,
    none: &'static str,
    members: &'static [&'static str],
}

const PROBLEMS: Section = Section {
    profile: "Condition-uv-ips",
    title: "Problems",
    loinc: "11450-4",
    display: "Problem list - Reported",
    ty: "Condition",
    none: "no-problem-info",
    members: &[
        "clinicalStatus",
        "verificationStatus",
        "category",
        "severity",
        "code",
        "bodySite",
        "onsetDateTime",
        "onsetAge",
        "onsetPeriod",
        "onsetRange",
        "onsetString",
        "abatementDateTime",
        "abatementAge",
        "abatementPeriod",
        "abatementRange",
        "abatementString",
        "recordedDate",
    ],
};
const ALLERGIES: Section = Section {
    profile: "AllergyIntolerance-uv-ips",
    title: "Allergies and Intolerances",
    loinc: "48765-2",
    display: "Allergies and adverse reactions Document",
    ty: "AllergyIntolerance",
    none: "no-allergy-info",
    members: &[
        "clinicalStatus",
        "verificationStatus",
        "type",
        "category",
        "criticality",
        "code",
        "onsetDateTime",
        "onsetAge",
        "onsetPeriod",
        "onsetRange",
        "onsetString",
        "recordedDate",
        "lastOccurrence",
        "reaction",
    ],
};
const DRUGS: Section = Section {
    profile: "MedicationStatement-uv-ips",
    title: "Medication Summary",
    loinc: "10160-0",
    display: "History of Medication use Narrative",
    ty: "MedicationStatement",
    none: "no-medication-info",
    members: &[
        "status",
        "statusReason",
        "category",
        "intent",
        "priority",
        "medicationCodeableConcept",
        "effectiveDateTime",
        "effectivePeriod",
        "dateAsserted",
        "authoredOn",
        "dosage",
        "dosageInstruction",
    ],
};

/// Whether a Condition or AllergyIntolerance holds now: neither refuted nor entered in error, neither resolved nor inactive.
pub fn holds(body: &Value) -> bool {
    let codes = |member: &str| -> Vec<&str> {
        list(&body[member]["coding"]).iter().filter_map(|c| c["code"].as_str()).collect()
    };
    let is = |member: &str, of: &[&str]| codes(member).iter().any(|c| of.contains(c));
    !is("verificationStatus", &["refuted", "entered-in-error"])
        && !is("clinicalStatus", &["resolved", "inactive", "remission"])
}

/// Whether a drug is taken or ordered now.
pub fn is_taken(body: &Value) -> bool {
    ["active", "intended", "on-hold", "unknown"].iter().any(|status| body["status"] == *status)
}

/// The document.
pub fn bundle(of: &Document<'_>, found: &Found, mut new_id: impl FnMut() -> Id) -> Value {
    let patient_url = url(&new_id());
    let composition_url = url(&new_id());
    let hospital_url = url(&new_id());
    let mut entries = vec![];
    let mut sections = vec![];
    let all = [(PROBLEMS, &found.problems), (ALLERGIES, &found.allergies), (DRUGS, &found.drugs)];
    for ((section, from), more) in all.iter().zip(found.more) {
        let mut made: Vec<Value> = from.iter().map(|one| copied(section, one, &patient_url)).collect();
        if made.is_empty() {
            made.push(unknown(section, &patient_url));
        }
        let mut lines: Vec<String> = made.iter().map(shown).collect();
        if more {
            lines.push(format!("The record has more than these {SECTION_MAX}."));
        }
        let mut refers = vec![];
        for mut one in made {
            let id = new_id();
            one["id"] = id.as_str().into();
            refers.push(json!({"reference": url(&id)}));
            entries.push(json!({"fullUrl": url(&id), "resource": one}));
        }
        sections.push(json!({
            "title": section.title,
            "code": {"coding": [{"system": LOINC, "code": section.loinc, "display": section.display}]},
            "text": narrative(&lines),
            "entry": refers,
        }));
    }
    let composition = json!({
        "resourceType": "Composition",
        "id": id_of(&composition_url),
        "meta": {"profile": [format!("{PROFILES}Composition-uv-ips")]},
        "status": "final",
        "type": {"coding": [{"system": LOINC, "code": "60591-5", "display": "Patient summary Document"}]},
        "subject": {"reference": patient_url},
        "date": of.now.to_string(),
        "author": [{"reference": hospital_url}],
        "title": "International Patient Summary",
        "custodian": {"reference": hospital_url},
        "section": sections,
    });
    let mut all = vec![
        json!({"fullUrl": composition_url, "resource": composition}),
        json!({"fullUrl": patient_url, "resource": person(of.patient, &patient_url)}),
    ];
    all.extend(entries);
    let hospital = json!({"resourceType": "Organization", "id": id_of(&hospital_url), "name": of.hospital});
    all.push(json!({"fullUrl": hospital_url, "resource": hospital}));
    json!({
        "resourceType": "Bundle",
        "id": of.id,
        "meta": {"profile": [format!("{PROFILES}Bundle-uv-ips")]},
        "identifier": {"system": "urn:ietf:rfc:3986", "value": url(&new_id())},
        "type": "document",
        "timestamp": of.now.to_string(),
        "entry": all,
    })
}

fn url(id: &Id) -> String {
    format!("urn:uuid:{id}")
}

fn id_of(url: &str) -> &str {
    url.strip_prefix("urn:uuid:").unwrap_or(url)
}

/// The members of a resource that a summary takes.
fn copied(section: &Section, from: &Value, patient: &str) -> Value {
    let ty = from["resourceType"].as_str().unwrap_or(section.ty);
    let mut body = json!({"resourceType": ty});
    // An order for a drug keeps its own type, for which the guide's section has another profile.
    let profile = if ty == section.ty { section.profile } else { "MedicationRequest-uv-ips" };
    body["meta"] = json!({"profile": [format!("{PROFILES}{profile}")]});
    if let Some(id) = from["id"].as_str() {
        let at = json!({"reference": format!("{ty}/{id}")});
        body["extension"] = json!([{"url": MADE_FROM, "valueReference": at}]);
    }
    for member in section.members {
        let value = from.get(*member).cloned();
        set(&mut body, member, value);
    }
    refer_to(&mut body, patient);
    body
}

/// Points to the patient by the member the type has, and says what the guide wants said.
fn refer_to(body: &mut Value, patient: &str) {
    let member = if body["resourceType"] == "AllergyIntolerance" { "patient" } else { "subject" };
    body[member] = json!({"reference": patient});
    let since = body["effectiveDateTime"].is_null() && body["effectivePeriod"].is_null();
    if body["resourceType"] == "MedicationStatement" && since {
        body["_effectiveDateTime"] = json!({"extension": [{"url": ABSENT_REASON, "valueCode": "unknown"}]});
    }
}

/// What a section says when the record says nothing.
fn unknown(section: &Section, patient: &str) -> Value {
    let display = match section.none {
        "no-problem-info" => "No information about problems",
        "no-allergy-info" => "No information about allergies",
        _ => "No information about medications",
    };
    let code = json!({"coding": [{"system": ABSENT, "code": section.none, "display": display}]});
    let mut body = json!({"resourceType": section.ty, "meta": {"profile": [format!("{PROFILES}{}", section.profile)]}});
    match section.ty {
        "Condition" => {
            body["clinicalStatus"] = json!({"coding": [{"system": CLINICAL, "code": "active"}]});
            body["category"] = json!([{"coding": [{"system": CATEGORY, "code": "problem-list-item"}]}]);
            body["code"] = code;
        }
        "AllergyIntolerance" => {
            body["clinicalStatus"] = json!({"coding": [{"system": ALLERGY_CLINICAL, "code": "active"}]});
            body["code"] = code;
        }
        _ => {
            body["status"] = "unknown".into();
            body["medicationCodeableConcept"] = code;
        }
    }
    refer_to(&mut body, patient);
    body
}

/// An entry in words: the text of its code, or a display.
fn shown(body: &Value) -> String {
    let code = if body["code"].is_object() { &body["code"] } else { &body["medicationCodeableConcept"] };
    let display = || list(&code["coding"]).iter().find_map(|c| c["display"].as_str().or_else(|| c["code"].as_str()));
    let name = code["text"].as_str().or_else(display).unwrap_or("?");
    let dose = ["dosage", "dosageInstruction"].iter().find_map(|m| body[*m][0]["text"].as_str());
    [Some(name), dose].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The patient as the document shows them.
fn person(patient: &Value, url: &str) -> Value {
    let mut body = json!({
        "resourceType": "Patient",
        "id": id_of(url),
        "meta": {"profile": [format!("{PROFILES}Patient-uv-ips")]},
    });
    for member in ["identifier", "name", "telecom", "gender", "birthDate", "_birthDate"] {
        let value = patient.get(member).cloned();
        set(&mut body, member, value);
    }
    if body["name"].is_null() {
        body["name"] = json!([{"extension": [{"url": ABSENT_REASON, "valueCode": "unknown"}]}]);
    }
    if body["birthDate"].is_null() && body["_birthDate"].is_null() {
        body["_birthDate"] = json!({"extension": [{"url": ABSENT_REASON, "valueCode": "unknown"}]});
    }
    body
}

/// The document for who is asked and has not been chosen: the name masked, nothing to call or find the person by, the year
/// of birth alone. Narratives stay: they are made from codes and doses.
pub fn masked(mut bundle: Value, name: &str) -> Value {
    for entry in bundle["entry"].as_array_mut().into_iter().flatten() {
        let Some(resource) = entry.get_mut("resource") else { continue };
        if let Some(members) = resource.as_object_mut() {
            members.shift_remove("extension");
        }
        if resource["resourceType"] != "Patient" {
            continue;
        }
        for member in ["identifier", "telecom", "_birthDate"] {
            set(resource, member, None);
        }
        resource["name"] = json!([{"text": name}]);
        let year = resource["birthDate"].as_str().and_then(|d| d.get(..4)).map(Value::from);
        set(resource, "birthDate", year);
        if resource["birthDate"].is_null() {
            resource["_birthDate"] = json!({"extension": [{"url": ABSENT_REASON, "valueCode": "masked"}]});
        }
    }
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn ids() -> impl FnMut() -> Id {
        let next = Cell::new(0);
        move || {
            next.set(next.get() + 1);
            Id::new(format!("01935f00-0000-7000-8000-{:012}", next.get())).unwrap()
        }
    }

    fn document(found: &Found) -> Value {
        let id = |text: &str| Id::new(text).unwrap();
        let patient = json!({"resourceType": "Patient", "id": "wang", "gender": "female", "birthDate": "1960-05-01",
            "telecom": [{"system": "phone", "value": "139"}], "identifier": [{"system": "urn:x", "value": "1"}],
            "name": [{"use": "official", "text": "王敏敏"}]});
        let of = Document {
            id: &id("r"),
            patient: &patient,
            hospital: "光山县人民医院",
            now: "2026-11-21T02:00:00Z".parse().unwrap(),
        };
        bundle(&of, found, ids())
    }

    fn found() -> Found {
        Found {
            problems: vec![
                json!({"resourceType": "Condition", "id": "c1", "recorder": {"reference": "Practitioner/x"},
                "clinicalStatus": {"coding": [{"system": CLINICAL, "code": "active"}]},
                "code": {"text": "2型糖尿病 <E11>"}, "subject": {"reference": "Patient/wang"}}),
            ],
            allergies: vec![],
            drugs: vec![
                json!({"resourceType": "MedicationStatement", "id": "m1", "status": "active",
                    "medicationCodeableConcept": {"text": "二甲双胍"}, "dosage": [{"text": "0.5 g tid"}]}),
                json!({"resourceType": "MedicationRequest", "id": "m2", "status": "active", "intent": "order",
                    "medicationCodeableConcept": {"text": "氨氯地平"}}),
            ],
            more: [false, false, true],
        }
    }

    #[test]
    fn a_document_of_the_required_sections_that_is_valid() {
        let body = document(&found());
        let issues = fhir::validate::validate(&body, fhir::validate::Options::default());
        let errors: Vec<_> = issues.iter().filter(|i| i.severity == fhir::validate::Severity::Error).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let composition = &body["entry"][0]["resource"];
        let sections: Vec<&str> =
            list(&composition["section"]).iter().map(|s| s["code"]["coding"][0]["code"].as_str().unwrap()).collect();
        assert_eq!(sections, ["11450-4", "48765-2", "10160-0"]);
        // Every reference of a section is an entry, and what it was made from is named.
        let urls: Vec<&Value> = list(&body["entry"]).iter().map(|e| &e["fullUrl"]).collect();
        for section in list(&composition["section"]) {
            assert!(list(&section["entry"]).iter().all(|e| urls.contains(&&e["reference"])), "{section}");
        }
        let problem = &body["entry"][2]["resource"];
        assert_eq!(crate::json::extension(problem, MADE_FROM)["valueReference"]["reference"], "Condition/c1");
        assert_eq!(problem.get("recorder"), None, "nothing refers out of the document");
        let text = composition["section"][0]["text"]["div"].as_str().unwrap();
        assert!(text.contains("2型糖尿病 &lt;E11&gt;"), "{text}");
        assert!(composition["section"][2]["text"]["div"].as_str().unwrap().contains("more than these"));
    }

    #[test]
    fn nothing_known_is_said_with_the_guides_codes() {
        let body = document(&Found::default());
        let codes: Vec<&str> = list(&body["entry"])[2..5]
            .iter()
            .map(|e| {
                let one = &e["resource"];
                let code = if one["code"].is_object() { &one["code"] } else { &one["medicationCodeableConcept"] };
                assert_eq!(code["coding"][0]["system"], ABSENT);
                code["coding"][0]["code"].as_str().unwrap()
            })
            .collect();
        assert_eq!(codes, ["no-problem-info", "no-allergy-info", "no-medication-info"]);
        let issues = fhir::validate::validate(&body, fhir::validate::Options::default());
        assert!(!issues.iter().any(|i| i.severity == fhir::validate::Severity::Error), "{issues:#?}");
    }

    #[test]
    fn what_is_over_or_wrong_is_not_of_today() {
        let with = |member: &str, code: &str| json!({member: {"coding": [{"code": code}]}});
        assert!(holds(&json!({})) && holds(&with("clinicalStatus", "recurrence")));
        assert!(!holds(&with("clinicalStatus", "resolved")) && !holds(&with("verificationStatus", "refuted")));
        assert!(is_taken(&json!({"status": "active"})) && !is_taken(&json!({"status": "stopped"})));
    }

    #[test]
    fn masked_nobody_is_found_by_it() {
        let body = masked(document(&found()), "王**");
        let text = body.to_string();
        for secret in ["王敏敏", "139", "urn:x", "05-01", "Condition/c1"] {
            assert!(!text.contains(secret), "{secret}");
        }
        assert_eq!(body["entry"][1]["resource"]["birthDate"], "1960");
        assert!(
            !fhir::validate::validate(&body, fhir::validate::Options::default())
                .iter()
                .any(|i| i.severity == fhir::validate::Severity::Error)
        );
    }
}
