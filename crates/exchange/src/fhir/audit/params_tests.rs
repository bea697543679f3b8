use super::*;
use serde_json::json;

const BASE: &str = "http://here/fhir";

fn of(query: &str, strict: bool) -> Result<Params, Refusal> {
    let now = "2026-11-21T10:00:00Z".parse().unwrap();
    Params::of(BASE, &crate::fhir::ask::pairs(query).unwrap(), strict, now)
}

fn event() -> Value {
    json!({
        "type": {"system": "http://t", "code": "rest"},
        "subtype": [{"system": "http://s", "code": "read"}, {"system": "urn:consilium:act", "code": "consult.show"}],
        "action": "R",
        "outcome": "0",
        "agent": [
            {"who": {"type": "Device", "identifier": {"system": "urn:x", "value": "his"}}},
            {"who": {"reference": "Practitioner/li-wei"}},
        ],
        "entity": [{"what": {"reference": "ServiceRequest/c"}}, {"what": {"reference": "Patient/p"}},
            {"what": {"reference": "Observation/o/_history/3"}}, {"what": {"identifier": {"value": "7"}}}],
    })
}

#[test]
fn an_event_fits_or_does_not() {
    for (query, fits) in [
        ("", true),
        ("action=R", true),
        ("action=C,R", true),
        ("action=C", false),
        ("action=http://hl7.org/fhir/audit-event-action|R", true),
        ("action=http://other|R", false),
        ("outcome=0", true),
        ("outcome=4,8", false),
        ("type=rest", true),
        ("type=http://t|rest&subtype=read", true),
        ("type=http://t|", true),
        ("type=|rest", false),
        ("type=http://x|rest", false),
        ("subtype=urn:consilium:act|consult.show", true),
        ("subtype=consult", false),
        ("agent=Practitioner/li-wei", true),
        ("agent=li-wei", true),
        ("agent=http://here/fhir/Practitioner/li-wei", true),
        ("agent=Patient/li-wei", false),
        ("agent=Device/his", true),
        ("agent=Practitioner/his", false),
        ("entity=ServiceRequest/c", true),
        ("entity=Observation/o", true),
        ("entity=Observation/o/_history/3", true),
        ("entity=Observation/o/_history/2", false),
        ("entity=Patient/p&entity=Observation/o", true),
        ("entity=Patient/p&entity=Observation/x", false),
        ("entity=7", false),
        ("patient=p", true),
        ("patient=Patient/p", true),
        ("patient=Patient/q", false),
    ] {
        assert_eq!(of(query, true).unwrap().fits(&event()), fits, "{query}");
    }
}

#[test]
fn times_and_their_prefixes() {
    for (query, at, is) in [
        ("date=2026-11-21", "2026-11-21T23:59:59.999Z", true),
        ("date=2026-11-21", "2026-11-22T00:00:00Z", false),
        ("date=ge2026-11-21", "2026-11-21T00:00:00Z", true),
        ("date=gt2026-11-21", "2026-11-21T23:00:00Z", false),
        ("date=sa2026-11-21", "2026-11-22T00:00:00Z", true),
        ("date=lt2026-11-21", "2026-11-20T23:59:59.999Z", true),
        ("date=eb2026-11-21", "2026-11-21T00:00:00Z", false),
        ("date=le2026-11", "2026-11-30T23:00:00Z", true),
        ("date=ne2026-11-21", "2026-11-21T05:00:00Z", false),
        ("date=ne2026-11-21", "2026-11-22T05:00:00Z", true),
        ("date=ap2026-11-11", "2026-11-10T12:00:00Z", true),
        ("date=ap2026-11-11", "2026-11-08T12:00:00Z", false),
        ("date=2026-11-20,2026-11-22", "2026-11-22T05:00:00Z", true),
        ("date=2026-11-20,2026-11-22", "2026-11-21T05:00:00Z", false),
        ("date=ge2026-11-20&date=lt2026-11-21", "2026-11-20T05:00:00Z", true),
        ("date=ge2026-11-20&_lastUpdated=lt2026-11-21", "2026-11-21T05:00:00Z", false),
    ] {
        assert_eq!(of(query, true).unwrap().is_in_time(at.parse().unwrap()), is, "{query} {at}");
    }
    let span = of("date=ge2026-11-20&date=lt2026-11-21", true).unwrap();
    let ms = |at: &str| at.parse::<Time>().unwrap().as_millisecond();
    assert_eq!(span.from_ms, Some(ms("2026-11-20T00:00:00Z")));
    assert_eq!(span.until_ms, Some(ms("2026-11-21T00:00:00Z")));
}

#[test]
fn what_is_asked_is_known_refused_or_named() {
    for (query, code) in [
        ("patient=p,q", "fhir.patient"),
        ("patient=p&patient=q", "fhir.patient"),
        ("patient=Observation/p", "fhir.patient"),
        ("patient.name=x", "fhir.modifier"),
        ("patient:Patient=x", "fhir.modifier"),
        ("date:missing=true", "fhir.modifier"),
        ("date=yesterday", "fhir.no-date"),
        ("date=é2026", "fhir.no-date"),
        ("date=zz2026", "fhir.no-date"),
        ("entity=Nothing/x", "fhir.reference"),
        ("agent=a_b", "fhir.reference"),
        ("_summary=count", "fhir.not-counted"),
        ("_count=0", "fhir.not-counted"),
        ("_count=-1", "fhir.count"),
    ] {
        let refusal = of(query, false).unwrap_err();
        assert_eq!(refusal.status, 400, "{query}");
        assert_eq!(refusal.outcome()["issue"][0]["details"]["coding"][0]["code"], code, "{query}");
    }
    assert_eq!(of(&format!("_id={}", vec!["ledger-1"; 101].join(",")), false).unwrap_err().status, 400);
    for (query, ignored) in [
        ("_sort=-date&_total=none&_count=10", 0),
        ("_sort=date", 1),
        ("_total=accurate", 1),
        ("address=1.2.3.4&_include=AuditEvent:patient", 2),
    ] {
        let params = of(query, false).unwrap();
        assert_eq!(params.ignored.len(), ignored, "{query}");
        assert_eq!(of(query, true).is_err(), ignored > 0, "{query}");
    }
    let params = of("_id=ledger-3,ledger-7,ledger-3,x&_count=1000000000&entity=ServiceRequest/c", true).unwrap();
    assert_eq!(params.ids, Some(vec![7, 3]));
    assert_eq!(params.count, COUNT_MAX);
    assert_eq!(params.case.unwrap().to_string(), "ServiceRequest/c");
}

#[test]
fn what_is_told_is_what_is_parsed() {
    let value = |kind: &str| match kind {
        "date" => "2026",
        _ => "x",
    };
    for (name, kind) in SPOKEN {
        let params = of(&format!("{name}={}", value(kind)), true).unwrap();
        assert_eq!(params.used.len(), 1, "{name}");
    }
}
