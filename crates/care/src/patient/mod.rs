//! Patients of a hospital: found, recorded, shown.
//!
//! Siblings use [`PatientCard`] and [`card`]. One Patient per custody hospital; a patient without papers is recorded as
//! unknown and identified later; two records of one person are linked by a human, who can take it back. This slice never shows a patient of another hospital: cases do that, by their own rules.

mod create;
mod find;
mod identifier;
mod identify;
mod link;
mod links;
mod matches;
mod model;
mod pair;
mod resources;
mod show;
mod unlink;

pub use identifier::{IdentifierKind, system_of};
pub use links::with_linked;
pub use model::{Age, AgeUnit};
pub use resources::{CardIdentifier, PatientCard, card};

use platform::Shared;
use utoipa_axum::{router::OpenApiRouter, routes};

/// `/api/patients`.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(find::find, create::create))
        .routes(routes!(show::show))
        .routes(routes!(identify::identify))
        .routes(routes!(matches::matches))
        .routes(routes!(pair::pair))
        .routes(routes!(link::link))
        .routes(routes!(unlink::unlink))
}

/// Today where the site is: ages and days are cut there.
pub(crate) fn today(op: &platform::Op) -> jiff::civil::Date {
    op.now().to_zoned(op.platform().settings.time_zone()).date()
}

/// The hospital that keeps a record. The directory knows every custodian: one it does not know is our fault.
pub(crate) fn hospital_ref(
    op: &platform::Op,
    id: &kernel::Id,
) -> Result<platform::directory::HospitalRef, platform::Problem> {
    let known = op.platform().directory.hospital_ref(id);
    known.ok_or_else(|| platform::Problem::internal(format!("custodian {id} is not in the directory")))
}

/// A Patient for somebody without name or papers, to be identified later: an emergency does not wait for a form. In a drill
/// it is somebody made up.
pub(crate) fn somebody_unknown(id: &kernel::Id, hospital: &kernel::Id, drill: bool) -> serde_json::Value {
    use identifier::IdentifierKind;
    let patient = model::NewPatient {
        name: None,
        sex: model::Sex::Unknown,
        birth_date: None,
        identifier: (if drill { IdentifierKind::Drill } else { IdentifierKind::Unknown }, None),
        phone: None,
        unknown: None,
    };
    resources::write(id, &patient, hospital)
}
