//! A day as bitsets: one bit a slot of five minutes.

/// A slot of five minutes, counted from where the day begins (0 is its first five minutes); also a number of slots.
pub type Slot = u16;

/// Slots of a day of 24 hours.
pub const DAY_SLOTS: Slot = 288;

const WORDS: usize = DAY_SLOTS.div_ceil(64) as usize;

/// A set of slots below [`DAY_SLOTS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slots([u64; WORDS]);

impl Slots {
    /// No slot.
    pub const NONE: Self = Self([0; WORDS]);

    /// The slots from `start` up to and without `end`; what lies past the day is cut off.
    pub fn span(start: Slot, end: Slot) -> Self {
        Self::below(end).without(Self::below(start))
    }

    fn below(end: Slot) -> Self {
        let end = end.min(DAY_SLOTS) as usize;
        let mut set = Self::NONE;
        for (word, bits) in set.0.iter_mut().enumerate() {
            *bits = match end.saturating_sub(word * 64) {
                0 => 0,
                n if n >= 64 => !0,
                n => (1 << n) - 1,
            };
        }
        set
    }

    /// Slots of both.
    pub fn and(self, other: Self) -> Self {
        self.with(other, |a, b| a & b)
    }

    /// Slots of either.
    pub fn or(self, other: Self) -> Self {
        self.with(other, |a, b| a | b)
    }

    /// Slots of this set that are not in the other.
    pub fn without(self, other: Self) -> Self {
        self.with(other, |a, b| a & !b)
    }

    fn with(mut self, other: Self, join: impl Fn(u64, u64) -> u64) -> Self {
        for (a, b) in self.0.iter_mut().zip(other.0) {
            *a = join(*a, b);
        }
        self
    }

    /// Whether no slot is in it.
    pub fn is_empty(self) -> bool {
        self.0.iter().all(|&bits| bits == 0)
    }

    /// How many slots are in it.
    pub fn len(self) -> Slot {
        self.0.iter().map(|bits| bits.count_ones() as Slot).sum()
    }

    /// Whether the slot is in it.
    pub fn has(self, slot: Slot) -> bool {
        slot < DAY_SLOTS && self.0[slot as usize / 64] >> (slot % 64) & 1 == 1
    }

    /// Puts a slot in; one past the day is not taken.
    pub fn insert(&mut self, slot: Slot) {
        if slot < DAY_SLOTS {
            self.0[usize::from(slot / 64)] |= 1 << (slot % 64);
        }
    }

    /// Takes a slot out.
    pub fn remove(&mut self, slot: Slot) {
        if slot < DAY_SLOTS {
            self.0[usize::from(slot / 64)] &= !(1 << (slot % 64));
        }
    }

    /// Whether all slots of the other are in it.
    pub fn covers(self, other: Self) -> bool {
        other.without(self).is_empty()
    }

    /// Whether they share a slot.
    pub fn meets(self, other: Self) -> bool {
        !self.and(other).is_empty()
    }

    /// The first slot at or after `from`.
    pub fn first(self, from: Slot) -> Option<Slot> {
        let mut word = from as usize / 64;
        let mut bits = self.0.get(word)? & (!0 << (from % 64));
        loop {
            if bits != 0 {
                return Some((word * 64) as Slot + bits.trailing_zeros() as Slot);
            }
            word += 1;
            bits = *self.0.get(word)?;
        }
    }

    /// The slots in which something of this length can begin: it and the following ones are in the set.
    pub fn starts(self, length: Slot) -> Self {
        let (mut all, mut run) = (self, 1);
        while run < length {
            let step = run.min(length - run);
            all = all.and(all.earlier(step));
            run += step;
        }
        all
    }

    /// Everything moved towards the start of the day; at most 63 slots.
    fn earlier(self, by: Slot) -> Self {
        let mut moved = Self::NONE;
        for word in 0..WORDS {
            let next = self.0.get(word + 1).copied().unwrap_or(0);
            moved.0[word] = self.0[word] >> by | next << 1 << (63 - by);
        }
        moved
    }
}

impl FromIterator<Slot> for Slots {
    fn from_iter<I: IntoIterator<Item = Slot>>(slots: I) -> Self {
        let mut set = Self::NONE;
        slots.into_iter().for_each(|slot| set.insert(slot));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_span_across_words() {
        let span = Slots::span(60, 130);
        assert_eq!(span.len(), 70);
        assert!(!span.has(59) && span.has(60) && span.has(129) && !span.has(130));
        assert_eq!((span.first(0), span.first(100), span.first(130)), (Some(60), Some(100), None));
        assert_eq!(Slots::span(280, 999).len(), 8);
        assert!(Slots::span(7, 7).is_empty() && Slots::span(9, 7).is_empty());
    }

    proptest! {
        #[test]
        fn sets_are_sets(a in prop::collection::btree_set(0..DAY_SLOTS, 0..200), b in prop::collection::btree_set(0..DAY_SLOTS, 0..200)) {
            let (x, y): (Slots, Slots) = (a.iter().copied().collect(), b.iter().copied().collect());
            let listed = |set: Slots| (0..DAY_SLOTS).filter(|&s| set.has(s)).collect::<BTreeSet<_>>();
            prop_assert_eq!(listed(x.and(y)), &a & &b);
            prop_assert_eq!(listed(x.or(y)), &a | &b);
            prop_assert_eq!(listed(x.without(y)), &a - &b);
            prop_assert_eq!(x.len() as usize, a.len());
            prop_assert_eq!(x.meets(y), !a.is_disjoint(&b));
            prop_assert_eq!(x.covers(y), b.is_subset(&a));
        }

        #[test]
        fn a_start_is_where_all_of_it_fits(free in prop::collection::btree_set(0..DAY_SLOTS, 150..288), length in 1..30u16, from in 0..300u16) {
            let starts = free.iter().copied().collect::<Slots>().starts(length);
            for slot in 0..DAY_SLOTS {
                prop_assert_eq!(starts.has(slot), (slot..slot + length).all(|s| free.contains(&s)));
            }
            prop_assert_eq!(starts.first(from), (from..DAY_SLOTS).find(|&s| starts.has(s)));
        }
    }
}
