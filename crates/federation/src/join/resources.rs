//! How a hospital's joining, its gateway and its probes are written as FHIR and read back: the only place that knows.

use super::model::{Confirmed, Contact, Join, Joined, State};
use super::probe::{Figure, Probe, ProbeState};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use platform::case::{read_who, write_who};
use platform::codes;
use serde_json::{Number, Value, json};

/// Names a joining by its hospital.
pub const JOIN: &str = "urn:consilium:join";
/// States of a joining, in `Task.businessStatus`.
const STATE: &str = "urn:consilium:join-state";
/// Names a gateway by the hash of its key.
const KEY: &str = "urn:consilium:gateway-key";
/// HL7's words for why a device is in its state.
const REASON: &str = "http://terminology.hl7.org/CodeSystem/device-status-reason";
/// Probes, and what came of them.
const PROBE: &str = "urn:consilium:probe";
const PROBE_STATE: &str = "urn:consilium:probe-state";
const FIGURE: &str = "urn:consilium:probe-figure";
const UCUM: &str = "http://unitsofmeasure.org";
const SECRET: &str = "urn:consilium:ext:secret-sha256";
const SINCE: &str = "urn:consilium:ext:since";
const POINT: &str = "urn:consilium:ext:public-key";
const CHAIN: &str = "urn:consilium:ext:certificate";
const UNTIL: &str = "urn:consilium:ext:certificate-until";
const CLOCK: &str = "urn:consilium:ext:clock-off";
const TOOK: &str = "urn:consilium:ext:took";
const SIDE: &str = "urn:consilium:join-side";
/// ASTM E1762-95, verification signature: somebody attests that what is written is so.
const ATTESTED: &str = "1.2.840.10065.1.12.1.5";

/// A gateway, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gateway {
    /// Its id.
    pub id: Id,
    /// Where it stands.
    pub hospital: Id,
    /// Its public key, a point of P-256.
    pub point: Vec<u8>,
    /// Its certificate and the one above, PEM.
    pub chain_pem: String,
    /// The certificate's end.
    pub until: Time,
    /// The program's version.
    pub version: String,
    /// Its key opens something.
    pub active: bool,
    /// Whether it is heard of, and since when; none before its first heartbeat.
    pub heard: Option<(bool, Time)>,
    /// Its clock is off by more than a minute.
    pub clock_off: bool,
}

/// The last run of the probes.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Of which gateway.
    pub gateway: Id,
    /// Where it stands.
    pub hospital: Id,
    /// When the centre heard of it.
    pub at: Time,
    /// What came of each.
    pub probes: Vec<Probe>,
}

/// The Task of a hospital's joining.
pub fn join_at(hospital: &Id) -> Reference {
    Reference::new(ResourceType::TASK, hospital.clone())
}

/// The Device of a gateway.
pub fn gateway_at(id: &Id) -> Reference {
    Reference::new(ResourceType::DEVICE, id.clone())
}

/// The report of a gateway's probes.
pub fn report_at(id: &Id) -> Reference {
    let ty = ResourceType::from_name("DiagnosticReport").unwrap_or(ResourceType::BASIC);
    Reference::new(ty, id.clone())
}

fn concept(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": system, "code": code}]})
}

fn code_of<'a>(concept: &'a Value, system: &str) -> Option<&'a str> {
    items(&concept["coding"]).iter().find(|c| c["system"] == system)?["code"].as_str()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn extension<'a>(body: &'a Value, url: &str) -> Option<&'a Value> {
    items(&body["extension"]).iter().find(|e| e["url"] == url)
}

fn time(value: &Value) -> Option<Time> {
    value.as_str()?.parse().ok()
}

fn refers(value: &Value, ty: ResourceType) -> Option<Id> {
    let at: Reference = value["reference"].as_str()?.parse().ok()?;
    (at.ty == ty).then_some(at.id)
}

