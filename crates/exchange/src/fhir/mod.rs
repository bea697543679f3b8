//! FHIR R4 (4.0.1) at `/fhir`, as JSON: one interaction a file, named as its operation.
//!
//! Called by people with a session and by clients with a token ([`caller`]). Each interaction is a function of a caller, what
//! was asked ([`ask`]) and perhaps a body, so that an entry of a Bundle is the same as a request. What is written passes
//! [`write`]: form, guard, validation, references. It must never change what a slice owns ([`guard`]), show what the caller
//! does not see, nor tell that it is there.

pub mod answer;
pub mod ask;
pub mod audit;
pub mod bundle;
pub mod caller;
pub mod compartment;
pub mod conditional;
pub mod create;
pub mod delete;
pub mod delete_where;
pub mod everything;
pub mod guard;
pub mod history;
pub mod history_all;
pub mod history_type;
pub mod json;
pub mod lastn;
pub mod metadata;
pub mod page;
pub mod params;
pub mod patch;
pub mod patch_where;
pub mod read;
pub mod refusal;
pub mod search;
pub mod search_all;
pub mod search_all_form;
pub mod search_form;
pub mod searchset;
pub mod summary;
pub mod update;
pub mod update_where;
pub mod validate;
pub mod vread;
pub mod write;

use ::fhir::{Reference, ResourceType};
use answer::Answer;
use axum::extract::DefaultBodyLimit;
use axum::routing::post;
use kernel::Id;
use platform::Shared;
use refusal::Refusal;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What an interaction answers.
pub type Reply = Result<Answer, Refusal>;

/// Bodies are bounded by the edge; this is its bound again for extractors.
const BODY_MAX: usize = 32 * 1024 * 1024;

/// The routes of the face.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(bundle::bundle, search_all::search_all))
        .routes(routes!(search_all_form::search_all_form))
        .routes(routes!(metadata::metadata))
        .routes(routes!(history_all::history_all))
        .routes(routes!(
            search::search,
            create::create,
            update_where::update_where,
            patch_where::patch_where,
            delete_where::delete_where
        ))
        .routes(routes!(search_form::search_form))
        .routes(routes!(validate::validate))
        .routes(routes!(history_type::history_type))
        .routes(routes!(lastn::lastn))
        .routes(routes!(read::read, update::update, patch::patch, delete::delete))
        .routes(routes!(everything::everything))
        .routes(routes!(history::history))
        .routes(routes!(vread::vread))
        .routes(routes!(compartment::compartment))
        .route("/fhir/", post(bundle::bundle).get(search_all::search_all))
        .layer(DefaultBodyLimit::max(BODY_MAX))
}

/// The type of an address.
pub fn type_of(name: &str) -> Result<ResourceType, Refusal> {
    ResourceType::from_name(name).ok_or_else(|| {
        Refusal::not_found("fhir.no-type", format!("{} is not a resource type of FHIR R4.", refusal::shown(name)))
    })
}

/// The reference of an address. What is no id names nothing.
pub fn reference_of(ty: &str, id: &str) -> Result<Reference, Refusal> {
    let ty = type_of(ty)?;
    Ok(Reference::new(ty, Id::new(id).map_err(|_| Refusal::absent())?))
}
