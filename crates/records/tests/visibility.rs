//! Visibility against an oracle: random small worlds, random viewers, random searches, compared with brute force over a
//! model that holds only what the viewer may see. Shares nothing with the store but the query's text. No leak, no miss,
//! at the result, every hop, `_has` and include; and each check switched off is noticed.

use fhir::{Reference, ResourceType};
use kernel::{Clock, Id, Ids, ManualClock, SeededIds, Time};
use records::conformance::cluster::{Cluster, passed_over};
use records::postgres::{self, Postgres};
use records::sqlite::{Blind, Limits, Options, Sqlite};
use records::{Act, Change, Grant, Query, Scope, Store, StoreError, Subject, Viewer, Write};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

struct Dice(SeededIds);

impl Dice {
    fn roll(&self, below: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        (u64::from_le_bytes(bytes) % below as u64) as usize
    }
    fn one_in(&self, n: usize) -> bool {
        self.roll(n) == 0
    }
    fn pick<'a, T>(&self, items: &'a [T]) -> &'a T {
        &items[self.roll(items.len())]
    }
}

const TYPES: [&str; 5] = ["Patient", "Observation", "DiagnosticReport", "ServiceRequest", "List"];
/// What resources say, and what is asked for: words, and a part of one.
const SAID: [&str; 4] = ["fever", "cough", "双肺", "磨玻璃影"];
const WORDS: [&str; 5] = ["fever", "cough", "双肺", "玻璃", "影"];
const CODES: [&str; 3] = ["a", "b", "c"];
const HOSPITALS: [&str; 3] = ["h1", "h2", "h3"];

#[derive(Debug, Clone)]
struct Thing {
    at: String,
    ty: &'static str,
    hospital: &'static str,
    case: Option<String>,
    code: Option<&'static str>,
    day: Option<usize>,
    links: Vec<(&'static str, String)>,
    told: Vec<&'static str>,
    said: Vec<&'static str>,
    /// Of a value set.
    codes: Vec<&'static str>,
    deleted: bool,
}

impl Thing {
    fn patient(&self) -> Option<&str> {
        match self.ty {
            "Patient" => Some(&self.at),
            _ => self.links.iter().find(|l| l.0 == "subject").map(|l| l.1.as_str()),
        }
    }

    fn body(&self) -> Value {
        let mut body = json!({"resourceType": self.ty});
        if self.ty == "ValueSet" {
            let codes: Vec<Value> = self.codes.iter().map(|code| json!({"code": code})).collect();
            body["compose"] = json!({"include": [{"system": "urn:s", "concept": codes}]});
            return body;
        }
        if !self.told.is_empty() {
            body["text"] = json!({"div": format!("<div><p>{}</p></div>", self.told.join("</p><p>"))});
        }
        if !self.said.is_empty() {
            body["extension"] = json!([{"url": "urn:said", "valueString": self.said.join("，")}]);
        }
        let code_at = if self.ty == "Patient" { "gender" } else { "status" };
        if let Some(code) = self.code {
            body[code_at] = json!(code);
        }
        if let Some(day) = self.day {
            let at = match self.ty {
                "Patient" => "birthDate",
                "ServiceRequest" => "authoredOn",
                "List" => "date",
                _ => "effectiveDateTime",
            };
            body[at] = json!(format!("2026-01-{day:02}"));
        }
        for (link, target) in &self.links {
            let reference = json!({"reference": target});
            match *link {
                "link" => body["link"] = json!([{"other": reference, "type": "seealso"}]),
                "result" => match body["result"].as_array_mut() {
                    Some(all) => all.push(reference),
                    None => body["result"] = json!([reference]),
                },
                "item" => match body["entry"].as_array_mut() {
                    Some(all) => all.push(json!({"item": reference})),
                    None => body["entry"] = json!([{"item": reference}]),
                },
                "based-on" => body["basedOn"] = json!([reference]),
                _ => body[*link] = reference,
            }
        }
        body
    }
}

fn code_param(ty: &str) -> &'static str {
    if ty == "Patient" { "gender" } else { "status" }
}

