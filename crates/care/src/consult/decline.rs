//! `consult.decline`: the centre refuses with a reason; the case is offered to the next centre, and ends when none is left.

use super::centres::next_centre;
use super::resources::Next;
use super::state::Step;
use super::step::{Now, Plan, Reasoned, Rests, reason, take};
use axum::Json;
use axum::extract::Path;
use fhir::{Reference, ResourceType};
use kernel::Id;
use platform::{Op, Problem};

/// Refuses the case.
#[utoipa::path(post, path = "/api/consults/{id}/decline", operation_id = "consult.decline", tag = "consult",
    params(("id" = String, Path)), request_body = Reasoned, responses((status = 200, body = Now)))]
pub async fn decline(op: Op, Path(id): Path<Id>, Json(input): Json<Reasoned>) -> Result<Json<Now>, Problem> {
    take(&op, "consult.decline", &id, Step::Decline, Rests::On(input.version), |case| {
        let why = reason(&input.reason)?;
        let mut declined = case.declined_by();
        declined.push(case.centre.clone());
        let offered_to = next_centre(&op.platform().directory, &declined);
        let mut next = Next::to(case.consult.clone().decline(offered_to.is_some(), op.now())?).because(why);
        next.inputs.push(("declined-by", Reference::new(ResourceType::ORGANIZATION, case.centre.clone())));
        next.centre.clone_from(&offered_to);
        let mut plan = Plan::from(next);
        if let Some(centre) = offered_to {
            plan.params.insert("offered_to".into(), centre.to_string().into());
        }
        Ok(plan)
    })
    .await
}