impl Join {
    /// The Task.
    pub fn write(&self) -> Value {
        let (status, state) = match &self.state {
            State::Invited => ("requested", "invited"),
            State::Joined(joined) if joined.is_accepted() => ("completed", "accepted"),
            State::Joined(_) => ("in-progress", "joined"),
            State::Withdrawn { .. } => ("cancelled", "withdrawn"),
        };
        let hospital = json!({"reference": format!("Organization/{}", self.hospital)});
        let telecom = json!([{"system": "phone", "value": self.contact.phone}]);
        let mut body = json!({
            "resourceType": "Task",
            "id": self.hospital,
            "extension": [{"url": SECRET, "valueString": self.secret_sha256}, {"url": SINCE, "valueInstant": self.since.to_string()}],
            "identifier": [{"system": JOIN, "value": self.hospital}],
            "status": status,
            "businessStatus": concept(STATE, state),
            "intent": "order",
            "code": concept(codes::TASK, "join"),
            "authoredOn": self.invited_at.to_string(),
            "requester": write_who(&self.invited_by),
            "owner": hospital,
            "restriction": {"period": {"start": self.invited_at.to_string(), "end": self.until.to_string()}},
            "input": [{"type": {"text": "contact"}, "valueContactDetail": {"name": self.contact.name, "telecom": telecom}}],
        });
        let gateway = match &self.state {
            State::Invited => None,
            State::Joined(joined) => Some(&joined.gateway),
            State::Withdrawn { gateway } => gateway.as_ref(),
        };
        if let Some(gateway) = gateway {
            body["focus"] = json!({"reference": gateway_at(gateway).to_string()});
        }
        let State::Joined(joined) = &self.state else { return body };
        let key = json!({"url": KEY, "valueString": joined.key});
        body["extension"].as_array_mut().into_iter().for_each(|all| all.push(key.clone()));
        let said = [("centre", &joined.centre), ("hospital", &joined.own)];
        let said: Vec<Value> =
            said.into_iter().filter_map(|(side, by)| by.as_ref().map(|by| output(side, by))).collect();
        if !said.is_empty() {
            body["output"] = said.into();
        }
        body
    }

    /// Reads [`Join::write`]; none when it is no joining.
    pub fn read(body: &Value) -> Option<Self> {
        let hospital = items(&body["identifier"]).iter().find(|i| i["system"] == JOIN)?["value"].as_str()?;
        let contact = &body["input"][0]["valueContactDetail"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let gateway = refers(&body["focus"], ResourceType::DEVICE);
        let confirmed = |side: &str| {
            let by = items(&body["output"]).iter().find(|o| code_of(&o["type"], SIDE) == Some(side))?;
            let signature = &by["valueSignature"];
            Some(Confirmed { who: read_who(&signature["who"])?, at: time(&signature["when"])? })
        };
        let state = match code_of(&body["businessStatus"], STATE)? {
            "invited" => State::Invited,
            "withdrawn" => State::Withdrawn { gateway },
            _ => State::Joined(Joined {
                gateway: gateway?,
                key: extension(body, KEY)?["valueString"].as_str()?.to_owned(),
                centre: confirmed("centre"),
                own: confirmed("hospital"),
            }),
        };
        Some(Self {
            hospital: Id::new(hospital).ok()?,
            contact: Contact { name: text(&contact["name"]), phone: text(&contact["telecom"][0]["value"]) },
            invited_by: read_who(&body["requester"])?,
            invited_at: time(&body["authoredOn"])?,
            until: time(&body["restriction"]["period"]["end"])?,
            secret_sha256: extension(body, SECRET)?["valueString"].as_str()?.to_owned(),
            state,
            since: time(&extension(body, SINCE)?["valueInstant"])?,
        })
    }
}

fn output(side: &str, by: &Confirmed) -> Value {
    let kind = json!([{"system": "urn:iso-astm:E1762-95:2013", "code": ATTESTED}]);
    json!({"type": concept(SIDE, side),
        "valueSignature": {"type": kind, "when": by.at.to_string(), "who": write_who(&by.who)}})
}

impl Gateway {
    /// The Device.
    pub fn write(&self) -> Value {
        let mut body = json!({
            "resourceType": "Device",
            "id": self.id,
            "extension": [
                {"url": POINT, "valueBase64Binary": STANDARD.encode(&self.point)},
                {"url": CHAIN, "valueString": self.chain_pem},
                {"url": UNTIL, "valueInstant": self.until.to_string()},
                {"url": CLOCK, "valueBoolean": self.clock_off},
            ],
            "identifier": [{"system": KEY, "value": super::invitation::hash(&self.point)}],
            "status": if self.active { "active" } else { "inactive" },
            "type": concept(codes::DEVICE, "gateway"),
            "version": [{"value": self.version}],
            "owner": {"reference": format!("Organization/{}", self.hospital)},
        });
        if let Some((online, since)) = self.heard {
            let code = if online { "online" } else { "offline" };
            body["statusReason"] = json!([concept(REASON, code)]);
            body["statusReason"][0]["extension"] = json!([{"url": SINCE, "valueInstant": since.to_string()}]);
        }
        body
    }

