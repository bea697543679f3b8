//! Reads what the daily series are made of: each report, consultation and hospital with all that was known of it, version by
//! version. The record's own history is what restatements come from; nothing is kept beside it.

use super::facts::all_consulted;
use super::rule::counts;
use super::series::{Case, Consult, Joined, Known, World};
use super::signed_at;
use crate::outbreak::{End, NUMBER, Report, Said, read_pair, read_report};
use fhir::{Reference, ResourceType};
use kernel::{Id, Level, Time};
use platform::directory::resources::read_role;
use platform::{Op, Problem};
use records::{Query, Resource, Viewer};
use serde_json::Value;
use std::collections::BTreeMap;

/// Resources read at a time.
const PAGE: usize = 500;

/// Everything that may count from `from` on.
pub async fn read(op: &Op, from: Time) -> Result<World, Problem> {
    let cases = cases(op).await?;
    let consults = consults(op, from, &cases).await?;
    Ok(World { cases, consults, hospitals: hospitals(op).await? })
}

/// Every version of a resource, oldest first.
async fn versions(op: &Op, newest: &Resource) -> Result<Vec<Resource>, Problem> {
    if newest.version == 1 {
        return Ok(vec![newest.clone()]);
    }
    let mut all = op.store().history(&Viewer::System, &newest.at).await?;
    all.reverse();
    Ok(all)
}

async fn each(op: &Op, mut query: Query) -> Result<Vec<Resource>, Problem> {
    let mut found = vec![];
    loop {
        let page = op.store().search(&Viewer::System, &query).await?;
        found.extend(page.matches);
        query.after = page.next;
        if query.after.is_none() {
            return Ok(found);
        }
    }
}

async fn cases(op: &Op) -> Result<BTreeMap<Id, Known<Case>>, Problem> {
    // What was said of pairs, by the report that is counted with another.
    let mut pairs: BTreeMap<Id, Vec<Known<bool>>> = BTreeMap::new();
    for linkage in each(op, Query::of(ResourceType::LINKAGE).count(PAGE)).await? {
        let (mut known, mut alternate) = (vec![], None);
        for version in versions(op, &linkage).await?.iter().filter(|v| !v.deleted) {
            if let Some((pair, said)) = read_pair(&version.value()?) {
                known.push((version.stored_at, Some(said == Said::Same)));
                alternate = Some(pair.1);
            }
        }
        if let Some(alternate) = alternate {
            pairs.entry(alternate).or_default().push(Known::new(known));
        }
    }
    let query = Query::of(ResourceType::CONDITION).with("identifier", format!("{NUMBER}|")).count(PAGE);
    let mut cases = BTreeMap::new();
    for condition in each(op, query).await? {
        let mut told = vec![];
        for version in versions(op, &condition).await? {
            told.push((version.stored_at, read_report(&version)?));
        }
        let own = pairs.get(&condition.at.id).map(Vec::as_slice).unwrap_or_default();
        cases.insert(condition.at.id.clone(), case(told, own));
    }
    Ok(cases)
}

/// A report's history, with what was said of it and another.
fn case(told: Vec<(Time, Option<Report>)>, pairs: &[Known<bool>]) -> Known<Case> {
    let told = Known::new(told);
    let times = told.times().chain(pairs.iter().flat_map(Known::times)).collect();
    Known::<Case>::merged(times, |at| {
        let report = told.before(at)?;
        Some(Case {
            class: report.class,
            class_at: report.class_at,
            patient: report.patient.id.clone(),
            gradings: report.gradings.iter().map(|g| (g.effective, g.grade)).collect(),
            discharged_at: report.outcome.filter(|o| o.end == End::Discharged).map(|o| o.at),
            is_alternate: pairs.iter().any(|said| said.before(at) == Some(&true)),
        })
    })
}

async fn consults(
    op: &Op,
    from: Time,
    cases: &BTreeMap<Id, Known<Case>>,
) -> Result<BTreeMap<Id, Known<Consult>>, Problem> {
    // By every patient a case was ever said to be of.
    let mut by_patient: BTreeMap<&Id, Vec<&Known<Case>>> = BTreeMap::new();
    for case in cases.values() {
        if let Some(now) = case.now() {
            by_patient.entry(&now.patient).or_default().push(case);
        }
    }
    let mut consults = BTreeMap::new();
    for (consultation, task) in all_consulted(op, from).await? {
        let mut known_at = task.stored_at;
        for version in versions(op, &task).await? {
            if !version.deleted && signed_at(&version.value()?).is_some() {
                known_at = version.stored_at;
                break;
            }
        }
        let own = consultation.patient.as_ref().and_then(|p| by_patient.get(p)).map(Vec::as_slice).unwrap_or_default();
        let times = own.iter().flat_map(|c| c.times()).filter(|t| *t > known_at).chain([known_at]).collect();
        let signed = consultation.signed_at;
        let known = Known::<Consult>::merged(times, |at| {
            let gradings = own.iter().filter_map(|c| c.before(at)).flat_map(|c| &c.gradings);
            let newest = gradings.filter(|(judged, _)| *judged <= signed).max_by_key(|(judged, _)| *judged);
            Some(Consult {
                signed_at: signed,
                is_provincial: counts(&consultation),
                patient: consultation.patient.clone(),
                grade: newest.map(|(_, grade)| *grade),
            })
        });
        consults.insert(consultation.case.clone(), known);
    }
    Ok(consults)
}

async fn hospitals(op: &Op) -> Result<BTreeMap<Id, Known<Joined>>, Problem> {
    let mut roles: BTreeMap<Id, Vec<Known<()>>> = BTreeMap::new();
    for role in each(op, Query::of(ResourceType::PRACTITIONER_ROLE).count(PAGE)).await? {
        let (mut known, mut hospital) = (vec![], None);
        for version in versions(op, &role).await? {
            // One that ended reads as none.
            let active = if version.deleted { None } else { read_role(&version.value()?) };
            hospital = active.as_ref().map(|r| r.hospital.clone()).or(hospital);
            known.push((version.stored_at, active.map(|_| ())));
        }
        if let Some(hospital) = hospital {
            roles.entry(hospital).or_default().push(Known::new(known));
        }
    }
    let counted = |id: &Id| {
        let level = op.platform().directory.hospital(id).map(|h| h.level);
        matches!(level, Some(Level::Province | Level::City | Level::County))
    };
    Ok(roles.into_iter().filter(|(id, _)| counted(id)).map(|(id, roles)| (id, joined(&roles))).collect())
}

/// When somebody worked at a hospital, from the roles there.
fn joined(roles: &[Known<()>]) -> Known<Joined> {
    let times: Vec<Time> = roles.iter().flat_map(Known::times).collect();
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
        let told = vec![(at(one), Some(report(Class::Suspected))), (at(three), Some(report(Class::Confirmed)))];
        let said = Known::new(vec![(at(two), Some(true)), (at(four), Some(false))]);
        let known = case(told, &[said]);
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
        let known =
            joined(&[role(&[(one, true), (two, false)]), role(&[(two, true), (three, false)]), role(&[(four, true)])]);
        let spells: Vec<_> = known.times_and_facts().collect();
        let open = |since| Joined { since: at(since), until: None };
        let ended = Joined { since: at(one), until: Some(at(three)) };
        assert_eq!(spells, [(at(one), open(one)), (at(three), ended), (at(four), open(four))]);
    }
}
