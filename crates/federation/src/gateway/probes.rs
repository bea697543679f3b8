//! The probes: each has its time, one that hangs says so, and the rest goes on.

use super::{Line, Trouble, dicom, stun};
use crate::join::probe::{Figure, LIMIT_MS, OF_GATEWAY, Probe, ProbeState, SAID_MAX, judge};
use kernel::{Clock, Ids, RandomIds};
use reqwest::Method;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// Bytes of a first, short measure, and of the long one that a line gets on which the short one took less than [`SHORT`].
const FIRST: usize = 128 * 1024;
const LONG_DOWN: usize = 4 * 1024 * 1024;
/// A body's bound is 1 MiB; so many of these follow each other.
const PIECE_UP: usize = 1_000_000;
const PIECES_UP: usize = 4;
const SHORT: Duration = Duration::from_secs(1);
/// Knocks, and how long each may take.
const KNOCKS: u32 = 20;
const KNOCK_WITHIN: Duration = Duration::from_secs(2);

/// What a probe found, or why it could not.
type Found = Result<(Vec<Figure>, String), Trouble>;

/// Runs all, one after the other, since each would be in the other's way.
pub async fn all(line: &Line, clock: &dyn Clock) -> Vec<Probe> {
    let mut found = vec![];
    for name in OF_GATEWAY {
        let begun = Instant::now();
        let limit = Duration::from_millis(LIMIT_MS);
        let came = match name {
            "line-down" => timeout(limit, down(line, clock)).await,
            "line-up" => timeout(limit, up(line, clock)).await,
            "round-trip" => timeout(limit, round_trip(line)).await,
            "media" => timeout(limit, media(line)).await,
            _ => timeout(limit, file(line, clock)).await,
        };
        let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        found.push(judged(name, came.ok(), took_ms));
    }
    found
}

/// What is told of a probe; `came` is none when it did not come back.
fn judged(name: &str, came: Option<Found>, took_ms: u64) -> Probe {
    let (state, figures, said) = match came {
        None => (ProbeState::Hung, vec![], format!("no answer within {} s", LIMIT_MS / 1000)),
        Some(Err(trouble)) => (ProbeState::Failed, vec![], trouble.to_string()),
        Some(Ok((figures, said))) if judge(name, &figures) => (ProbeState::Passed, figures, said),
        Some(Ok((figures, said))) => {
            let said = if said.is_empty() { "below what a consultation needs".to_owned() } else { said };
            (ProbeState::Failed, figures, said)
        }
    };
    let said = said.chars().filter(|c| !c.is_control()).take(SAID_MAX).collect();
    Probe { name: name.to_owned(), state, figures, took_ms, said, tried: None }
}

fn figure(name: &str, value: f64, unit: &str) -> Figure {
    Figure { name: name.to_owned(), value: (value * 100.0).round() / 100.0, unit: unit.to_owned() }
}

#[expect(clippy::cast_precision_loss, reason = "a count of bytes, far below 2^52")]
fn rate(bytes: usize, took: Duration) -> Vec<Figure> {
    let per_second = (bytes as f64 * 8.0 / took.as_secs_f64().max(1e-6)).round();
    vec![figure("rate", per_second, "bit/s"), figure("bytes", bytes as f64, "By")]
}

async fn down(line: &Line, clock: &dyn Clock) -> Found {
    let mut figures = vec![];
    for bytes in [FIRST, LONG_DOWN] {
        let begun = Instant::now();
        let path = format!("/api/join/line/{bytes}");
        let body = line.send(Method::GET, &path, "", &[], clock).await?;
        let took = begun.elapsed();
        if body.len() != bytes {
            return Err(Trouble::Answer(format!("{} bytes came instead of {bytes}", body.len())));
        }
        figures = rate(bytes, took);
        if took > SHORT {
            break;
        }
    }
    Ok((figures, String::new()))
}

async fn up(line: &Line, clock: &dyn Clock) -> Found {
    let mut piece = vec![0; PIECE_UP];
    RandomIds.fill(&mut piece);
    let post = |bytes| line.send(Method::POST, "/api/join/line", "application/octet-stream", bytes, clock);
    let begun = Instant::now();
    post(&piece[..FIRST]).await?;
    if begun.elapsed() > SHORT {
        return Ok((rate(FIRST, begun.elapsed()), String::new()));
    }
    let begun = Instant::now();
    let mut sent = 0;
    while sent < PIECES_UP && begun.elapsed() < SHORT * 4 {
        post(&piece).await?;
        sent += 1;
    }
    Ok((rate(sent * PIECE_UP, begun.elapsed()), String::new()))
}

async fn round_trip(line: &Line) -> Found {
    let mut took = vec![];
    for _ in 0..KNOCKS {
        let begun = Instant::now();
        if let Ok(Ok(())) = timeout(KNOCK_WITHIN, line.knock()).await {
            took.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
    }
    took.sort_by(f64::total_cmp);
    let lost = KNOCKS - u32::try_from(took.len()).unwrap_or(KNOCKS);
    let mut figures = vec![figure("loss", f64::from(lost) * 100.0 / f64::from(KNOCKS), "%")];
    if let (Some(median), Some(longest)) = (took.get(took.len() / 2), took.last()) {
        figures.insert(0, figure("median", *median, "ms"));
        figures.insert(1, figure("longest", *longest, "ms"));
    }
    Ok((figures, String::new()))
}

async fn media(line: &Line) -> Found {
    let mut chance = [0; 12];
    RandomIds.fill(&mut chance);
    for address in line.centre.media.iter().take(8) {
        let Ok(to) = address.parse() else { continue };
        if let Some(took) = stun::ask(to, chance).await {
            let median = figure("median", took.as_secs_f64() * 1000.0, "ms");
            return Ok((vec![figure("udp", 1.0, "1"), median], String::new()));
        }
    }
    // The question came over TCP, so TCP goes.
    let to = line.centre.media.join(", ");
    let said = format!("only TCP: let UDP out to {to}, or ask the centre for a TURN server");
    Ok((vec![figure("udp", 0.0, "1")], said))
}

#[expect(clippy::cast_precision_loss, reason = "a count of bytes, far below 2^52")]
async fn file(line: &Line, clock: &dyn Clock) -> Found {
    const PATH: &str = "/api/join/file";
    let sent = dicom::file();
    line.send(Method::PUT, PATH, "application/dicom", &sent, clock).await?;
    let back = line.send(Method::GET, PATH, "", &[], clock).await;
    line.send(Method::DELETE, PATH, "", &[], clock).await?;
    if back? != sent {
        return Err(Trouble::Answer("the file came back changed".to_owned()));
    }
    Ok((vec![figure("bytes", sent.len() as f64, "By")], String::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_of_each_outcome() {
        let fast = || Ok((rate(1_000_000, Duration::from_secs(1)), String::new()));
        let slow = || Ok((rate(1_000, Duration::from_secs(1)), String::new()));
        let state = |came| judged("line-down", came, 5).state;
        assert_eq!(state(Some(fast())), ProbeState::Passed);
        assert_eq!(state(Some(slow())), ProbeState::Failed);
        assert_eq!(state(Some(Err(Trouble::Certificate))), ProbeState::Failed);
        assert_eq!(state(None), ProbeState::Hung);
        assert_eq!(judged("line-down", Some(fast()), 5).figure("rate"), Some(8_000_000.0));
        let long = judged("file", Some(Err(Trouble::Answer("x\n".repeat(1000)))), 5);
        assert!(long.is_of_gateway() && !long.said.contains('\n'), "{long:?}");
        assert!(judged("line-down", None, 20_001).is_of_gateway());
    }
}
