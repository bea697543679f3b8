//! What somebody does about an outage: found, allowed, decided, told to both sides.

use super::model::{By, Outage, Refused};
use super::put;
use super::resources::outage_at;
use crate::join::{loading, telling};
use kernel::Id;
use kernel::decide::Facts;
use platform::case::Who;
use platform::directory::area;
use platform::{Op, Problem};
use records::{Change, CommitError, Viewer};

/// As often as any operation is decided anew.
const ATTEMPTS: usize = 3;

/// Does `next` to an outage of a hospital that the actor manages. Both sides hear of it where `tells`.
pub async fn step(
    op: &Op,
    operation: &'static str,
    id: &Id,
    tells: bool,
    next: impl Fn(Outage, By) -> Result<Outage, Refused>,
) -> Result<(), Problem> {
    let at = outage_at(id);
    for attempt in 1.. {
        let found = op.store().read(&Viewer::System, &at).await?;
        let read = found.as_ref().map(|r| Ok::<_, Problem>((Outage::read(&r.value()?), r.version))).transpose()?;
        let read = read.and_then(|(outage, version)| Some((outage?, version)));
        let facts = read.as_ref().map_or_else(Facts::default, |(outage, _)| area::facts(op, &outage.hospital));
        op.may(operation, &facts, Some(&at)).await?;
        let (outage, version) = read.ok_or_else(Problem::not_found)?;
        let taken = outage.taken.clone();
        let next = next(outage, By { who: Who::from(op.actor()), at: op.now() });
        let next = next.map_err(|why| refused(op, &why, taken.as_ref()))?;
        let mut change = Change::of(op.act(operation));
        telling::of_hospital(op.platform(), &mut change.act, &next.hospital);
        put(&mut change, &next, version);
        if tells && let Some(join) = loading::join(op.platform(), &next.hospital).await? {
            telling::both_sides(op.platform(), &mut change, &join.is);
        }
        match op.try_commit(change).await {
            Ok(_) => break,
            Err(CommitError::Stale { .. }) if attempt < ATTEMPTS => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn refused(op: &Op, why: &Refused, taken: Option<&By>) -> Problem {
    match why {
        Refused::Over => Problem::conflict("join.outage-over", "This outage has ended and was closed already."),
        Refused::Yours => Problem::conflict("join.outage-yours", "You look after this outage already."),
        Refused::Silent => {
            let by = taken.and_then(|by| op.platform().directory.person_ref_at(&by.who.person, &by.who.hospital));
            let text = "The gateway is silent still: it is closed when it is heard of again, or taken back.";
            Problem::conflict("join.outage-silent", text).with("by", serde_json::to_value(by).unwrap_or_default())
        }
        Refused::TooMany => Problem::unfit("join.outage-notes", "No more notes are kept of one outage."),
    }
}
