//! `join.renew`: a gateway's certificate gets a later end, with the same key.

use super::caller::Caller;
use super::enrol::Output;
use super::resources::{Gateway, gateway_at};
use axum::Json;
use platform::Problem;
use platform::pki::{GatewayOf, GatewayRequest};
use records::{Change, Expect, Write};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the gateway shows.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = JoinRenew)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// A request for a certificate (PKCS #10, PEM) with the gateway's key, signed by it.
    pub request: String,
}

/// Renews the certificate.
#[utoipa::path(post, path = "/api/join/renew", operation_id = "join.renew", tag = "join", request_body = Input,
    responses((status = 200, body = Output), (status = 401, description = "join.not-signed, join.clock, join.expired"),
        (status = 422, description = "join.request")))]
pub async fn renew(caller: Caller) -> Result<Json<Output>, Problem> {
    let input: Input = caller.json()?;
    let request = GatewayRequest::read(&input.request).filter(|r| r.key() == caller.gateway.point);
    let request = request.ok_or_else(|| {
        Problem::unfit("join.request", "A certificate is renewed for the key that it has; another key joins anew.")
    })?;
    let before = &caller.gateway;
    let hospital = caller.platform.directory.hospital(&before.hospital).ok_or_else(Problem::not_found)?;
    let of = GatewayOf { gateway: before.id.clone(), hospital: before.hospital.clone() };
    let made = caller.platform.pki.gateway_certificate(&of, &request, caller.now).map_err(Problem::internal)?;
    let gateway = Gateway { chain_pem: made.chain_pem, until: made.until, ..before.clone() };
    let at = gateway_at(&gateway.id);
    let mut change =
        Change::of(caller.act("join.renew")).write(Write::next(at.clone(), gateway.write(), gateway.hospital.clone()));
    change.expect.push(Expect { at, version: caller.version });
    caller.platform.commit(change).await?;
    Ok(Json(Output {
        gateway: gateway.id,
        hospital: gateway.hospital,
        name: hospital.name.clone(),
        name_en: hospital.name_en.clone(),
        certificate: gateway.chain_pem,
        until: gateway.until,
    }))
}
