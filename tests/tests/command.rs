//! The command page's numbers over a whole demonstration, each counted again from the ledger alone: acts and nothing else,
//! by a reader that shares no code with the counters.

use anyhow::{Context, Result};
use kernel::Time;
use records::sqlite::{Options, Sqlite};
use records::{Entry, Store};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tests::program::{Caller, Program};

/// A case as the ledger's acts tell it.
#[derive(Debug, Default, Clone)]
struct Told {
    state: String,
    urgency: String,
    asked_by: String,
    asked_at: Option<Time>,
    signed_at: Option<Time>,
    signed_by: String,
}

fn retell(entries: &[Entry], until: Time) -> BTreeMap<String, Told> {
    let mut cases: BTreeMap<String, Told> = BTreeMap::new();
    for entry in entries.iter().filter(|e| e.at <= until) {
        let act = &entry.act;
        let (Some(case), Some(to)) = (&act.case, act.params.get("to").and_then(Value::as_str)) else { continue };
        let told = cases.entry(case.id.to_string()).or_default();
        told.state = to.to_owned();
        if let Some(urgency) = act.params.get("urgency").and_then(Value::as_str) {
            told.urgency = urgency.to_owned();
        }
        let hospital = || act.hospital.as_ref().unwrap().to_string();
        match act.what.as_str() {
            "consult.request" => (told.asked_by, told.asked_at) = (hospital(), Some(entry.at)),
            "opinion.sign" => (told.signed_by, told.signed_at) = (hospital(), Some(entry.at)),
            _ => {}
        }
    }
    cases
}

