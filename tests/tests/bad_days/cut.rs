//! The line of a whole hospital is cut, and two hundred pages come back at once.

use kernel::Id;
use records::{Act, Change, Subject};
use std::time::Duration;
use testkit::{Client, Events, TestApp};
use tokio::sync::watch;

const SOON: Duration = Duration::from_secs(60);
const PEOPLE: [&str; 10] = [
    "zhou.ming",
    "zhao.min",
    "chen.tao",
    "sun.li",
    "li.wei",
    "zhang.jun",
    "wang.lan",
    "wu.ying",
    "he.jing",
    "gao.yuan",
];
/// Pages of each.
const PAGES: usize = 20;
const CUTS: u64 = 3;
/// Acts between two cuts.
const BETWEEN: u64 = 60;

/// Something that these people are to hear.
pub fn note(people: &[&str], number: u64, padding: &str) -> Change {
    let mut act = Act::system("test.noted");
    act.audience = people.iter().map(|person| Subject::Person(Id::new(*person).unwrap())).collect();
    act.params.insert("note".into(), number.into());
    act.params.insert("padding".into(), padding.into());
    Change::of(act)
}

/// The next acts of ours, by their numbers.
pub async fn rows(stream: &mut Events, most: u64) -> Vec<u64> {
    let mut heard = vec![];
    while (heard.len() as u64) < most {
        let event = stream.next(SOON).await.unwrap_or_else(|| panic!("silence after {} acts", heard.len()));
        assert_ne!(event.event, "resync", "so little was missed that all of it can be told");
        heard.extend(event.data["params"]["note"].as_u64());
    }
    heard
}

/// Comes back as a page does: while the server has not seen that the old lines are gone, a little later.
async fn come_back(who: &Client, last: Option<u64>) -> Events {
    loop {
        let mut request = who.request("GET", "/events");
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        let answer = request.send().await.unwrap();
        if answer.status() != 429 {
            return Events::of(answer);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// One page: hears until it has heard all, and comes back after each cut.
async fn page(who: Client, mut cuts: watch::Receiver<u64>, all: u64) -> Vec<u64> {
    let mut stream = come_back(&who, None).await;
    let mut last = stream.any().await.unwrap().id;
    let mut heard = vec![];
    // Open: the first cut and all acts are still ahead.
    cuts.mark_unchanged();
    while (heard.len() as u64) < all {
        tokio::select! {
            event = stream.next(SOON) => {
                let event = event.unwrap_or_else(|| panic!("silence after {} acts", heard.len()));
                assert_ne!(event.event, "resync");
                assert!(event.id >= last, "{} after {last}", event.id);
                last = event.id;
                heard.extend(event.data["params"]["note"].as_u64());
            }
            Ok(()) = cuts.changed() => {
                drop(stream);
                stream = come_back(&who, Some(last)).await;
            }
        }
    }
    heard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_pages_come_back_and_each_hears_everything_once() {
    let app = TestApp::start().await;
    let all = BETWEEN * (CUTS + 1);
    let (cut, cuts) = watch::channel(0);
    let mut pages = vec![];
    for name in PEOPLE {
        let who = app.login(name).await;
        pages.extend((0..PAGES).map(|_| tokio::spawn(page(who.clone(), cuts.clone(), all))));
    }
    let begun = std::time::Instant::now();
    while app.platform().events.open() < PEOPLE.len() * PAGES {
        assert!(begun.elapsed() < SOON, "{} of 200 are open", app.platform().events.open());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let people: Vec<String> = PEOPLE.iter().map(|name| name.replace('.', "-")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    for n in 0..all {
        // In the middle of the writing, not between.
        if n > 0 && n % BETWEEN == 0 {
            cut.send_modify(|cuts| *cuts += 1);
        }
        app.platform().store.commit(note(&people, n, "")).await.unwrap();
    }
    let expected: Vec<u64> = (0..all).collect();
    for page in pages {
        assert_eq!(page.await.unwrap(), expected, "everything, once, in order");
    }
}
