//! Diagnosis by image and curve: files of a case, the imaging archive and its DICOMweb face.
//!
//! The binary joins [`router`], hands [`SCHEMAS`] to the store and runs [`jobs`]. Instances lie as blobs, their index as bulk
//! rows, and ImagingStudy resources are made from those. It must never change a file it was given, show an image to
//! somebody who may not see its case, or know a step of a consultation.

pub mod attachment;
pub mod dicomweb;
pub mod imaging;

use platform::Shared;
use platform::jobs::JobHandler;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// A CT of nobody, for the demonstration.
pub use wire::phantom;

/// The tables of bulk rows, for `Options::slice_schemas` of SQLite.
pub const SCHEMAS: [&str; 2] = [imaging::store::sqlite::SCHEMA, attachment::handover::table::SCHEMA];

/// The same for PostgreSQL.
pub const POSTGRES_SCHEMAS: [&str; 2] = [imaging::store::postgres::SCHEMA, attachment::handover::postgres::SCHEMA];

/// The same tables as both engines have them, for copies from one to the other.
pub const TABLES: [records::copy::Table; 7] = imaging::store::TABLES;

/// The routes of this crate.
pub fn router() -> OpenApiRouter<Shared> {
    let imaging = Arc::new(imaging::Imaging::new());
    attachment::router().merge(dicomweb::router()).layer(axum::Extension(imaging))
}

/// Says whom the files of a case name, for the slice that ties a case to a patient.
pub fn identities() -> platform::identity::Files {
    Arc::new(imaging::identities::InFiles)
}

/// The work that follows its changes.
pub fn jobs() -> Vec<Arc<dyn JobHandler>> {
    vec![Arc::new(imaging::settle::Settle)]
}
