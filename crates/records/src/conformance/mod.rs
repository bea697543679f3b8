//! What every engine must do: one suite, written against [`Store`] alone.
//!
//! Called by the tests of each engine through [`crate::conformance!`]. It must never know an engine.
#![expect(clippy::unwrap_used, reason = "a failed expectation is a panic here")]
#![expect(missing_docs, reason = "the names of the cases say what they prove")]

mod accounts;
mod blobs;
mod claims;
pub mod cluster;
mod commit;
mod drafts;
mod jobs;
mod ledger;
mod paging;
mod read;
mod search;
mod sets;
mod sight;
mod special;
mod words;

pub use accounts::*;
pub use blobs::*;
pub use claims::*;
pub use commit::*;
pub use drafts::*;
pub use jobs::*;
pub use ledger::*;
pub use paging::*;
pub use read::*;
pub use search::*;
pub use sets::*;
pub use sight::*;
pub use special::*;
pub use words::*;

use crate::{Act, Change, CommitError, Query, Receipt, Store, Viewer, Write};
use fhir::{Reference, ResourceType};
use kernel::{Clock, Id, ManualClock, Time};
use serde_json::{Value, json};
use std::sync::Arc;

/// A fresh, empty store and the clock it goes by.
pub struct Fixture {
    /// The store.
    pub store: Arc<dyn Store>,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// Kept until the test ends: the folder of the store, for example.
    pub kept: Box<dyn std::any::Any + Send>,
}

impl Fixture {
    fn now(&self) -> Time {
        self.clock.now()
    }

    fn later(&self, seconds: i64) -> Time {
        self.now() + jiff::SignedDuration::from_secs(seconds)
    }

    async fn commit(&self, change: Change) -> Result<Receipt, CommitError> {
        self.store.commit(change).await
    }

    /// Writes resources of one hospital, each a first or next version.
    async fn put(&self, hospital: &str, bodies: &[(&str, Value)]) -> Receipt {
        let change =
            bodies.iter().fold(change("test.put"), |change, (at, body)| change.write(write(at, body, hospital)));
        self.commit(change).await.unwrap()
    }

    async fn found_by(&self, viewer: &Viewer, query: &Query) -> Vec<String> {
        let page = self.store.search(viewer, query).await.unwrap();
        assert_eq!(page.next, None, "one page is enough for {query:?}");
        page.matches.iter().map(|r| r.at.to_string()).collect()
    }

    /// What the system finds, in order.
    async fn found(&self, of: &str, params: &[(&str, &str)]) -> Vec<String> {
        self.found_by(&Viewer::System, &query(of, params)).await
    }
}

/// The instant at which tests begin.
pub fn beginning() -> Time {
    "2026-11-21T00:00:00Z".parse().unwrap()
}

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn at(text: &str) -> Reference {
    text.parse().unwrap()
}

fn ty(name: &str) -> ResourceType {
    ResourceType::from_name(name).unwrap()
}

fn change(what: &str) -> Change {
    Change::of(Act::system(what))
}

fn write(at_: &str, body: &Value, hospital: &str) -> Write {
    let at = at(at_);
    let mut body = body.clone();
    body["resourceType"] = json!(at.ty.name());
    Write::next(at, body, id(hospital))
}

fn query(of: &str, params: &[(&str, &str)]) -> Query {
    params.iter().fold(Query::of(ty(of)), |q, (name, value)| q.with(name, *value))
}

fn person(custody: Option<&str>, subjects: &[&str]) -> Viewer {
    Viewer::Person { custody: custody.map(id), subjects: subjects.iter().map(|s| s.parse().unwrap()).collect() }
}

/// Makes a test of each case. `$make` is an expression that makes a fresh [`Fixture`]; after `where there is` it may make
/// none, on a machine without the engine's server: the case says then that it was passed over.
#[macro_export]
macro_rules! conformance {
    (where there is $make:expr) => {
        $crate::conformance!(@cases [there] $make);
    };
    (@case [there] $make:expr, $case:ident) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            match $make {
                Some(fixture) => $crate::conformance::$case(fixture).await,
                None => $crate::conformance::cluster::passed_over(stringify!($case)),
            }
        }
    };
    (@case [always] $make:expr, $case:ident) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            $crate::conformance::$case($make).await;
        }
    };
    (@cases [$how:ident] $make:expr) => {
        $crate::conformance!(@all [$how] $make;
            a_change_is_all_or_nothing,
            a_body_that_is_no_such_resource_is_refused,
            a_new_one_must_be_new,
            a_change_refused_among_many_takes_nothing_with_it,
            a_stale_expectation_is_named,
            of_two_writers_on_one_version_one_wins,
            a_thousand_changes_all_count,
            what_is_not_there_is_not_deleted,
            decimals_survive,
            versions_and_history,
            history_goes_on_before_a_version,
            whose_compartment_it_is_in,
            deleted_and_brought_back,
            custodian_and_case_stay,
            reads_its_own_writes,
            tokens,
            texts,
            references_and_identifiers,
            dates,
            numbers_and_quantities,
            composites_and_uris,
            missing_not_and_lists,
            chains_and_has,
            includes,
            found_by_their_words,
            words_follow_their_resource,
            words_are_seen_with_their_resource,
            many_words,
            concepts_and_what_they_subsume,
            value_sets_hold_codes,
            a_set_has_a_bound,
            a_set_that_is_not_seen_is_not_there,
            parts_of_places,
            addresses_by_how_they_begin,
            near_as_brute_force_has_it,
            on_a_list,
            what_is_shown_and_of_which_type,
            missing_of_every_kind,
            care_within_a_time,
            counted_as_it_is_seen,
            a_patients_compartment,
            what_is_not_understood_is_refused,
            an_update_moves_in_every_index,
            pages_neither_repeat_nor_skip,
            sorted_those_without_a_value_come_last,
            sorted_by_several_keys,
            pages_under_writes,
            custody_is_seen_and_nothing_else,
            the_directory_is_seen_by_all,
            grants_open_their_scope,
            grants_end,
            grants_of_what_comes_later,
            invisible_at_every_hop,
            entries_are_numbered_and_chained,
            entries_of_a_case,
            sealed_tells_the_newest,
            reads_are_noted_once_a_minute,
            bulk_is_vouched_for,
            a_claim_is_taken_until_its_end,
            a_claim_is_released_by_its_holder,
            of_64_claimants_one_wins,
            a_refused_claim_leaves_nothing,
            claims_by_prefix,
            accounts_by_name_and_person,
            a_name_belongs_to_one,
            sessions_open_and_close,
            second_factors_and_sign_ins,
            clients_by_their_token,
            settings_keep_their_history,
            a_draft_has_one_editor,
            drafts_are_listed_and_dropped,
            a_job_runs_when_it_is_due,
            a_job_comes_back_when_its_lease_ends,
            a_job_backs_off_and_dies,
            the_same_job_again_replaces_it,
            a_worker_moves_its_own_job,
            of_many_workers_one_gets_it,
            blobs_come_back,
            a_blob_is_put_before_it_is_named,
            after_the_end_nothing_is_taken,
        );
    };
    (@all [$how:ident] $make:expr; $($case:ident,)*) => {
        $($crate::conformance!(@case [$how] $make, $case);)*
    };
    ($make:expr) => {
        $crate::conformance!(@cases [always] $make);
    };
}
