//! Whether the line out of a participant carries a face beside the voice. A browser's own bandwidth control thins the
//! picture down to a floor and then takes from the voice; here the face goes before that happens, and comes back by
//! itself: after a hold a trial, and a trial that fails doubles the hold.

use super::Time;
use super::room::{Output, PeerKey, Room};
use std::time::Duration;

/// A voice with its headers takes 60 kbit/s; below this no face fits beside it.
const FACE_FITS: u64 = 110_000;
/// A shared screen goes before the own face.
const FACE_FITS_BESIDE_SCREEN: u64 = 350_000;
/// Every fifth packet lost: what little arrives of a picture is no picture, and the voice suffers.
const LOSSY_PERMILLE: u16 = 200;
/// So long the line must be bad: a dip is no dark screen.
const BAD_FOR: Duration = Duration::from_secs(3);
const FIRST_HOLD: Duration = Duration::from_secs(8);
const LONGEST_HOLD: Duration = Duration::from_secs(64);
/// A face that held out for so long has proved the line.
const PROVED: Duration = Duration::from_secs(15);
/// What was said of a line is believed for so long.
const FRESH: Duration = Duration::from_secs(6);

/// What is known of a publisher's line at a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// What the sender's own control believes the line carries, bits per second.
    pub bps: Option<u64>,
    /// What got lost on the way to us.
    pub lost_permille: Option<u16>,
}

pub struct Uplink {
    bps: Option<(u64, Time)>,
    lost: Option<(u16, Time)>,
    bad_since: Option<Time>,
    /// `false`: voice alone.
    face: bool,
    since: Time,
    hold: Duration,
    /// The face is there on trial.
    tried: bool,
}

impl Uplink {
    pub fn new(now: Time) -> Self {
        Self { bps: None, lost: None, bad_since: None, face: true, since: now, hold: FIRST_HOLD, tried: false }
    }

    fn hear(&mut self, now: Time, report: Report) {
        self.bps = report.bps.map(|bps| (bps, now)).or(self.bps);
        self.lost = report.lost_permille.map(|lost| (lost, now)).or(self.lost);
    }

    fn is_bad(&self, now: Time, screen: bool) -> bool {
        let fresh = |at: Time| now.saturating_sub(at) < FRESH;
        let fits = if screen { FACE_FITS_BESIDE_SCREEN } else { FACE_FITS };
        self.bps.is_some_and(|(bps, at)| bps < fits && fresh(at))
            || self.lost.is_some_and(|(lost, at)| lost >= LOSSY_PERMILLE && fresh(at))
    }

    /// The next step, when there is one: whether the face is sent.
    fn step(&mut self, now: Time, screen: bool) -> Option<bool> {
        let held = now.saturating_sub(self.since);
        if !self.face {
            // Without a picture the sender has nothing to prove the line with: only a trial tells.
            if held < self.hold {
                return None;
            }
            (self.bps, self.lost, self.bad_since) = (None, None, None);
            (self.face, self.since) = (true, now);
            return Some(true);
        }
        if !self.is_bad(now, screen) {
            self.bad_since = None;
            return None;
        }
        if now.saturating_sub(*self.bad_since.get_or_insert(now)) < BAD_FOR {
            return None;
        }
        let failed_trial = self.tried && held < PROVED;
        self.hold = if failed_trial { (self.hold * 2).min(LONGEST_HOLD) } else { FIRST_HOLD };
        (self.face, self.tried, self.since, self.bad_since) = (false, true, now, None);
        Some(false)
    }
}

impl Room {
    /// What is known of the line out of a publisher.
    pub fn uplink(&mut self, now: Time, peer: PeerKey, report: Report) {
        if let Some(peer) = self.peers.get_mut(peer) {
            peer.uplink.hear(now, report);
        }
    }

    /// Lets time pass over the lines of those who publish.
    pub(super) fn watch_uplinks(&mut self, now: Time) {
        for key in self.peers.keys() {
            let screen = self.sharing == Some(key);
            let Some(peer) = self.peers.get_mut(key).filter(|p| !p.tracks.is_empty()) else { continue };
            if let Some(on) = peer.uplink.step(now, screen) {
                self.out.push_back(Output::SendFace { publisher: key, on });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reports once a second what `line` says at a second, while a face is sent or not; the steps with their seconds.
    fn steps(seconds: u64, line: impl Fn(u64, bool) -> Report) -> Vec<(u64, bool)> {
        let mut uplink = Uplink::new(Time::ZERO);
        let mut out = vec![];
        for tick in 0..seconds * 10 {
            let now = Time::from_millis(tick * 100);
            if tick % 10 == 0 {
                uplink.hear(now, line(tick / 10, uplink.face));
            }
            out.extend(uplink.step(now, false).map(|on| (tick / 10, on)));
        }
        out
    }

    fn carries(bps: u64) -> Report {
        Report { bps: Some(bps), lost_permille: Some(0) }
    }

    #[test]
    fn a_thin_line_carries_the_voice_alone_and_the_face_comes_back_by_itself() {
        let got = steps(60, |s, _| carries(if (10..30).contains(&s) { 70_000 } else { 900_000 }));
        assert_eq!(got[0], (13, false), "{got:?}");
        assert_eq!(got.last().map(|s| s.1), Some(true), "{got:?}");
        let back = got.last().expect("it came back").0;
        assert!((30..48).contains(&back), "{got:?}");
        let trials = got.iter().filter(|s| s.1).count();
        assert!(trials <= 3, "{got:?}");
    }

    #[test]
    fn a_line_that_stays_thin_is_tried_ever_more_rarely() {
        let got = steps(600, |_, _| carries(70_000));
        let on: Vec<u64> = got.iter().filter(|s| s.1).map(|s| s.0).collect();
        assert!(on.windows(3).all(|w| w[2] - w[1] + 3 >= w[1] - w[0]), "{on:?}");
        assert!(on.len() <= 14, "{on:?}");
        let shown: u64 = got.windows(2).filter(|w| w[0].1).map(|w| w[1].0 - w[0].0).sum();
        assert!(shown <= 60, "the face was on for {shown} of 600 s");
    }

    #[test]
    fn a_dip_or_an_old_word_changes_nothing() {
        assert_eq!(steps(60, |s, _| carries(if s % 5 == 0 { 50_000 } else { 500_000 })), []);
        let once = steps(60, |s, _| if s == 0 { carries(500_000) } else { Report::default() });
        assert_eq!(once, []);
        let lost = |s| Report { bps: None, lost_permille: Some(if s < 4 { 400 } else { 0 }) };
        assert_eq!(steps(6, |s, _| lost(s))[0], (3, false), "every third packet lost for three seconds");
    }

    #[test]
    fn seeded_lines_never_flap() {
        for seed in 1..=200u64 {
            let mut dice = seed * 0x9e37_79b9;
            let mut roll = || {
                dice ^= dice << 13;
                dice ^= dice >> 7;
                dice ^= dice << 17;
                dice
            };
            let rates: Vec<u64> =
                (0..300).map(|_| [40_000, 90_000, 120_000, 300_000, 2_000_000][(roll() % 5) as usize]).collect();
            let hold = 1 + seed % 20;
            let got = steps(300, |s, _| carries(rates[(s / hold) as usize]));
            for pair in got.windows(2) {
                assert_ne!(pair[0].1, pair[1].1, "seed {seed}: said twice");
                let least = if pair[0].1 { 3 } else { 8 };
                assert!(pair[1].0 - pair[0].0 >= least, "seed {seed}: {pair:?} flaps");
            }
        }
    }
}
