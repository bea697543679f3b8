//! Counting. Pure: rows in, numbers out; the list behind a number is what the number counted.

use super::board::Row;
use super::rule::{Figure, PRESENT_MINUTES};
use crate::figures::{Consultation, Part, counts};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use kernel::decide::CaseFacts;
use kernel::{Actor, Id, Level, Time};
use serde::Serialize;
use std::collections::HashSet;
use utoipa::ToSchema;

/// States in which a case waits for an expert.
const WAITING: [&str; 8] =
    ["submitted", "transferred", "triaged", "escalated", "scheduled", "waiting", "converted-async", "no-show"];
/// Hours of the curve.
const HOURS: i64 = 24;

/// When and for whom is counted.
pub struct Eyes<'a> {
    /// Who looks.
    pub actor: &'a Actor,
    /// Whose cases they see.
    pub part: Part,
    /// The instant.
    pub now: Time,
    /// Where a day begins and ends.
    pub zone: TimeZone,
}

impl Eyes<'_> {
    /// Whether the case is one of those that this reader's numbers are made of. A drill never is.
    pub fn counts(&self, row: &Row) -> bool {
        !row.drill && self.see(&row.facts)
    }

    /// Whether it is a drill under way that this reader sees.
    pub fn sees_drill(&self, row: &Row) -> bool {
        row.drill && row.facts.in_hand && self.see(&row.facts)
    }

    fn see(&self, facts: &CaseFacts) -> bool {
        match self.part {
            Part::Network => true,
            Part::Centre => facts.centre == self.actor.hospital,
            Part::Hospital => facts.asking_hospital == self.actor.hospital,
            Part::Own => facts.experts.contains(&self.actor.person),
        }
    }

    fn day(&self, at: Time) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    fn is_today(&self, at: Time) -> bool {
        self.day(at) == self.day(self.now)
    }

    /// Whether a case counts. `connected` counts hospitals, and no case.
    pub fn counted(&self, figure: Figure, row: &Row, level: impl Fn(&Id) -> Option<Level>) -> bool {
        match figure {
            Figure::Connected => false,
            Figure::Today => self.is_today(row.submitted_at),
            Figure::InSession => row.state == "in-session",
            Figure::Waiting => WAITING.contains(&row.state.as_str()),
            Figure::Overdue => row.facts.in_hand && row.due.is_some_and(|due| due <= self.now),
            Figure::Consulted => row.signed_at.is_some_and(|at| self.is_today(at)) && is_consulted(row, level),
        }
    }
}

/// The rule of the outbreak figures, asked about a row.
fn is_consulted(row: &Row, level: impl Fn(&Id) -> Option<Level>) -> bool {
    let Some(signed_at) = row.signed_at else { return false };
    let levelled = |id: &Id| (id.clone(), level(id));
    counts(&Consultation {
        case: row.id.clone(),
        number: row.number.clone(),
        patient: row.patient.clone(),
        signed_at,
        asking: levelled(&row.facts.asking_hospital),
        advising: row.facts.advising_hospitals.iter().map(levelled).collect(),
    })
}

/// Cases by urgency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = NetworkUrgencies)]
pub struct Urgencies {
    /// 特急.
    pub emergency: usize,
    /// 加急.
    pub urgent: usize,
    /// 常规.
    pub routine: usize,
}

impl Urgencies {
    /// Counts one more.
    pub fn add(&mut self, urgency: &str) {
        match urgency {
            "emergency" => self.emergency += 1,
            "urgent" => self.urgent += 1,
            _ => self.routine += 1,
        }
    }
}

/// One hour of the curve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = NetworkHour)]
pub struct Hour {
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub from: Time,
    /// Cases handed in.
    pub asked: usize,
    /// Opinions signed.
    pub signed: usize,
}

/// The last 24 hours, the running one last.
pub fn hours<'a>(rows: impl Iterator<Item = &'a Row>, now: Time) -> Vec<Hour> {
    let this = now.as_second().div_euclid(3600);
    let start = |hour: i64| Time::from_second(hour * 3600).unwrap_or(now);
    let mut hours: Vec<Hour> =
        (this - HOURS + 1..=this).map(|hour| Hour { from: start(hour), asked: 0, signed: 0 }).collect();
    let place = |at: Time| {
        let back = this - at.as_second().div_euclid(3600);
        usize::try_from(HOURS - 1 - back).ok().filter(|_| (0..HOURS).contains(&back))
    };
    for row in rows {
        if let Some(at) = place(row.submitted_at) {
            hours[at].asked += 1;
        }
        if let Some(at) = row.signed_at.and_then(place) {
            hours[at].signed += 1;
        }
    }
    hours
}

/// Whether a hospital is there: somebody listens, or was heard of a short while ago. Gives until when an act keeps it there.
pub fn present(listens: bool, heard: Option<Time>, now: Time) -> (bool, Option<Time>) {
    let until = heard.map(|at| at + SignedDuration::from_mins(PRESENT_MINUTES)).filter(|until| now < *until);
    (listens || until.is_some(), until.filter(|_| !listens))
}

