//! `join.accept`: an administrator confirms that the hospital is joined as the sheet says: one of the hospital itself, and one of
//! a centre above it. When both have, it is accepted.

use super::model::{Confirmed, State};
use super::probe::failing;
use super::resources::join_at;
use super::{
    loading,
    loading::{decided, refused},
    telling,
};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::directory::area;
use platform::{Op, Problem};
use records::{Change, Expect, Write};
use serde::Serialize;
use utoipa::ToSchema;

/// Where it stands now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinAccepted)]
pub struct Output {
    /// Both sides have confirmed.
    accepted: bool,
}

/// Confirm, for the side on which I administer. Wanted is a report in which every probe of the gateway passed.
#[utoipa::path(post, path = "/api/admin/join/{hospital}/accept", operation_id = "join.accept", tag = "join",
    params(("hospital" = String, Path)), responses((status = 200, body = Output),
        (status = 409, description = "join.not-joined, join.failing")))]
pub async fn accept(op: Op, Path(hospital): Path<Id>) -> Result<Json<Output>, Problem> {
    let at = join_at(&hospital);
    op.may("join.accept", &area::facts(&op, &hospital), Some(&at)).await?;
    let accepted = decided(&op, || Box::pin(change(&op, &hospital))).await?;
    Ok(Json(Output { accepted }))
}

async fn change(op: &Op, hospital: &Id) -> Result<(Change, bool), Problem> {
    let at = join_at(hospital);
    let found = loading::join(op.platform(), hospital).await?.ok_or_else(Problem::not_found)?;
    let join = found.is.confirmed(Confirmed { who: op.actor().into(), at: op.now() }).map_err(refused)?;
    let State::Joined(joined) = &join.state else { return Err(Problem::not_found()) };
    let report = loading::report(op.platform(), &joined.gateway).await?;
    let failing = failing(&report.map_or_else(Vec::new, |r| r.is.probes));
    if !failing.is_empty() {
        let text = "Probes of this hospital have not passed. Run `consilium gateway probe` there, then look again.";
        return Err(Problem::conflict("join.failing", text).with("failing", failing));
    }
    let accepted = joined.is_accepted();
    let mut act = op.act("join.accept");
    act.about = vec![at.clone()];
    telling::of_hospital(op.platform(), &mut act, hospital);
    act.params.insert("accepted".into(), accepted.into());
    let mut change = Change::of(act).write(Write::next(at.clone(), join.write(), hospital.clone()));
    change.expect.push(Expect { at, version: found.version });
    Ok((change, accepted))
}
