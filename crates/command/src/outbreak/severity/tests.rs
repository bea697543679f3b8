//! Every threshold from both sides; both sides of each age; what is missing is never normal.

use super::*;
use proptest::prelude::*;

const ADULT: u32 = 480;
const CHILD: u32 = 36;

fn v8() -> &'static Guideline {
    guideline::of("covid-19-trial-8").unwrap()
}

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

fn measured(value: f64, unit: &str) -> Measured {
    Measured { value, unit: unit.to_owned(), at: at("2020-09-01T08:00:00Z") }
}

/// Everything looked at, nothing of it bad.
fn well() -> Values {
    let all = [
        Sign::RespiratoryFailureVentilated,
        Sign::Shock,
        Sign::OrganFailureInIntensiveCare,
        Sign::FlaringOrRetractions,
        Sign::DrowsinessOrConvulsion,
        Sign::RefusesFeedDehydrated,
        Sign::PneumoniaOnImages,
    ];
    Values {
        respiratory_rate: Some(measured(18.0, "/min")),
        spo2: Some(Spo2 { measured: measured(98.0, "%"), at_rest: Some(true), on_air: Some(true) }),
        oxygenation: Some(Oxygenation {
            ratio: measured(450.0, "mm[Hg]"),
            altitude_m: Some(110.0),
            atmospheric_mmhg: None,
        }),
        lesions: Some(Lesions { growth: measured(0.0, "%"), first_at: at("2020-08-31T02:00:00Z") }),
        fever: Some(measured(0.0, "d")),
        signs: all.into_iter().map(|sign| (sign, false)).collect(),
    }
}

fn verdict(age: u32, values: &Values, criterion: &str) -> (Verdict, Option<&'static str>) {
    let judged = judge(v8(), age, values);
    let found = judged.findings.iter().find(|f| f.criterion == criterion);
    let found = found.unwrap_or_else(|| panic!("{criterion} does not speak of {age} months"));
    (found.verdict, found.why)
}

fn rate(value: f64) -> Values {
    Values { respiratory_rate: Some(measured(value, "/min")), ..well() }
}

fn saturation(value: f64) -> Values {
    let spo2 = Spo2 { measured: measured(value, "%"), at_rest: Some(true), on_air: Some(true) };
    Values { spo2: Some(spo2), ..well() }
}

fn ratio(value: f64, unit: &str, altitude_m: Option<f64>, atmospheric_mmhg: Option<f64>) -> Values {
    Values { oxygenation: Some(Oxygenation { ratio: measured(value, unit), altitude_m, atmospheric_mmhg }), ..well() }
}

fn lesions(percent: f64, first_at: &str) -> Values {
    Values { lesions: Some(Lesions { growth: measured(percent, "%"), first_at: at(first_at) }), ..well() }
}

#[test]
fn each_limit_from_both_sides() {
    use Verdict::{Met, NotMet};
    let fever = |days: f64| Values { fever: Some(measured(days, "d")), ..well() };
    let cases: Vec<(&str, u32, Values, Verdict)> = vec![
        ("adult-respiratory-rate", ADULT, rate(29.0), NotMet),
        ("adult-respiratory-rate", ADULT, rate(30.0), Met),
        ("adult-spo2", ADULT, saturation(93.1), NotMet),
        ("adult-spo2", ADULT, saturation(93.0), Met),
        ("child-spo2", CHILD, saturation(94.0), NotMet),
        ("child-spo2", CHILD, saturation(93.0), Met),
        ("adult-pao2-fio2", ADULT, ratio(300.1, "mm[Hg]", Some(100.0), None), NotMet),
        ("adult-pao2-fio2", ADULT, ratio(300.0, "mm[Hg]", Some(100.0), None), Met),
        ("adult-pao2-fio2", ADULT, ratio(39.91, "kPa", None, None), NotMet),
        ("adult-pao2-fio2", ADULT, ratio(39.89, "kPa", None, None), Met),
        // At 1,000 m nothing is corrected, above it is: 260 x 760 / 650 = 304; 256 x 760 / 650 = 299.3.
        ("adult-pao2-fio2", ADULT, ratio(260.0, "mm[Hg]", Some(1000.0), Some(650.0)), Met),
        ("adult-pao2-fio2", ADULT, ratio(260.0, "mm[Hg]", Some(1000.1), Some(650.0)), NotMet),
        ("adult-pao2-fio2", ADULT, ratio(256.0, "mm[Hg]", Some(1000.1), Some(650.0)), Met),
        // Who is up there without a barometer and above the limit is above it corrected too.
        ("adult-pao2-fio2", ADULT, ratio(301.0, "mm[Hg]", Some(3600.0), None), NotMet),
        // An altitude nobody gave makes nothing normal.
        ("adult-pao2-fio2", ADULT, ratio(300.0, "mm[Hg]", None, None), Met),
        // 24 and 48 hours before 08:00.
        ("adult-lesions", ADULT, lesions(50.0, "2020-08-30T08:00:00Z"), NotMet),
        ("adult-lesions", ADULT, lesions(50.1, "2020-08-30T08:00:00Z"), Met),
        ("adult-lesions", ADULT, lesions(50.1, "2020-08-31T08:00:00Z"), Met),
        ("child-fever", CHILD, fever(3.0), NotMet),
        ("child-fever", CHILD, fever(3.5), Met),
        ("child-respiratory-rate", 1, rate(59.0), NotMet),
        ("child-respiratory-rate", 1, rate(60.0), Met),
        ("child-respiratory-rate", 2, rate(49.0), NotMet),
        ("child-respiratory-rate", 2, rate(50.0), Met),
        ("child-respiratory-rate", 11, rate(50.0), Met),
        ("child-respiratory-rate", 11, rate(49.0), NotMet),
        ("child-respiratory-rate", 12, rate(39.0), NotMet),
        ("child-respiratory-rate", 12, rate(40.0), Met),
        ("child-respiratory-rate", 60, rate(39.0), NotMet),
        ("child-respiratory-rate", 60, rate(40.0), Met),
        ("child-respiratory-rate", 61, rate(29.0), NotMet),
        ("child-respiratory-rate", 61, rate(30.0), Met),
    ];
    for (criterion, age, values, wanted) in cases {
        assert_eq!(verdict(age, &values, criterion), (wanted, None), "{criterion} at {age} months: {values:?}");
        let grade = if wanted == Met { Grade::Severe } else { Grade::Mild };
        assert_eq!(judge(v8(), age, &values).grade, Some(grade), "{criterion}");
    }
}

