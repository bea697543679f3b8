//! What "care kept in the county" (县域内就诊率) means. Pure, over resources; numerator and denominator are lists.
//!
//! The share that the county hospitals' reform aims at: about 90 % of visits within the county (General Office of the State
//! Council, 国办发〔2015〕33号, on the reform of county public hospitals). Whoever shows the figure hands in the Encounters it may
//! be made of; what is left out, and why, comes back with it, so that the number can be opened from both sides.

use super::rule::{Rule, RuleText};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{HospitalTree, Id, Level, Time};
use serde_json::Value;
use std::ops::Range;

/// The share of care kept in the county.
pub const KEPT: Rule = Rule {
    code: "kept-in-county",
    version: 1,
    text: RuleText {
        zh: "分母：本县患者（病历由县级或以下机构保管）在统计期内开始的门诊、急诊、住院就诊（Encounter），不论在何处就诊；远程会诊不是就诊，不计入。\
             分子：其中由本县机构（县级及其下属乡镇、村）提供的就诊。按就诊开始日期（本站点时区）计。",
        en: "Denominator: outpatient, emergency and inpatient visits (Encounters) that began in the span, of patients of a county \
             (whose record is kept by a hospital of county level or below), wherever they were seen; a consultation by video is \
             no visit. Numerator: those of them given by a hospital of the same county, townships and villages included. Counted \
             on the day the visit began, in the site's time zone.",
    },
};

/// HL7 v3 classes of encounters in which somebody is seen: ambulatory, emergency, field, home, inpatient (three kinds),
/// observation, short stay.
pub const SEEN: [&str; 9] = ["AMB", "EMER", "FLD", "HH", "IMP", "ACUTE", "NONAC", "OBSENC", "SS"];

/// A visit that counts. It borrows: there may be a hundred thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit<'a> {
    /// The Encounter.
    pub encounter: &'a Id,
    /// The patient's county hospital.
    pub county: &'a Id,
    /// Who saw the patient.
    pub seen_by: &'a Id,
    /// When it began.
    pub began: Time,
}

/// Why an Encounter does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// Planned, cancelled, or entered in error.
    Unheld,
    /// Not somebody being seen: by video, in a drill, or of a class that is not known.
    NoVisit,
    /// It began before or after the span, or it does not say when.
    OtherDays,
    /// It does not say of whom or by whom, or by a hospital that is not known.
    Unsaid,
    /// The patient is of no county.
    Elsewhere,
}

/// The figure with its lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept<'a> {
    /// Visits of counties' patients, oldest first.
    pub denominator: Vec<Visit<'a>>,
    /// Those of them within their county, oldest first.
    pub numerator: Vec<Visit<'a>>,
    /// What does not count, and why.
    pub left_out: Vec<(&'a Id, LeftOut)>,
}

impl Kept<'_> {
    /// In percent with one decimal, cut and not rounded, so that 90.0 is never said of less; none of nothing.
    pub fn percent_tenths(&self) -> Option<usize> {
        (!self.denominator.is_empty()).then(|| self.numerator.len() * 1_000 / self.denominator.len())
    }
}

/// From which day to which, both counted, in the site's zone.
#[derive(Debug, Clone)]
pub struct Days {
    /// First.
    pub from: Date,
    /// Last.
    pub to: Date,
    /// Where a day is cut.
    pub zone: TimeZone,
}

impl Days {
    /// From the first instant of the first day to the first of the day after the last.
    pub fn span(&self) -> Range<Time> {
        let midnight = |day: Date| day.to_zoned(self.zone.clone()).map_or(Time::MAX, |z| z.timestamp());
        midnight(self.from)..midnight(self.to.saturating_add(1.day()))
    }
}

/// An Encounter in which somebody was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Who was seen, when it says so.
    pub patient: Option<Id>,
    /// By which hospital, when it says so.
    pub seen_by: Option<Id>,
    /// When it began, when it says so.
    pub began: Option<Time>,
}

