//! What is known of one simulcast layer as it arrives: how much it carries, whether it still flows, what came twice.

use super::keyframes::Asker;
use super::{Packet, Time};
use std::sync::Arc;
use std::time::Duration;

/// A sender that is short of bandwidth or CPU stops its upper layers without a word.
const SILENT_AFTER: Duration = Duration::from_millis(1200);
const RATE_WINDOW: Duration = Duration::from_millis(500);
const SEEN: usize = 1024;
const RECENT: usize = 64;

pub struct Layer {
    pub asker: Asker,
    seen: [u64; SEEN / 64],
    highest: Option<u64>,
    recent: [Option<Arc<Packet>>; RECENT],
    last_at: Option<Time>,
    window_from: Time,
    window_bytes: u64,
    rate: u64,
}

impl Default for Layer {
    fn default() -> Self {
        Layer {
            asker: Asker::default(),
            seen: [0; SEEN / 64],
            highest: None,
            recent: [const { None }; RECENT],
            last_at: None,
            window_from: Time::ZERO,
            window_bytes: 0,
            rate: 0,
        }
    }
}

impl Layer {
    /// `false`: seen before or too old to tell.
    pub fn arrived(&mut self, now: Time, packet: &Arc<Packet>) -> bool {
        let highest = *self.highest.get_or_insert(packet.seq);
        if packet.seq + SEEN as u64 <= highest {
            return false;
        }
        if packet.seq > highest {
            for seq in (highest + 1..=packet.seq).take(SEEN) {
                self.seen[(seq as usize % SEEN) / 64] &= !(1 << (seq % 64));
            }
            self.highest = Some(packet.seq);
        }
        let (word, bit) = ((packet.seq as usize % SEEN) / 64, 1u64 << (packet.seq % 64));
        if self.seen[word] & bit != 0 {
            return false;
        }
        self.seen[word] |= bit;
        if packet.seq + RECENT as u64 > highest {
            self.recent[packet.seq as usize % RECENT] = Some(packet.clone());
        }
        if self.last_at.is_none() {
            self.window_from = now;
        }
        self.last_at = Some(now);
        self.window_bytes += packet.payload.len() as u64 + 20;
        true
    }

    /// The packets that overtook the start of a key frame. `None` if some are no longer held: then this key frame
    /// is of no use to a newcomer, who would see a hole that was no loss.
    pub fn overtaken(&self, start: u64) -> Option<Vec<Arc<Packet>>> {
        let highest = self.highest.unwrap_or(start);
        if highest.saturating_sub(start) >= RECENT as u64 {
            return None;
        }
        Some(
            (start + 1..=highest)
                .filter_map(|s| self.recent[s as usize % RECENT].clone().filter(|p| p.seq == s))
                .collect(),
        )
    }

    /// Bits per second, or `None` when nothing flows.
    pub fn rate(&self, now: Time) -> Option<u64> {
        let at = self.last_at?;
        (now.saturating_sub(at) < SILENT_AFTER).then_some(self.rate.max(8_000))
    }

    pub fn tick(&mut self, now: Time) {
        let passed = now.saturating_sub(self.window_from);
        if passed < RATE_WINDOW {
            return;
        }
        let fresh = self.window_bytes * 8_000_000 / passed.as_micros().max(1) as u64;
        // Quick up, slow down: a key frame or a lively second must not be forgotten at once.
        self.rate = fresh.max((self.rate * 3 + fresh) / 4);
        (self.window_from, self.window_bytes) = (now, 0);
    }
}