    /// Reads [`Gateway::write`]; none when it is no gateway.
    pub fn read(body: &Value) -> Option<Self> {
        if code_of(&body["type"], codes::DEVICE) != Some("gateway") {
            return None;
        }
        let reason = &body["statusReason"][0];
        let heard = || {
            let since = time(&extension(reason, SINCE)?["valueInstant"])?;
            Some((code_of(reason, REASON)? == "online", since))
        };
        Some(Self {
            id: Id::new(body["id"].as_str()?).ok()?,
            hospital: refers(&body["owner"], ResourceType::ORGANIZATION)?,
            point: STANDARD.decode(extension(body, POINT)?["valueBase64Binary"].as_str()?).ok()?,
            chain_pem: extension(body, CHAIN)?["valueString"].as_str()?.to_owned(),
            until: time(&extension(body, UNTIL)?["valueInstant"])?,
            version: body["version"][0]["value"].as_str()?.to_owned(),
            active: body["status"] == "active",
            heard: heard(),
            clock_off: extension(body, CLOCK)?["valueBoolean"] == true,
        })
    }
}

impl Report {
    /// The DiagnosticReport, with an Observation for each probe inside.
    pub fn write(&self) -> Value {
        let subject = json!({"reference": gateway_at(&self.gateway).to_string()});
        let passed = self.probes.iter().filter(|p| p.state == ProbeState::Passed).count();
        json!({
            "resourceType": "DiagnosticReport",
            "id": self.gateway,
            "contained": self.probes.iter().map(|p| observation(p, &subject, self.at)).collect::<Vec<_>>(),
            "identifier": [{"system": JOIN, "value": format!("{}/probes", self.hospital)}],
            "status": "final",
            "code": concept(PROBE, "all"),
            "subject": subject,
            "effectiveDateTime": self.at.to_string(),
            "issued": self.at.to_string(),
            "performer": [{"reference": format!("Organization/{}", self.hospital)}],
            "result": self.probes.iter().map(|p| json!({"reference": format!("#{}", p.name)})).collect::<Vec<_>>(),
            "conclusion": format!("{passed} of {} passed", self.probes.len()),
        })
    }

