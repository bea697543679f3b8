//! Vital signs and laboratory values of patients who have no case: three days of a ward's chart, written as Observations.

use crate::app::App;
use anyhow::Result;
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
