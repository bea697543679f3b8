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
    // A referral has states too.
    let of_cases = |e: &&Entry| e.at <= until && !e.act.what.starts_with("referral.");
    for entry in entries.iter().filter(of_cases) {
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
    let event = heard.next(Duration::from_secs(30)).await.unwrap();
    assert_eq!(
        (event.event.as_str(), event.data),
        ("figures", serde_json::json!({})),
        "that something changed, and nothing else"
    );
    assert_eq!(state("lushi").await["connected"], true);
    let listening = zhao.events(None).await;
    let event = heard.next(Duration::from_secs(30)).await.unwrap();
    assert_eq!(event.event, "figures", "a first page is open");
    assert!(app.platform().events.listening().iter().any(|h| h.as_str() == "lushi"));
    drop(listening);
    let event = heard.next(Duration::from_secs(60)).await.unwrap();
    assert_eq!(event.event, "figures", "the last page was closed");
    assert!(!app.platform().events.listening().iter().any(|h| h.as_str() == "lushi"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_report_is_what_the_ledger_says_and_each_number_opens() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let mut program = Program::demo(&data).await?;
    let gao = Caller::sign_in(&program.url, "gao.yuan").await?;
    let today = kernel::Clock::now(&kernel::SystemClock).to_zoned(jiff::tz::TimeZone::get("Asia/Shanghai")?).date();
    let window = format!("from={}&to={}", today - jiff::ToSpan::years(2), today + jiff::ToSpan::days(1));
    let ask =
        async |what: &str, rest: &str| gao.send("GET", &format!("/api/service/{what}?{window}&{rest}"), None).await;
    let report = ask("report", "by=asking").await?;
    assert_eq!(report.status, 200, "{report:?}");
    let report = report.body;
    for cell in report["cells"].as_array().unwrap() {
        assert!(cell["rule"]["version"].as_u64() >= Some(1) && cell["rule"]["text"]["zh"].is_string(), "{cell}");
    }
    let total = |cell: &str| report["total"]["cells"][cell].as_u64().unwrap();

    // Every number of every row of every kind is the length of its list.
    for by in ["asking", "advising", "department", "expert", "chapter", "disease", "month", "quarter"] {
        let report = ask("report", &format!("by={by}&limit=200")).await?.body;
        let rows = report["rows"].as_array().unwrap();
        assert_eq!(report["count"].as_u64(), Some(rows.len() as u64), "{by}");
        assert_eq!(report["total"]["cells"], ask("report", "by=asking").await?.body["total"]["cells"], "{by}");
        for row in rows.iter().take(3) {
            for (cell, value) in row["numbers"]["cells"].as_object().unwrap() {
                let key = row["key"].as_str().unwrap();
                let list = ask("cases", &format!("by={by}&cell={cell}&key={key}&limit=200")).await?.body;
                assert_eq!(list["count"], *value, "{by} {key} {cell}");
                assert_eq!(
                    list["cases"].as_array().unwrap().len() as u64,
                    value.as_u64().unwrap(),
                    "{by} {key} {cell}"
                );
                assert!(!list.to_string().contains("purpose"), "no clinical word");
            }
        }
    }
    for bad in ["by=everything", "", "by=asking&from=1990-01-01"] {
        assert_eq!(gao.send("GET", &format!("/api/service/report?{bad}"), None).await?.status, 400, "{bad}");
    }
    let page = ask("report", "by=asking&limit=1&offset=1").await?.body;
    assert_eq!(page["rows"].as_array().unwrap().len(), 1);
    assert_eq!(page["rows"][0]["key"], report["rows"][1]["key"], "the second page");

    // An administrator counts the own hospital and those below, and reads nothing of patients.
    let he = Caller::sign_in(&program.url, "he.jing").await?;
    let own = he.send("GET", &format!("/api/service/report?{window}&by=asking"), None).await?;
    assert_eq!(own.status, 200, "{own:?}");
    assert!(own.body["total"]["cells"]["solved"].is_null(), "no outcome");
    let seen = own.body["total"]["cells"]["all"].as_u64().unwrap();
    let of = |key: &str| {
        let rows = report["rows"].as_array().unwrap();
        rows.iter().find(|r| r["key"] == key).map_or(0, |r| r["numbers"]["cells"]["all"].as_u64().unwrap())
    };
    assert!(seen == of("guangshan") && 0 < seen && seen < total("all"), "{seen} of its own");
    for hidden in ["report?by=disease", "report.csv?by=chapter", "cases?by=asking&cell=solved"] {
        let path = format!("/api/service/{hidden}&{window}");
        assert_eq!(he.send("GET", &path, None).await?.status, 404, "{hidden}");
    }
    let zhou = Caller::sign_in(&program.url, "zhou.ming").await?;
    for path in ["report?by=asking", "cases?by=asking&cell=all", "kept?", "visits?", "report.csv?by=asking"] {
        assert_eq!(zhou.send("GET", &format!("/api/service/{path}"), None).await?.status, 404, "{path}");
    }
    let kept = ask("kept", "").await?.body;
    let visits = ask("visits", "limit=200").await?.body;
    assert_eq!(kept["total"]["visits"], visits["count"]);
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
    let cases = retell(&entries, Time::MAX);
    let count = |fits: &dyn Fn(&Told) -> bool| cases.values().filter(|c| fits(c)).count() as u64;
    assert_eq!(total("all"), cases.len() as u64);
    for urgency in ["emergency", "urgent", "routine"] {
        assert_eq!(total(urgency), count(&|c| c.urgency == urgency), "{urgency}");
    }
    assert_eq!(total("signed"), count(&|c| c.signed_at.is_some()));
    let mut answers: BTreeMap<String, String> = BTreeMap::new();
    for entry in entries.iter().filter(|e| e.act.what == "consult.answer") {
        let case = entry.act.case.as_ref().unwrap().id.to_string();
        answers.insert(case, entry.act.params["answer"].as_str().unwrap().to_owned());
    }
    assert_eq!(total("answered"), answers.len() as u64);
    for (cell, word) in [("adopted", "adopted"), ("partly", "partly"), ("not-adopted", "not")] {
        assert_eq!(total(cell), answers.values().filter(|a| *a == word).count() as u64, "{cell}");
    }
    assert!(total("answered") > 0 && total("first-look-due") > 0 && total("opinion-kept") <= total("opinion-due"));
    assert!(entries.iter().any(|e| e.act.what == "service.cases"), "a look at cases is ledgered");
    Ok(())
}
