//! `session.welcome`: by the one-time link of an administrator somebody sets their own password.

use super::password;
use crate::directory::link;
use crate::pki::Signatory;
use crate::{Problem, Shared};
use axum::Json;
use axum::extract::State;
use fhir::{Reference, ResourceType};
use kernel::{Id, Phi};
use records::{Account, AccountChange, Act, Change, Claim, CommitError, SessionChange};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Links tried in ten minutes, by everybody together; a link has 192 bits of chance.
const ATTEMPTS: u32 = 300;

/// The link's secret and the password wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SessionWelcome)]
pub struct Input {
    /// From the link.
    #[schema(value_type = String)]
    token: Phi<String>,
    /// At least ten characters.
    #[schema(value_type = String)]
    password: Phi<String>,
}

/// The name to sign in with from now on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SessionWelcomed)]
pub struct Output {
    /// The sign-in name.
    account: String,
}

/// Set my password by a one-time link. It works once and ends by itself.
#[utoipa::path(post, path = "/api/welcome", operation_id = "session.welcome", tag = "session", request_body = Input,
    responses((status = 200, body = Output), (status = 404, description = "the link is wrong, was used, or is over"),
        (status = 422, description = "session.unfit-password")))]
pub async fn welcome(State(platform): State<Shared>, Json(input): Json<Input>) -> Result<Json<Output>, Problem> {
    let now = platform.clock.now();
    platform.attempts.attempt("welcome", ATTEMPTS, now)?;
    let found = link::find(&platform, input.token.reveal(), now).await?;
    let (person, claim) = found.ok_or_else(Problem::not_found)?;
    let account = platform.store.account_of(&person).await?.filter(|a| a.enabled).ok_or_else(Problem::not_found)?;
    password::fits(input.password.reveal())?;
    let password_hash = platform.passwords.hash(input.password.reveal(), &*platform.ids).await?;
    let keys = new_keys(&platform, &person, &account, input.password).await?;
    let mut change = Change::of(Act { person: Some(person.clone()), ..Act::system("session.welcome") });
    change.act.about.push(Reference::new(ResourceType::PRACTITIONER, person.clone()));
    if account.keys.is_some() {
        change.act.params.insert("certificate".into(), "replaced".into());
    }
    // Of two who come by one link at once, one finds this taken.
    let used = Reference::new(ResourceType::PRACTITIONER, platform.ids.new_id(now));
    change.claims.push(Claim { key: claim.key.replacen("welcome/", "welcomed/", 1), by: used, until: claim.until });
    change.releases.push((claim.key, claim.by));
    change.sessions.push(SessionChange::CloseAll(person));
    let name = account.name.clone();
    change.accounts.push(AccountChange::Put(Account { password_hash, keys, ..account }));
    match platform.store.commit(change).await {
        Ok(_) => Ok(Json(Output { account: name })),
        Err(CommitError::Taken(_)) => Err(Problem::not_found()),
        Err(error) => Err(error.into()),
    }
}

/// A new signing key in the place of one whose password is gone; the old certificate is ended and kept. Whoever has none
/// gets one with the first signature.
async fn new_keys(
    platform: &Shared,
    person: &Id,
    account: &Account,
    password: Phi<String>,
) -> Result<Option<String>, Problem> {
    let Some(keys) = account.keys.clone() else { return Ok(None) };
    let who = platform.directory.person_ref(person).ok_or_else(Problem::not_found)?;
    let who = Signatory { person: person.clone(), name: who.name, title: who.title, hospital: who.hospital.name };
    let (platform, now) = (platform.clone(), platform.clock.now());
    let made = move || platform.pki.replace(&keys, &who, password.reveal(), now);
    let made = tokio::task::spawn_blocking(made).await.map_err(Problem::internal)?;
    made.map(Some).map_err(Problem::internal)
}