#[test]
fn each_sign_gives_its_grade_and_not_without() {
    for (sign, age, grade) in [
        (Sign::RespiratoryFailureVentilated, ADULT, Grade::Critical),
        (Sign::Shock, CHILD, Grade::Critical),
        (Sign::OrganFailureInIntensiveCare, ADULT, Grade::Critical),
        (Sign::FlaringOrRetractions, CHILD, Grade::Severe),
        (Sign::DrowsinessOrConvulsion, CHILD, Grade::Severe),
        (Sign::RefusesFeedDehydrated, CHILD, Grade::Severe),
        (Sign::PneumoniaOnImages, ADULT, Grade::Ordinary),
    ] {
        let mut values = well();
        assert_eq!(judge(v8(), age, &values).grade, Some(Grade::Mild), "{sign:?} away");
        values.signs.insert(sign, true);
        assert_eq!(judge(v8(), age, &values).grade, Some(grade), "{sign:?} there");
    }
    let mut adult = well();
    adult.signs.insert(Sign::DrowsinessOrConvulsion, true);
    assert_eq!(judge(v8(), ADULT, &adult).grade, Some(Grade::Mild), "a child's criterion says nothing of adults");
}

#[test]
fn who_is_a_child() {
    // 35 a minute is severe from 5 years and in adults; a fever of 5 days is a child's criterion.
    let values = Values { fever: Some(measured(5.0, "d")), ..well() };
    let (child, adult) = (judge(v8(), 167, &values), judge(v8(), 168, &values));
    assert_eq!((child.as_child, child.grade), (true, Some(Grade::Severe)));
    assert_eq!((adult.as_child, adult.grade), (false, Some(Grade::Mild)));
    assert!(v8().adult_text.en.contains("gives no age"), "where the age comes from is said");
}

