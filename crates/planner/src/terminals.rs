//! The terminals of a hospital, counted: how many of them are free in each slot.

use crate::day::Day;
use crate::slots::{DAY_SLOTS, Slot, Slots};

/// The terminals of one hospital.
#[derive(Clone, Debug)]
pub struct Terminals {
    /// When at least one of them is free.
    pub free: Slots,
    /// When at least one of them is there.
    open: Slots,
    /// How many are free in each slot, below 0 where more was told than there are; none where there is one, which needs no counting.
    left: Option<Box<[i16; DAY_SLOTS as usize]>>,
}

impl Terminals {
    /// Those of each hospital that asks.
    pub fn of(day: &Day) -> Vec<Self> {
        let hospitals = day.requests.iter().map(|r| r.hospital.index() + 1).max().unwrap_or(0);
        let mut kept: Vec<Vec<Slots>> = vec![vec![]; hospitals];
        for (hospital, free) in &day.terminals {
            kept.get_mut(hospital.index()).into_iter().for_each(|own| own.push(*free));
        }
        kept.iter().map(|own| Self::new(own)).collect()
    }

    fn new(kept: &[Slots]) -> Self {
        let open = match kept {
            [] => Slots::span(0, DAY_SLOTS),
            some => some.iter().fold(Slots::NONE, |all, free| all.or(*free)),
        };
        let count = |slot| kept.iter().map(|free| i16::from(free.has(slot))).sum();
        let left = (kept.len() > 1).then(|| Box::new(std::array::from_fn(|slot| count(slot as Slot))));
        Self { free: open, open, left }
    }

    /// One of them is taken.
    pub fn take(&mut self, slots: Slots) {
        match self.left {
            None => self.free = self.free.without(slots),
            Some(_) => self.change(slots, -1),
        }
    }

    /// One of them is free again.
    pub fn give(&mut self, slots: Slots) {
        match self.left {
            None => self.free = self.free.or(slots.and(self.open)),
            Some(_) => self.change(slots, 1),
        }
    }

    fn change(&mut self, mut slots: Slots, by: i16) {
        let Some(all) = &mut self.left else { return };
        while let Some(slot) = slots.first(0) {
            slots.remove(slot);
            let left = &mut all[usize::from(slot)];
            *left += by;
            if *left > 0 {
                self.free.insert(slot);
            } else {
                self.free.remove(slot);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::{HospitalId, Request, Specialty};

    #[test]
    fn as_many_meet_as_there_are() {
        let asks = |hospital| Request::routine(HospitalId(hospital), Specialty(0), 0, 3);
        let terminals = vec![(HospitalId(1), Slots::span(0, 10)), (HospitalId(1), Slots::span(5, 20))];
        let day = Day { requests: vec![asks(0), asks(1)], terminals, ..Day::empty() };
        let mut all = Terminals::of(&day);
        let span = |start, duration| Slots::span(start, start + duration);
        assert_eq!(all[0].free, Slots::span(0, DAY_SLOTS), "none is kept: one, free all day");
        assert_eq!(all[1].free, Slots::span(0, 20));
        all[1].take(span(3, 4));
        let morning = Slots::span(0, 3);
        assert_eq!(all[1].free, morning.or(Slots::span(5, 20)));
        all[1].take(span(6, 2));
        assert_eq!(all[1].free, morning.or(Slots::span(5, 6)).or(Slots::span(7, 20)));
        // Told twice over, and given back.
        all[1].take(span(6, 2));
        all[1].give(span(6, 2));
        all[1].give(span(6, 2));
        all[1].give(span(3, 4));
        assert_eq!(all[1].free, Slots::span(0, 20));
    }
}