fn number(overview: &Value, code: &str) -> Value {
    let figures = overview["figures"].as_array().unwrap();
    figures.iter().find(|f| f["code"] == code).unwrap_or_else(|| panic!("no {code}")).clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_number_is_what_the_ledger_says() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let mut program = Program::demo(&data).await?;
    let (gao, chen) =
        (Caller::sign_in(&program.url, "gao.yuan").await?, Caller::sign_in(&program.url, "chen.tao").await?);
    let overview = gao.send("GET", "/api/network/overview", None).await?;
    assert_eq!(overview.status, 200, "{overview:?}");
    let overview = overview.body;
    let now: Time = overview["at"].as_str().context("an instant")?.parse()?;

    // Who may see what is behind a number.
    assert_eq!(gao.send("GET", "/api/network/cases?figure=waiting", None).await?.status, 404, "figures, not cases");
    let behind = chen.send("GET", "/api/network/cases?figure=waiting", None).await?.body;
    let mine = chen.send("GET", "/api/network/overview", None).await?.body;
    assert_eq!(mine["part"], "centre");
    assert_eq!(behind["count"], number(&mine, "waiting")["value"], "the list is what the number counted");
    let open = behind["cases"].as_array().unwrap().iter().find(|c| c["opens"] == true).context("one that opens")?;
    let path = format!("/api/consults/{}", open["id"].as_str().unwrap());
    assert_eq!(chen.send("GET", &path, None).await?.status, 200, "down to the case");
    assert!(behind.to_string().find("purpose").is_none(), "no clinical word in a list of command");
    for bad in ["figure=everything", "", "figure=waiting&hospital=%2e%2e%2f"] {
        assert_eq!(chen.send("GET", &format!("/api/network/cases?{bad}"), None).await?.status, 400, "{bad}");
    }
    program.stop()?;

    let store = Sqlite::open(&data.join("records"), Options::default())?;
    let (mut entries, mut after) = (vec![], 0);
    loop {
        let page = store.entries(after, 1000).await?;
        let Some(last) = page.last() else { break };
        after = last.number;
        entries.extend(page);
    }
    store.close().await;
    let cases = retell(&entries, now);
    assert_eq!(cases.len(), 30);

    let zone = jiff::tz::TimeZone::get("Asia/Shanghai")?;
    let day = |at: Time| at.to_zoned(zone.clone()).date();
    let today = day(now);
    let count = |fits: &dyn Fn(&Told) -> bool| cases.values().filter(|c| fits(c)).count();
    let value = |code: &str| number(&overview, code)["value"].as_u64().unwrap() as usize;

    assert_eq!(value("today"), count(&|c| c.asked_at.is_some_and(|at| day(at) == today)));
    assert_eq!(value("in_session"), count(&|c| c.state == "in-session"));
    let not_waiting = [
        "returned",
        "in-session",
        "suspended",
        "opinion-drafted",
        "signed",
        "delivered",
        "acknowledged",
        "followed-up",
        "closed",
        "declined",
        "cancelled",
    ];
    let waits = |c: &Told| !not_waiting.contains(&c.state.as_str());
    assert_eq!(value("waiting"), count(&waits));
    for urgency in ["emergency", "urgent", "routine"] {
        let told = number(&overview, "waiting")["by"][urgency].as_u64().unwrap() as usize;
        assert_eq!(told, count(&|c| waits(c) && c.urgency == urgency), "{urgency}");
    }
    let levels: BTreeMap<&str, &str> = overview["hospitals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| (h["id"].as_str().unwrap(), h["level"].as_str().unwrap()))
        .collect();
    let consulted = |c: &Told| {
        let asked_below = ["city", "county"].contains(levels.get(c.asked_by.as_str()).unwrap_or(&""));
        c.signed_at.is_some_and(|at| day(at) == today)
            && asked_below
            && levels.get(c.signed_by.as_str()) == Some(&"province")
    };
    assert_eq!(value("consulted"), count(&consulted));
    assert!(
        count(&|c| c.signed_at.is_some() && levels.get(c.signed_by.as_str()) == Some(&"city")) > 0,
        "the rule has something to leave out"
    );

    // Connected: an act or a look within fifteen minutes; nobody listened.
    let heard: BTreeSet<String> = entries
        .iter()
        .filter(|e| e.at <= now && now.duration_since(e.at).as_secs() < 15 * 60)
        .filter_map(|e| e.act.hospital.as_ref().map(ToString::to_string))
        .filter(|h| levels.contains_key(h.as_str()))
        .collect();
    let shown: BTreeSet<String> = overview["hospitals"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|h| h["connected"] == true)
        .map(|h| h["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(shown, heard);
    assert_eq!(value("connected"), heard.len());
    assert!(heard.len() > 20, "a province where nobody is there: {heard:?}");

    let hours = overview["hours"].as_array().unwrap();
    let from: Time = hours[0]["from"].as_str().unwrap().parse()?;
    let asked: u64 = hours.iter().map(|h| h["asked"].as_u64().unwrap()).sum();
    let signed: u64 = hours.iter().map(|h| h["signed"].as_u64().unwrap()).sum();
    assert_eq!(asked as usize, count(&|c| c.asked_at.is_some_and(|at| at >= from)));
    assert_eq!(signed as usize, count(&|c| c.signed_at.is_some_and(|at| at >= from)));

    let by_level = |level: &str| levels.values().filter(|l| **l == level).count();
    assert_eq!((by_level("province"), by_level("city"), by_level("county")), (2, 18, 106));
    let overdue = value("overdue");
    let open = count(&|c| !["closed", "declined", "cancelled"].contains(&c.state.as_str()));
    assert!(
        overdue >= 1 && overdue * 3 < open,
        "{overdue} of {open} open cases overdue: an inbox should look like a day's work"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hospital_is_there_while_somebody_listens_and_command_hears_of_it() -> Result<()> {
    let app = testkit::TestApp::start().await;
    let (gao, _wu) = (app.login("gao.yuan").await, app.login("wu.ying").await);
    let state = async |hospital: &str| -> Value {
        let overview = gao.get("/api/network/overview").await.ok();
        overview["hospitals"].as_array().unwrap().iter().find(|h| h["id"] == hospital).unwrap().clone()
    };
    // Signing in was an act; a hospital without people has not joined.
    assert_eq!(state("guangshan").await["connected"], true);
    assert_eq!(state("province-2").await["state"], "not-joined");
    assert_eq!(state("lushi").await["state"], "quiet");
    let mut heard = gao.events(None).await;
    heard.any().await.unwrap();
    let zhao = app.login("zhao.min").await;
    let event = heard.next(Duration::from_secs(5)).await.unwrap();
    assert_eq!(
        (event.event.as_str(), event.data),
        ("figures", serde_json::json!({})),
        "that something changed, and nothing else"
    );
    assert_eq!(state("lushi").await["connected"], true);
    let listening = zhao.events(None).await;
    let event = heard.next(Duration::from_secs(5)).await.unwrap();
    assert_eq!(event.event, "figures", "a first page is open");
    assert!(app.platform().events.listening().iter().any(|h| h.as_str() == "lushi"));
    drop(listening);
    let event = heard.next(Duration::from_secs(20)).await.unwrap();
    assert_eq!(event.event, "figures", "the last page was closed");
    assert!(!app.platform().events.listening().iter().any(|h| h.as_str() == "lushi"));
    Ok(())
}
