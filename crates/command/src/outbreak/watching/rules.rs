//! What an alert is raised by. Pure: the cases of one disease in one county in, the rules that they meet out.

use super::ears::{SIGNAL, SIGNAL_C3, ears, fisher};
use crate::outbreak::Grade;
use jiff::ToSpan;
use jiff::civil::Date;
use kernel::Id;
use serde::Deserialize;
use std::sync::LazyLock;

/// Days before the last that are counted: the baselines of C3 need eleven, a first case a longer quiet.
pub const LOOK_BACK_DAYS: i32 = 28;
/// Days in which a share is compared with as many before.
const SHARE_DAYS: i32 = 7;
/// Less likely than this by chance is a rise.
const SHARE_P: f64 = 0.05;

/// A case as the rules look at it: reported, and neither excluded nor counted with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The report.
    pub id: Id,
    /// The day it was reported, in the site's zone.
    pub day: Date,
    /// How ill, by the newest grading.
    pub grade: Option<Grade>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    disease: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cluster {
    disease: String,
    cases: usize,
    days: i32,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    first: Vec<First>,
    cluster: Vec<Cluster>,
}

static RULES: LazyLock<Rules> =
    LazyLock::new(|| serde_json::from_str(include_str!("rules.json")).unwrap_or_else(|e| panic!("rules.json: {e}")));

/// A rule that is met.
#[derive(Debug, Clone, PartialEq)]
pub struct Raised {
    /// `ears-c1`, `ears-c2`, `ears-c3`, `cluster`, `first-case`, `severe-share`.
    pub rule: &'static str,
    /// The version of the rule.
    pub version: u32,
    /// What it came to.
    pub value: f64,
    /// What it was to stay below, or at.
    pub limit: f64,
    /// Where the rule comes from.
    pub source: String,
    /// The cases that raised it.
    pub cases: Vec<Id>,
}

const HUTWAGNER: &str = "Hutwagner et al., J Urban Health 2003;80(2 Suppl 1):i89-i96";

