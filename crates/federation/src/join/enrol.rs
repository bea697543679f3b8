//! `join.enrol`: a machine of a hospital shows the invitation's secret and a request signed by its key, and gets a certificate.
//!
//! Idempotent for the same key while the invitation is good: an answer that was lost is fetched again. No other key gets one.

use super::centre::key_hash;
use super::model::{Entry, Refused};
use super::resources::{Gateway, gateway_at, join_at};
use super::{loading, loading::refused, telling};
use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Id, Time};
use platform::pki::{GatewayOf, GatewayRequest};
use platform::session::Came;
use platform::{Problem, Shared};
use records::{Act, Change, CommitError, Expect, Write};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Secrets that open nothing, from one address in ten minutes.
const MISSES: u32 = 60;
/// Characters of a version.
pub(super) const VERSION_MAX: usize = 40;

/// What the machine shows.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = JoinEnrol)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The hospital that the invitation names.
    pub hospital: String,
    /// The invitation's secret, base64url.
    pub secret: String,
    /// The hospital that the person at the machine means, when they said so.
    pub meant: Option<String>,
    /// A request for a certificate (PKCS #10, PEM) with a key of P-256, signed by it.
    pub request: String,
    /// The program's version, at most 40 characters.
    pub version: String,
}

/// What the machine keeps.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = JoinEnrolled)]
pub struct Output {
    /// The gateway's id.
    #[schema(value_type = String)]
    pub gateway: Id,
    /// The hospital.
    #[schema(value_type = String)]
    pub hospital: Id,
    /// Its name in Chinese.
    pub name: String,
    /// Its name in English.
    pub name_en: String,
    /// Its certificate and the one above, PEM.
    pub certificate: String,
    /// The certificate's end.
    #[schema(value_type = String, format = DateTime)]
    pub until: Time,
}

/// Gives a machine its certificate.
#[utoipa::path(post, path = "/api/join/enrol", operation_id = "join.enrol", tag = "join", request_body = Input,
    responses((status = 200, body = Output), (status = 403, description = "join.unknown"),
        (status = 409, description = "join.used, join.other-hospital"), (status = 410, description = "join.late, join.withdrawn"),
        (status = 422, description = "join.request, join.version"), (status = 429, description = "session.too-many")))]
pub async fn enrol(
    State(platform): State<Shared>,
    from: Came,
    Json(input): Json<Input>,
) -> Result<Json<Output>, Problem> {
    let now = platform.clock.now();
    let missed = format!("join-miss:{}", from.address);
    platform.visits.attempt(&missed, MISSES, now)?;
    let version = version(&input.version)?;
    let request = GatewayRequest::read(&input.request).ok_or_else(|| {
        let text = "The request for a certificate must be PKCS #10 in PEM with a key of P-256, signed by that key.";
        Problem::unfit("join.request", text)
    })?;
    let secret = URL_SAFE_NO_PAD.decode(&input.secret).map_err(|_| refused(Refused::Unknown))?;
    let hospital = Id::new(&input.hospital).map_err(|_| refused(Refused::Unknown))?;
    let meant = match &input.meant {
        Some(meant) => Some(Id::new(meant).map_err(|_| refused(Refused::OtherHospital))?),
        None => None,
    };
    let mut attempt = 1;
    loop {
        let asked =
            Asked { hospital: &hospital, secret: &secret, meant: meant.as_ref(), request: &request, version: &version };
        match once(&platform, &asked, now).await {
            Ok(output) => {
                platform.visits.forgive(&missed);
                return Ok(Json(output));
            }
            Err(Failed::Stale) if attempt < loading::ATTEMPTS => attempt += 1,
            Err(Failed::Stale) => return Err(refused(Refused::Used)),
            Err(Failed::For(problem)) => return Err(problem),
        }
    }
}

struct Asked<'a> {
    hospital: &'a Id,
    secret: &'a [u8],
    meant: Option<&'a Id>,
    request: &'a GatewayRequest,
    version: &'a str,
}

enum Failed {
    /// What was read has changed since.
    Stale,
    /// Told.
    For(Problem),
}

impl<E: Into<Problem>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::For(error.into())
    }
}

async fn once(platform: &Shared, asked: &Asked<'_>, now: Time) -> Result<Output, Failed> {
    let unknown = || refused(Refused::Unknown);
    let found = loading::join(platform, asked.hospital).await?.ok_or_else(unknown)?;
    // A hospital that was closed since has no gateway any more.
    let hospital = platform.directory.hospital(asked.hospital).ok_or_else(unknown)?;
    let key = key_hash(asked.request.key());
    let entry = found.is.enter(asked.secret, &key, asked.meant, now).map_err(refused)?;
    let gateway = match entry {
        Entry::Again(id) => loading::gateway(platform, &id).await?.ok_or_else(unknown)?.is,
        Entry::First => {
            let id = platform.ids.new_id(now);
            let of = GatewayOf { gateway: id.clone(), hospital: hospital.id.clone() };
            let made = platform.pki.gateway_certificate(&of, asked.request, now).map_err(Problem::internal)?;
            let gateway = Gateway {
                id: id.clone(),
                hospital: hospital.id.clone(),
                point: asked.request.key().to_vec(),
                chain_pem: made.chain_pem,
                until: made.until,
                version: asked.version.to_owned(),
                active: true,
                heard: None,
                clock_off: false,
            };
            let join = found.is.joined(id, key, now);
            let at = join_at(asked.hospital);
            let mut act = Act::system("join.enrol");
            act.hospital = Some(hospital.id.clone());
            act.about = vec![at.clone(), gateway_at(&gateway.id)];
            telling::of_hospital(platform, &mut act, &hospital.id);
            let mut change = Change::of(act)
                .write(Write::next(at.clone(), join.write(), hospital.id.clone()))
                .write(Write::new(gateway_at(&gateway.id), gateway.write(), hospital.id.clone()));
            change.expect.push(Expect { at, version: found.version });
            telling::both_sides(platform, &mut change, &join);
            match platform.commit(change).await {
                Ok(_) => gateway,
                Err(CommitError::Stale { .. }) => return Err(Failed::Stale),
                Err(error) => return Err(Failed::For(error.into())),
            }
        }
    };
    Ok(Output {
        gateway: gateway.id,
        hospital: hospital.id.clone(),
        name: hospital.name.clone(),
        name_en: hospital.name_en.clone(),
        certificate: gateway.chain_pem,
        until: gateway.until,
    })
}

/// A version as a program says it.
pub(super) fn version(told: &str) -> Result<String, Problem> {
    let fits = (1..=VERSION_MAX).contains(&told.len()) && told.bytes().all(|b| b.is_ascii_graphic());
    let text = "A version has 1 to 40 characters of ASCII without spaces.";
    fits.then(|| told.to_owned()).ok_or_else(|| Problem::unfit("join.version", text))
}
