//! What the daily series are made of, from what the book holds: each report, consultation and hospital with all that was
//! known of it, version by version. The record's own history is what restatements come from; nothing is kept beside it. Pure,
//! but for [`shown`].

use super::book::Row;
use super::rule::is_provincial;
use super::series::{Case, Consult, Joined, Known};
use crate::outbreak::{End, Report};
use fhir::Reference;
use kernel::{HospitalTree, Id, Time};
use platform::{Op, Problem};
use records::Viewer;
use serde_json::Value;

/// A version of a report, by itself.
pub fn reported(report: &Report) -> Case {
    Case {
        class: report.class,
        class_at: report.class_at,
        patient: report.patient.id.clone(),
        gradings: report.gradings.iter().map(|g| (g.effective, g.grade)).collect(),
        discharged_at: report.outcome.filter(|o| o.end == End::Discharged).map(|o| o.at),
        is_alternate: false,
    }
}

/// A report's history, with what was said of it and another.
pub fn case(told: &Known<Case>, pairs: &[&Known<bool>]) -> Known<Case> {
    let times = told.times().chain(pairs.iter().flat_map(|p| p.times())).collect();
    Known::<Case>::merged(times, |at| {
        let is_alternate = pairs.iter().any(|said| said.before(at) == Some(&true));
        Some(Case { is_alternate, ..told.before(at)?.clone() })
    })
}

/// What was known of a consultation when: it is there from when its signature was stored, and how ill its patient was may be
/// learnt later. None while it is not signed.
pub fn consult(row: &Row, cases: &[&Known<Case>], tree: &HospitalTree) -> Option<Known<Consult>> {
    let (signed_at, known_at) = row.signed?;
    let level = |id: &Id| tree.get(id).map(|h| h.level);
    let is_provincial = is_provincial(level(&row.asking), row.advising.iter().map(|id| level(id)));
    let later = cases.iter().flat_map(|c| c.times()).filter(|t| *t > known_at);
    Some(Known::<Consult>::merged(later.chain([known_at]).collect(), |at| {
        let gradings = cases.iter().filter_map(|c| c.before(at)).flat_map(|c| &c.gradings);
        let newest = gradings.filter(|(judged, _)| *judged <= signed_at).max_by_key(|(judged, _)| *judged);
        Some(Consult { signed_at, is_provincial, patient: row.patient.clone(), grade: newest.map(|(_, grade)| *grade) })
    }))
}

/// When somebody worked at a hospital, from the roles there.
pub fn joined(roles: &[&Known<()>]) -> Known<Joined> {
    let times: Vec<Time> = roles.iter().flat_map(|r| r.times()).collect();
    let active = |at: Time| roles.iter().any(|r| r.before(at).is_some());
    let mut spells: Vec<(Time, Option<Joined>)> = vec![];
    for (at, is) in Known::<bool>::merged(times, |at| Some(active(at))).times_and_facts() {
        let last = spells.last().and_then(|(_, joined)| *joined);
        match (is, last) {
            (true, Some(Joined { until: None, .. })) | (false, None | Some(Joined { until: Some(_), .. })) => {}
            (true, _) => spells.push((at, Some(Joined { since: at, until: None }))),
            (false, Some(open)) => spells.push((at, Some(Joined { until: Some(at), ..open }))),
        }
    }
    Known::new(spells)
}

/// A resource's number for people, and whose it is.
pub async fn shown(op: &Op, at: &Reference) -> Result<Option<(Value, Id)>, Problem> {
    let found = op.store().read(&Viewer::System, at).await?;
    found.map(|r| Ok((r.value()?, r.custodian.clone()))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fhir::ResourceType;

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    #[test]
    fn a_report_counts_with_another_from_when_that_was_said_until_it_was_taken_back() {
        use crate::outbreak::Class;
        let id = |text: &str| Id::new(text).unwrap();
        let report = |class| Report {
            id: id("r"),
            version: 1,
            number: "1".into(),
            hospital: id("h"),
            patient: Reference::new(ResourceType::PATIENT, id("p")),
            disease: "sars".into(),
            class,
            class_at: at("2020-01-28T00:00:00Z"),
            found_at: at("2020-01-28T00:00:00Z"),
            reported_at: at("2020-01-28T00:00:00Z"),
            reporter: platform::case::Who { role: id("w"), person: id("w"), hospital: id("h") },
            onset: None,
            exposures: vec![],
            evidence: vec![],
            gradings: vec![],
            contacts: vec![],
            outcome: None,
        };
        let [one, two, three, four] =
            ["2020-01-28T00:00:00Z", "2020-01-29T00:00:00Z", "2020-01-30T00:00:00Z", "2020-01-31T00:00:00Z"];
        let told = Known::new(vec![
            (at(one), Some(reported(&report(Class::Suspected)))),
            (at(three), Some(reported(&report(Class::Confirmed)))),
        ]);
        let said = Known::new(vec![(at(two), Some(true)), (at(four), Some(false))]);
        let known = case(&told, &[&said]);
        let all: Vec<_> = known.times_and_facts().map(|(t, c)| (t, c.class, c.is_alternate)).collect();
        assert_eq!(
            all,
            [
                (at(one), Class::Suspected, false),
                (at(two), Class::Suspected, true),
                (at(three), Class::Confirmed, true),
                (at(four), Class::Confirmed, false),
            ]
        );
    }

    #[test]
    fn a_hospital_is_there_while_anybody_is() {
        let role = |versions: &[(&str, bool)]| {
            Known::new(versions.iter().map(|(t, active)| (at(t), active.then_some(()))).collect())
        };
        let [one, two, three, four] =
            ["2020-01-28T00:00:00Z", "2020-01-29T00:00:00Z", "2020-01-30T00:00:00Z", "2020-01-31T00:00:00Z"];
        let known = [role(&[(one, true), (two, false)]), role(&[(two, true), (three, false)]), role(&[(four, true)])];
        let known = joined(&known.each_ref());
        let spells: Vec<_> = known.times_and_facts().collect();
        let open = |since| Joined { since: at(since), until: None };
        let ended = Joined { since: at(one), until: Some(at(three)) };
        assert_eq!(spells, [(at(one), open(one)), (at(three), ended), (at(four), open(four))]);
    }
}
