//! The event stream: everybody hears what concerns them, all of it, once, soon, and only while their session lives.

use fhir::{Reference, ResourceType};
use kernel::Id;
use records::{Act, Change, Store, Subject};
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::TestApp;

const SOON: Duration = Duration::from_secs(30);

fn for_hospital(hospital: &str, note: u64) -> Change {
    let mut act = Act::system("test.noted");
    act.audience = vec![Subject::Hospital(Id::new(hospital).unwrap())];
    act.case = Some(Reference::new(ResourceType::SERVICE_REQUEST, Id::new("case-1").unwrap()));
    act.params.insert("note".into(), note.into());
    Change::of(act)
}

async fn note(app: &TestApp, hospital: &str, number: u64) {
    app.platform().store.commit(for_hospital(hospital, number)).await.unwrap();
}

#[tokio::test]
async fn an_act_is_heard_by_its_audience_alone() {
    let app = TestApp::start().await;
    let (zhou, zhao) = (app.login("zhou.ming").await, app.login("zhao.min").await);
    let (mut ours, mut theirs) = (zhou.events(None).await, zhao.events(None).await);
    ours.any().await.unwrap();
    theirs.any().await.unwrap();
    note(&app, "guangshan", 1).await;
    let heard = ours.next(SOON).await.unwrap();
    assert_eq!((heard.event.as_str(), &heard.data["what"]), ("act", &"test.noted".into()));
    assert_eq!((&heard.data["case"], &heard.data["params"]["note"]), (&"case-1".into(), &1.into()));
    assert_eq!(heard.data["number"], heard.id);
    note(&app, "lushi", 2).await;
    assert_eq!(theirs.next(SOON).await.unwrap().data["params"]["note"], 2);
    assert_eq!(ours.next(Duration::from_millis(200)).await, None);
}

#[tokio::test]
async fn resuming_under_concurrent_writes_has_no_gap_and_no_double() {
    const WRITERS: u64 = 4;
    const EACH: u64 = 150;
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let mut stream = zhou.events(None).await;
    let mut last = stream.any().await.unwrap().id;
    let store = app.platform().store.clone();
    let writers: Vec<_> = (0..WRITERS).map(|writer| tokio::spawn(write(store.clone(), writer, EACH))).collect();
    let (mut heard, mut numbers) = (vec![], vec![]);
    while heard.len() < (WRITERS * EACH) as usize {
        let Some(event) = stream.next(SOON).await else { panic!("silence after {} events", heard.len()) };
        assert_eq!(event.event, "act");
        heard.push(event.data["params"]["note"].as_u64().unwrap());
        numbers.push(event.id);
        last = event.id;
        if heard.len() % 37 == 0 {
            drop(stream);
            stream = zhou.events(Some(last)).await;
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "in order, none twice");
    heard.sort_unstable();
    let expected: Vec<u64> = (0..WRITERS).flat_map(|w| (0..EACH).map(move |n| w * 1000 + n)).collect();
    assert_eq!(heard, expected);
    assert_eq!(zhou.events(Some(last)).await.next(Duration::from_millis(300)).await, None, "nothing is left");
}

async fn write(store: Arc<dyn Store>, writer: u64, each: u64) {
    for n in 0..each {
        store.commit(for_hospital("guangshan", writer * 1000 + n)).await.unwrap();
        store.commit(for_hospital("lushi", 0)).await.unwrap();
    }
}

#[tokio::test]
async fn who_missed_too_much_is_told_to_read_anew() {
    let app = TestApp::start().await;
    let store = app.platform().store.clone();
    let writers: Vec<_> = (0..32u64)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                for n in 0..160 {
                    store.commit(for_hospital("lushi", n)).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let zhou = app.login("zhou.ming").await;
    let mut stream = zhou.events(Some(0)).await;
    let first = stream.next(SOON).await.unwrap();
    assert_eq!(first.event, "resync");
    note(&app, "guangshan", 7).await;
    let next = stream.next(SOON).await.unwrap();
    assert_eq!(next.data["params"]["note"], 7);
    assert!(next.id > first.id);
}

#[tokio::test]
async fn a_stream_goes_on_after_what_the_first_answer_named() {
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    note(&app, "guangshan", 1).await;
    let number = zhou.get("/api/session").await.ok()["ledger_number"].as_u64().unwrap();
    note(&app, "guangshan", 2).await;
    let mut stream = zhou.events_after(number).await;
    assert_eq!(stream.next(SOON).await.unwrap().data["params"]["note"], 2);
    note(&app, "guangshan", 3).await;
    let last = stream.next(SOON).await.unwrap();
    assert_eq!(last.data["params"]["note"], 3);
    zhou.get("/events?after=-1").await.refused(400, "request.unreadable");
    // A store that was set back to an older copy: what was heard since is not so.
    let mut ahead = zhou.events_after(last.id + 1_000).await;
    assert_eq!(ahead.next(SOON).await.unwrap().event, "resync");
    note(&app, "guangshan", 4).await;
    assert_eq!(ahead.next(SOON).await.unwrap().data["params"]["note"], 4);
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let app = TestApp::start().await;
    let (zhou, zhao) = (app.login("zhou.ming").await, app.login("zhao.min").await);
    let (mut ours, mut theirs) = (zhou.events(None).await, zhao.events(None).await);
    ours.any().await.unwrap();
    zhou.delete("/api/session").await;
    assert!(ours.ends(Duration::from_secs(20)).await);
    assert!(!theirs.ends(Duration::from_millis(300)).await, "another's goes on");
    app.nobody().get("/events").await.refused(401, "session.none");
}

#[tokio::test]
async fn one_person_opens_a_bounded_number_of_streams() {
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let mut open = vec![];
    for _ in 0..32 {
        let mut stream = zhou.events(None).await;
        stream.any().await.unwrap();
        open.push(stream);
    }
    zhou.get("/events").await.refused(429, "events.too-many");
    open.truncate(1);
    let deadline = Instant::now() + SOON;
    while app.platform().events.open() > 1 {
        assert!(Instant::now() < deadline, "places are given back");
        // The server sees a closed stream at its next write.
        note(&app, "guangshan", 1).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
