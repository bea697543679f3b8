//! Whole stories over HTTP, as browsers tell them.

mod access;
mod amend;
mod calendar;
mod consent;
mod consult;
mod drill;
mod holiday;
mod identity;
mod licence;
mod notices;
pub mod outbreak;
mod patient;
mod public;
mod referral;
mod rejections;
mod ring;
mod rota;
mod terminal;
mod timers;
mod upkeep;
mod zone;

use serde_json::{Value, json};
use testkit::{Answer, Client};

/// Takes a step with the version this person sees.
async fn step(client: &Client, case: &str, step: &str, more: Value) -> Answer {
    let seen = client.get(&format!("/api/consults/{case}")).await.ok();
    let mut body = json!({"version": seen["version"]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client.post(&format!("/api/consults/{case}/{step}"), &body).await
}
