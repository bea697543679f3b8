//! The examples of `docs/FHIR.md` do what they say: each is run by a shell, with curl, one after the other.

use super::OWN;
use std::path::Path;
use std::process::Command;
use testkit::TestApp;

/// The shell examples and what each must print.
fn examples(text: &str) -> Vec<(String, String)> {
    let mut all = vec![];
    for block in text.split("```sh\n").skip(1) {
        let block = block.split("```").next().unwrap();
        let (_, wanted) = block.rsplit_once(" # => ").expect("an example says what it prints");
        all.push((block.to_owned(), wanted.trim().to_owned()));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_the_document_run() {
    let app = TestApp::start().await;
    let platform = app.platform();
    let new = platform::clients::NewClient {
        name: "his".into(),
        hospital: kernel::Id::new(OWN).unwrap(),
        strict: true,
        create_by_put: false,
        unrestricted: false,
    };
    let now = platform.clock.now();
    let repository = platform::clients::NewClient { name: "audit".into(), unrestricted: true, ..new.clone() };
    let token = platform::clients::added(&*platform.store, &*platform.ids, now, new).await.unwrap();
    let auditor = platform::clients::added(&*platform.store, &*platform.ids, now, repository).await.unwrap();
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/FHIR.md");
    let examples = examples(&std::fs::read_to_string(document).unwrap());
    assert!(examples.len() >= 12, "{}", examples.len());
    for (example, wanted) in examples {
        let mut shell = Command::new("sh");
        shell
            .args(["-euc", &example])
            .env("FHIR", format!("{}/fhir", app.url))
            .env("TOKEN", &token)
            .env("AUDITOR", &auditor)
            .env("no_proxy", "*");
        let out = tokio::task::spawn_blocking(move || shell.output()).await.unwrap().unwrap();
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        let failed = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.success(), "{example}\n{said}\n{failed}");
        assert!(said.contains(&wanted), "{example}\n{wanted} is not in {said}");
    }
}