    /// Reads [`Report::write`]; none when it is no report of probes.
    pub fn read(body: &Value) -> Option<Self> {
        code_of(&body["code"], PROBE).filter(|code| *code == "all")?;
        Some(Self {
            gateway: refers(&body["subject"], ResourceType::DEVICE)?,
            hospital: refers(&body["performer"][0], ResourceType::ORGANIZATION)?,
            at: time(&body["issued"])?,
            probes: items(&body["contained"]).iter().filter_map(read_observation).collect(),
        })
    }
}

fn observation(probe: &Probe, subject: &Value, at: Time) -> Value {
    let mut body = json!({
        "resourceType": "Observation",
        "id": probe.name,
        "extension": [{"url": TOOK, "valueQuantity": {"value": probe.took_ms, "unit": "ms", "system": UCUM, "code": "ms"}}],
        "status": "final",
        "code": concept(PROBE, &probe.name),
        "subject": subject,
        "effectiveDateTime": probe.tried.as_ref().map_or(at, |by| by.at).to_string(),
        "valueCodeableConcept": concept(PROBE_STATE, probe.state.code()),
    });
    if let Some(by) = &probe.tried {
        body["performer"] = json!([write_who(&by.who)]);
    }
    if !probe.said.is_empty() {
        body["note"] = json!([{"text": probe.said}]);
    }
    if !probe.figures.is_empty() {
        body["component"] = probe.figures.iter().map(component).collect();
    }
    body
}

fn component(figure: &Figure) -> Value {
    let value = Number::from_f64(figure.value).map_or(Value::Null, Value::Number);
    json!({"code": concept(FIGURE, &figure.name),
        "valueQuantity": {"value": value, "unit": figure.unit, "system": UCUM, "code": figure.unit}})
}

fn read_observation(body: &Value) -> Option<Probe> {
    let figure = |c: &Value| {
        let quantity = &c["valueQuantity"];
        let (name, unit) = (code_of(&c["code"], FIGURE)?.to_owned(), quantity["code"].as_str()?.to_owned());
        Some(Figure { name, value: quantity["value"].as_f64()?, unit })
    };
    Some(Probe {
        name: code_of(&body["code"], PROBE)?.to_owned(),
        state: ProbeState::from_code(code_of(&body["valueCodeableConcept"], PROBE_STATE)?)?,
        figures: items(&body["component"]).iter().filter_map(figure).collect(),
        took_ms: extension(body, TOOK)?["valueQuantity"]["value"].as_u64()?,
        said: body["note"][0]["text"].as_str().unwrap_or_default().to_owned(),
        tried: read_who(&body["performer"][0])
            .and_then(|who| Some(Confirmed { who, at: time(&body["effectiveDateTime"])? })),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::join::model::tests::{id, invited, noon, who};
    use crate::join::probe::OF_GATEWAY;
    use crate::join::probe::tests::passed;
    use fhir::validate::{Options, validate};

    fn stands(body: &Value) {
        let found = validate(body, Options { warnings: false, ..Options::default() });
        assert!(found.is_empty(), "{found:#?}\n{body:#}");
    }

    #[test]
    fn a_joining_stands_and_comes_back_in_each_state() {
        let joined = invited().joined(id("g"), "aa".into(), noon());
        let one = joined.clone().confirmed(Confirmed { who: who("province"), at: noon() }).unwrap();
        let both = one.clone().confirmed(Confirmed { who: who("guangshan"), at: noon() }).unwrap();
        let gone = both.clone().withdrawn(noon()).unwrap();
        for (join, status) in [
            (invited(), "requested"),
            (joined, "in-progress"),
            (one, "in-progress"),
            (both, "completed"),
            (gone, "cancelled"),
            (invited().withdrawn(noon()).unwrap(), "cancelled"),
        ] {
            let body = join.write();
            stands(&body);
            assert_eq!(body["status"], status);
            assert_eq!(Join::read(&body), Some(join));
        }
        assert_eq!(Join::read(&json!({"resourceType": "Task"})), None);
    }

    #[test]
    fn a_gateway_stands_and_comes_back() {
        for heard in [None, Some((true, noon())), Some((false, noon()))] {
            let gateway = Gateway {
                id: id("g"),
                hospital: id("guangshan"),
                point: vec![4; 65],
                chain_pem: "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n".into(),
                until: noon(),
                version: "0.1.0".into(),
                active: heard.is_some(),
                heard,
                clock_off: heard.is_none(),
            };
            let body = gateway.write();
            stands(&body);
            assert_eq!(Gateway::read(&body), Some(gateway));
        }
        assert_eq!(Gateway::read(&json!({"resourceType": "Device", "id": "x"})), None);
    }

    #[test]
    fn a_report_stands_and_comes_back() {
        let mut probes: Vec<Probe> = OF_GATEWAY.iter().map(|name| passed(name)).collect();
        probes[3].state = ProbeState::Hung;
        probes[3].said = "no answer".into();
        probes.push(Probe::not_tried("camera"));
        let by = Confirmed { who: who("guangshan"), at: noon() + jiff::SignedDuration::from_secs(90) };
        probes.push(Probe { tried: Some(by), ..passed("loudspeaker") });
        let report = Report { gateway: id("g"), hospital: id("guangshan"), at: noon(), probes };
        let body = report.write();
        stands(&body);
        assert_eq!(body["conclusion"], "5 of 7 passed");
        assert_eq!(Report::read(&body), Some(report));
        assert_eq!(report_at(&id("g")).to_string(), "DiagnosticReport/g");
    }
}
