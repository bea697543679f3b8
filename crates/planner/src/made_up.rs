//! Made-up days for the tests: small, crowded, with every wish and every hindrance there is.

use crate::chance::Chance;
use crate::day::{Day, Expert, ExpertId, HospitalId, Kind, Request, Room, RoomId, SiteId, Specialty, Travel, Urgency};
use crate::place::{Place, Placement, Team};
use crate::slots::{Slot, Slots};

const SPECIALTIES: usize = 4;
const HOSPITALS: usize = 6;
const END: Slot = 40;

/// A day of this seed.
pub fn day(seed: u64) -> Day {
    let chance = &mut Chance::new(seed);
    let sites = 1 + chance.below(3);
    let site = |chance: &mut Chance| SiteId(chance.below(sites) as u16);
    let window = |chance: &mut Chance| {
        let from = chance.below(12) as Slot;
        let open = Slots::span(from, from + 14 + chance.below(20) as Slot);
        let pause = chance.below(60) as Slot;
        open.without(Slots::span(pause, pause + 3))
    };
    let experts = (0..3 + chance.below(6)).map(|_| Expert {
        specialties: specialties(chance, 2),
        title: chance.below(3) as u8,
        licensed: chance.below(10) > 0,
        available: window(chance),
        limit: 2 + chance.below(5) as u16,
        hospital: hospital(chance),
        load: chance.below(4) as u16,
    });
    let experts: Vec<Expert> = experts.collect();
    let same = chance.below(2) == 0;
    let rooms = (0..chance.below(5)).map(|_| Room {
        site: site(chance),
        kind: if chance.below(4) == 0 { Kind::Mdt } else { Kind::Ordinary },
        available: if same { Slots::span(2, 38) } else { window(chance) },
    });
    let rooms: Vec<Room> = rooms.collect();
    let way = (0..3).map(|_| (0..3).map(|_| chance.below(7) as Slot).collect()).collect();
    let travel = if chance.below(3) == 0 { Travel::default() } else { Travel::new(way) };
    let mut day = Day {
        end: END,
        requests: vec![],
        experts,
        rooms,
        travel,
        terminals: vec![],
        virtual_lane: chance.below(4) > 0,
    };
    // Of some hospitals none is kept.
    for hospital in 0..HOSPITALS as u16 {
        for _ in 0..chance.below(4) {
            let taken = chance.below(60) as Slot;
            let free = Slots::span(0, END).without(Slots::span(taken, taken + chance.below(12) as Slot));
            day.terminals.push((HospitalId(hospital), free));
        }
    }
    day.requests = (0..4 + chance.below(22)).map(|_| request(&day, chance)).collect();
    day
}

/// One more request of this kind.
pub fn request(day: &Day, chance: &mut Chance) -> Request {
    let mdt = chance.below(5) == 0;
    let expert = |chance: &mut Chance| (chance.below(4) == 0).then(|| ExpertId(chance.below(day.experts.len()) as u16));
    let urgency = [Urgency::Emergency, Urgency::Urgent, Urgency::Routine, Urgency::Routine][chance.below(4)];
    let told = Placement {
        start: chance.below(36) as Slot,
        team: Team::new(&[ExpertId(chance.below(day.experts.len()) as u16)]),
        place: if day.rooms.is_empty() || chance.below(3) == 0 {
            Place::Virtual
        } else {
            Place::Room(RoomId(chance.below(day.rooms.len()) as u16))
        },
    };
    Request {
        released: chance.below(20) as Slot,
        duration: 1 + chance.below(6) as Slot,
        urgency,
        hospital: hospital(chance),
        specialties: if mdt { specialties(chance, 3) } else { specialties(chance, 1) },
        title: chance.below(3) as u8,
        named: expert(chance).filter(|_| chance.below(2) == 0),
        kind: [Kind::Ordinary, Kind::Virtual, if mdt { Kind::Mdt } else { Kind::Ordinary }][chance.below(3)],
        deadline: (chance.below(2) == 0).then(|| chance.below(30) as Slot),
        earlier: expert(chance),
        told: (chance.below(3) == 0).then_some(told),
        frozen: chance.below(6) == 0,
    }
}

fn hospital(chance: &mut Chance) -> HospitalId {
    HospitalId(chance.below(HOSPITALS) as u16)
}

fn specialties(chance: &mut Chance, most: usize) -> Vec<Specialty> {
    let mut all: Vec<Specialty> = (0..SPECIALTIES as u16).map(Specialty).collect();
    chance.shuffle(&mut all);
    all.truncate(if most == 3 { 3 } else { 1 + chance.below(most) });
    all
}
