//! Stories, crashes and rules over the whole program. One binary: linking it takes longer than any of its files, and each
//! takes 160 MB on the disk.
#![expect(clippy::unwrap_used, reason = "a failed expectation is a panic here")]

mod admin;
mod archive;
mod audit;
mod backup;
mod bad_days;
mod bad_input;
mod command;
mod crash_http;
mod drafts;
mod events;
mod factor;
mod fhir;
mod hostile;
mod hygiene;
mod import;
mod join;
mod journeys;
mod opinion;
mod permissions;
mod power_cut;
mod rollout;
mod session;
mod upgrade;
mod uploads;
