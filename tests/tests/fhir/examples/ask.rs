//! Asks for examples by what stands in them.

use super::super::matches;
use super::AT_ONCE;
use super::known::Fail;
use super::store::{Placed, Through};
use futures::{StreamExt, stream};
use records::{Query, Viewer};
use testkit::{Client, TestApp};

/// The pairs of which a question does not find its example. `_id` is asked beside it, so that no page hides it.
pub async fn not_found(pairs: &[(&Placed<'_>, &str)]) -> Vec<Fail> {
    let asked = stream::iter(pairs).map(|(placed, code)| async move {
        for question in &placed.example.asked[*code] {
            let (name, value) = question.split_once('=').unwrap();
            let is_found = match placed.through {
                Through::Face(client) => of_face(client, placed, name, value).await,
                Through::Store(app) => of_store(app, placed, name, value).await,
            };
            if !is_found {
                return Some(Fail::not_found(&placed.example.at, code).because(question));
            }
        }
        None
    });
    asked.buffer_unordered(AT_ONCE).filter_map(async |fail| fail).collect().await
}

/// A question that is refused finds nothing.
async fn of_face(client: &Client, placed: &Placed<'_>, name: &str, value: &str) -> bool {
    let query = [("_id", placed.example.id()), (name, value), ("_elements", "id")];
    let address = reqwest::Url::parse_with_params("http://x", query).unwrap();
    let answer = client.get(&format!("/fhir/{}?{}", placed.at.ty, address.query().unwrap())).await;
    assert!(matches!(answer.status, 200 | 400), "{name}={value}: {}", answer.text());
    answer.status == 200 && matches(&answer.body) == [placed.example.at.as_str()]
}

async fn of_store(app: &TestApp, placed: &Placed<'_>, name: &str, value: &str) -> bool {
    let query = Query::of(placed.at.ty).with("_id", placed.example.id()).with(name, value);
    let found = app.platform().store.search(&Viewer::System, &query).await;
    found.is_ok_and(|page| page.matches.iter().any(|found| found.at == placed.at))
}
