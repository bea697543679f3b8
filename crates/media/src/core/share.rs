//! How one receiver's line is shared among its slots, over time: cuts at once, rises one by one and with patience.
//! The instant's choice itself is `allocate`.

use super::allocate::{Priority, Want, allocate};
use super::room::{Output, Room};
use super::{Kind, PeerKey, SlotKey, Time, TrackSpec};
use std::time::Duration;

const ALLOCATE_EVERY: Duration = Duration::from_millis(500);
/// After a cut no layer rises for this long; doubled each time a rise proved wrong. A probe of a few kilobytes slips
/// through a shaper's bucket: seen live, 2.4 Mbit/s "estimated" on a line of 450 kbit/s, frozen for 6 s.
const HOLD_AFTER_CUT: Duration = Duration::from_secs(3);
const LONGEST_HOLD: Duration = Duration::from_secs(30);
const RISE_PROVED: Duration = Duration::from_secs(5);
/// Layers rise one at a time, so that an error costs little and shows soon.
const BETWEEN_RISES: Duration = Duration::from_secs(1);
/// The last layer is taken away only when the line has been short for so long: a dip of the estimate is no dark screen.
const SHORT_FOR: Duration = Duration::from_secs(2);
/// Until the first estimate: enough for audio and a small face.
const FIRST_BUDGET: u64 = 600_000;

/// What is known of the line to a receiver.
pub(super) struct Line {
    estimate: Option<u64>,
    hold: Duration,
    hold_until: Time,
    rose_at: Option<Time>,
    short_since: Option<Time>,
    allocate_at: Time,
    desired: u64,
}

impl Line {
    pub(super) fn new(now: Time) -> Self {
        let (estimate, rose_at, short_since) = (None, None, None);
        Self { estimate, hold: HOLD_AFTER_CUT, hold_until: now, rose_at, short_since, allocate_at: now, desired: 0 }
    }

    pub(super) fn is_due(&self, now: Time) -> bool {
        now >= self.allocate_at
    }

    fn budget(&self) -> u64 {
        self.estimate.unwrap_or(FIRST_BUDGET)
    }

    /// Whether the line has not even carried the lowest layers for a while.
    fn is_lastingly_short(&mut self, now: Time, lowest: u64) -> bool {
        if self.estimate.is_none_or(|estimate| estimate >= lowest) {
            self.short_since = None;
            return false;
        }
        now.saturating_sub(*self.short_since.get_or_insert(now)) >= SHORT_FOR
    }

    /// Remembers what the last choice did, so that the next rise waits as long as experience asks.
    fn learn(&mut self, now: Time, cut: bool, rose: bool) {
        if cut {
            self.hold = match self.rose_at.take() {
                Some(at) if now.saturating_sub(at) < RISE_PROVED => (self.hold * 2).min(LONGEST_HOLD),
                Some(_) => HOLD_AFTER_CUT,
                None => self.hold,
            };
            self.hold_until = now + self.hold;
        } else if rose {
            self.rose_at = Some(now);
            self.hold_until = self.hold_until.max(now + BETWEEN_RISES);
        }
    }
}

impl Room {
    /// What the line of a receiver carries, by the bandwidth estimator.
    pub fn estimate(&mut self, now: Time, peer: PeerKey, bps: u64) {
        let Some(receiver) = self.peers.get_mut(peer) else { return };
        let before = receiver.line.estimate.replace(bps).unwrap_or(bps);
        // Down at once; up with the next regular turn.
        if bps < before {
            self.share_line(now, peer);
        }
    }

    /// Chooses the layers of one receiver anew.
    pub(super) fn share_line(&mut self, now: Time, receiver: PeerKey) {
        let speaker = self.speaker().cloned();
        let Some(peer) = self.peers.get_mut(receiver) else { return };
        peer.line.allocate_at = now + ALLOCATE_EVERY;
        let may_rise = now >= peer.line.hold_until;
        let mut slots: Vec<SlotKey> = vec![];
        let mut wants = vec![];
        for &key in &peer.slots {
            let Some(slot) = self.slots.get(key).filter(|s| !s.unplayable) else { continue };
            let Some(track) = slot.track.and_then(|t| self.tracks.get(t)) else { continue };
            let priority = match track.spec {
                TrackSpec { kind: Kind::Audio, .. } => Priority::Audio,
                TrackSpec { clinical: true, .. } => Priority::Clinical,
                _ if speaker.as_ref() == Some(&track.name) => Priority::Speaker,
                _ => Priority::Other,
            };
            let mut layers: Vec<_> = track.layers.iter().map(|l| l.rate(now)).collect();
            if layers.iter().all(Option::is_none) {
                layers[0] = Some(30_000); // not yet flowing: assume little, so that a new track is asked for
            }
            slots.push(key);
            wants.push(Want { priority, layers, target: slot.target, may_rise, may_lose: false });
        }
        let lowest = wants.iter().filter_map(|w| w.layers.iter().flatten().next()).sum();
        let may_lose = peer.line.is_lastingly_short(now, lowest);
        wants.iter_mut().for_each(|w| w.may_lose = may_lose);
        // A quarter more than the best layers: room for the estimator to prove that a rise fits.
        let best: u64 = wants.iter().filter_map(|w| w.layers.iter().flatten().max()).sum::<u64>() * 5 / 4;
        if best > peer.line.desired || best < peer.line.desired / 2 {
            peer.line.desired = best;
            self.out.push_back(Output::Desired { to: receiver, bps: best });
        }
        let chosen = allocate(peer.line.budget(), &wants);
        self.aim(now, receiver, slots.into_iter().zip(wants).zip(chosen));
    }

    /// Points the slots at the layers chosen.
    fn aim(&mut self, now: Time, receiver: PeerKey, chosen: impl Iterator<Item = ((SlotKey, Want), Option<u8>)>) {
        let (mut cut, mut rose) = (false, false);
        for ((key, want), target) in chosen {
            let Some(slot) = self.slots.get_mut(key).filter(|s| s.target != target) else { continue };
            let flows = |l: u8| want.layers.get(l as usize).is_some_and(Option::is_some);
            cut |= slot.target.is_some_and(|old| target.is_none_or(|new| new < old) && flows(old));
            rose |= matches!((slot.target, target), (Some(old), Some(new)) if new > old);
            slot.target = target;
            if target.is_none() {
                slot.rewriter.stop();
                slot.current = None;
                self.out.push_back(Output::LayerChanged { to: receiver, slot: key, layer: None });
            }
            let track = slot.track;
            track.into_iter().for_each(|track| self.ask(now, track));
        }
        if let Some(peer) = self.peers.get_mut(receiver) {
            peer.line.learn(now, cut, rose);
        }
    }
}