fn date_param(ty: &str) -> &'static str {
    match ty {
        "Patient" => "birthdate",
        "ServiceRequest" => "authored",
        _ => "date",
    }
}

/// Links a type has: parameter, target type.
fn links_of(ty: &str) -> &'static [(&'static str, &'static str)] {
    match ty {
        "Patient" => &[("link", "Patient")],
        "Observation" => &[("subject", "Patient"), ("based-on", "ServiceRequest")],
        "DiagnosticReport" => &[("subject", "Patient"), ("result", "Observation"), ("based-on", "ServiceRequest")],
        "List" => &[("subject", "Patient"), ("item", "Patient"), ("item", "Observation")],
        "ValueSet" => &[],
        _ => &[("subject", "Patient")],
    }
}

#[derive(Debug, Clone)]
enum Criterion {
    Code(&'static str),
    NotCode(&'static str),
    CodeMissing(bool),
    Since(usize),
    Id(String),
    Points(&'static str, String),
    LinkMissing(&'static str, bool),
    /// All of these words, and not that one; in the narrative alone.
    Words(bool, Vec<&'static str>, Option<&'static str>),
    OnList(String),
    /// In that value set; not in it.
    In(String, bool),
    Chain(&'static str, &'static str, Box<Criterion>),
    Has(&'static str, &'static str, Box<Criterion>),
}

struct World {
    things: Vec<Thing>,
    grants: Vec<(Subject, &'static str, String, Option<Time>)>,
}

fn make_world(dice: &Dice, now: Time) -> World {
    let mut things: Vec<Thing> = vec![];
    for ty in ["Patient", "ServiceRequest", "Observation", "DiagnosticReport", "List", "ValueSet"] {
        let some = |of: &[&'static str]| of.iter().filter(|_| dice.one_in(3)).copied().collect::<Vec<_>>();
        for n in 0..2 + dice.roll(4) {
            let cases: Vec<String> = (0..4).map(|n| format!("ServiceRequest/{n}")).collect();
            let mut links = vec![];
            for (link, target) in links_of(ty) {
                for _ in 0..if *link == "result" { dice.roll(3) } else { usize::from(!dice.one_in(4)) } {
                    links.push((*link, format!("{target}/{}", dice.roll(6))));
                }
            }
            links.dedup();
            things.push(Thing {
                at: format!("{ty}/{n}"),
                ty,
                hospital: HOSPITALS[dice.roll(3)],
                case: dice.one_in(2).then(|| dice.pick(&cases).clone()),
                code: (!dice.one_in(4)).then(|| CODES[dice.roll(3)]),
                day: (!dice.one_in(3)).then(|| 1 + dice.roll(9)),
                links,
                told: some(&SAID),
                said: some(&SAID),
                codes: CODES[..1 + dice.roll(2)].to_vec(),
                deleted: dice.one_in(8),
            });
        }
    }
    let grants = (0..dice.roll(5))
        .map(|_| {
            let subject = dice.pick(&["person:x", "person:y", "desk:h1", "hospital:h2"]).parse().unwrap();
            let (kind, scope) = match dice.roll(3) {
                0 => ("patient", format!("Patient/{}", dice.roll(5))),
                1 => ("case", format!("ServiceRequest/{}", dice.roll(4))),
                _ => ("resource", things[dice.roll(things.len())].at.clone()),
            };
            let until = match dice.roll(3) {
                0 => None,
                1 => Some(now + jiff::SignedDuration::from_secs(60)),
                _ => Some(now),
            };
            (subject, kind, scope, until)
        })
        .collect();
    World { things, grants }
}

impl World {
    async fn write(&self, store: &dyn Store) {
        let at = |text: &str| text.parse::<Reference>().unwrap();
        for thing in &self.things {
            let mut write = Write::new(at(&thing.at), thing.body(), Id::new(thing.hospital).unwrap());
            write.case = thing.case.as_deref().map(at);
            store.commit(Change::of(Act::system("x")).write(write.clone())).await.unwrap();
            if thing.deleted {
                let gone = Write { body: None, must_be_new: false, ..write };
                store.commit(Change::of(Act::system("x")).write(gone)).await.unwrap();
            }
        }
        let mut change = Change::of(Act::system("x"));
        for (subject, kind, scope, until) in &self.grants {
            let scope = match *kind {
                "patient" => Scope::Patient(at(scope)),
                "case" => Scope::Case(at(scope)),
                _ => Scope::Resource(at(scope)),
            };
            change.grants.push(Grant { subject: subject.clone(), scope, until: *until });
        }
        store.commit(change).await.unwrap();
    }

    /// What is there for this viewer, by brute force.
    fn seen(&self, viewer: &Viewer, now: Time) -> Vec<&Thing> {
        let Viewer::Person { custody, subjects } = viewer else {
            return self.things.iter().filter(|t| !t.deleted).collect();
        };
        let live = || self.grants.iter().filter(|g| subjects.contains(&g.0) && g.3.is_none_or(|until| until > now));
        let granted = |kind: &str, scope: Option<&str>| live().any(|g| g.1 == kind && Some(g.2.as_str()) == scope);
        let sees = |t: &&Thing| {
            !t.deleted
                && (custody.as_ref().is_some_and(|c| c.as_str() == t.hospital)
                    || granted("patient", t.patient())
                    || granted("case", t.case.as_deref())
                    || granted("case", Some(&t.at))
                    || granted("resource", Some(&t.at)))
        };
        self.things.iter().filter(sees).collect()
    }
}

impl Criterion {
    fn random(dice: &Dice, ty: &'static str, depth: usize) -> Self {
        let link = *dice.pick(links_of(ty));
        match dice.roll(if depth == 0 { 10 } else { 16 }) {
            0 => Self::Code(CODES[dice.roll(3)]),
            1 => Self::NotCode(CODES[dice.roll(3)]),
            2 => Self::CodeMissing(dice.one_in(2)),
            3 => Self::Since(1 + dice.roll(9)),
            4 => Self::Id(dice.roll(5).to_string()),
            5 => Self::Points(link.0, format!("{}/{}", link.1, dice.roll(6))),
            6 => Self::LinkMissing(link.0, dice.one_in(2)),
            7 => {
                let words = (0..1 + dice.roll(2)).map(|_| *dice.pick(&WORDS)).collect();
                Self::Words(dice.one_in(2), words, dice.one_in(3).then(|| *dice.pick(&WORDS)))
            }
            8 => Self::OnList(dice.roll(4).to_string()),
            9 => Self::In(dice.roll(3).to_string(), dice.one_in(2)),
            10..=12 => Self::Chain(link.0, link.1, Box::new(Self::random(dice, link.1, depth - 1))),
            _ => {
                let back: Vec<(&'static str, &'static str)> = TYPES
                    .iter()
                    .flat_map(|from| links_of(from).iter().filter(|l| l.1 == ty).map(move |l| (*from, l.0)))
                    .collect();
                if back.is_empty() {
                    return Self::random(dice, ty, 0);
                }
                let (from, link) = *dice.pick(&back);
                Self::Has(from, link, Box::new(Self::random(dice, from, depth - 1)))
            }
        }
    }

    fn url(&self, ty: &str) -> (String, String) {
        match self {
            Self::Code(code) => (code_param(ty).into(), (*code).into()),
            Self::NotCode(code) => (format!("{}:not", code_param(ty)), (*code).into()),
            Self::CodeMissing(missing) => (format!("{}:missing", code_param(ty)), missing.to_string()),
            Self::Since(day) => (date_param(ty).into(), format!("ge2026-01-{day:02}")),
            Self::Id(id) => ("_id".into(), id.clone()),
            Self::Points(link, target) => ((*link).into(), target.clone()),
            Self::LinkMissing(link, missing) => (format!("{link}:missing"), missing.to_string()),
            Self::Words(narrative, all, none) => {
                let none = none.map_or_else(String::new, |word| format!(" -{word}"));
                (if *narrative { "_text" } else { "_content" }.into(), format!("{}{none}", all.join(" ")))
            }
            Self::OnList(list) => ("_list".into(), list.clone()),
            Self::In(set, is) => {
                (format!("{}:{}", code_param(ty), if *is { "in" } else { "not-in" }), format!("ValueSet/{set}"))
            }
            Self::Chain(link, to, inner) => {
                let (name, value) = inner.url(to);
                (format!("{link}:{to}.{name}"), value)
            }
            Self::Has(from, link, inner) => {
                let (name, value) = inner.url(from);
                (format!("_has:{from}:{link}:{name}"), value)
            }
        }
    }

    fn holds(&self, thing: &Thing, seen: &[&Thing]) -> bool {
        match self {
            Self::Code(code) => thing.code == Some(code),
            Self::NotCode(code) => thing.code != Some(code),
            Self::CodeMissing(missing) => thing.code.is_none() == *missing,
            Self::Since(day) => thing.day.is_some_and(|d| d >= *day),
            Self::Id(id) => thing.at == format!("{}/{id}", thing.ty),
            Self::Points(link, target) => thing.links.iter().any(|l| l.0 == *link && l.1 == *target),
            Self::LinkMissing(link, missing) => thing.links.iter().any(|l| l.0 == *link) != *missing,
            Self::Words(narrative, all, none) => {
                let has = |word: &&str| {
                    let others = thing.said.iter().filter(|_| !narrative);
                    thing.told.iter().chain(others).any(|said| said.contains(*word))
                };
                all.iter().all(&has) && !none.iter().any(has)
            }
            Self::OnList(list) => seen.iter().any(|other| {
                other.at == format!("List/{list}") && other.links.iter().any(|l| l.0 == "item" && l.1 == thing.at)
            }),
            Self::In(set, is) => {
                let set = seen.iter().find(|other| other.at == format!("ValueSet/{set}"));
                set.is_some_and(|set| thing.code.is_some_and(|code| set.codes.contains(&code)) == *is)
            }
            Self::Chain(link, to, inner) => thing
                .links
                .iter()
                .filter(|l| l.0 == *link)
                .any(|l| seen.iter().any(|other| other.at == l.1 && other.ty == *to && inner.holds(other, seen))),
            Self::Has(from, link, inner) => seen.iter().any(|other| {
                other.ty == *from
                    && other.links.iter().any(|l| l.0 == *link && l.1 == thing.at)
                    && inner.holds(other, seen)
            }),
        }
    }
}

impl Criterion {
    /// Whether it names a value set that is not there for this viewer.
    fn asks_in_vain(&self, seen: &[&Thing]) -> bool {
        match self {
            Self::In(set, _) => !seen.iter().any(|other| other.at == format!("ValueSet/{set}")),
            Self::Chain(_, _, inner) | Self::Has(_, _, inner) => inner.asks_in_vain(seen),
            _ => false,
        }
    }
}

/// On which engine a world stands.
#[derive(Clone, Copy)]
enum On {
    Sqlite,
    Postgres(&'static Cluster),
}

impl On {
    async fn open(self, dir: &std::path::Path, clock: &Arc<ManualClock>, limits: &Limits) -> Arc<dyn Store> {
        let (clock, limits) = (clock.clone(), limits.clone());
        match self {
            Self::Sqlite => Sqlite::open(dir, Options { clock, limits, readers: 1, ..Options::default() }).unwrap(),
            Self::Postgres(cluster) => {
                let schema = cluster.schema();
                let options = postgres::Options { clock, limits, schema, ..postgres::Options::default() };
                Postgres::open(&cluster.url(), dir.join("blobs"), options).await.unwrap()
            }
        }
    }
}

/// Runs `worlds` worlds of `searches` searches; answers how many were wrong, with the first of them.
async fn compare(on: On, seed: u64, worlds: u64, searches: usize, limits: &Limits) -> (usize, String) {
    let (mut wrong, mut first) = (0, String::new());
    for world_seed in seed..seed + worlds {
        let dice = Dice(SeededIds::new(world_seed));
        let clock = Arc::new(ManualClock::at("2026-11-21T00:00:00Z".parse().unwrap()));
        let world = make_world(&dice, clock.now());
        let dir = tempfile::tempdir().unwrap();
        let store = on.open(dir.path(), &clock, limits).await;
        world.write(&*store).await;
        for _ in 0..searches {
            let asked = ask(&dice);
            if let Err(why) = check(&world, &*store, &asked, clock.now(), &dice).await {
                wrong += 1;
                if first.is_empty() {
                    first = format!("seed {world_seed}: {why}\n{asked:?}\n{:#?}\n{:?}", world.things, world.grants);
                }
            }
        }
        store.close().await;
    }
    (wrong, first)
}

#[derive(Debug)]
struct Asked {
    viewer: Viewer,
    ty: &'static str,
    criteria: Vec<Criterion>,
    sort: Option<String>,
    include: Option<(&'static str, &'static str)>,
    revinclude: Option<(&'static str, &'static str)>,
}

fn ask(dice: &Dice) -> Asked {
    let ty = *dice.pick(&TYPES);
    let mut subjects = vec![];
    for subject in ["person:x", "person:y", "desk:h1", "hospital:h2"] {
        if dice.one_in(3) {
            subjects.push(subject.parse().unwrap());
        }
    }
    let custody = dice.one_in(2).then(|| Id::new(*dice.pick(&HOSPITALS)).unwrap());
    let viewer = if dice.one_in(8) { Viewer::System } else { Viewer::Person { custody, subjects } };
    let back: Vec<(&'static str, &'static str)> =
        TYPES.iter().flat_map(|from| links_of(from).iter().filter(|l| l.1 == ty).map(move |l| (*from, l.0))).collect();
    Asked {
        viewer,
        ty,
        criteria: (0..dice.roll(3)).map(|_| Criterion::random(dice, ty, 2)).collect(),
        sort: match dice.roll(4) {
            0 => Some(date_param(ty).into()),
            1 => Some(format!("-{}", date_param(ty))),
            2 => Some("-_lastUpdated".into()),
            _ => None,
        },
        include: dice.one_in(3).then(|| (ty, dice.pick(links_of(ty)).0)),
        revinclude: (dice.one_in(3) && !back.is_empty()).then(|| *dice.pick(&back)),
    }
}

async fn check(world: &World, store: &dyn Store, asked: &Asked, now: Time, dice: &Dice) -> Result<(), String> {
    let seen = world.seen(&asked.viewer, now);
    let expected: BTreeSet<String> = seen
        .iter()
        .filter(|t| t.ty == asked.ty && asked.criteria.iter().all(|c| c.holds(t, &seen)))
        .map(|t| t.at.clone())
        .collect();
    let mut query = Query::of(ResourceType::from_name(asked.ty).unwrap());
    for criterion in &asked.criteria {
        query.params.push(criterion.url(asked.ty));
    }
    if let Some(sort) = &asked.sort {
        query = query.with("_sort", sort);
    }
    if asked.criteria.iter().any(|c| c.asks_in_vain(&seen)) {
        return match (store.search(&asked.viewer, &query).await, store.count(&asked.viewer, &query, 10).await) {
            (Err(StoreError::BadQuery(_)), Err(StoreError::BadQuery(_))) => Ok(()),
            other => Err(format!("a set that is not seen was found: {other:?}")),
        };
    }
    let paged = pages(store, &asked.viewer, query.clone().count(1 + dice.roll(3))).await?;
    let found: BTreeSet<String> = paged.iter().cloned().collect();
    if found.len() != paged.len() {
        return Err(format!("repeated: {paged:?}"));
    }
    if found != expected {
        return Err(format!("found {found:?}, expected {expected:?}"));
    }
    let counted = store.count(&asked.viewer, &query, 100_000).await.map_err(|e| e.to_string())?;
    if counted != expected.len() as u64 {
        return Err(format!("counted {counted}, expected {}", expected.len()));
    }
    if let Some((from, link)) = asked.include {
        query = query.with("_include", format!("{from}:{link}"));
    }
    if let Some((from, link)) = asked.revinclude {
        query = query.with("_revinclude", format!("{from}:{link}"));
    }
    let brought = included(store, &asked.viewer, &query.count(1_000)).await?;
    let is_match = |t: &&&Thing| !expected.contains(&t.at);
    let wanted: BTreeSet<String> = seen
        .iter()
        .filter(|t| {
            let forth = asked.include.is_some_and(|(_, link)| {
                seen.iter().any(|s| expected.contains(&s.at) && s.links.iter().any(|l| l.0 == link && l.1 == t.at))
            });
            let back = asked.revinclude.is_some_and(|(from, link)| {
                t.ty == from && t.links.iter().any(|l| l.0 == link && expected.contains(&l.1))
            });
            forth || back
        })
        .filter(is_match)
        .map(|t| t.at.clone())
        .collect();
    if brought != wanted {
        return Err(format!("included {brought:?}, expected {wanted:?}"));
    }
    Ok(())
}

async fn pages(store: &dyn Store, viewer: &Viewer, mut query: Query) -> Result<Vec<String>, String> {
    let mut found = vec![];
    for _ in 0..200 {
        let page = store.search(viewer, &query).await.map_err(|e| e.to_string())?;
        found.extend(page.matches.iter().map(|r| r.at.to_string()));
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(found),
        }
    }
    Err("the pages never end".into())
}

/// Everything included, over all pages: a short page brings only what its own matches bring.
async fn included(store: &dyn Store, viewer: &Viewer, query: &Query) -> Result<BTreeSet<String>, String> {
    let (mut brought, mut matched, mut query) = (BTreeSet::new(), BTreeSet::new(), query.clone());
    for _ in 0..200 {
        let page = store.search(viewer, &query).await.map_err(|e| e.to_string())?;
        matched.extend(page.matches.iter().map(|r| r.at.to_string()));
        brought.extend(page.included.iter().map(|r| r.at.to_string()));
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(brought.difference(&matched).cloned().collect()),
        }
    }
    Err("the pages never end".into())
}

/// As it ships; walking always; with a budget so small that pages end early; as it ships for who has many grants. Grants are
/// compared one by one, as bits, in a table, as bits.
fn ways() -> [Limits; 4] {
    let patient = Limits { patience_ms: 60_000, ..Limits::default() };
    [
        patient.clone(),
        Limits { small: 0, gather: 0, few: 0, ..patient.clone() },
        Limits { small: 0, gather: 0, walk: 2, few: 0, dense: 0, ..patient.clone() },
        Limits { few: 0, ..patient },
    ]
}

async fn no_leak_and_no_miss(on: On, worlds: u64) {
    for (i, limits) in ways().iter().enumerate() {
        let (wrong, first) = compare(on, 1_000 * (i as u64 + 1), worlds, 60, limits).await;
        assert_eq!(wrong, 0, "{first}");
    }
}

async fn each_check_switched_off_is_noticed(on: On) {
    for blind in [Blind::Result, Blind::Chain, Blind::Has, Blind::Include] {
        for limits in &ways()[..2] {
            let limits = Limits { blind: Some(blind), ..limits.clone() };
            let mut noticed = false;
            for seed in (5_000..5_060).step_by(4) {
                noticed = compare(on, seed, 4, 60, &limits).await.0 > 0;
                if noticed {
                    break;
                }
            }
            assert!(noticed, "nobody notices that {blind:?} is not checked");
        }
    }
}

mod on_sqlite {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_leak_and_no_miss() {
        super::no_leak_and_no_miss(On::Sqlite, 12).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn each_check_switched_off_is_noticed() {
        super::each_check_switched_off_is_noticed(On::Sqlite).await;
    }
}

mod on_postgres {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_leak_and_no_miss() {
        match Cluster::shared() {
            Some(cluster) => super::no_leak_and_no_miss(On::Postgres(cluster), 8).await,
            None => passed_over("no leak and no miss"),
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn each_check_switched_off_is_noticed() {
        match Cluster::shared() {
            Some(cluster) => super::each_check_switched_off_is_noticed(On::Postgres(cluster)).await,
            None => passed_over("each check switched off is noticed"),
        }
    }
}
