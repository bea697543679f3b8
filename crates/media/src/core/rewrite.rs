//! One receiver's view of one track. The source hops between layers, pauses and comes back; the receiver
//! must see a single stream whose numbers run on.
//!
//! A *run* is a stretch of one layer forwarded with constant shifts. A real loss inside a run stays a hole of
//! the same size, so the receiver asks for it and a late packet fits into it. Everything we leave out on
//! purpose lies between runs, and runs join without a hole.

use super::{Packet, Time};
use std::collections::VecDeque;

/// Late packets of runs older than this are dropped; reordering over so many switches does not happen.
const KEPT_RUNS: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rewritten {
    pub seq: u64,
    pub time: u32,
    pub picture_id: Option<u16>,
    pub tl0: Option<u8>,
}

struct Run {
    layer: u8,
    from: u64,
    /// Highest source number forwarded in this run, padding not counted: beyond it nothing late is let in
    /// once the run is closed, because the next run's picture numbers begin right after it.
    to: u64,
    open: bool,
    seq: u64,
    time: u32,
    picture: u16,
    tl0: u8,
}

#[derive(Clone, Copy)]
struct Newest {
    time: u32,
    at: Time,
    picture: u16,
    tl0: u8,
}

pub struct Rewriter {
    clock_rate: u32,
    runs: VecDeque<Run>,
    next_seq: u64,
    newest: Option<Newest>,
}

impl Rewriter {
    pub fn new(clock_rate: u32) -> Self {
        // Not 0: packets older than the first may still arrive and must not go below zero.
        Rewriter { clock_rate, runs: VecDeque::new(), next_seq: 1000, newest: None }
    }

    /// Begins a run with this packet, which must be one a decoder can start at.
    pub fn start(&mut self, now: Time, layer: u8, packet: &Packet) -> Rewritten {
        self.stop();
        let (mut time, mut picture, mut tl0) = (0, 0, 0);
        if let Some(last) = self.newest {
            // The layers have unrelated clocks, so the time since the last frame comes from arrival. Never zero:
            // two frames with one timestamp would be merged into one by the receiver.
            let passed = now.saturating_sub(last.at).as_micros() * u128::from(self.clock_rate) / 1_000_000;
            time = last.time.wrapping_add((passed as u32).max(1)).wrapping_sub(packet.time);
            let vp8 = packet.vp8.as_ref();
            picture = last.picture.wrapping_add(1).wrapping_sub(vp8.and_then(|v| v.picture_id).unwrap_or(0));
            tl0 = last.tl0.wrapping_add(1).wrapping_sub(vp8.and_then(|v| v.tl0).unwrap_or(0));
        }
        let seq = self.next_seq.wrapping_sub(packet.seq);
        self.open(Run { layer, from: packet.seq, to: packet.seq, open: true, seq, time, picture, tl0 });
        self.forward(now, layer, packet).unwrap_or_else(|| unreachable!("the run was opened at this packet"))
    }

    /// `None`: not part of what this receiver sees.
    pub fn forward(&mut self, now: Time, layer: u8, packet: &Packet) -> Option<Rewritten> {
        let fits = |r: &&mut Run| r.layer == layer && packet.seq >= r.from && (r.open || packet.seq <= r.to);
        let run = self.runs.iter_mut().rev().find(fits)?;
        let media = !packet.payload.is_empty();
        if media {
            run.to = run.to.max(packet.seq);
        }
        let vp8 = packet.vp8.as_ref();
        let out = Rewritten {
            seq: packet.seq.wrapping_add(run.seq),
            time: packet.time.wrapping_add(run.time),
            picture_id: vp8.and_then(|v| {
                let mask = if v.long_id { 0x7fff } else { 0x7f };
                v.picture_id.map(|id| id.wrapping_add(run.picture) & mask)
            }),
            tl0: vp8.and_then(|v| v.tl0).map(|t| t.wrapping_add(run.tl0)),
        };
        self.next_seq = self.next_seq.max(out.seq + 1);
        let newer = self.newest.is_none_or(|n| (out.time.wrapping_sub(n.time) as i32) > 0);
        if newer && media {
            let (picture, tl0) = (out.picture_id.unwrap_or(0), out.tl0.unwrap_or(0));
            self.newest = Some(Newest { time: out.time, at: now, picture, tl0 });
        }
        Some(out)
    }

    /// Leaves out a packet that carries nothing (padding of the publisher's probing). `false`: packets before it are
    /// still missing or it is late itself, so its number is spoken for and it has to be forwarded.
    pub fn skip(&mut self, layer: u8, packet: &Packet) -> bool {
        let in_order = |r: &&mut Run| r.open && r.layer == layer && packet.seq == r.to + 1;
        let Some(run) = self.runs.back_mut().filter(in_order) else { return false };
        let seq = run.seq.wrapping_sub(1);
        let next = Run { from: packet.seq + 1, to: packet.seq, seq, ..*run };
        if run.from == packet.seq {
            *run = next; // padding comes in bursts: an empty run is moved on, not kept
        } else {
            run.open = false;
            self.open(next);
        }
        true
    }

    /// The receiver sees nothing more until the next `start`, except late packets that fill real holes.
    pub fn stop(&mut self) {
        if let Some(run) = self.runs.back_mut() {
            run.open = false;
        }
    }

    /// The track behind this stream is another from now on: nothing late of the old one may fit into a run.
    pub fn forget_source(&mut self) {
        self.runs.clear();
    }

    fn open(&mut self, run: Run) {
        if self.runs.len() == KEPT_RUNS {
            self.runs.pop_front();
        }
        self.runs.push_back(run);
    }
}
