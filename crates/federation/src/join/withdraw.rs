//! `join.withdraw`: an invitation, or a gateway that has joined, is taken back: its secret and its key open nothing any more.

use super::model::State;
use super::resources::{Gateway, gateway_at, join_at};
use super::{
    loading,
    loading::{decided, refused},
    outage, telling,
};
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::Id;
use platform::directory::area;
use platform::{Op, Problem};
use records::{Change, Expect, Write};

/// Take back the invitation or the gateway of a hospital of mine.
#[utoipa::path(post, path = "/api/admin/join/{hospital}/withdraw", operation_id = "join.withdraw", tag = "join",
    params(("hospital" = String, Path)), responses((status = 204), (status = 409, description = "join.over")))]
pub async fn withdraw(op: Op, Path(hospital): Path<Id>) -> Result<StatusCode, Problem> {
    let at = join_at(&hospital);
    op.may("join.withdraw", &area::facts(&op, &hospital), Some(&at)).await?;
    decided(&op, || Box::pin(change(&op, &hospital))).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn change(op: &Op, hospital: &Id) -> Result<(Change, ()), Problem> {
    let at = join_at(hospital);
    let found = loading::join(op.platform(), hospital).await?.ok_or_else(Problem::not_found)?;
    let join = found.is.withdrawn(op.now()).map_err(refused)?;
    let mut act = op.act("join.withdraw");
    act.about = vec![at.clone()];
    telling::of_hospital(op.platform(), &mut act, hospital);
    let mut change = Change::of(act).write(Write::next(at.clone(), join.write(), hospital.clone()));
    change.expect.push(Expect { at, version: found.version });
    if let State::Withdrawn { gateway: Some(id) } = &join.state
        && let Some(found) = loading::gateway(op.platform(), id).await?
    {
        if let Some(last) = outage::last_of(op.platform(), id).await?.filter(|last| last.is.ended.is_none()) {
            outage::put(&mut change, &last.is.withdrawn(op.now()), last.version);
        }
        let gateway = Gateway { active: false, ..found.is };
        let at = gateway_at(id);
        change.writes.push(Write::next(at.clone(), gateway.write(), hospital.clone()));
        change.expect.push(Expect { at, version: found.version });
    }
    Ok((change, ()))
}
