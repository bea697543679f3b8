//! What is written is FHIR R4 by the official definitions, and is read back as it was.

use super::contact::ContactKind;
use super::*;
use crate::outbreak::model::tests::{at as instant, report};
use crate::outbreak::severity::{self, Measured, Sign, Spo2, Values, guideline};
use fhir::validate::{Options, validate};
use kernel::Id;

fn stands(body: &Value) {
    let found = validate(body, Options { warnings: false, ..Options::default() });
    assert!(found.is_empty(), "{found:#?}\n{body:#}");
}

fn stored(body: &Value) -> Resource {
    Resource {
        at: at(&Id::new("r1").unwrap()),
        version: 1,
        stored_at: instant("2020-01-28T03:00:00Z"),
        custodian: Id::new("guangshan").unwrap(),
        case: None,
        patient: None,
        deleted: false,
        json: serde_json::to_vec(body).unwrap().into(),
    }
}

fn observation(id: &str) -> Reference {
    Reference::new(ResourceType::OBSERVATION, Id::new(id).unwrap())
}

#[test]
fn a_report_stands_and_comes_back_in_every_class() {
    let full = Report {
        exposures: vec![Exposure {
            kind: ExposureKind::Travel,
            text: "武汉来豫".into(),
            from: Some("2020-01-18".parse().unwrap()),
            to: None,
        }],
        evidence: vec![Evidence { at: observation("lab"), name: "新冠病毒核酸".into(), positive: true }],
        gradings: vec![
            Grading {
                grade: Grade::Severe,
                guideline: "covid-19-trial-8".into(),
                at: observation("g1"),
                effective: instant("2020-01-29T00:00:00Z"),
            },
            Grading {
                grade: Grade::Ordinary,
                guideline: "covid-19-trial-8".into(),
                at: observation("g2"),
                effective: instant("2020-01-28T12:00:00Z"),
            },
        ],
        contacts: vec![Reference::new(ResourceType::RELATED_PERSON, Id::new("c1").unwrap())],
        ..report()
    };
    assert_eq!(full.grade().map(|g| g.grade), Some(Grade::Severe), "the newest by the instant judged");
    let ends = [None, Some(End::Discharged), Some(End::Died)];
    for class in Class::ALL {
        for end in ends {
            let outcome = end.map(|end| Outcome { end, at: instant("2020-02-10T00:00:00Z") });
            for mut case in [full.clone(), report()] {
                (case.class, case.outcome) = (class, outcome);
                let body = write(&case).unwrap();
                stands(&body);
                assert_eq!(read(&stored(&body)).unwrap(), Some(case), "{class:?} {end:?}");
            }
        }
    }
    let other = json!({"resourceType": "Condition", "subject": {"reference": "Patient/p1"}});
    assert_eq!(read(&stored(&other)).unwrap(), None, "no report of ours");
}

#[test]
fn parts_of_a_report_stand_and_come_back() {
    let (case, patient) = (at(&Id::new("r1").unwrap()), report().patient);
    let now = instant("2020-01-29T00:00:00Z");
    let contact = Contact {
        name: "王敏".into(),
        kind: ContactKind::Close,
        relation: "配偶".into(),
        last_met: "2020-01-27".parse().unwrap(),
        phone: Some("138-0000-1111".into()),
        place: Some("光山县集中隔离点".into()),
    };
    let contact = contact.checked("2020-01-29".parse().unwrap()).unwrap();
    let body = contact.write(&case, &patient);
    stands(&body);
    assert_eq!(Contact::read(&body), Some(contact));
    for positive in [true, false] {
        let result = Laboratory { name: "新冠病毒核酸".into(), positive, value: "Ct 28".into(), at: now };
        stands(&write_laboratory(&result.checked(now).unwrap(), &case, &patient));
    }
    let measured = |value: f64, unit: &str| Measured { value, unit: unit.into(), at: now };
    let values = Values {
        respiratory_rate: Some(measured(32.0, "/min")),
        spo2: Some(Spo2 { measured: measured(93.5, "%"), at_rest: Some(true), on_air: None }),
        oxygenation: Some(severity::Oxygenation {
            ratio: measured(280.5, "mm[Hg]"),
            altitude_m: Some(110.0),
            atmospheric_mmhg: None,
        }),
        lesions: Some(severity::Lesions { growth: measured(60.0, "%"), first_at: instant("2020-01-27T12:00:00Z") }),
        fever: Some(measured(4.0, "d")),
        signs: [(Sign::Shock, false), (Sign::PneumoniaOnImages, true)].into(),
    };
    assert_eq!(input_values(&values, now), Ok(()));
    let inputs = write_inputs(&values, &case, &patient, now);
    assert_eq!(inputs.len(), 6);
    inputs.iter().for_each(stands);
    let judged = severity::judge(guideline::of("covid-19-trial-8").unwrap(), 480, &values);
    let body = write_grading(
        &judged,
        Grade::Severe,
        Some("影像科会诊"),
        now,
        &report().reporter,
        (&case, &patient, &[observation("i1")]),
    );
    stands(&body);
    let back = read_grading(&body).unwrap();
    assert_eq!((back.grade, back.guideline.as_str()), (Grade::Severe, "covid-19-trial-8"));
    assert_eq!(back.findings.len(), judged.findings.len());
    for (kept, told) in back.findings.iter().zip(&judged.findings) {
        assert_eq!((&kept.criterion, kept.verdict), (&told.criterion, told.verdict));
        assert_eq!((kept.value, &kept.text), (told.seen.as_ref().map(|s| s.value), &told.text.zh));
        assert_eq!(kept.seen_at, told.seen.as_ref().map(|s| s.at), "{}", kept.criterion);
    }
}

#[test]
fn values_past_their_bounds_are_named() {
    let now = instant("2020-01-29T00:00:00Z");
    let rate = |value: f64, unit: &str, at: &str| Values {
        respiratory_rate: Some(Measured { value, unit: unit.into(), at: instant(at) }),
        ..Values::default()
    };
    assert_eq!(input_values(&rate(200.0, "/min", "2020-01-29T00:00:00Z"), now), Ok(()));
    for values in [
        rate(200.1, "/min", "2020-01-29T00:00:00Z"),
        rate(-1.0, "/min", "2020-01-29T00:00:00Z"),
        rate(f64::INFINITY, "/min", "2020-01-29T00:00:00Z"),
        rate(20.0, "bpm", "2020-01-29T00:00:00Z"),
        rate(20.0, "/min", "2020-01-29T00:00:01Z"),
    ] {
        assert_eq!(input_values(&values, now), Err("respiratory_rate"), "{values:?}");
    }
    let far = |altitude_m: f64| Values {
        oxygenation: Some(severity::Oxygenation {
            ratio: Measured { value: 300.0, unit: "kPa".into(), at: now },
            altitude_m: Some(altitude_m),
            atmospheric_mmhg: None,
        }),
        ..Values::default()
    };
    assert_eq!(input_values(&far(9_000.0), now), Ok(()));
    assert_eq!(input_values(&far(9_000.1), now), Err("oxygenation.altitude_m"));
}
