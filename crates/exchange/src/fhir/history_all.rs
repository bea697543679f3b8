//! `GET /fhir/_history`: what changed, newest first.

use super::ask::Ask;
use super::caller::Caller;
use super::{Reply, history_type};

/// The changes of all types.
#[utoipa::path(get, path = "/fhir/_history", operation_id = "fhir.history_all", tag = "fhir",
    responses((status = 200), (status = 400)))]
pub async fn history_all(caller: Caller, ask: Ask) -> Reply {
    history_type::run(&caller, "fhir.history_all", None, &ask).await
}
