//! The binary's parts: command line, joining the crates, start and stop, the demonstration. No domain rules.
//!
//! A library beside `main.rs` so that tests start the very program on a free port.

pub mod api;
pub mod app;
pub mod archive;
pub mod audit;
mod backup;
pub mod cli;
pub mod client;
pub mod database;
pub mod demo;
pub mod export;
pub mod gateway;
mod heard;
mod line;
mod rest;
pub mod serve;
mod tell;
mod tls;
pub mod upkeep;
mod web;
