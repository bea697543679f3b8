//! Reports that may be of one person's illness, and what a person has said of them: a Linkage of the two Conditions. Finding
//! them is pure; nothing is ever joined by itself. A pair that is the same is counted once, as the one reported first.

use super::model::{Class, Report};
use super::resources::{self, items, refers};
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use platform::case::{Who, write_who};
use platform::{Op, Problem};
use records::{Query, Resource, Viewer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use utoipa::ToSchema;

/// What was said of a pair.
const SAID: &str = "urn:consilium:ext:pair";
/// Numbers that we give ourselves name nobody anywhere else.
const TEMPORARY: &str = "urn:consilium:identifier:temporary";
/// Linkages read at a time.
const PAGE: usize = 500;

/// What a person says of two reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = OutbreakPairWord)]
pub enum Said {
    /// One person's one illness.
    Same,
    /// Two people, or two illnesses.
    Different,
    /// What was said before is taken back.
    Undone,
}

impl Said {
    /// The code, as in FHIR and the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Different => "different",
            Self::Undone => "undone",
        }
    }
}

/// Two reports, the one reported first before the other.
pub type Pair = (Id, Id);

/// A proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// The two.
    pub pair: Pair,
    /// `identifier`: both Patients have the same number. `link`: they were linked by somebody.
    pub by: &'static str,
}

/// Reports of one disease, neither excluded nor judged, whose Patients share a number or are linked.
pub fn propose(reports: &[(Report, Value)], judged: &BTreeSet<Pair>) -> Vec<Proposed> {
    let mut tokens: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut patients: HashMap<&Reference, Vec<usize>> = HashMap::new();
    for (n, (report, patient)) in reports.iter().enumerate() {
        patients.entry(&report.patient).or_default().push(n);
        for identifier in items(&patient["identifier"]) {
            if let (Some(system), Some(value)) = (identifier["system"].as_str(), identifier["value"].as_str())
                && system != TEMPORARY
            {
                tokens.entry(format!("{system}|{value}")).or_default().push(n);
            }
        }
    }
    let mut found: BTreeMap<Pair, Proposed> = BTreeMap::new();
    let mut add = |a: usize, b: usize, by: &'static str| {
        let (one, other) = (&reports[a].0, &reports[b].0);
        let open = |r: &Report| r.class != Class::Excluded;
        if one.id == other.id || one.disease != other.disease || !open(one) || !open(other) {
            return;
        }
        let pair = in_order(one, other);
        if !judged.contains(&pair) {
            found.entry(pair.clone()).or_insert(Proposed { pair, by });
        }
    };
    for same in tokens.values() {
        // Each with the first: who says that they are the same says it of all, two by two, and nobody has a thousand records.
        for n in &same[1..] {
            add(same[0], *n, "identifier");
        }
    }
    for (n, (_, patient)) in reports.iter().enumerate() {
        for link in items(&patient["link"]).iter().filter_map(|l| refers(&l["other"])) {
            patients.get(&link).into_iter().flatten().for_each(|other| add(n, *other, "link"));
        }
    }
    found.into_values().collect()
}

/// The one reported first is kept, and the other is counted with it.
pub fn in_order(one: &Report, other: &Report) -> Pair {
    let (first, second) =
        if (one.reported_at, &one.id) <= (other.reported_at, &other.id) { (one, other) } else { (other, one) };
    (first.id.clone(), second.id.clone())
}

/// The Linkage.
pub fn write(pair: &Pair, said: Said, by: &Who) -> Value {
    let item = |kind: &str, id: &Id| json!({"type": kind, "resource": {"reference": resources::at(id).to_string()}});
    json!({
        "resourceType": "Linkage",
        "extension": [{"url": SAID, "valueCode": said.code()}],
        "active": said == Said::Same,
        "author": write_who(by),
        "item": [item("source", &pair.0), item("alternate", &pair.1)],
    })
}

/// Reads [`write`]; none when it is no Linkage of ours.
pub fn read(body: &Value) -> Option<(Pair, Said)> {
    let said = items(&body["extension"]).iter().find(|e| e["url"] == SAID)?;
    let said = match said["valueCode"].as_str()? {
        "same" => Said::Same,
        "different" => Said::Different,
        _ => Said::Undone,
    };
    let item = |n: usize| refers(&body["item"][n]["resource"]).filter(|r| r.ty == ResourceType::CONDITION);
    Some(((item(0)?.id, item(1)?.id), said))
}

/// All that was said of pairs.
pub async fn all(op: &Op) -> Result<Vec<(Resource, Pair, Said)>, Problem> {
    let mut query = Query::of(ResourceType::LINKAGE).count(PAGE);
    let mut found = vec![];
    loop {
        let page = op.store().search(&Viewer::System, &query).await?;
        for linkage in page.matches {
            if let Some((pair, said)) = read(&linkage.value()?) {
                found.push((linkage, pair, said));
            }
        }
        query.after = page.next;
        if query.after.is_none() {
            return Ok(found);
        }
    }
}

/// Since when reports are compared: an illness that began longer ago is another one.
pub fn compared_from(now: Time) -> Time {
    now - jiff::SignedDuration::from_hours(24 * 366)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbreak::model::tests::{at, report};
    use fhir::validate::{Options, validate};

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    fn told(name: &str, patient: &str, hour: i64) -> Report {
        Report {
            id: id(name),
            patient: Reference::new(ResourceType::PATIENT, id(patient)),
            reported_at: at("2020-01-28T00:00:00Z") + jiff::SignedDuration::from_hours(hour),
            ..report()
        }
    }

    fn person(system: &str, value: &str, link: Option<&str>) -> Value {
        let mut body = json!({"identifier": [{"system": system, "value": value}]});
        if let Some(link) = link {
            body["link"] = json!([{"other": {"reference": format!("Patient/{link}")}, "type": "seealso"}]);
        }
        body
    }

    #[test]
    fn one_number_or_a_link_proposes_and_nothing_else() {
        let all = vec![
            (told("b", "pb", 2), person("urn:x", "1", None)),
            (told("a", "pa", 1), person("urn:x", "1", None)),
            (told("c", "pc", 3), person("urn:y", "1", None)),
            (told("d", "pd", 4), person(TEMPORARY, "X-1", Some("pc"))),
            (told("e", "pe", 5), person(TEMPORARY, "X-1", None)),
            (Report { disease: "cholera".into(), ..told("f", "pf", 6) }, person("urn:x", "1", None)),
            (Report { class: Class::Excluded, ..told("g", "pg", 7) }, person("urn:x", "1", None)),
        ];
        let found = propose(&all, &BTreeSet::new());
        let pairs: Vec<_> = found.iter().map(|p| (p.pair.0.as_str(), p.pair.1.as_str(), p.by)).collect();
        assert_eq!(pairs, [("a", "b", "identifier"), ("c", "d", "link")], "first reported first");
        let judged = BTreeSet::from([(id("a"), id("b"))]);
        assert_eq!(propose(&all, &judged).len(), 1, "what was judged is not proposed again");
    }

    #[test]
    fn a_linkage_stands_and_comes_back() {
        let pair = (id("a"), id("b"));
        for said in [Said::Same, Said::Different, Said::Undone] {
            let body = write(&pair, said, &report().reporter);
            let found = validate(&body, Options { warnings: false, ..Options::default() });
            assert!(found.is_empty(), "{found:#?}");
            assert_eq!(body["active"], said == Said::Same);
            assert_eq!(read(&body), Some((pair.clone(), said)));
        }
        assert_eq!(read(&json!({"resourceType": "Linkage"})), None);
    }
}
