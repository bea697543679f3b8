//! Rooms that are alike are counted while a plan is searched, and given their numbers afterwards.
//!
//! Searching with numbered doors wastes time that lies in pieces behind different doors. Where rooms stand at one site, are of one kind and open together
//! (but for a beginning that may differ), whoever begins when fewer meet than there are rooms finds one that stays free: going through a day by its
//! beginnings, each takes a door that is free then, and nothing later holds it.

use crate::cost::Sort;
use crate::day::{Day, RoomId};
use crate::place::{Place, Placement};
use crate::slots::{DAY_SLOTS, Slot, Slots};

/// Rooms alike.
#[derive(Clone, Debug)]
pub struct Pool {
    /// What people notice of them.
    pub sort: Sort,
    /// When at least one of them is free.
    pub free: Slots,
    rooms: Vec<(RoomId, Slots)>,
    left: [u16; DAY_SLOTS as usize],
}

impl Pool {
    /// The pools of a day, of what fixed placements leave of its rooms from slot `from` on.
    pub fn of(day: &Day, held: &[(RoomId, Slots)], from: Slot) -> Vec<Self> {
        let rest = Slots::span(from, day.end);
        // What the rooms of a pool have in common: sort and opening, and a number of its own for a room that nothing is like.
        let mut pools: Vec<(Slots, Option<RoomId>, Self)> = vec![];
        for (id, room) in (0..).map(RoomId).zip(&day.rooms) {
            let open = room.available.and(rest);
            let taken = held.iter().filter(|(r, _)| *r == id).fold(Slots::NONE, |all, (_, slots)| all.or(*slots));
            let free = open.without(taken);
            let begins = free.first(0).unwrap_or(DAY_SLOTS);
            let alone = (free != open.and(Slots::span(begins, DAY_SLOTS))).then_some(id);
            let sort = (Some(room.site), room.kind);
            let like = pools.iter_mut().find(|(o, a, p)| (*o, *a, p.sort) == (open, alone, sort));
            match like {
                Some((.., pool)) => pool.add(id, free),
                None => {
                    let mut pool = Self { sort, free: Slots::NONE, rooms: vec![], left: [0; DAY_SLOTS as usize] };
                    pool.add(id, free);
                    pools.push((open, alone, pool));
                }
            }
        }
        pools.into_iter().map(|(.., pool)| pool).collect()
    }

    fn add(&mut self, id: RoomId, free: Slots) {
        self.rooms.push((id, free));
        self.free = self.free.or(free);
        for (slot, left) in (0..).zip(&mut self.left) {
            *left += u16::from(free.has(slot));
        }
    }

    /// Whether this room is one of them.
    pub fn holds(&self, room: RoomId) -> bool {
        self.rooms.iter().any(|(id, _)| *id == room)
    }

    /// One of them is taken from `start` for `duration` slots.
    pub fn take(&mut self, start: Slot, duration: Slot) {
        for slot in start..start + duration {
            let left = &mut self.left[usize::from(slot)];
            *left -= 1;
            if *left == 0 {
                self.free.remove(slot);
            }
        }
    }

    /// One of them is free again.
    pub fn give(&mut self, start: Slot, duration: Slot) {
        for slot in start..start + duration {
            self.left[usize::from(slot)] += 1;
            self.free.insert(slot);
        }
    }

