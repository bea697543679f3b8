//! Whether a plan keeps every hard rule. Written apart from the planner: it asks slot by slot and pair by pair, and shares no code with the search.

use crate::day::{Day, ExpertId, HospitalId, Kind, RequestId, RoomId, Urgency};
use crate::place::{Place, Placement, Plan};
use crate::slots::{Slot, Slots};

/// A hard rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// It begins before patient and papers are ready, or does not end within the day.
    Readiness,
    /// Not one expert for each wanted specialty, each once.
    Team,
    /// A named expert is not the one in the first seat.
    Named(ExpertId),
    /// No valid licence.
    Licence(ExpertId),
    /// Not their specialty.
    Specialty(ExpertId),
    /// Too low a rank.
    Title(ExpertId),
    /// The expert of the asking hospital.
    Conflict(ExpertId),
    /// The expert is not there.
    Absent(ExpertId),
    /// The expert is in two places.
    ExpertTwice(ExpertId),
    /// More consultations than the expert's limit.
    Limit(ExpertId),
    /// Too little time for the way from the other one.
    Way(ExpertId, RequestId),
    /// The hospital's terminals are all taken.
    HospitalTwice(HospitalId),
    /// No such room, or of the wrong kind.
    RoomKind,
    /// The room is closed.
    RoomClosed(RoomId),
    /// The room is taken.
    RoomTwice(RoomId),
}

impl Rule {
    /// Whether a placement breaks it whatever else is planned.
    pub fn is_alone(self) -> bool {
        use Rule::*;
        match self {
            Readiness | Team | Named(_) | Licence(_) | Specialty(_) | Title(_) | Conflict(_) | Absent(_) | RoomKind
            | RoomClosed(_) => true,
            ExpertTwice(_) | Limit(_) | Way(..) | HospitalTwice(_) | RoomTwice(_) => false,
        }
    }
}

/// A request whose placement breaks a hard rule; of two that break one together, the one that begins later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub request: RequestId,
    /// What it breaks.
    pub rule: Rule,
}

/// Whether a plan keeps every hard rule; if not, the first that it breaks.
pub fn check(day: &Day, plan: &Plan) -> Result<(), Broken> {
    breaks(day, plan).into_iter().next().map_or(Ok(()), Err)
}

/// Every hard rule that a plan breaks.
pub fn breaks(day: &Day, plan: &Plan) -> Vec<Broken> {
    let mut all = vec![];
    for (request, placement) in plan.placed() {
        alone(day, request, placement, |rule| all.push(Broken { request, rule }));
    }
    for (a, one) in plan.placed() {
        for (b, two) in plan.placed().filter(|(b, _)| *b > a) {
            let later = if two.start >= one.start { b } else { a };
            pair(day, plan, (a, one), (b, two), |rule| all.push(Broken { request: later, rule }));
        }
    }
    for (request, placement) in plan.placed() {
        let hospital = day.request(request).hospital;
        let before = |(id, p): &(RequestId, &Placement)| {
            day.request(*id).hospital == hospital && (p.start, *id) <= (placement.start, request)
        };
        let meeting = |slot| {
            let theirs = plan.placed().filter(before);
            theirs.filter(|(id, p)| taken(day, *id, p).contains(&slot)).count()
        };
        if taken(day, request, placement).any(|slot| meeting(slot) > terminals(day, hospital, slot)) {
            all.push(Broken { request, rule: Rule::HospitalTwice(hospital) });
        }
    }
    for (number, expert) in (0..).zip(&day.experts) {
        let id = ExpertId(number);
        let mut theirs: Vec<_> = plan.placed().filter(|(_, p)| p.team.contains(&id)).collect();
        theirs.sort_by_key(|(_, p)| p.start);
        let over = theirs.iter().skip(usize::from(expert.limit));
        all.extend(over.map(|&(request, _)| Broken { request, rule: Rule::Limit(id) }));
    }
    all
}

/// How many terminals a hospital has in a slot.
fn terminals(day: &Day, hospital: HospitalId, slot: Slot) -> usize {
    let mut kept = day.terminals.iter().filter(|(of, _)| *of == hospital).peekable();
    if kept.peek().is_none() { 1 } else { kept.filter(|(_, free)| free.has(slot)).count() }
}

