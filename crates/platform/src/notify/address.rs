//! `notify.address`: where mail to me goes, kept in my Practitioner.

use super::mail::{put_address, readable};
use crate::{Op, Problem};
use axum::Json;
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use kernel::decide::Facts;
use records::{Change, Expect, Viewer, Write};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Where to.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NotifyAddress)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// A mail address; none for no mail.
    mail: Option<String>,
}

/// Says where mail to me goes.
#[utoipa::path(put, path = "/api/notices/address", operation_id = "notify.address", tag = "notify",
    request_body = Input, responses((status = 204)))]
pub async fn address(op: Op, Json(input): Json<Input>) -> Result<StatusCode, Problem> {
    op.may("notify.address", &Facts::default(), None).await?;
    let mail = input.mail.as_deref().map(str::trim).filter(|m| !m.is_empty());
    if mail.is_some_and(|mail| !readable(mail)) {
        return Err(Problem::unfit("notify.no_address", "This is not a mail address, like name@hospital.example."));
    }
    let at = Reference::new(ResourceType::PRACTITIONER, op.actor().person.clone());
    let found = op.store().read(&Viewer::System, &at).await?.ok_or_else(Problem::not_found)?;
    let mut body: Value = found.value()?;
    put_address(&mut body, mail);
    let mut act = op.act("notify.address");
    act.about = vec![at.clone()];
    let mut change = Change::of(act).write(Write::next(at.clone(), body, found.custodian));
    change.expect.push(Expect { at, version: found.version });
    op.commit(change).await?;
    Ok(StatusCode::NO_CONTENT)
}