    /// Gives each a door: the one that was told where it is free, else one that nobody else was told for that time, else any. `uses` are start, duration
    /// and what was told.
    pub fn doors(&self, uses: &[(Slot, Slot, Option<RoomId>)]) -> Vec<Option<RoomId>> {
        let mut order: Vec<usize> = (0..uses.len()).collect();
        order.sort_by_key(|&i| (uses[i].0, uses[i].2.is_none()));
        let mut free: Vec<(RoomId, Slots)> = self.rooms.clone();
        let mut doors = vec![None; uses.len()];
        for (nth, &i) in order.iter().enumerate() {
            let (start, duration, told) = uses[i];
            let taken = Slots::span(start, start + duration);
            let waited_for = |room: RoomId| {
                order[nth + 1..].iter().any(|&j| {
                    let (start, duration, told) = uses[j];
                    told == Some(room) && Slots::span(start, start + duration).meets(taken)
                })
            };
            let open = free.iter_mut().filter(|(_, slots)| slots.covers(taken));
            let best = open.min_by_key(|(room, _)| (told != Some(*room), waited_for(*room)));
            if let Some((room, slots)) = best {
                *slots = slots.without(taken);
                doors[i] = Some(*room);
            }
        }
        doors
    }
}

/// What placements hold of rooms.
pub fn held<'a>(
    day: &'a Day,
    fixed: impl IntoIterator<Item = (crate::RequestId, &'a Placement)>,
) -> Vec<(RoomId, Slots)> {
    let rooms = fixed.into_iter().filter_map(|(id, placement)| match placement.place {
        Place::Room(room) => Some((room, placement.slots(day.request(id).duration))),
        Place::Virtual => None,
    });
    rooms.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;
    use crate::day::{Kind, Room, SiteId};
    use proptest::prelude::*;

    fn day(openings: &[Slots]) -> Day {
        let room = |&available| Room { site: SiteId(0), kind: Kind::Ordinary, available };
        Day { rooms: openings.iter().map(room).collect(), ..Day::empty() }
    }

    #[test]
    fn rooms_alike_are_one_pool() {
        let all = Slots::span(0, 100);
        let days = day(&[all, all, all, Slots::span(0, 50)]);
        assert_eq!(Pool::of(&days, &[], 0).len(), 2);
        // What is taken from the beginning on changes nothing; a hole in the middle does.
        assert_eq!(Pool::of(&days, &[(RoomId(0), Slots::span(0, 7)), (RoomId(1), Slots::span(8, 12))], 10).len(), 2);
        assert_eq!(Pool::of(&days, &[(RoomId(0), Slots::span(20, 30))], 10).len(), 3);
    }

    #[test]
    fn a_told_door_is_kept() {
        let pools = Pool::of(&day(&[Slots::span(0, 100); 2]), &[], 0);
        let doors = pools[0].doors(&[(5, 4, Some(RoomId(0))), (2, 5, None)]);
        assert_eq!(doors, [Some(RoomId(0)), Some(RoomId(1))]);
    }

    proptest! {
        #[test]
        fn whoever_was_counted_finds_a_door(seed: u64, begins in prop::collection::vec(0..40u16, 1..5)) {
            let mut chance = Chance::new(seed);
            let days = day(&vec![Slots::span(0, 60).or(Slots::span(70, 120)); begins.len()]);
            let taken: Vec<_> = (0..).map(RoomId).zip(begins.iter().map(|&b| Slots::span(0, b))).collect();
            let mut pool = Pool::of(&days, &taken, 0);
            prop_assert_eq!(pool.len(), 1);
            let mut pool = pool.remove(0);
            let mut uses = vec![];
            for _ in 0..200 {
                let duration = 1 + chance.below(9) as Slot;
                let told = (chance.below(2) == 0).then(|| RoomId(chance.below(begins.len()) as u16));
                if let Some(start) = pool.free.starts(duration).first(chance.below(120) as Slot) {
                    pool.take(start, duration);
                    uses.push((start, duration, told));
                }
            }
            let doors = pool.doors(&uses);
            for (i, (&(start, duration, _), door)) in uses.iter().zip(&doors).enumerate() {
                let slots = Slots::span(start, start + duration);
                let door = door.expect("a door");
                prop_assert!(!slots.meets(taken[door.index()].1) && !slots.meets(Slots::span(60, 70)));
                for (&(start, duration, _), other) in uses[..i].iter().zip(&doors) {
                    prop_assert!(*other != Some(door) || !slots.meets(Slots::span(start, start + duration)));
                }
            }
        }
    }
}