impl Seen {
    /// Reads an Encounter.
    pub fn read(encounter: &Value) -> Result<Self, LeftOut> {
        let refers = |value: &Value, ty: &str| {
            let id = value["reference"].as_str()?.strip_prefix(ty)?.strip_prefix('/')?;
            Id::new(id).ok()
        };
        if !["in-progress", "onleave", "finished"].iter().any(|held| encounter["status"] == *held) {
            return Err(LeftOut::Unheld);
        }
        if !SEEN.iter().any(|class| encounter["class"]["code"] == *class) || platform::drill::is_drill(encounter) {
            return Err(LeftOut::NoVisit);
        }
        Ok(Self {
            patient: refers(&encounter["subject"], "Patient"),
            seen_by: refers(&encounter["serviceProvider"], "Organization"),
            began: encounter["period"]["start"].as_str().and_then(|t| t.parse().ok()),
        })
    }

    fn visit<'a>(
        &'a self,
        id: &'a Id,
        keeper: impl Fn(&Id) -> Option<&'a Id>,
        tree: &'a HospitalTree,
        span: &Range<Time>,
    ) -> Result<Visit<'a>, LeftOut> {
        let began = self.began.filter(|at| span.contains(at)).ok_or(LeftOut::OtherDays)?;
        let patient = self.patient.as_ref().ok_or(LeftOut::Unsaid)?;
        let seen_by = self.seen_by.as_ref().filter(|id| tree.get(id).is_some()).ok_or(LeftOut::Unsaid)?;
        let county = keeper(patient).and_then(|keeper| county_of(tree, keeper)).ok_or(LeftOut::Elsewhere)?;
        Ok(Visit { encounter: id, county, seen_by, began })
    }
}

/// Counts. `keeper` says which hospital keeps a patient's record, by the Patient's id.
pub fn kept<'a>(
    encounters: impl Iterator<Item = (&'a Id, Result<&'a Seen, LeftOut>)>,
    keeper: impl Fn(&Id) -> Option<&'a Id>,
    tree: &'a HospitalTree,
    days: &Days,
) -> Kept<'a> {
    let mut found = Kept::default();
    let span = days.span();
    for (id, seen) in encounters {
        match seen.and_then(|seen| seen.visit(id, &keeper, tree, &span)) {
            Ok(visit) => {
                if tree.is_within(visit.seen_by, visit.county) {
                    found.numerator.push(visit);
                }
                found.denominator.push(visit);
            }
            Err(why) => found.left_out.push((id, why)),
        }
    }
    for list in [&mut found.denominator, &mut found.numerator] {
        list.sort_unstable_by_key(|visit| (visit.began, visit.encounter));
    }
    found.left_out.sort_unstable_by_key(|(id, why)| (*why, *id));
    found
}

