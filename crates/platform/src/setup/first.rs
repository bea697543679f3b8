//! `setup.first`: the first administrator, by the one-time link.

use crate::directory::{Hospital, Person, Role, resources};
use crate::session::password;
use crate::{Problem, Shared, setup};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use kernel::{Id, Level, Phi};
use records::{Account, AccountChange, Act, Change, Claim, CommitError, Write};
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

/// The link's secret and the account wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SetupFirst)]
pub struct Input {
    /// From the link.
    #[schema(value_type = String)]
    token: Phi<String>,
    /// The sign-in name.
    #[schema(value_type = String)]
    name: Phi<String>,
    /// At least ten characters.
    #[schema(value_type = String)]
    password: Phi<String>,
    /// The name of the centre that runs this installation, in Chinese; `Consilium` when absent.
    centre: Option<String>,
    /// Its name in English.
    centre_en: Option<String>,
}

/// Make the first administrator. Works once.
#[utoipa::path(post, path = "/api/setup", operation_id = "setup.first", tag = "setup", request_body = Input,
    responses((status = 204), (status = 404, description = "the link is wrong, was used, or its day has passed"),
        (status = 422, description = "setup.unfit")))]
pub async fn first(State(platform): State<Shared>, Json(input): Json<Input>) -> Result<StatusCode, Problem> {
    let now = platform.clock.now();
    platform.attempts.attempt("setup", 20, now)?;
    let kept = setup::kept(&platform).unwrap_or_default();
    let same = kept.as_bytes().ct_eq(input.token.reveal().as_bytes());
    if kept.is_empty() || !bool::from(same) || !setup::is_untouched(&platform) {
        return Err(Problem::not_found());
    }
    let name = fit(&input)?;
    let hash = platform.passwords.hash(input.password.reveal(), &*platform.ids).await?;
    let change = administrator(&platform, &input, name, hash);
    let receipt = match platform.store.commit(change).await {
        Ok(receipt) => receipt,
        Err(CommitError::Taken(_)) => return Err(Problem::not_found()),
        Err(error) => return Err(error.into()),
    };
    let changed = receipt.stored.iter().map(|s| s.at.clone()).collect();
    platform.directory.refresh(&*platform.store, changed).await?;
    if let Err(error) = std::fs::remove_file(setup::secret_file(&platform)) {
        tracing::warn!("the used setup link could not be removed: {error}");
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The sign-in name, lower case, or what is wrong.
fn fit(input: &Input) -> Result<String, Problem> {
    let name = input.name.reveal().trim().to_lowercase();
    let password = input.password.reveal();
    let why = if !(1..=64).contains(&name.chars().count()) || name.chars().any(char::is_whitespace) {
        "name"
    } else if password.chars().count() < password::CHARS_MIN || password.len() > password::BYTES_MAX {
        "password"
    } else if [&input.centre, &input.centre_en].iter().any(|c| c.as_ref().is_some_and(|c| c.chars().count() > 200)) {
        "centre"
    } else {
        return Ok(name);
    };
    Err(Problem::unfit(
        "setup.unfit",
        "A name has 1 to 64 characters without blanks, a password at least 10, a centre's name at most 200.",
    )
    .with("field", why))
}

fn administrator(platform: &Shared, input: &Input, name: String, password_hash: String) -> Change {
    let new_id = || platform.ids.new_id(platform.clock.now());
    let (hospital, person, role) = (new_id(), new_id(), new_id());
    let centre = input.centre.clone().unwrap_or_else(|| "Consilium".to_owned());
    let centre_en = input.centre_en.clone().unwrap_or_else(|| centre.clone());
    let bodies = [
        (
            ResourceType::ORGANIZATION,
            hospital.clone(),
            resources::write_hospital(&Hospital {
                id: hospital.clone(),
                name: centre,
                name_en: centre_en,
                level: Level::Province,
                parent: None,
            }),
        ),
        (
            ResourceType::PRACTITIONER,
            person.clone(),
            resources::write_person(&Person {
                id: person.clone(),
                name: name.clone(),
                name_en: None,
                title: None,
                title_en: None,
            }),
        ),
        (
            ResourceType::PRACTITIONER_ROLE,
            role.clone(),
            resources::write_role(&Role {
                id: role,
                person: person.clone(),
                hospital: hospital.clone(),
                role: kernel::Role::PlatformAdministrator,
                specialties: vec![],
            }),
        ),
    ];
    let mut change = Change::of(Act { person: Some(person.clone()), ..Act::system("setup.first") });
    let write = |(ty, id, body): (ResourceType, Id, Value)| Write::new(Reference::new(ty, id), body, hospital.clone());
    change.writes = bodies.into_iter().map(write).collect();
    let by = Reference::new(ResourceType::PRACTITIONER, person.clone());
    change.claims.push(Claim { key: "setup/first".to_owned(), by, until: None });
    change.accounts.push(AccountChange::Put(Account { name, person, password_hash, enabled: true, keys: None }));
    change
}