/// When the numbers change by themselves, without an act: a clock runs out, a day ends, a hospital falls silent.
pub fn next_change(
    eyes: &Eyes<'_>,
    dues: impl Iterator<Item = Time>,
    silences: impl Iterator<Item = Time>,
) -> Option<Time> {
    let midnight = eyes.day(eyes.now).checked_add(1.day()).ok()?.to_zoned(eyes.zone.clone()).ok()?.timestamp();
    let soon = dues.chain(silences).filter(|at| *at > eyes.now).min();
    Some(soon.map_or(midnight, |at| at.min(midnight)))
}

/// Distinct patients.
pub fn patients<'a>(rows: impl Iterator<Item = &'a Row>) -> usize {
    rows.filter_map(|row| row.patient.as_ref()).collect::<HashSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Role;

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    const NOW: &str = "2026-11-21T04:00:00Z";

    fn row(state: &str) -> Row {
        Row {
            id: id("case"),
            number: "20261121-0001".into(),
            state: state.into(),
            urgency: "urgent",
            facts: CaseFacts {
                asking_hospital: id("county"),
                centre: id("province"),
                advising_hospitals: vec![id("province")],
                experts: vec![id("li")],
                in_hand: true,
                ended_at: None,
                room_announced: false,
            },
            patient: Some(id("p")),
            submitted_at: at("2026-11-21T03:00:00Z"),
            due: None,
            signed_at: None,
            drill: false,
        }
    }

    fn level(hospital: &Id) -> Option<Level> {
        Level::from_code(hospital.as_str())
    }

    fn counted(figure: Figure, row: &Row) -> bool {
        let actor =
            Actor { person: id("gao"), role: Role::CommandStaff, hospital: id("province"), practitioner_role: id("r") };
        let eyes =
            Eyes { actor: &actor, part: Part::Network, now: at(NOW), zone: TimeZone::fixed(jiff::tz::offset(8)) };
        eyes.counted(figure, row, level)
    }

    #[test]
    fn each_state_counts_where_the_rule_says() {
        let waiting =
            ["submitted", "triaged", "scheduled", "waiting", "transferred", "escalated", "converted-async", "no-show"];
        let others = [
            "returned",
            "in-session",
            "suspended",
            "opinion-drafted",
            "signed",
            "delivered",
            "acknowledged",
            "followed-up",
            "closed",
            "declined",
            "cancelled",
        ];
        for state in waiting.iter().chain(&others) {
            assert_eq!(counted(Figure::Waiting, &row(state)), waiting.contains(state), "{state} waits");
            assert_eq!(counted(Figure::InSession, &row(state)), *state == "in-session", "{state} in session");
            assert!(!counted(Figure::Connected, &row(state)));
        }
    }

    #[test]
    fn a_day_is_cut_in_the_sites_zone() {
        let of = |submitted: &str| counted(Figure::Today, &Row { submitted_at: at(submitted), ..row("submitted") });
        assert!(of("2026-11-20T16:00:00Z"), "midnight in Shanghai");
        assert!(!of("2026-11-20T15:59:59Z"));
    }

    #[test]
    fn overdue_at_the_instant_and_only_while_in_hand() {
        let of = |due: &str, in_hand| {
            let mut row = Row { due: Some(at(due)), ..row("submitted") };
            row.facts.in_hand = in_hand;
            counted(Figure::Overdue, &row)
        };
        assert!(of(NOW, true) && !of("2026-11-21T04:00:01Z", true) && !of(NOW, false));
        assert!(!counted(Figure::Overdue, &row("submitted")), "no clock runs");
    }

    #[test]
    fn consulted_leaves_out_what_a_city_advised() {
        let of = |advising: &str, signed: Option<&str>| {
            let mut row = Row { signed_at: signed.map(at), ..row("signed") };
            row.facts.advising_hospitals = vec![id(advising)];
            counted(Figure::Consulted, &row)
        };
        assert!(of("province", Some("2026-11-21T03:30:00Z")));
        assert!(!of("city", Some("2026-11-21T03:30:00Z")) && !of("province", None));
        assert!(!of("province", Some("2026-11-20T03:30:00Z")), "yesterday");
    }

    #[test]
    fn hours_are_whole_and_the_running_one_is_last() {
        let mut old = row("closed");
        old.submitted_at = at("2026-11-20T05:00:00Z");
        old.signed_at = Some(at("2026-11-21T04:00:00Z"));
        let mut older = row("closed");
        older.submitted_at = at("2026-11-20T04:59:59Z");
        let hours = hours([&row("submitted"), &old, &older].into_iter(), at("2026-11-21T04:30:00Z"));
        assert_eq!(hours.len(), 24);
        assert_eq!((hours[0].from, hours[0].asked), (at("2026-11-20T05:00:00Z"), 1));
        assert_eq!((hours[22].asked, hours[23].asked, hours[23].signed), (1, 0, 1));
        assert_eq!(hours.iter().map(|h| h.asked).sum::<usize>(), 2, "what is older is not shown");
    }

    #[test]
    fn a_hospital_is_there_while_it_listens_or_was_heard() {
        let now = at(NOW);
        let heard = |minutes: i64| Some(now - SignedDuration::from_mins(minutes));
        assert_eq!(present(false, None, now), (false, None));
        assert_eq!(present(true, None, now), (true, None));
        assert_eq!(present(false, heard(14), now), (true, Some(now + SignedDuration::from_mins(1))));
        assert_eq!(present(false, heard(15), now), (false, None));
        assert_eq!(present(true, heard(3), now), (true, None), "who listens does not fall silent by the clock");
    }
}