fn taken(day: &Day, id: RequestId, placement: &Placement) -> std::ops::Range<Slot> {
    placement.start..placement.start.saturating_add(day.request(id).duration)
}

/// The rules that a placement keeps or breaks whatever else is planned.
fn alone(day: &Day, id: RequestId, placement: &Placement, mut broken: impl FnMut(Rule)) {
    let Some(request) = day.requests.get(id.index()) else { return broken(Rule::Team) };
    let slots = taken(day, id, placement);
    if slots.start < request.released || slots.end > day.end {
        broken(Rule::Readiness);
    }
    let team: &[ExpertId] = &placement.team;
    let twice = (1..team.len()).any(|seat| team[..seat].contains(&team[seat]));
    if team.len() != request.specialties.len() || twice || team.iter().any(|e| e.index() >= day.experts.len()) {
        return broken(Rule::Team);
    }
    if let Some(named) = request.named
        && team.first() != Some(&named)
    {
        broken(Rule::Named(named));
    }
    for (&who, specialty) in team.iter().zip(&request.specialties) {
        let expert = &day.experts[who.index()];
        if !expert.licensed {
            broken(Rule::Licence(who));
        }
        if !expert.specialties.contains(specialty) {
            broken(Rule::Specialty(who));
        }
        if expert.title < request.title && request.named != Some(who) {
            broken(Rule::Title(who));
        }
        if expert.hospital == request.hospital {
            broken(Rule::Conflict(who));
        }
        if !slots.clone().all(|slot| expert.available.has(slot)) {
            broken(Rule::Absent(who));
        }
    }
    room(day, id, placement, broken);
}

fn room(day: &Day, id: RequestId, placement: &Placement, mut broken: impl FnMut(Rule)) {
    let request = &day.requests[id.index()];
    match placement.place {
        Place::Virtual => {
            let lane = day.virtual_lane && request.urgency == Urgency::Emergency;
            if request.kind != Kind::Virtual && !lane {
                broken(Rule::RoomKind);
            }
        }
        Place::Room(number) => match day.rooms.get(number.index()) {
            Some(room) if room.kind == request.kind && room.kind != Kind::Virtual => {
                if !taken(day, id, placement).all(|slot| room.available.has(slot)) {
                    broken(Rule::RoomClosed(number));
                }
            }
            _ => broken(Rule::RoomKind),
        },
    }
}

/// The rules that two placements may break together.
fn pair(
    day: &Day,
    plan: &Plan,
    (a, one): (RequestId, &Placement),
    (b, two): (RequestId, &Placement),
    mut broken: impl FnMut(Rule),
) {
    let (first, second) = (taken(day, a, one), taken(day, b, two));
    let together = first.start < second.end && second.start < first.end;
    if together
        && let (Place::Room(x), Place::Room(y)) = (one.place, two.place)
        && x == y
    {
        broken(Rule::RoomTwice(x));
    }
    for &expert in one.team.iter().filter(|&e| two.team.contains(e)) {
        if together {
            broken(Rule::ExpertTwice(expert));
            continue;
        }
        let other = if two.start >= one.start { a } else { b };
        let (from, to) = if first.end <= second.start { (one, two) } else { (two, one) };
        let (Some(x), Some(y)) = (site(day, from), site(day, to)) else { continue };
        let between = first.end.min(second.end)..first.start.max(second.start);
        let free = between.filter(|&slot| !busy(day, plan, expert).has(slot)).count();
        if x != y && free < usize::from(day.travel.slots(x, y)) {
            broken(Rule::Way(expert, other));
        }
    }
}

fn site(day: &Day, placement: &Placement) -> Option<crate::SiteId> {
    match placement.place {
        Place::Room(room) => day.rooms.get(room.index()).map(|room| room.site),
        Place::Virtual => None,
    }
}

fn busy(day: &Day, plan: &Plan, expert: ExpertId) -> Slots {
    let theirs = plan.placed().filter(|(_, p)| p.team.contains(&expert));
    theirs.flat_map(|(id, p)| taken(day, id, p)).collect()
}
