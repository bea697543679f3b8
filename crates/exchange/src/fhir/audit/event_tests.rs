use super::*;
use ::fhir::validate::{Options, Severity, validate};
use kernel::Id;
use records::Act;
use serde_json::Map;

fn at(text: &str) -> Reference {
    text.parse().unwrap()
}

fn version(of: &str, version: u64, sha256: &str) -> Versioned {
    Versioned { at: at(of), version, sha256: sha256.into() }
}

/// An entry of a doctor's, about a patient.
fn entry(what: &str, params: Value, versions: Vec<Versioned>) -> Entry {
    let Value::Object(params) = params else { panic!("an object") };
    let act = Act {
        person: Some(Id::new("li-wei").unwrap()),
        role: Some(Role::Specialist),
        hospital: Some(Id::new("h1").unwrap()),
        patient: Some(at("Patient/p")),
        why: Some("重症肺炎".into()),
        params,
        ..Act::system(what)
    };
    let recorded = "2026-11-21T02:05:00.120Z".parse().unwrap();
    Entry { number: 7, at: recorded, act, versions, hash: [0xab; 32] }
}

fn read() -> Value {
    json!({"read": true, "allowed": true})
}

fn made(entry: &Entry) -> Value {
    let made = event(entry, &Names { base: "https://here/fhir", person: Some("李伟") });
    let found = validate(&made, Options { warnings: false, ..Options::default() });
    let errors: Vec<_> = found.iter().filter(|f| f.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}\n{made:#}");
    assert!(!made.to_string().contains("重症肺炎"), "what was typed is not shown");
    made
}

fn codes(made: &Value) -> [String; 4] {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    [text(&made["type"]["code"]), text(&made["subtype"][0]["code"]), text(&made["action"]), text(&made["outcome"])]
}

/// The entities of a type of BALP's.
fn of_type<'a>(list: &'a Value, code: &str) -> Vec<&'a Value> {
    list.as_array()
        .unwrap()
        .iter()
        .filter(|e| e["type"]["system"] == ENTITY_TYPE && e["type"]["code"] == code)
        .collect()
}

/// The agents of a type of BALP's.
fn agents_as<'a>(made: &'a Value, code: &str) -> Vec<&'a Value> {
    made["agent"].as_array().unwrap().iter().filter(|a| a["type"]["coding"][0]["code"] == code).collect()
}

/// What the StructureDefinitions of BALP 1.1.4 (package `ihe.iti.balp`, 2025-10-31) ask of each pattern: interaction, action,
/// the codes of client, server and user.
const BALP: [(&str, &str, &str, [&str; 3]); 4] = [
    ("Create", "create", "C", ["110153", "110152", "AUT"]),
    ("Delete", "delete", "D", ["110150", "custodian", "AUT"]),
    ("Read", "read", "R", ["110152", "110153", "IRCP"]),
    ("Update", "update", "U", ["110153", "110152", "AUT"]),
];

#[test]
fn each_pattern_has_what_balp_asks() {
    for (name, interaction, action, [client, server, user]) in BALP {
        for of_patient in [true, false] {
            let versions = match name {
                "Create" => vec![version("Task/t", 1, "00")],
                "Delete" => vec![version("Task/t", 3, DELETED)],
                "Update" => vec![version("Task/t", 2, "00")],
                _ => vec![],
            };
            let params = if name == "Read" { read() } else { json!({}) };
            let mut entry = entry("consult.show", params, versions);
            entry.act.about = vec![at("Task/t")];
            if !of_patient {
                entry.act.patient = None;
            }
            let made = made(&entry);
            assert_eq!(codes(&made), ["rest", interaction, action, "0"]);
            let whose = if of_patient { "Patient" } else { "" };
            assert_eq!(made["meta"]["profile"], json!([profile(&format!("{whose}{name}"))]));
            assert!(PROFILES.contains(&format!("{whose}{name}").as_str()));
            for side in [client, server] {
                let side = agents_as(&made, side);
                assert_eq!(side.len(), 1, "{name}");
                assert!(side[0]["who"].is_object() && side[0]["network"].is_object() && side[0]["media"].is_null());
            }
            let user = agents_as(&made, user);
            assert_eq!(user.len(), 1, "{name}");
            assert_eq!(
                (&user[0]["requestor"], &user[0]["who"]["reference"]),
                (&json!(true), &json!("Practitioner/li-wei"))
            );
            assert_eq!(
                (&user[0]["name"], &user[0]["role"][0]["coding"][0]["code"]),
                (&json!("李伟"), &json!("specialist"))
            );
            assert!(user[0]["network"].is_null() && user[0]["media"].is_null());
            let asked = made["agent"].as_array().unwrap().iter().filter(|a| a["requestor"] == true).count();
            assert_eq!(asked, 1, "one asked");
            let data = of_type(&made["entity"], "2");
            assert_eq!(data.len(), 1, "{name}");
            assert_eq!((&data[0]["role"]["system"], &data[0]["role"]["code"]), (&json!(OBJECT_ROLE), &json!("4")));
            let what =
                if name == "Read" { "Task/t".into() } else { format!("Task/t/_history/{}", entry.versions[0].version) };
            assert_eq!(data[0]["what"]["reference"], what);
            let patients = of_type(&made["entity"], "1");
            assert_eq!(patients.len(), usize::from(of_patient));
            for patient in patients {
                assert_eq!(
                    (&patient["what"]["reference"], &patient["role"]["code"]),
                    (&json!("Patient/p"), &json!("1"))
                );
            }
            assert_eq!(made["source"]["observer"]["identifier"]["value"], "https://here/fhir");
        }
    }
}

