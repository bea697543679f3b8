//! The terminals of a hospital, counted: how many of them are free in each slot.

use crate::day::Day;
use crate::slots::{DAY_SLOTS, Slot, Slots};

/// The terminals of one hospital.
#[derive(Clone, Debug)]
pub struct Terminals {
    /// When at least one of them is free.
    pub free: Slots,
    /// How many are; below 0 where more was told than there are.
    left: [i16; DAY_SLOTS as usize],
}

impl Terminals {
    /// Those of each hospital that asks.
    pub fn of(day: &Day) -> Vec<Self> {
        let hospitals = day.requests.iter().map(|r| r.hospital.index() + 1).max().unwrap_or(0);
        let mut all = vec![Self { free: Slots::NONE, left: [0; DAY_SLOTS as usize] }; hospitals];
        for (number, own) in all.iter_mut().enumerate() {
            let mut kept = day.terminals.iter().filter(|(of, _)| of.index() == number).peekable();
            if kept.peek().is_none() {
                own.add(Slots::span(0, DAY_SLOTS));
            }
            kept.for_each(|(_, free)| own.add(*free));
        }
        all
    }

    fn add(&mut self, free: Slots) {
        self.free = self.free.or(free);
        for (slot, left) in (0..).zip(&mut self.left) {
            *left += i16::from(free.has(slot));
        }
    }

    /// One of them is taken from `start` for `duration` slots.
    pub fn take(&mut self, start: Slot, duration: Slot) {
        self.change(start, duration, -1);
    }

    /// One of them is free again.
    pub fn give(&mut self, start: Slot, duration: Slot) {
        self.change(start, duration, 1);
    }

    fn change(&mut self, start: Slot, duration: Slot, by: i16) {
        for slot in start..(start + duration).min(DAY_SLOTS) {
            let left = &mut self.left[usize::from(slot)];
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
        assert_eq!(all[0].free, Slots::span(0, DAY_SLOTS), "none is kept: one, free all day");
        assert_eq!(all[1].free, Slots::span(0, 20));
        all[1].take(3, 4);
        let morning = Slots::span(0, 3);
        assert_eq!(all[1].free, morning.or(Slots::span(5, 20)));
        all[1].take(6, 2);
        assert_eq!(all[1].free, morning.or(Slots::span(5, 6)).or(Slots::span(7, 20)));
        // Told twice over, and given back.
        all[1].take(6, 2);
        all[1].give(6, 2);
        all[1].give(6, 2);
        all[1].give(3, 4);
        assert_eq!(all[1].free, Slots::span(0, 20));
    }
}
