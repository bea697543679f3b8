//! Observation: vital signs and laboratory values, decimals as they were typed.

use super::References;
use super::codes::{ACVPU, LOINC, OBSERVATION_CATEGORY, ROW, UCUM, UNIT, VITAL};
use super::json::{code, extension, list, refer, text, time};
use crate::consult::complete::is_decimal;
use crate::consult::form::{Consciousness, Lab, RequestForm, Vitals};
use fhir::Reference;
use kernel::Time;
use serde_json::{Number, Value, json};
use std::collections::BTreeMap;

/// A vital sign: the form's field, its LOINC code, its UCUM unit, and the unit as people write it.
const VITALS: [(&str, &str, &str, &str); 4] = [
    ("temperature", "8310-5", "Cel", "°C"),
    ("pulse", "8867-4", "/min", "/min"),
    ("respiration", "9279-1", "/min", "/min"),
    ("spo2", "2708-6", "%", "%"),
];
const PRESSURE: &str = "85354-9";
const SYSTOLIC: &str = "8480-6";
const DIASTOLIC: &str = "8462-4";
const RESPONSIVENESS: &str = "67775-7";
const WEIGHT: &str = "29463-7";

/// All of a form's numbers, each with the row it stands in. Ids are the caller's.
pub fn write(at: &References, form: &RequestForm, patient: &Reference, now: Time) -> Vec<(String, Value)> {
    let mut found = vec![];
    for (row, vitals) in form.vitals.iter().enumerate() {
        write_vitals(row, vitals, &mut found);
    }
    for (row, lab) in form.labs.iter().enumerate() {
        found.push((format!("labs/{row}"), write_lab(lab)));
    }
    if let Some(weight) = form.weight_kg.as_deref().filter(|w| is_decimal(w)) {
        let mut body = vital(loinc(WEIGHT), now);
        body["valueQuantity"] = quantity(weight, "kg", Some("kg"));
        found.push(("weight".to_owned(), body));
    }
    for (row, body) in &mut found {
        body["resourceType"] = "Observation".into();
        body["identifier"] = json!([{"system": ROW, "value": row}]);
        body["basedOn"] = json!([refer(&at.case)]);
        body["status"] = "final".into();
        body["subject"] = refer(patient);
    }
    found
}

fn loinc(code: &str) -> Value {
    json!({"coding": [{"system": LOINC, "code": code}]})
}

fn vital(code: Value, at: Time) -> Value {
    json!({
        "category": [{"coding": [{"system": OBSERVATION_CATEGORY, "code": "vital-signs"}]}],
        "code": code,
        "effectiveDateTime": at.to_string(),
    })
}

fn write_vitals(row: usize, vitals: &Vitals, found: &mut Vec<(String, Value)>) {
    let mut push = |field: &str, code: Value, name: &str, value: Value| {
        let mut body = vital(code, vitals.time);
        body[name] = value;
        found.push((format!("vitals/{row}/{field}"), body));
    };
    for (field, value) in vitals.numbers() {
        let known = VITALS.iter().find(|(name, ..)| *name == field);
        if let (Some(value), Some((_, code, ucum, unit))) = (value, known) {
            push(field, loinc(code), "valueQuantity", quantity(value, unit, Some(ucum)));
        }
    }
    let pressure = |code: &str, value: &Option<String>| {
        let value = value.as_ref()?;
        Some(json!({"code": loinc(code), "valueQuantity": quantity(value, "mmHg", Some("mm[Hg]"))}))
    };
    let components: Vec<Value> =
        [pressure(SYSTOLIC, &vitals.systolic), pressure(DIASTOLIC, &vitals.diastolic)].into_iter().flatten().collect();
    if !components.is_empty() {
        push("pressure", loinc(PRESSURE), "component", components.into());
    }
    if let Some(oxygen) = vitals.oxygen {
        push("oxygen", json!({"coding": [{"system": VITAL, "code": "oxygen"}]}), "valueBoolean", oxygen.into());
    }
    if let Some(consciousness) = vitals.consciousness {
        let value = json!({"coding": [{"system": ACVPU, "code": consciousness.code()}]});
        push("consciousness", loinc(RESPONSIVENESS), "valueCodeableConcept", value);
    }
}

