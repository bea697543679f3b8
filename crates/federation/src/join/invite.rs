//! `join.invite`: a hospital gets an invitation, which works once within 24 hours.

use super::centre::own_fingerprint;
use super::invitation::Invitation;
use super::model::{CONTACT_MAX, Contact, GOOD_FOR, Join, State};
use super::resources::join_at;
use super::{
    loading,
    loading::{decided, refused},
    telling,
};
use axum::Json;
use kernel::{Id, Ids, RandomIds, Time};
use platform::directory::area;
use platform::{Op, Problem};
use qrcode::{Color, QrCode};
use records::{Change, Expect, Write};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use utoipa::ToSchema;

/// Whom.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = JoinInvite)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The hospital.
    hospital: String,
    /// Whom the centre calls there: a name of 1 to 100 characters.
    contact: String,
    /// Their telephone number, 1 to 100 characters.
    phone: String,
}

/// The invitation, shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinInvitation)]
pub struct Output {
    /// The hospital.
    #[schema(value_type = String)]
    hospital: Id,
    /// One line for `consilium gateway join`.
    line: String,
    /// The same as a QR code, SVG, for a printed page.
    qr: String,
    /// Its end.
    #[schema(value_type = String, format = DateTime)]
    until: Time,
}

/// Invite a hospital of mine. An invitation of it that is out ends with this one.
#[utoipa::path(post, path = "/api/admin/join/invitations", operation_id = "join.invite", tag = "join", request_body = Input,
    responses((status = 200, body = Output), (status = 409, description = "join.joined"),
        (status = 422, description = "join.contact, join.no-hospital")))]
pub async fn invite(op: Op, Json(input): Json<Input>) -> Result<Json<Output>, Problem> {
    let no_hospital = || Problem::unfit("join.no-hospital", "There is no such hospital. Choose one of the list.");
    let hospital = Id::new(&input.hospital).map_err(|_| no_hospital())?;
    op.may("join.invite", &area::facts(&op, &hospital), Some(&join_at(&hospital))).await?;
    op.platform().directory.hospital(&hospital).ok_or_else(no_hospital)?;
    let contact = Contact { name: text(&input.contact)?, phone: text(&input.phone)? };
    let mut secret = [0; 32];
    RandomIds.fill(&mut secret);
    let invitation = Invitation {
        endpoints: vec![op.platform().url().to_owned()],
        authority: own_fingerprint(op.platform())?,
        hospital: hospital.clone(),
        secret,
    };
    let until = op.now() + GOOD_FOR;
    let join = Join {
        hospital: hospital.clone(),
        contact,
        invited_by: op.actor().into(),
        invited_at: op.now(),
        until,
        secret_sha256: invitation.secret_sha256(),
        state: State::Invited,
        since: op.now(),
    };
    decided(&op, || Box::pin(change(&op, &join))).await?;
    let line = invitation.line();
    let qr = svg(&line).ok_or_else(|| Problem::internal("an invitation is too long for a QR code"))?;
    Ok(Json(Output { hospital, line, qr, until }))
}

async fn change(op: &Op, join: &Join) -> Result<(Change, ()), Problem> {
    let (at, hospital) = (join_at(&join.hospital), &join.hospital);
    let before = loading::join(op.platform(), hospital).await?;
    if let Some(before) = &before {
        before.is.may_invite_again().map_err(refused)?;
    }
    let mut act = op.act("join.invite");
    act.about = vec![at.clone()];
    telling::of_hospital(op.platform(), &mut act, hospital);
    let mut change = Change::of(act).write(Write::next(at.clone(), join.write(), hospital.clone()));
    change.expect.push(Expect { at, version: before.map_or(0, |b| b.version) });
    Ok((change, ()))
}

fn text(typed: &str) -> Result<String, Problem> {
    let text = typed.trim();
    let fits = (1..=CONTACT_MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    let unfit = "Say whom the centre calls: a name and a telephone number, each of 1 to 100 characters.";
    fits.then(|| text.to_owned()).ok_or_else(|| Problem::unfit("join.contact", unfit))
}

/// A QR code as SVG, one path, with the quiet zone of four modules that ISO/IEC 18004 wants.
fn svg(text: &str) -> Option<String> {
    const QUIET: usize = 4;
    let code = QrCode::new(text).ok()?;
    let (width, colors) = (code.width(), code.to_colors());
    let side = width + 2 * QUIET;
    let mut path = String::new();
    for (at, _) in colors.iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
        let _ = write!(path, "M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET);
    }
    Some(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>"##
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_to_call() {
        assert_eq!(text(" 赵工 ").unwrap(), "赵工");
        assert!(text(&"长".repeat(CONTACT_MAX)).is_ok());
        for bad in ["", "  ", "a\nb", &"长".repeat(CONTACT_MAX + 1)] {
            assert_eq!(text(bad).unwrap_err().code, "join.contact");
        }
    }

    #[test]
    fn a_code_has_its_corners_and_its_quiet_zone() {
        let drawn = svg("csl1.a").unwrap();
        assert!(drawn.starts_with("<svg ") && drawn.contains(r#"viewBox="0 0 29 29""#), "{drawn}");
        assert!(drawn.contains("M4 4h1v1h-1z") && !drawn.contains("M3 4h1"), "{drawn}");
        assert!(svg(&"a".repeat(8000)).is_none());
    }
}
