//! What each operation needs. The one table: an operation of the OpenAPI file that is missing here fails a test, and at
//! run time `Op::may` refuses it.

use kernel::Action;

/// What somebody must be to call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing: the operation itself guards what it gives (a password, a one-time token).
    Public,
    /// A session, even before a role is chosen.
    SignedIn,
    /// `kernel::decide` says yes to this.
    May(Action),
}

use Need::{May, Public, SignedIn};

/// Operation ids and their needs, in alphabetical order.
pub const TABLE: &[(&str, Need)] = &[
    ("access.break_glass", May(Action::BreakGlass)),
    ("access.export", May(Action::ReadAccessLog)),
    ("access.looks", May(Action::ReadAccessLog)),
    ("access.mine", May(Action::BreakGlass)),
    ("access.review", May(Action::ReviewAccess)),
    ("access.reviews", May(Action::ReviewAccess)),
    ("api.describe", Public),
    ("attachment.confirm", May(Action::AmendCase)),
    ("attachment.drop", May(Action::AmendCase)),
    ("attachment.handover.begin", May(Action::AmendCase)),
    ("attachment.handover.end", May(Action::AmendCase)),
    ("attachment.handover.open", Public),
    ("attachment.handover.put", Public),
    ("attachment.handover.show", May(Action::AmendCase)),
    ("attachment.handover.state", Public),
    ("attachment.list", May(Action::ReadCaseSummary)),
    ("attachment.open", May(Action::ReadCaseSummary)),
    ("attachment.put", May(Action::AmendCase)),
    ("attachment.take", May(Action::AmendCase)),
    ("consult.accept", May(Action::TakeCase)),
    ("consult.access", May(Action::ReadAccessLog)),
    ("consult.add_consent", May(Action::AmendCase)),
    ("consult.answer", May(Action::AnswerOpinion)),
    ("consult.ask", May(Action::TakeCase)),
    ("consult.assign", May(Action::TriageCase)),
    ("consult.cancel", May(Action::AmendCase)),
    ("consult.close", May(Action::AnswerOpinion)),
    ("consult.conclude", May(Action::ConductCase)),
    ("consult.convert", May(Action::TriageCase)),
    ("consult.decline", May(Action::TriageCase)),
    ("consult.escalate", May(Action::TriageCase)),
    ("consult.first_look", May(Action::TriageCase)),
    ("consult.follow_up", May(Action::AnswerOpinion)),
    ("consult.hand_back", May(Action::TakeCase)),
    ("consult.inbox", May(Action::ListCases)),
    ("consult.no_show", May(Action::ConductCase)),
    ("consult.request", May(Action::RequestCase)),
    ("consult.resubmit", May(Action::AmendCase)),
    ("consult.resume", May(Action::ConductCase)),
    ("consult.return_items", May(Action::TriageCase)),
    ("consult.show", May(Action::ReadCaseSummary)),
    ("consult.start", May(Action::ConductCase)),
    ("consult.supply", May(Action::AmendCase)),
    ("consult.suspend", May(Action::ConductCase)),
    ("consult.transfer", May(Action::TriageCase)),
    ("demo.accounts", Public),
    ("dicomweb.frames", May(Action::ReadCaseSummary)),
    ("dicomweb.instance", May(Action::ReadCaseSummary)),
    ("dicomweb.instances", May(Action::ReadCaseSummary)),
    ("dicomweb.series", May(Action::ReadCaseSummary)),
    ("dicomweb.series_metadata", May(Action::ReadCaseSummary)),
    ("dicomweb.studies", May(Action::ReadCaseSummary)),
    ("dicomweb.study_metadata", May(Action::ReadCaseSummary)),
    ("dicomweb.thumbnail", May(Action::ReadCaseSummary)),
    ("directory.export", May(Action::ManageHospital)),
    ("directory.hospitals", May(Action::ReadDirectory)),
    ("directory.import", May(Action::ManageHospital)),
    ("directory.people", May(Action::ManageHospital)),
    ("directory.person", May(Action::ManageHospital)),
    ("directory.person_change", May(Action::ManageHospital)),
    ("directory.person_close", May(Action::ManageHospital)),
    ("directory.person_create", May(Action::ManageHospital)),
    ("directory.person_enable", May(Action::ManageHospital)),
    ("directory.person_factor", May(Action::ManageHospital)),
    ("directory.person_reset", May(Action::ManageHospital)),
    ("directory.person_sessions", May(Action::ManageHospital)),
    ("directory.place_change", May(Action::ManageHospital)),
    ("directory.place_create", May(Action::ManageHospital)),
    ("directory.places", May(Action::ManageHospital)),
    ("directory.site_change", May(Action::ManageHospital)),
    ("directory.site_create", May(Action::ManageHospital)),
    ("directory.sites", May(Action::ManageHospital)),
    ("draft.begin", May(Action::OwnAccount)),
    ("draft.drop", May(Action::OwnAccount)),
    ("draft.list", May(Action::OwnAccount)),
    ("draft.save", May(Action::OwnAccount)),
    ("draft.show", May(Action::OwnAccount)),
    ("events.listen", May(Action::OwnAccount)),
    ("figures.consulted", May(Action::ReadFigures)),
    ("figures.consulted_cases", May(Action::OpenFigure)),
    ("health.live", Public),
    ("health.metrics", Public),
    ("health.ready", Public),
    ("jobs.dead", May(Action::ManageHospital)),
    ("jobs.retry", May(Action::ManageHospital)),
    ("message.send", May(Action::WriteMessage)),
    ("network.cases", May(Action::OpenFigure)),
    ("network.overview", May(Action::ReadFigures)),
    ("notify.address", May(Action::OwnAccount)),
    ("notify.list", May(Action::OwnAccount)),
    ("notify.read", May(Action::OwnAccount)),
    ("opinion.amend", May(Action::AmendOpinion)),
    ("opinion.evidence", May(Action::ReadOpinion)),
    ("opinion.pdf", May(Action::ReadOpinion)),
    ("opinion.picture", May(Action::ReadOpinion)),
    ("opinion.show", May(Action::ReadOpinion)),
    ("opinion.sign", May(Action::WriteOpinion)),
    ("opinion.verify", Public),
    ("patient.create", May(Action::CreatePatient)),
    ("patient.find", May(Action::FindPatient)),
    ("patient.identify", May(Action::AmendPatient)),
    ("patient.link", May(Action::AmendPatient)),
    ("patient.matches", May(Action::AmendPatient)),
    ("patient.pair", May(Action::AmendPatient)),
    ("patient.show", May(Action::ReadPatient)),
    ("patient.unlink", May(Action::AmendPatient)),
    ("room.enter", May(Action::EnterRoom)),
    ("schedule.experts", May(Action::ReadDirectory)),
    ("schedule.rooms", May(Action::ReadDirectory)),
    ("session.choose", SignedIn),
    ("session.close", SignedIn),
    ("session.close_all", SignedIn),
    ("session.confirm", SignedIn),
    ("session.enrol", SignedIn),
    ("session.open", Public),
    ("session.prove", SignedIn),
    ("session.recent", SignedIn),
    ("session.recover", SignedIn),
    ("session.renew", SignedIn),
    ("session.show", SignedIn),
    ("session.unenrol", SignedIn),
    ("session.welcome", Public),
    ("settings.change", May(Action::ManageHospital)),
    ("settings.door", Public),
    ("settings.history", May(Action::ManageHospital)),
    ("settings.list", May(Action::ManageHospital)),
    ("setup.first", Public),
    ("uploads.append", May(Action::OwnAccount)),
    ("uploads.create", May(Action::OwnAccount)),
    ("uploads.end", May(Action::OwnAccount)),
    ("uploads.instead", May(Action::OwnAccount)),
    ("uploads.offer", Public),
    ("uploads.offset", May(Action::OwnAccount)),
];

/// The need of an operation, if it stands in the table.
pub fn need(operation: &str) -> Option<Need> {
    TABLE.binary_search_by(|(id, _)| (*id).cmp(operation)).ok().map(|at| TABLE[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_names_each_operation_once() {
        for pair in TABLE.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} must stand before {}", pair[1].0, pair[0].0);
        }
    }
}
