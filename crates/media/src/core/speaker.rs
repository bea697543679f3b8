//! Who speaks. Smoothed loudness, with a lead to win and a hold to keep, so that a cough moves nothing.

use super::Time;
use std::time::Duration;

const HOLD: Duration = Duration::from_secs(1);
const SMOOTHING_MS: f32 = 300.0;
const FLOOR_DB: f32 = 55.0;
const AUDIBLE: f32 = 8.0;
const LEAD: f32 = 1.4;

/// The smoothed loudness of one voice.
#[derive(Default)]
pub struct Loudness {
    score: f32,
    at: Time,
}

impl Loudness {
    pub fn hear(&mut self, now: Time, level_db: i8) {
        let keep = self.fade(now);
        self.score = self.score * keep + (f32::from(level_db) + FLOOR_DB).max(0.0) * (1.0 - keep);
        self.at = now;
    }

    /// Someone who stopped sending (muted) fades as if silent.
    pub fn now(&self, now: Time) -> f32 {
        self.score * self.fade(now)
    }

    fn fade(&self, now: Time) -> f32 {
        (-(now.saturating_sub(self.at).as_secs_f32() * 1000.0) / SMOOTHING_MS).exp()
    }
}

/// The next speaker, or `None` to stay.
pub fn elect<K: Clone + PartialEq>(now: Time, current: Option<&(K, Time)>, heard: &[(K, f32)]) -> Option<K> {
    let (best, score) = heard.iter().filter(|h| h.1 > AUDIBLE).max_by(|a, b| a.1.total_cmp(&b.1))?;
    let Some((speaker, since)) = current else { return Some(best.clone()) };
    let present = heard.iter().find(|h| h.0 == *speaker).map_or(0.0, |h| h.1);
    (best != speaker && *score > present * LEAD && now.saturating_sub(*since) >= HOLD).then(|| best.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cough_moves_nothing_and_a_sentence_does() {
        let ms = Time::from_millis;
        let (mut a, mut b) = (Loudness::default(), Loudness::default());
        let mut current = None;
        let mut changes = vec![];
        for t in (0..6000).step_by(20) {
            let cough = (2000..2060).contains(&t);
            a.hear(ms(t), if t < 4000 { -25 } else { -90 });
            b.hear(ms(t), if cough || t >= 4000 { -15 } else { -90 });
            if let Some(next) = elect(ms(t), current.as_ref(), &[("a", a.now(ms(t))), ("b", b.now(ms(t)))]) {
                current = Some((next, ms(t)));
                changes.push((next, t));
            }
        }
        assert_eq!(changes.iter().map(|c| c.0).collect::<Vec<_>>(), ["a", "b"]);
        assert!(changes[1].1 < 4400, "b was recognised at {}", changes[1].1);
    }
}
