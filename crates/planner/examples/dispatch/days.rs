//! Made-up days, each from a published seed.

use planner::{Day, Expert, ExpertId, HospitalId, Kind, Request, Room, SiteId, Slots, Specialty, Travel, Urgency};

/// How a made-up day looks.
#[derive(Clone, Copy)]
pub struct Shape {
    /// Requests.
    pub requests: usize,
    /// Ordinary rooms, beside one for MDT.
    pub rooms: usize,
    /// Experts, of twelve specialties in turn.
    pub experts: usize,
    /// Consultations of 10 to 20 minutes instead of 15 to 35.
    pub short: bool,
    /// What the day is made from.
    pub seed: u64,
}

/// From 8:00 to 18:00.
const END: u16 = 120;
const SPECIALTIES: usize = 12;
const HOSPITALS: usize = 126;

/// Marsaglia's xorshift64 with his shifts 13, 7, 17, as the bounds were computed with.
struct Xorshift(u64);

impl Xorshift {
    fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, count: usize) -> usize {
        (self.bits() >> 11) as usize % count
    }

    fn fraction(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// 5 % emergencies, 20 % urgent, 6 % MDT, a third of all for the first specialty.
pub fn day(shape: &Shape) -> Day {
    let mut chance = Xorshift(shape.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    for _ in 0..20 {
        chance.bits();
    }
    let experts = (0..shape.experts).map(|number| {
        let available = match chance.fraction() {
            x if x < 0.4 => Slots::span(0, END),
            x if x < 0.7 => Slots::span(0, 48),
            _ => Slots::span(66, END),
        };
        Expert {
            specialties: vec![Specialty((number % SPECIALTIES) as u16)],
            title: 1,
            licensed: true,
            available,
            limit: u16::MAX,
            hospital: HospitalId(HOSPITALS as u16),
            load: 0,
        }
    });
    let experts = experts.collect();
    let requests = (0..shape.requests).map(|_| request(&mut chance, shape.short)).collect();
    let room = |kind| Room { site: SiteId(0), kind, available: Slots::span(0, END) };
    let ordinary = std::iter::repeat_n(room(Kind::Ordinary), shape.rooms);
    let rooms = ordinary.chain([room(Kind::Mdt)]).collect();
    Day { end: END, requests, experts, rooms, travel: Travel::default(), terminals: vec![], virtual_lane: false }
}

fn request(chance: &mut Xorshift, short: bool) -> Request {
    let (urgency, latest) = match chance.fraction() {
        x if x < 0.05 => (Urgency::Emergency, 110),
        x if x < 0.25 => (Urgency::Urgent, 90),
        _ => (Urgency::Routine, 72),
    };
    let mdt = chance.fraction() < 0.06;
    let duration = match (mdt, short) {
        (true, _) => 9 + chance.below(4),
        (false, true) => 2 + chance.below(3),
        (false, false) => 3 + chance.below(5),
    };
    let released = chance.below(latest) as u16;
    let seats = if mdt { 3 + chance.below(2) } else { 1 };
    let mut specialties = vec![];
    while specialties.len() < seats {
        let number = if chance.fraction() < 0.35 { 0 } else { chance.below(SPECIALTIES) };
        let specialty = Specialty(number as u16);
        if !specialties.contains(&specialty) {
            specialties.push(specialty);
        }
    }
    let hospital = HospitalId(chance.below(HOSPITALS) as u16);
    Request {
        urgency,
        specialties,
        kind: if mdt { Kind::Mdt } else { Kind::Ordinary },
        ..Request::routine(hospital, Specialty(0), released, duration as u16)
    }
}

/// The day as the script of the bound reads it: integers alone, written by hand to need no crate.
pub fn json(day: &Day, rooms: usize) -> String {
    let number = |list: &[Specialty]| list.iter().map(|s| s.0.to_string()).collect::<Vec<_>>().join(",");
    let jobs = day.requests.iter().map(|r| {
        format!(
            "{{\"released\":{},\"duration\":{},\"urgency\":{},\"hospital\":{},\"specialties\":[{}],\"mdt\":{}}}",
            r.released,
            r.duration,
            r.urgency as u8,
            r.hospital.0,
            number(&r.specialties),
            r.kind == Kind::Mdt
        )
    });
    let experts = (0..day.experts.len() as u16).map(|id| {
        let expert = day.expert(ExpertId(id));
        let slots: Vec<String> = (0..day.end).filter(|&s| expert.available.has(s)).map(|s| s.to_string()).collect();
        format!("{{\"specialty\":{},\"available\":[{}]}}", expert.specialties[0].0, slots.join(","))
    });
    format!(
        "{{\"end\":{},\"rooms\":{rooms},\"requests\":[{}],\"experts\":[{}]}}",
        day.end,
        jobs.collect::<Vec<_>>().join(","),
        experts.collect::<Vec<_>>().join(",")
    )
}