fn write_lab(lab: &Lab) -> Value {
    let mut body = json!({
        "category": [{"coding": [{"system": OBSERVATION_CATEGORY, "code": "laboratory"}]}],
        "code": {"text": lab.name},
        "effectiveDateTime": lab.time.to_string(),
    });
    match split(&lab.value) {
        Some((comparator, number)) => {
            let mut value = quantity(number, &lab.unit, None);
            if !comparator.is_empty() {
                value["comparator"] = comparator.into();
            }
            body["valueQuantity"] = value;
        }
        None => {
            body["valueString"] = lab.value.clone().into();
            if !lab.unit.is_empty() {
                body["extension"] = json!([{"url": UNIT, "valueString": lab.unit}]);
            }
        }
    }
    let mut range = serde_json::Map::new();
    for (end, value) in [("low", &lab.low), ("high", &lab.high)] {
        if let Some(value) = value {
            range.insert(end.to_owned(), quantity(value, &lab.unit, None));
        }
    }
    if !range.is_empty() {
        body["referenceRange"] = json!([range]);
    }
    body
}

/// `<0.01` is a comparator and a decimal. What is neither stays a text.
pub fn split(value: &str) -> Option<(&'static str, &str)> {
    let (comparator, number) = ["<=", ">=", "<", ">"]
        .into_iter()
        .find_map(|c| value.strip_prefix(c).map(|rest| (c, rest)))
        .unwrap_or(("", value));
    is_decimal(number).then_some((comparator, number))
}

fn quantity(number: &str, unit: &str, ucum: Option<&str>) -> Value {
    // A decimal of ours is a JSON number; kept digit by digit.
    let mut body = match serde_json::from_str::<Number>(number) {
        Ok(number) => json!({"value": number}),
        Err(_) => json!({}),
    };
    if !unit.is_empty() {
        body["unit"] = unit.into();
    }
    if let Some(code) = ucum {
        body["system"] = UCUM.into();
        body["code"] = code.into();
    }
    body
}

fn typed(quantity: &Value) -> Option<String> {
    let number = quantity["value"].as_number()?;
    Some(format!("{}{number}", quantity["comparator"].as_str().unwrap_or_default()))
}

/// The row an Observation stands in.
pub fn row(body: &Value) -> Option<&str> {
    list(&body["identifier"]).iter().find(|i| i["system"] == ROW).and_then(|i| i["value"].as_str())
}

/// Fills vital signs and laboratory values into a form, in the order they were typed.
pub fn read<'a>(observations: impl IntoIterator<Item = &'a Value>, form: &mut RequestForm) {
    let mut vitals: BTreeMap<usize, Vitals> = BTreeMap::new();
    let mut labs: BTreeMap<usize, Lab> = BTreeMap::new();
    for body in observations.into_iter().filter(|b| b["status"] != "entered-in-error") {
        let mut path = row(body).unwrap_or_default().split('/');
        let (kind, place, field) = (path.next(), path.next().and_then(|n| n.parse().ok()), path.next());
        match (kind, place, field, time(&body["effectiveDateTime"])) {
            (Some("vitals"), Some(place), Some(field), Some(at)) => {
                read_vital(body, field, vitals.entry(place).or_insert_with(|| Vitals::at(at)));
            }
            (Some("labs"), Some(place), None, Some(at)) => {
                labs.insert(place, read_lab(body, at));
            }
            _ => {}
        }
    }
    form.vitals = vitals.into_values().collect();
    form.labs = labs.into_values().collect();
}

fn read_vital(body: &Value, field: &str, into: &mut Vitals) {
    match field {
        "pressure" => {
            let component = |wanted: &str| {
                let found = list(&body["component"]).iter().find(|c| code(&c["code"], LOINC) == Some(wanted));
                found.and_then(|c| typed(&c["valueQuantity"]))
            };
            into.systolic = component(SYSTOLIC);
            into.diastolic = component(DIASTOLIC);
        }
        "oxygen" => into.oxygen = body["valueBoolean"].as_bool(),
        "consciousness" => {
            into.consciousness = code(&body["valueCodeableConcept"], ACVPU).and_then(Consciousness::from_code);
        }
        _ => {
            for (name, number) in into.numbers_mut() {
                if name == field {
                    *number = typed(&body["valueQuantity"]);
                }
            }
        }
    }
}

fn read_lab(body: &Value, at: Time) -> Lab {
    let quantity = &body["valueQuantity"];
    let range = &body["referenceRange"][0];
    let unit = text(&quantity["unit"]).or_else(|| text(&extension(body, UNIT)["valueString"]));
    Lab {
        name: text(&body["code"]["text"]).unwrap_or_default(),
        value: text(&body["valueString"]).or_else(|| typed(quantity)).unwrap_or_default(),
        unit: unit.unwrap_or_default(),
        low: typed(&range["low"]),
        high: typed(&range["high"]),
        time: at,
    }
}
