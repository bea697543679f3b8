//! The official examples of R4 over HTTP: stored as an import does, read back as they were sent, found by what stands in them.
//!
//! By what each must be found another program says: `tests/e2e/questions.mjs` takes the values of every search parameter out of every
//! example with a foreign FHIRPath, into `target/judged/examples.jsonl`. `cargo xtask test rust` fetches the examples and has the
//! questions made; without them these tests say that they were skipped.
//!
//! Asked are, of each type, each parameter of the first example that has it, every [`NTH`] pair of an example and a parameter, and all
//! that `fails.txt` lists; with `EXAMPLES=all` everything. `fails.txt` names with its reason whatever is refused, changed or not found,
//! and a line that is not true any more fails as well. `UPDATE=1 EXAMPLES=all` writes it anew and keeps the reasons.

mod ask;
mod conformance;
mod known;
mod store;

use known::{Fail, Known};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use store::Placed;
use testkit::TestApp;

/// Of the pairs that are not the first of their kind so many are passed over for one that is asked.
const NTH: usize = 25;
/// Requests that are on their way at once.
const AT_ONCE: usize = 8;

/// One of them, with what it must be found by.
struct Example {
    /// `Type/id`.
    at: String,
    /// Of its file.
    text: String,
    /// Of each parameter the questions, `name=value`.
    asked: BTreeMap<String, Vec<String>>,
}

impl Example {
    fn ty(&self) -> &str {
        self.at.split('/').next().unwrap()
    }

    fn id(&self) -> &str {
        self.at.split('/').nth(1).unwrap()
    }
}

/// All examples, read once; none where they or the questions are not here.
#[expect(clippy::print_stderr, reason = "a test that was skipped must say so")]
fn all() -> Option<&'static [Example]> {
    static ALL: LazyLock<Option<Vec<Example>>> = LazyLock::new(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?;
        let folder = target.join("fhir/hl7.fhir.r4.examples-4.0.1/package");
        let table = std::fs::read_to_string(target.join("judged/examples.jsonl")).ok()?;
        table.lines().map(|line| example(&folder, line)).collect()
    });
    if ALL.is_none() {
        eprintln!("skipped: the official examples or their questions are not here; `cargo xtask test rust` makes them");
    }
    ALL.as_deref()
}

fn example(folder: &Path, line: &str) -> Option<Example> {
    let line: Value = serde_json::from_str(line).unwrap();
    let at = line["at"].as_str().unwrap().to_owned();
    let text = std::fs::read_to_string(folder.join(format!("{}.json", at.replace('/', "-")))).ok()?;
    let texts = |all: &Value| all.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect();
    let asked = line["asked"].as_object().unwrap();
    Some(Example { at, text, asked: asked.iter().map(|(code, all)| (code.clone(), texts(all))).collect() })
}

/// The pairs of an example and a parameter that are asked.
fn chosen<'p>(all: &'p [Placed], known: &Known, everything: bool) -> Vec<(&'p Placed<'p>, &'p str)> {
    let pairs = all.iter().flat_map(|placed| placed.example.asked.keys().map(move |code| (placed, code.as_str())));
    let (mut seen, mut asked) = (HashSet::new(), vec![]);
    for (n, (placed, code)) in pairs.enumerate() {
        let first = seen.insert((placed.example.ty(), code));
        let listed = || known.has(&Fail::not_found(&placed.example.at, code));
        if everything || first || n % NTH == 0 || listed() {
            asked.push((placed, code));
        }
    }
    asked
}

/// The list beside this file.
fn list() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fhir/examples/fails.txt")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_is_stored_read_back_and_found() {
    let Some(all) = all() else { return };
    let told = |name: &str, value: &str| std::env::var_os(name).is_some_and(|told| told == value);
    let (everything, update) = (told("EXAMPLES", "all"), told("UPDATE", "1"));
    assert!(everything || !update, "the list is of all examples: UPDATE=1 EXAMPLES=all");
    let known = Known::read(&std::fs::read_to_string(list()).unwrap());
    let app = TestApp::start().await;
    let client = app.client(super::OWN, &["warn", "create-by-put", "unrestricted"]).await;

    let refused = store::by_put(&client, all).await;
    let mut failed: BTreeSet<Fail> = refused.iter().map(|at| Fail::refused(at)).collect();
    let places = store::places(&app, &client, all, &refused).await;
    let placed: HashSet<&str> = places.iter().map(|placed| placed.example.at.as_str()).collect();
    failed.extend(all.iter().filter(|e| !placed.contains(&*e.at)).map(|e| Fail::not_stored(&e.at)));
    failed.extend(store::changed(&places).await);
    let pairs = chosen(&places, &known, everything);
    assert!(pairs.len() > 2_000, "{} pairs are asked", pairs.len());
    failed.extend(ask::not_found(&pairs).await);
    // What a sample does not ask is taken to be as listed: `chosen` asks all that the list names.
    if update {
        std::fs::write(list(), known.renewed(&failed)).unwrap();
    } else {
        let wrong = known.differences(&failed);
        assert!(wrong.is_empty(), "{} of {} pairs asked\n{}", wrong.len(), pairs.len(), wrong.join("\n"));
    }
}
