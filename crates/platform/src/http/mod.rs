//! Operations over HTTP: the door every request comes through ([`op::Op`]), problems, and the layer around all routes.
//!
//! Called by every slice with a route and by the binary, which wraps the joined router in [`wrap`]. It must never know
//! what an operation does.

mod compress;
mod edge;
mod headers;
pub mod lang;
pub mod op;
mod origin;
pub mod outcome;
pub mod problem;
mod rest;

pub use edge::IMPORT_BODY_MAX;

use crate::Shared;
use axum::Router;
use axum::extract::DefaultBodyLimit;

/// Puts the edge around all routes and hands them the state.
pub fn wrap(routes: Router<Shared>, platform: &Shared) -> Router {
    // The first is the outermost.
    let layers = (
        compress::layer(),
        axum::middleware::from_fn_with_state(platform.clone(), edge::edge),
        DefaultBodyLimit::max(edge::BODY_MAX),
    );
    routes.layer(layers).with_state(platform.clone())
}
