//! `demo.accounts`: who can sign in to a demonstration, for the page where one signs in. An installation says that it is
//! none and names nobody.

use super::world::{ACCOUNTS, PASSWORD};
use axum::Json;
use axum::extract::State;
use kernel::Id;
use platform::Shared;
use platform::directory::HospitalRef;
use serde::Serialize;
use utoipa::ToSchema;

/// The accounts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DemoAccounts)]
pub struct Output {
    /// Whether this is a demonstration.
    demo: bool,
    /// Its accounts; none otherwise.
    accounts: Vec<Entry>,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DemoAccount)]
pub struct Entry {
    /// The name to sign in with.
    name: &'static str,
    /// Its password.
    password: &'static str,
    /// Whose it is.
    person: Named,
    /// The codes of the roles, separated by spaces.
    role: String,
    /// The hospital of the first role.
    hospital: HospitalRef,
}

/// A name in both languages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DemoName)]
pub struct Named {
    /// In Chinese.
    name: &'static str,
    /// In English.
    name_en: &'static str,
}

/// Who can sign in to this demonstration.
#[utoipa::path(get, path = "/api/demo", operation_id = "demo.accounts", tag = "demo", responses((status = 200, body = Output)))]
pub async fn accounts(State(platform): State<Shared>) -> Json<Output> {
    let entry = |account: &'static super::Account| {
        let first = account.roles.first()?;
        let hospital = Id::new(first.hospital).ok().and_then(|id| platform.directory.hospital_ref(&id))?;
        let role = account.roles.iter().map(|r| r.role.code()).collect::<Vec<_>>().join(" ");
        let person = Named { name: account.chinese, name_en: account.english };
        Some(Entry { name: account.name, password: PASSWORD, person, role, hospital })
    };
    let accounts = if platform.demo { ACCOUNTS.iter().filter_map(entry).collect() } else { vec![] };
    Json(Output { demo: platform.demo, accounts })
}