/// The rules that the cases meet on a day; cases of other days than the last [`LOOK_BACK_DAYS`] are not looked at.
pub fn raised(disease: &str, day: Date, cases: &[Seen]) -> Vec<Raised> {
    let back = |days: i32| day.saturating_sub(days.days());
    let within = |from: Date, to: Date| cases.iter().filter(move |c| from <= c.day && c.day <= to);
    let ids = |from: Date, to: Date| within(from, to).map(|c| c.id.clone()).collect::<Vec<_>>();
    let today = ids(day, day);
    let mut found = vec![];
    let mut add = |rule, value: f64, limit: f64, source: &str, cases: Vec<Id>| {
        found.push(Raised { rule, version: 1, value, limit, source: source.to_owned(), cases });
    };
    if today.is_empty() {
        return found;
    }
    let counts: Vec<u32> = (0..LOOK_BACK_DAYS)
        .rev()
        .map(|n| u32::try_from(within(back(n), back(n)).count()).unwrap_or(u32::MAX))
        .collect();
    let judged = ears(&counts);
    for (rule, value, limit, days) in
        [("ears-c1", judged.c1, SIGNAL, 0), ("ears-c2", judged.c2, SIGNAL, 0), ("ears-c3", judged.c3, SIGNAL_C3, 2)]
    {
        if let Some(value) = value.filter(|v| *v > limit) {
            add(rule, value, limit, HUTWAGNER, ids(back(days), day));
        }
    }
    if let Some(first) = RULES.first.iter().find(|r| r.disease == disease) {
        let earlier = within(back(LOOK_BACK_DAYS), back(1)).count();
        if earlier == 0 {
            add("first-case", today.len() as f64, 1.0, &first.source, today);
        }
    }
    for cluster in RULES.cluster.iter().filter(|r| r.disease == disease) {
        let near = ids(back(cluster.days - 1), day);
        if near.len() >= cluster.cases {
            add("cluster", near.len() as f64, cluster.cases as f64, &cluster.source, near);
        }
    }
    let share = |from: Date, to: Date| {
        let graded: Vec<(&Seen, Grade)> = within(from, to).filter_map(|c| Some((c, c.grade?))).collect();
        let severe: Vec<Id> = graded.iter().filter(|(_, g)| *g >= Grade::Severe).map(|(c, _)| c.id.clone()).collect();
        (severe, u32::try_from(graded.len()).unwrap_or(u32::MAX))
    };
    let (severe, graded) = share(back(SHARE_DAYS - 1), day);
    let (severe_before, graded_before) = share(back(2 * SHARE_DAYS - 1), back(SHARE_DAYS));
    let of = |severe: &[Id]| u32::try_from(severe.len()).unwrap_or(u32::MAX);
    let (a, c) = (of(&severe), of(&severe_before));
    if graded_before > 0 {
        let p = fisher(a, graded - a, c, graded_before - c);
        if p < SHARE_P {
            let source =
                "Fisher's exact test, one-sided: severe and critical among those graded, 7 days against the 7 before";
            add("severe-share", p, SHARE_P, source, severe);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day() -> Date {
        "2026-11-21".parse().unwrap()
    }

    /// So many cases so many days ago, each graded so.
    fn cases(of: &[(i32, usize, Option<Grade>)]) -> Vec<Seen> {
        let one = |(n, (ago, many, grade)): (usize, &(i32, usize, Option<Grade>))| {
            let (day, grade) = (day().saturating_sub(ago.days()), *grade);
            (0..*many).map(move |m| Seen { id: Id::new(format!("c-{n}-{m}")).unwrap(), day, grade }).collect::<Vec<_>>()
        };
        of.iter().enumerate().flat_map(one).collect()
    }

    fn rules(disease: &str, of: &[(i32, usize, Option<Grade>)]) -> Vec<&'static str> {
        raised(disease, day(), &cases(of)).iter().map(|r| r.rule).collect()
    }

    #[test]
    fn a_first_case_and_not_the_second() {
        assert_eq!(rules("plague", &[(0, 1, None)]), ["first-case"]);
        assert_eq!(rules("plague", &[(0, 1, None), (1, 1, None)]), ["ears-c3"], "two days above nothing");
        assert_eq!(rules("plague", &[(0, 1, None), (LOOK_BACK_DAYS, 1, None)]), Vec::<&str>::new());
        assert_eq!(rules("plague", &[(0, 1, None), (LOOK_BACK_DAYS + 1, 1, None)]), ["first-case"]);
        assert_eq!(rules("measles", &[(0, 1, None)]), Vec::<&str>::new(), "no rule of first cases for it");
    }

    #[test]
    fn a_cluster_at_its_number_within_its_days() {
        let dengue = |ago: i32, many: usize| rules("dengue", &[(0, 1, None), (3, 1, None), (ago, many, None)]);
        assert!(!dengue(6, 2).contains(&"cluster"));
        assert!(dengue(6, 3).contains(&"cluster"), "five in seven days");
        assert!(!dengue(7, 3).contains(&"cluster"), "the eighth day");
        let opened = raised("dengue", day(), &cases(&[(0, 1, None), (6, 4, None), (7, 9, None)]));
        let cluster = opened.iter().find(|r| r.rule == "cluster").unwrap();
        assert_eq!((cluster.cases.len(), cluster.value, cluster.limit), (5, 5.0, 5.0), "opens to its cases");
    }

    #[test]
    fn a_day_that_stands_out() {
        assert_eq!(rules("covid-19", &[(0, 1, None)]), Vec::<&str>::new(), "one after nothing");
        assert_eq!(rules("covid-19", &[(0, 2, None)]), ["ears-c1", "ears-c2", "ears-c3"], "two after nothing");
        let week: Vec<_> = (1..12).map(|ago| (ago, 2 + usize::try_from(ago % 3).unwrap(), None)).collect();
        let with = |many| [week.clone(), vec![(0, many, None)]].concat();
        assert_eq!(rules("covid-19", &with(4)), Vec::<&str>::new());
        assert!(rules("covid-19", &with(9)).contains(&"ears-c1"));
        assert_eq!(rules("covid-19", &[(1, 50, None)]), Vec::<&str>::new(), "nothing today, nothing said");
    }

    #[test]
    fn a_share_that_rises() {
        let (severe, mild) = (Some(Grade::Severe), Some(Grade::Mild));
        let weeks = |a: usize, b: usize, c: usize, d: usize| {
            rules("measles", &[(3, a, severe), (0, 1, None), (4, b, mild), (8, c, severe), (9, d, mild)])
        };
        assert!(!weeks(5, 15, 1, 19).contains(&"severe-share"), "p = 0.09");
        assert!(weeks(6, 14, 1, 19).contains(&"severe-share"), "p = 0.046");
        assert!(!weeks(6, 14, 0, 0).contains(&"severe-share"), "nothing to compare with");
    }

    #[test]
    fn the_file_names_diseases_that_are_reported() {
        let all = RULES.first.iter().map(|r| (&r.disease, &r.source));
        for (disease, source) in all.chain(RULES.cluster.iter().map(|r| (&r.disease, &r.source))) {
            assert!(crate::outbreak::law::disease(disease).is_some() && source.chars().count() > 8, "{disease}");
        }
    }
}
