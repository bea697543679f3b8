//! `notify.address`: where mail and short messages to me go, kept in my Practitioner.

use super::mail::readable;
use super::outside::{Way, put_address};
use super::sms::number;
use crate::{Op, Problem};
use axum::Json;
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use kernel::decide::Facts;
use records::{Change, Expect, Viewer, Write};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use utoipa::ToSchema;

/// Where to.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NotifyAddress)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// A mail address; none for no mail.
    mail: Option<String>,
    /// A mobile number with its country's code, one of the mainland without; null for no messages, absent: as it is.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    sms: Option<Option<String>>,
}

/// What was said, were it null.
fn said<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// Says where mail and short messages to me go.
#[utoipa::path(put, path = "/api/notices/address", operation_id = "notify.address", tag = "notify",
    request_body = Input,
    responses((status = 204), (status = 422, description = "notify.no_address, notify.no_number")))]
pub async fn address(op: Op, Json(input): Json<Input>) -> Result<StatusCode, Problem> {
    op.may("notify.address", &Facts::default(), None).await?;
    let mail = input.mail.as_deref().map(str::trim).filter(|m| !m.is_empty());
    if mail.is_some_and(|mail| !readable(mail)) {
        return Err(Problem::unfit("notify.no_address", "This is not a mail address, like name@hospital.example."));
    }
    let sms = input.sms.as_ref().map(|sms| sms.as_deref().map(str::trim).filter(|n| !n.is_empty()));
    let kept = sms.map(|sms| sms.and_then(number));
    if sms.flatten().is_some() != kept.as_ref().is_some_and(Option::is_some) {
        let why = "This is not a mobile number, like +86 138 0000 0000.";
        return Err(Problem::unfit("notify.no_number", why));
    }
    let at = Reference::new(ResourceType::PRACTITIONER, op.actor().person.clone());
    let found = op.store().read(&Viewer::System, &at).await?.ok_or_else(Problem::not_found)?;
    let mut body: Value = found.value()?;
    put_address(&mut body, Way::Mail, mail);
    if let Some(kept) = kept {
        put_address(&mut body, Way::Sms, kept.as_deref());
    }
    let mut act = op.act("notify.address");
    act.about = vec![at.clone()];
    let mut change = Change::of(act).write(Write::next(at.clone(), body, found.custodian));
    change.expect.push(Expect { at, version: found.version });
    op.commit(change).await?;
    Ok(StatusCode::NO_CONTENT)
}
