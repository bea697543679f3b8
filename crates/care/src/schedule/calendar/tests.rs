//! Hours over changes of clocks, midnight and leave, by table; and against a minute-by-minute reading of the wall clock.

use super::*;
use proptest::prelude::*;

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn at(text: &str) -> Time {
    text.parse().unwrap()
}

fn spell(from: &str, to: &str) -> Spell {
    Spell { from: at(from), to: at(to) }
}

fn shift(days: &[Day], from: &str, to: &str) -> Shift {
    Shift { days: days.to_vec(), from: from.parse().unwrap(), to: to.parse().unwrap() }
}

fn said(spells: &[Spell]) -> String {
    spells.iter().map(|s| format!("{}/{}", s.from, s.to)).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_day_of_hours_by_table() {
    let every = Day::ALL;
    // Zone, day, hours, what they are in UTC. Clocks of 2026 change in New York on 8 March and 1 November, in London on 29 March and 25 October.
    for (name, day, from, to, wanted) in [
        ("Asia/Shanghai", "2026-11-21", "08:00", "17:00", "2026-11-21T00:00:00Z/2026-11-21T09:00:00Z"),
        ("America/New_York", "2026-03-07", "08:00", "17:00", "2026-03-07T13:00:00Z/2026-03-07T22:00:00Z"),
        ("America/New_York", "2026-03-08", "08:00", "17:00", "2026-03-08T12:00:00Z/2026-03-08T21:00:00Z"),
        // The night in which an hour is missing, and the one that has one twice: 22:00 to 06:00 in seven hours and in nine.
        (
            "America/New_York",
            "2026-03-08",
            "22:00",
            "06:00",
            "2026-03-08T05:00:00Z/2026-03-08T10:00:00Z 2026-03-09T02:00:00Z/2026-03-09T04:00:00Z",
        ),
        (
            "America/New_York",
            "2026-11-01",
            "22:00",
            "06:00",
            "2026-11-01T04:00:00Z/2026-11-01T11:00:00Z 2026-11-02T03:00:00Z/2026-11-02T05:00:00Z",
        ),
        // A time that does not exist lies as far after the gap; one that is there twice is the first.
        ("America/New_York", "2026-03-08", "02:30", "04:00", "2026-03-08T07:30:00Z/2026-03-08T08:00:00Z"),
        ("America/New_York", "2026-11-01", "01:30", "03:00", "2026-11-01T05:30:00Z/2026-11-01T08:00:00Z"),
        ("America/New_York", "2026-03-08", "02:45", "03:15", ""),
        ("Europe/London", "2026-03-29", "00:00", "00:00", "2026-03-29T00:00:00Z/2026-03-29T23:00:00Z"),
        ("Europe/London", "2026-10-25", "00:00", "00:00", "2026-10-24T23:00:00Z/2026-10-26T00:00:00Z"),
        ("Europe/London", "2026-10-25", "00:30", "01:30", "2026-10-24T23:30:00Z/2026-10-25T00:30:00Z"),
    ] {
        let there = availability(
            Some(&[shift(&every, from, to)]),
            &[],
            &[],
            &SpecialDays::default(),
            &zone(name),
            day.parse().unwrap(),
        );
        assert_eq!(said(&there), wanted, "{name} {day} {from}-{to}");
    }
}

#[test]
fn leave_cuts_and_duty_adds() {
    let shanghai = zone("Asia/Shanghai");
    let saturday: Date = "2026-11-21".parse().unwrap();
    let night = [shift(&[Day::Fri], "22:00", "06:00")];
    let of = |hours: Option<&[Shift]>, leave: &[Spell], duty: &[Spell]| {
        said(&availability(hours, leave, duty, &SpecialDays::default(), &shanghai, saturday))
    };
    assert_eq!(of(Some(&night), &[], &[]), "2026-11-20T16:00:00Z/2026-11-20T22:00:00Z", "the rest of Friday's shift");
    let ends_within = [spell("2026-11-18T00:00:00Z", "2026-11-20T19:00:00Z")];
    assert_eq!(of(Some(&night), &ends_within, &[]), "2026-11-20T19:00:00Z/2026-11-20T22:00:00Z");
    let on_call = [spell("2026-11-20T21:00:00Z", "2026-11-21T10:00:00Z")];
    assert_eq!(of(Some(&night), &[], &on_call), "2026-11-20T16:00:00Z/2026-11-21T10:00:00Z", "joined");
    assert_eq!(of(Some(&[]), &[], &on_call), "2026-11-20T21:00:00Z/2026-11-21T10:00:00Z");
    let within = [spell("2026-11-21T01:00:00Z", "2026-11-21T02:00:00Z")];
    assert_eq!(
        of(None, &within, &on_call),
        "2026-11-20T16:00:00Z/2026-11-21T01:00:00Z 2026-11-21T02:00:00Z/2026-11-21T16:00:00Z",
        "where no hours are said the whole day is there, and leave goes before duty"
    );
}

#[test]
fn who_is_away_and_until_when() {
    let shanghai = zone("Asia/Shanghai");
    let id = |text: &str| Id::new(text).unwrap();
    let days = [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri];
    let leave = Leave { id: id("l"), spell: spell("2026-11-23T00:00:00Z", "2026-11-23T06:00:00Z") };
    let on_call = Duty {
        id: id("d"),
        spell: spell("2026-11-21T12:00:00Z", "2026-11-21T16:00:00Z"),
        specialty: "respiratory".into(),
        rank: 2,
    };
    let calendar = Calendar {
        hours: Some(vec![shift(&days, "08:00", "17:00")]),
        leaves: vec![leave],
        duties: vec![on_call],
        ..Calendar::default()
    };
    let misses = |from: &str, to: &str| calendar.misses(&shanghai, spell(from, to));
    // Friday within hours, over their end (the next half hour is of Saturday's duty), in the duty, past Friday: Monday's leave is waited for.
    assert_eq!(misses("2026-11-20T08:00:00Z", "2026-11-20T08:30:00Z"), None);
    let over = misses("2026-11-20T08:45:00Z", "2026-11-20T09:15:00Z").unwrap();
    assert_eq!((over.because, over.until), (Because::Hours, Some(at("2026-11-21T12:00:00Z"))));
    assert_eq!(misses("2026-11-21T12:30:00Z", "2026-11-21T13:00:00Z"), None);
    let weekend = misses("2026-11-22T12:30:00Z", "2026-11-22T13:00:00Z").unwrap();
    assert_eq!((weekend.because, weekend.until), (Because::Hours, Some(at("2026-11-23T06:00:00Z"))));
    let ill = misses("2026-11-23T05:45:00Z", "2026-11-23T06:15:00Z").unwrap();
    assert_eq!((ill.because, ill.until), (Because::Leave, Some(at("2026-11-23T06:00:00Z"))));
    assert_eq!(calendar.misses_all(&shanghai, spell("2026-11-23T05:45:00Z", "2026-11-23T06:15:00Z")), None);
    assert_eq!(calendar.rank("respiratory", at("2026-11-21T12:00:00Z")), Some(2));
    assert_eq!(calendar.rank("respiratory", at("2026-11-21T16:00:00Z")), None);
    assert_eq!(calendar.rank("radiology", at("2026-11-21T12:00:00Z")), None);
    let ill = Calendar { elsewhere: vec![spell("2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z")], ..calendar };
    assert_eq!(ill.rank("respiratory", at("2026-11-21T12:00:00Z")), None, "who is away elsewhere is away");
    let years = Calendar { elsewhere: vec![spell("2026-01-01T00:00:00Z", "2026-12-31T00:00:00Z")], ..ill };
    let long = years.misses(&shanghai, spell("2026-11-20T08:00:00Z", "2026-11-20T08:30:00Z")).unwrap();
    assert_eq!((long.because, long.until), (Because::Leave, None));
}

/// Whether somebody is there at an instant, by the wall clock alone: for shifts whose ends no change of clocks touches.
fn by_the_clock(hours: &[Shift], leave: &[Spell], duty: &[Spell], zone: &TimeZone, at: Time) -> bool {
    let here = at.to_zoned(zone.clone());
    let (today, time) = (here.date(), here.time());
    let yesterday = today.checked_sub(1.day()).unwrap();
    let works = hours.iter().any(|s| {
        let on = |date: Date| s.days.iter().any(|d| *d == Day::of(date));
        if s.to <= s.from {
            (on(today) && time >= s.from) || (on(yesterday) && time < s.to)
        } else {
            on(today) && time >= s.from && time < s.to
        }
    });
    (works || duty.iter().any(|d| d.holds(at))) && !leave.iter().any(|l| l.holds(at))
}

fn shifts() -> impl Strategy<Value = Vec<Shift>> {
    // The hours of the change, 0 to 3, are left out: there the clock shows a time twice or never.
    let hour = || prop_oneof![Just(0i8), 4..24i8];
    let one = (prop::collection::vec(0..7usize, 1..4), hour(), hour(), 0..12i8);
    let one = one.prop_map(|(days, from, to, fives)| {
        let minute = |hour: i8| if hour == 0 { 0 } else { fives * 5 };
        Shift {
            days: days.into_iter().map(|d| Day::ALL[d]).collect(),
            from: civil::time(from, minute(from), 0, 0),
            to: civil::time(to, minute(to), 0, 0),
        }
    });
    prop::collection::vec(one, 0..4)
}

proptest! {
    #[test]
    fn every_five_minutes_agree_with_the_wall_clock(
        hours in shifts(),
        zone_at in 0..3usize,
        day_at in 0..6usize,
        leave in prop::collection::vec((0..600i64, 1..400i64), 0..3),
        duty in prop::collection::vec((0..600i64, 1..400i64), 0..3),
    ) {
        let zone = zone(["America/New_York", "Europe/London", "Asia/Shanghai"][zone_at]);
        let day: Date = ["2026-03-08", "2026-11-01", "2026-03-29", "2026-10-25", "2026-03-09", "2026-06-01"][day_at].parse().unwrap();
        let whole = whole(&zone, day).unwrap();
        let five = |n: i64| whole.from + SignedDuration::from_mins(5 * (n - 150));
        let spells = |all: &[(i64, i64)]| -> Vec<Spell> {
            all.iter().map(|(from, length)| Spell { from: five(*from), to: five(from + length) }).collect()
        };
        let (leave, duty) = (spells(&leave), spells(&duty));
        let there = availability(Some(&hours), &leave, &duty, &SpecialDays::default(), &zone, day);
        for pair in there.windows(2) {
            prop_assert!(pair[0].to < pair[1].from, "by time, none touching another: {}", said(&there));
        }
        let mut moment = whole.from;
        while moment < whole.to {
            let found = there.iter().any(|s| s.holds(moment));
            prop_assert_eq!(found, by_the_clock(&hours, &leave, &duty, &zone, moment), "{} of {}", moment, said(&there));
            moment += SignedDuration::from_mins(5);
        }
        prop_assert!(there.iter().all(|s| whole.from <= s.from && s.from < s.to && s.to <= whole.to));
    }
}

/// National Day of 2026: eight days off, and the Saturday after worked by Monday's hours (国办发明电, 调休).
#[test]
fn holidays_and_the_days_made_up_for_them() {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let special = SpecialDays {
        holidays: (1..=8).map(|n| jiff::civil::date(2026, 10, n)).collect(),
        workdays: [day("2026-10-10")].into(),
    };
    let shanghai = zone("Asia/Shanghai");
    let week = shift(&[Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri], "08:00", "12:00");
    let night = shift(&[Day::Wed], "20:00", "06:00");
    let hours = [week, night];
    let there = |hours: Option<&[Shift]>, duty: &[Spell], on: &str| {
        said(&availability(hours, &[], duty, &special, &shanghai, day(on)))
    };
    let morning = |on: &str| format!("{on}T00:00:00Z/{on}T04:00:00Z");
    assert_eq!(there(Some(&hours), &[], "2026-10-05"), "", "a Monday off");
    assert_eq!(there(Some(&hours), &[], "2026-10-09"), morning("2026-10-09"));
    assert_eq!(there(Some(&hours), &[], "2026-10-10"), morning("2026-10-10"), "a Saturday worked");
    assert_eq!(there(Some(&hours), &[], "2026-10-11"), "", "a Sunday like others");
    // Whose night began on the last working day stays to its end; who is on call is there; who has no hours is off too.
    assert_eq!(there(Some(&hours), &[], "2026-10-01"), "2026-09-30T16:00:00Z/2026-09-30T22:00:00Z");
    let duty = spell("2026-10-05T00:00:00Z", "2026-10-05T02:00:00Z");
    assert_eq!(there(Some(&hours), &[duty], "2026-10-05"), "2026-10-05T00:00:00Z/2026-10-05T02:00:00Z");
    assert_eq!(there(None, &[duty], "2026-10-05"), "2026-10-05T00:00:00Z/2026-10-05T02:00:00Z");
    assert_eq!(there(None, &[], "2026-10-09"), "2026-10-08T16:00:00Z/2026-10-09T16:00:00Z");
}
