//! Key frames are dear (ten times a delta frame, from a thin county line). Whoever needs one is put on one list
//! per layer; the publisher hears one request for all, at most one per `GAP`, repeated while somebody waits.

use super::Time;
use std::time::Duration;

const GAP: Duration = Duration::from_millis(500);
/// A request that left before the last key frame could reach the receiver asks for what is already on its way.
const ON_ITS_WAY: Duration = Duration::from_millis(150);

#[derive(Default)]
pub struct Asker {
    wanted: bool,
    asked: Option<Time>,
    arrived: Option<Time>,
}

impl Asker {
    pub fn want(&mut self, now: Time) {
        self.wanted |= self.arrived.is_none_or(|at| now.saturating_sub(at) >= ON_ITS_WAY);
    }

    pub fn want_next(&mut self) {
        self.wanted = true;
    }

    pub fn arrived(&mut self, now: Time) {
        self.wanted = false;
        self.arrived = Some(now);
    }

    /// True when a request must go out now.
    pub fn poll(&mut self, now: Time) -> bool {
        let due = self.wanted && self.asked.is_none_or(|at| now.saturating_sub(at) >= GAP);
        if due {
            self.asked = Some(now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_wishes_are_one_request_and_it_is_repeated_until_answered() {
        let ms = Time::from_millis;
        let mut asker = Asker::default();
        let mut sent = vec![];
        for t in 0..1200 {
            asker.want(ms(t));
            if asker.poll(ms(t)) {
                sent.push(t);
            }
        }
        assert_eq!(sent, [0, 500, 1000]);
        asker.arrived(ms(1200));
        asker.want(ms(1300));
        assert!(!asker.poll(ms(1600)), "it was on its way");
        asker.want(ms(1700));
        assert!(asker.poll(ms(1700)));
    }
}