#[test]
fn what_is_missing_is_never_normal() {
    let nothing = judge(v8(), ADULT, &Values::default());
    assert_eq!((nothing.grade, nothing.at_least), (None, Grade::Mild));
    assert!(nothing.findings.iter().all(|f| f.verdict == Verdict::NotKnown && f.why == Some("missing")));

    let mut values = well();
    values.respiratory_rate = None;
    assert_eq!(judge(v8(), ADULT, &values).grade, None, "one that could raise it is open");
    values.spo2 = saturation(90.0).spo2;
    let severe = judge(v8(), ADULT, &values);
    assert_eq!(severe.grade, Some(Grade::Severe), "another is met, and the open one would say no more");
    values.signs.remove(&Sign::Shock);
    let open = judge(v8(), ADULT, &values);
    assert_eq!((open.grade, open.at_least), (None, Grade::Severe), "shock would raise it");

    let oxygen =
        |at_rest, on_air| Values { spo2: Some(Spo2 { measured: measured(99.0, "%"), at_rest, on_air }), ..well() };
    for (rest, air) in [(Some(true), Some(false)), (Some(false), Some(true)), (None, Some(true)), (Some(true), None)] {
        assert_eq!(verdict(ADULT, &oxygen(rest, air), "adult-spo2"), (Verdict::NotKnown, Some("not-at-rest-on-air")));
    }
    let cases = [
        ("adult-pao2-fio2", ratio(280.0, "mm[Hg]", Some(3600.0), None), "no-pressure"),
        ("adult-pao2-fio2", ratio(280.0, "%", None, None), "unit"),
        ("adult-lesions", lesions(80.0, "2020-08-31T08:00:01Z"), "interval"),
        ("adult-lesions", lesions(80.0, "2020-08-30T07:59:59Z"), "interval"),
        ("adult-respiratory-rate", Values { respiratory_rate: Some(measured(40.0, "Hz")), ..well() }, "unit"),
        ("adult-respiratory-rate", Values { respiratory_rate: Some(measured(f64::NAN, "/min")), ..well() }, "unit"),
    ];
    for (criterion, values, why) in cases {
        assert_eq!(verdict(ADULT, &values, criterion), (Verdict::NotKnown, Some(why)), "{criterion}");
        assert_eq!(judge(v8(), ADULT, &values).grade, None, "{criterion}");
    }
}

#[test]
fn the_file_is_whole() {
    for guideline in guideline::all() {
        assert!(guideline.source.chars().count() > 10 && !guideline.title.zh.is_empty());
        let mut codes: Vec<_> = guideline.criteria.iter().map(|c| c.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), guideline.criteria.len(), "{}: a criterion stands twice", guideline.code);
        for who in [Who::Adult, Who::Child] {
            let speaks = guideline.criteria.iter().filter(|c| c.who == who || c.who == Who::Everybody);
            let grades: std::collections::BTreeSet<Grade> = speaks.map(|c| c.grade).collect();
            assert_eq!(grades.len(), 3, "{}: {who:?}", guideline.code);
        }
        let own = guideline::in_force(guideline::all(), &guideline.disease, guideline.in_force_from);
        assert_eq!(own.map(|g| &g.code), Some(&guideline.code), "in force when it says so");
    }
    let begins: Vec<_> = guideline::all().iter().map(|g| (&g.disease, g.in_force_from)).collect();
    assert!(begins.is_sorted_by(|a, b| a.0 != b.0 || a.1 < b.1), "oldest first");
    assert!(guideline::of("covid-19-trial-99").is_none());
}

/// A new version at noon: what was before is graded by the old one, also in the afternoon; nothing of another disease changes.
#[test]
fn a_guideline_that_changes_in_the_middle_of_the_day() {
    let noon = at("2026-11-21T04:00:00Z");
    let new = Guideline { code: "covid-19-trial-9".into(), in_force_from: noon, ..v8().clone() };
    let other = Guideline { code: "plague-1".into(), disease: "plague".into(), ..v8().clone() };
    let all = [v8().clone(), new, other];
    let by = |disease: &str, instant: &str| guideline::in_force(&all, disease, at(instant)).map(|g| g.code.as_str());
    assert_eq!(by("covid-19", "2026-11-21T03:59:59Z"), Some("covid-19-trial-8"));
    assert_eq!(by("covid-19", "2026-11-21T04:00:00Z"), Some("covid-19-trial-9"));
    assert_eq!(by("covid-19", "2020-02-01T00:00:00Z"), Some("covid-19-trial-8"), "before the first");
    assert_eq!(by("plague", "2026-11-22T00:00:00Z"), Some("plague-1"));
    assert_eq!(by("cholera", "2026-11-22T00:00:00Z"), None);
}

proptest! {
    /// Learning more never lowers what was certain, and never takes a grade back.
    #[test]
    fn what_is_learned_only_raises(age in 0_u32..1200, rr in 0.0..80.0_f64, o2 in 70.0..100.0_f64, hide in 0_u8..64) {
        let mut whole = well();
        whole.respiratory_rate = Some(measured(rr, "/min"));
        whole.spo2 = saturation(o2).spo2;
        let mut part = whole.clone();
        if hide & 1 > 0 { part.respiratory_rate = None }
        if hide & 2 > 0 { part.spo2 = None }
        if hide & 4 > 0 { part.oxygenation = None }
        if hide & 8 > 0 { part.lesions = None }
        if hide & 16 > 0 { part.signs.remove(&Sign::Shock); }
        if hide & 32 > 0 { part.fever = None }
        let (all, some) = (judge(v8(), age, &whole), judge(v8(), age, &part));
        prop_assert!(some.at_least <= all.at_least);
        if let Some(grade) = some.grade { prop_assert_eq!(Some(grade), all.grade) }
    }
}
