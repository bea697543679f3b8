//! Vital signs and laboratory values of patients who have no case: three days of a ward's chart, written as Observations. And
//! what is known of some patients for long: problems, allergies, drugs.

use crate::app::App;
use anyhow::{Context, Result};
use fhir::{Reference, ResourceType};
use jiff::SignedDuration;
use kernel::{Id, Time};
use records::{Act, Change, Write};
use serde_json::{Value, json};

const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
/// Hours before the recording at which values were taken.
const HOURS: [i64; 4] = [72, 48, 24, 2];

/// LOINC code, name, UCUM unit, first value, change from one to the next.
type Kind = (&'static str, &'static str, &'static str, f64, f64);

const VITALS: &[Kind] = &[
    ("8310-5", "体温", "Cel", 38.4, -0.5),
    ("8867-4", "脉搏", "/min", 98.0, -5.0),
    ("9279-1", "呼吸", "/min", 22.0, -1.0),
    ("2708-6", "血氧饱和度", "%", 93.0, 1.0),
];
const LABS: &[Kind] = &[
    ("6690-2", "白细胞", "10*9/L", 11.8, -1.2),
    ("1988-5", "C反应蛋白", "mg/L", 64.0, -14.5),
    ("2823-3", "钾", "mmol/L", 3.6, 0.2),
];

/// Writes the chart of one patient in one commit; `place` makes each differ a little.
pub async fn write(app: &App, patient: &str, hospital: &str, place: usize) -> Result<()> {
    let (now, custodian) = (app.platform.clock.now(), Id::new(hospital)?);
    let subject = Reference::new(ResourceType::PATIENT, Id::new(patient)?);
    let mut change = Change::of(Act::system("demonstration.chart"));
    change.act.patient = Some(subject.clone());
    for (category, kinds) in [("vital-signs", VITALS), ("laboratory", LABS)] {
        for (step, hours) in HOURS.into_iter().enumerate() {
            let taken = now - SignedDuration::from_hours(hours) - SignedDuration::from_mins(place as i64);
            for kind in kinds {
                let id = app.platform.ids.new_id(now);
                let at = Reference::new(ResourceType::OBSERVATION, id);
                let mut body = observation(&at.id, &subject, category, *kind, (step, place), taken);
                platform::mark_demonstration(&mut body);
                change.writes.push(Write::new(at, body, custodian.clone()));
            }
        }
    }
    app.platform.store.commit(change).await?;
    Ok(())
}

/// What is known of a patient, as a ward writes it.
pub struct Known {
    /// Problems and diagnoses.
    pub problems: &'static [&'static str],
    /// What the patient does not bear.
    pub allergies: &'static [&'static str],
    /// Drugs, and how they are given.
    pub drugs: &'static [(&'static str, &'static str)],
}

/// Writes what is known of one patient in one commit.
pub async fn know(app: &App, patient: &str, hospital: &str, known: &Known) -> Result<()> {
    let (now, custodian) = (app.platform.clock.now(), Id::new(hospital)?);
    let subject = Reference::new(ResourceType::PATIENT, Id::new(patient)?);
    let whose = json!({"reference": subject.to_string()});
    let active = |system: &str| json!({"coding": [{"system": format!("http://terminology.hl7.org/CodeSystem/{system}"), "code": "active"}]});
    let mut bodies: Vec<Value> = vec![];
    bodies.extend(known.problems.iter().map(|text| {
        json!({"resourceType": "Condition", "clinicalStatus": active("condition-clinical"), "code": {"text": text},
            "subject": whose})
    }));
    bodies.extend(known.allergies.iter().map(|text| {
        json!({"resourceType": "AllergyIntolerance", "clinicalStatus": active("allergyintolerance-clinical"),
            "code": {"text": text}, "patient": whose})
    }));
    bodies.extend(known.drugs.iter().map(|(drug, dose)| {
        json!({"resourceType": "MedicationStatement", "status": "active", "medicationCodeableConcept": {"text": drug},
            "subject": whose, "dosage": [{"text": dose}]})
    }));
    let mut change = Change::of(Act::system("demonstration.chart"));
    change.act.patient = Some(subject);
    for mut body in bodies {
        let ty = body["resourceType"].as_str().and_then(ResourceType::from_name).context("a type of FHIR's")?;
        let at = Reference::new(ty, app.platform.ids.new_id(now));
        body["id"] = at.id.as_str().into();
        platform::mark_demonstration(&mut body);
        change.writes.push(Write::new(at, body, custodian.clone()));
    }
    app.platform.store.commit(change).await?;
    Ok(())
}

fn observation(
    id: &Id,
    subject: &Reference,
    category: &str,
    (code, name, unit, first, change): Kind,
    (step, place): (usize, usize),
    taken: Time,
) -> Value {
    let value = first + change * (step as f64) + 0.1 * (place % 7) as f64;
    json!({
        "resourceType": "Observation", "id": id, "status": "final",
        "category": [{"coding": [{"system": CATEGORY, "code": category}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": name},
        "subject": {"reference": subject.to_string()}, "effectiveDateTime": taken.to_string(),
        "valueQuantity": {"value": (value * 10.0).round() / 10.0, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
    })
}
