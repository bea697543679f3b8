//! Outbreak: notifiable cases, from the first suspicion to the count. Who treats reports, confirms, excludes and grades the
//! cases of the own hospital; the outbreak officer sees all, audited, and says which two reports are one illness.
//!
//! A report is a Condition (decision 0023). It must never change a Patient or a case of consultation, and no grade or class
//! comes about without a person: rules judge, people say.

mod acknowledge;
mod alerts;
mod confirm;
mod contact;
mod duplicates;
mod exclude;
mod export;
mod facts;
mod guidelines;
mod judge;
mod law;
mod list;
mod loading;
mod model;
mod pairs;
mod report;
mod resources;
mod severity;
mod show;
mod type_case;
mod view;
mod watching;

pub(crate) use model::{Class, End, Report};
pub(crate) use pairs::{Said, read as read_pair};
pub(crate) use resources::read as read_report;
pub(crate) use severity::Grade;
pub use watching::jobs;
#[cfg(test)]
pub(crate) use {model::Grading, pairs::write as write_pair, resources::write as write_report};

use platform::Shared;
use utoipa_axum::{router::OpenApiRouter, routes};

/// `/api/outbreak`.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list::list, report::report))
        .routes(routes!(export::export))
        .routes(routes!(show::show))
        .routes(routes!(confirm::confirm))
        .routes(routes!(exclude::exclude))
        .routes(routes!(facts::facts))
        .routes(routes!(contact::contact))
        .routes(routes!(type_case::type_case))
        .routes(routes!(duplicates::duplicates, judge::judge))
        .routes(routes!(guidelines::guidelines))
        .routes(routes!(alerts::alerts))
        .routes(routes!(acknowledge::acknowledge))
}