#[test]
fn what_the_ledger_says_of_an_act() {
    for (what, params, expected) in [
        ("consult.inbox", read(), ["rest", "search-type", "E", "0"]),
        ("session.open", json!({}), ["110114", "110122", "E", "0"]),
        ("session.refused", json!({"outcome": "password"}), ["110114", "110122", "E", "4"]),
        ("session.close", json!({}), ["110114", "110123", "E", "0"]),
        ("settings.change", json!({}), ["rest", "operation", "E", "0"]),
        ("access.break_glass", json!({"allowed": false}), ["rest", "operation", "E", "4"]),
    ] {
        let mut entry = entry(what, params, vec![]);
        entry.act.patient = None;
        let made = made(&entry);
        assert_eq!(codes(&made), expected, "{what}");
        assert!(made["meta"]["profile"].is_null() && made["purposeOfEvent"].is_null(), "{what}");
    }
    for (what, expected) in [
        ("fhir.search", ["rest", "search-type", "E", "0"]),
        ("fhir.everything", ["rest", "operation", "E", "0"]),
        ("fhir.vread", ["rest", "vread", "R", "0"]),
        ("fhir.history", ["rest", "history-instance", "R", "0"]),
        ("patient.show", ["rest", "read", "R", "0"]),
    ] {
        assert_eq!(codes(&made(&entry(what, read(), vec![]))), expected, "{what}");
    }
    let refused = made(&entry("consult.show", json!({"read": true, "allowed": false}), vec![]));
    assert_eq!(
        (&refused["outcome"], &refused["meta"]["profile"]),
        (&json!("4"), &Value::Null),
        "patterns are of successes"
    );
}

#[test]
fn in_need_is_said() {
    let read_in_need = made(&entry("consult.show", json!({"read": true, "allowed": true, "glass": true}), vec![]));
    let opened = made(&entry("access.break_glass", json!({"allowed": true}), vec![version("Task/g", 1, "00")]));
    for made in [read_in_need, opened] {
        assert_eq!(made["purposeOfEvent"][0]["coding"][0]["code"], "ETREAT");
    }
}

#[test]
fn programs_and_the_system_act_themselves() {
    let mut program = entry("fhir.create", json!({"client": "his"}), vec![version("Basic/b", 1, "00")]);
    program.act.role = Some(Role::Client);
    let program = made(&program);
    let client = agents_as(&program, "110153")[0];
    assert_eq!(
        client["who"],
        json!({"type": "Device", "identifier": {"system": CLIENT, "value": "li-wei"}, "display": "his"})
    );
    assert_eq!((client["requestor"].clone(), program["agent"].as_array().unwrap().len()), (json!(true), 2));
    let mut timer = entry("timer.first_look", json!({}), vec![version("Task/t", 4, "00")]);
    (timer.act.person, timer.act.role, timer.act.hospital) = (None, None, None);
    let timer = made(&timer);
    let client = agents_as(&timer, "110153")[0];
    assert_eq!((&client["requestor"], &client["who"]), (&json!(true), &timer["source"]["observer"]));
}

#[test]
fn everything_written_is_listed_once_and_bounded() {
    let mut one =
        entry("consult.assign", json!({}), vec![version("Task/c", 3, "00"), version("Appointment/c", 1, "00")]);
    one.act.about = vec![at("ServiceRequest/c"), at("Task/c")];
    one.act.case = Some(at("ServiceRequest/c"));
    let made_one = made(&one);
    let what: Vec<_> =
        made_one["entity"].as_array().unwrap().iter().filter_map(|e| e["what"]["reference"].as_str()).collect();
    assert_eq!(what, ["Task/c/_history/3", "Patient/p", "Appointment/c/_history/1", "ServiceRequest/c"]);
    let ledger = of_type(&made_one["entity"], "4")[0];
    let details: Map<String, Value> = ledger["detail"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| (d["type"].as_str().unwrap().into(), d["valueString"].clone()))
        .collect();
    assert_eq!(details["act"], "consult.assign");
    assert_eq!(details["number"], "7");
    assert_eq!(details["hash"], "ab".repeat(32));
    assert_eq!(details["hospital"], "h1");

    let many = (0..5_000).map(|n| version(&format!("Observation/o{n}"), 1, "00")).collect();
    let many = made(&entry("fhir.bundle", json!({}), many));
    assert_eq!(many["entity"].as_array().unwrap().len(), LISTED_MAX + 3);
    assert!(many.to_string().contains(r#"{"type":"more","valueString":"4799"}"#));
}