/// The county hospital at or above a hospital. A county that has two of them, side by side, counts as two.
fn county_of<'a>(tree: &'a HospitalTree, mut of: &'a Id) -> Option<&'a Id> {
    // There are seven levels: a longer way up is a circle.
    for _ in Level::ALL {
        let hospital = tree.get(of)?;
        match hospital.level {
            Level::County => return Some(of),
            Level::Township | Level::Village => of = hospital.parent.as_ref()?,
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    fn tree() -> HospitalTree {
        let of =
            |name: &str, level, parent: Option<&str>| kernel::Hospital { id: id(name), level, parent: parent.map(id) };
        HospitalTree::new([
            of("province", Level::Province, None),
            of("city", Level::City, Some("province")),
            of("county", Level::County, Some("city")),
            of("town", Level::Township, Some("county")),
            of("other", Level::County, Some("city")),
        ])
    }

    /// The Encounters as read, the hospitals, and who keeps whose record.
    struct Land(Vec<(Id, Result<Seen, LeftOut>)>, HospitalTree, BTreeMap<Id, Id>);

    impl Land {
        fn of(encounters: &[Value]) -> Self {
            let read = encounters.iter().map(|e| (id(e["id"].as_str().unwrap()), Seen::read(e))).collect();
            let keepers = [("of-county", "county"), ("of-town", "town"), ("of-city", "city")];
            Self(read, tree(), keepers.map(|(patient, keeper)| (id(patient), id(keeper))).into())
        }

        fn count(&self) -> Kept<'_> {
            let days = Days {
                from: "2026-11-01".parse().unwrap(),
                to: "2026-11-30".parse().unwrap(),
                zone: TimeZone::get("Asia/Shanghai").unwrap(),
            };
            let all = self.0.iter().map(|(id, seen)| (id, seen.as_ref().map_err(|why| *why)));
            kept(all, |patient| self.2.get(patient), &self.1, &days)
        }
    }

    fn seen(name: &str, patient: &str, by: &str, start: &str) -> Value {
        json!({"resourceType": "Encounter", "id": name, "status": "finished", "class": {"code": "IMP"},
            "subject": {"reference": format!("Patient/{patient}")}, "period": {"start": start},
            "serviceProvider": {"reference": format!("Organization/{by}")}})
    }

    fn with(mut body: Value, member: &str, value: Value) -> Value {
        body[member] = value;
        body
    }

    #[test]
    fn who_goes_up_is_in_the_denominator_alone() {
        let day = "2026-11-21T02:00:00Z";
        let land = Land::of(&[
            seen("a", "of-county", "county", day),
            seen("b", "of-town", "county", day),
            seen("c", "of-county", "town", day),
            seen("d", "of-county", "province", "2026-11-20T02:00:00Z"),
            seen("e", "of-town", "other", day),
        ]);
        let found = land.count();
        let ids = |list: &[Visit<'_>]| list.iter().map(|v| v.encounter.to_string()).collect::<Vec<_>>();
        assert_eq!(ids(&found.denominator), ["d", "a", "b", "c", "e"]);
        assert_eq!(ids(&found.numerator), ["a", "b", "c"]);
        assert_eq!((found.percent_tenths(), found.left_out.len()), (Some(600), 0));
        assert!(found.denominator.iter().all(|v| *v.county == id("county")));
        assert_eq!(Land::of(&[]).count().percent_tenths(), None, "of nothing there is no share");
    }

    #[test]
    fn what_does_not_count_says_why() {
        let day = "2026-11-21T02:00:00Z";
        let own = |name: &str| seen(name, "of-county", "county", day);
        let land = Land::of(&[
            with(own("planned"), "status", json!("planned")),
            with(own("video"), "class", json!({"code": "VR"})),
            with(own("before"), "period", json!({"start": "2026-10-31T15:59:59Z"})),
            // In Shanghai it is the first of November by then, and the first of December.
            with(own("first"), "period", json!({"start": "2026-10-31T16:00:00Z"})),
            with(own("after"), "period", json!({"start": "2026-11-30T16:00:00Z"})),
            with(own("undated"), "period", Value::Null),
            with(own("nobody"), "subject", Value::Null),
            seen("nowhere", "of-county", "abroad", day),
            seen("citizen", "of-city", "city", day),
            seen("stranger", "unknown", "county", day),
        ]);
        let found = land.count();
        let why: Vec<(&str, LeftOut)> = found.left_out.iter().map(|(id, why)| (id.as_str(), *why)).collect();
        assert_eq!(
            why,
            [
                ("planned", LeftOut::Unheld),
                ("video", LeftOut::NoVisit),
                ("after", LeftOut::OtherDays),
                ("before", LeftOut::OtherDays),
                ("undated", LeftOut::OtherDays),
                ("nobody", LeftOut::Unsaid),
                ("nowhere", LeftOut::Unsaid),
                ("citizen", LeftOut::Elsewhere),
                ("stranger", LeftOut::Elsewhere),
            ]
        );
        assert_eq!(found.denominator.len(), 1);
    }

    #[test]
    fn ninety_percent_is_not_said_of_less() {
        let day = "2026-11-21T02:00:00Z";
        let mut all: Vec<Value> = (0..899).map(|n| seen(&format!("k{n}"), "of-county", "county", day)).collect();
        all.extend((0..101).map(|n| seen(&format!("u{n}"), "of-county", "city", day)));
        assert_eq!(Land::of(&all).count().percent_tenths(), Some(899));
        assert_eq!((KEPT.code, KEPT.version), ("kept-in-county", 1));
    }
}
