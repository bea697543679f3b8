//! `consilium gateway run`: a heartbeat every 15 seconds, the certificate renewed in time, reports sent that waited.

use super::join::request;
use super::{Line, Trouble, VERSION, folder, outbox, trust};
use crate::join::{enrol, heartbeat, renew};
use jiff::SignedDuration;
use kernel::Clock;
use std::collections::VecDeque;
use std::path::Path;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior};

/// Between heartbeats.
const EVERY: Duration = Duration::from_secs(15);
/// Loss is told of so many.
const LAST: usize = 20;
/// The certificate is renewed when less than this share of its life is left.
const RENEW_AT: i64 = 3;

/// What it knows of its own line.
#[derive(Debug, Default)]
struct Known {
    answered: VecDeque<bool>,
    round_trip_ms: Option<f64>,
}

impl Known {
    fn note(&mut self, took: Option<Duration>) {
        if self.answered.len() == LAST {
            self.answered.pop_front();
        }
        self.answered.push_back(took.is_some());
        if let Some(took) = took {
            self.round_trip_ms = Some(took.as_secs_f64() * 1000.0);
        }
    }

    fn loss_percent(&self) -> Option<f64> {
        let count = |all: usize| f64::from(u32::try_from(all).unwrap_or(u32::MAX));
        let lost = self.answered.iter().filter(|ok| !**ok).count();
        (!self.answered.is_empty()).then(|| count(lost) * 100.0 / count(self.answered.len()))
    }
}

/// Runs until told to stop, or until the centre takes the gateway's word no more. A line that is cut is waited for.
pub async fn run(dir: &Path, clock: &dyn Clock, told: impl Future<Output = ()>) -> Result<(), Trouble> {
    let mut told = std::pin::pin!(told);
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut line, mut known) = (None, Known::default());
    loop {
        tokio::select! {
            () = &mut told => return Ok(()),
            _ = tick.tick() => {}
        }
        let beat = async {
            if line.is_none() {
                line = Some(super::open(dir, clock).await?);
            }
            match &mut line {
                Some(line) => beat(dir, line, &mut known, clock).await,
                None => Ok(()),
            }
        };
        let ended = tokio::select! {
            () = &mut told => return Ok(()),
            ended = beat => ended,
        };
        match ended {
            Ok(()) => {}
            Err(trouble @ (Trouble::NotJoined(_) | Trouble::File { .. } | Trouble::Crypto(_))) => return Err(trouble),
            Err(trouble) if matches!(trouble.code(), Some("join.not-signed" | "join.expired")) => return Err(trouble),
            Err(trouble) => {
                known.note(None);
                // Another address of the centre may answer.
                line = None;
                tracing::warn!("no heartbeat: {trouble}");
            }
        }
    }
}

async fn beat(dir: &Path, line: &mut Line, known: &mut Known, clock: &dyn Clock) -> Result<(), Trouble> {
    let input = heartbeat::Input {
        version: VERSION.to_owned(),
        clock_ms: line.clock_ms(),
        round_trip_ms: known.round_trip_ms,
        loss_percent: known.loss_percent(),
        queue: outbox::waiting(dir),
    };
    let begun = Instant::now();
    let heard: heartbeat::Output = line.post("/api/join/heartbeat", &input, clock).await?;
    known.note(Some(begun.elapsed()));
    line.heard_time(heard.now_ms, clock);
    outbox::send(dir, line, clock).await?;
    renewed(dir, line, clock).await
}

/// Renews the certificate when a third of its life is left.
async fn renewed(dir: &Path, line: &mut Line, clock: &dyn Clock) -> Result<(), Trouble> {
    let now = clock.now() - SignedDuration::from_millis(line.clock_ms());
    let joined = &line.joined;
    let left = joined.until.duration_since(now).as_secs();
    if left * RENEW_AT > joined.until.duration_since(joined.from).as_secs() {
        return Ok(());
    }
    let input = renew::Input { request: request(&joined.key_pem)? };
    let output: enrol::Output = line.post("/api/join/renew", &input, clock).await?;
    trust::check(&joined.authority_pem, &output.certificate, &joined.key_pem, now)?;
    let mut joined = joined.clone();
    (joined.certificate_pem, joined.from, joined.until) = (output.certificate, now, output.until);
    folder::keep_joined(dir, &joined)?;
    tracing::info!("the certificate is good until {}", joined.until);
    line.joined = joined;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loss_is_of_the_last_twenty() {
        let mut known = Known::default();
        assert_eq!(known.loss_percent(), None);
        known.note(None);
        assert_eq!((known.loss_percent(), known.round_trip_ms), (Some(100.0), None));
        (0..3).for_each(|_| known.note(Some(Duration::from_millis(40))));
        assert_eq!((known.loss_percent(), known.round_trip_ms), (Some(25.0), Some(40.0)));
        (0..LAST).for_each(|_| known.note(Some(Duration::from_millis(40))));
        assert_eq!(known.loss_percent(), Some(0.0));
    }
}
