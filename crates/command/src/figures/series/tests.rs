//! The paper's sums, each day opening to exactly its cases; and over any history with corrections, what is counted from zero is
//! what somebody would have who kept the counts running.

use super::generated::{self, Dice};
use super::*;
use jiff::SignedDuration;
use proptest::prelude::*;

#[test]
fn the_papers_sums_and_each_day_its_cases() {
    let days = generated::days();
    assert_eq!(days.len(), 21);
    let now = days[20].ends + SignedDuration::from_hours(200);
    for seed in 0..20 {
        let (world, books) = generated::world(seed);
        let count = |series: Series| {
            days.iter()
                .map(|day| {
                    let counted = Counted::of(series, &world, *day, now);
                    let told = books.get(&(series, day.date)).cloned().unwrap_or_default();
                    assert_eq!(counted.known, told, "seed {seed}: {series:?} of {}", day.date);
                    counted.known.len()
                })
                .collect::<Vec<_>>()
        };
        let sum = |series: Series| count(series).iter().sum::<usize>();
        let (consulted, severe) = (sum(Series::Consulted), sum(Series::Severe));
        assert_eq!((consulted, severe, consulted - severe), (654, 63, 591), "seed {seed}");
        assert_eq!(sum(Series::Discharged), 420, "seed {seed}");
        assert_eq!(count(Series::Connected).last(), Some(&126), "seed {seed}");
        let of = |day: &Day| Series::Consulted.counted(&world, day, None);
        let patients: BTreeSet<_> =
            days.iter().flat_map(of).filter_map(|id| world.consults[&id].now()?.patient.clone()).collect();
        assert_eq!(patients.len(), 600, "consultations and distinct patients are both kept");
        let restated = |day: &Day| !Counted::of(Series::Confirmed, &world, *day, now).added().is_empty();
        assert!(days.iter().any(restated), "the history has something that was told late");
    }
}

#[test]
fn a_day_as_published_and_as_known_now() {
    let at = |text: &str| -> Time { text.parse().unwrap() };
    let day = Day::of("2020-01-28".parse().unwrap(), 24, &generated::zone());
    assert_eq!((day.starts, day.ends), (at("2020-01-27T16:00:00Z"), at("2020-01-28T16:00:00Z")));
    let case = |class, class_at: &str| Case {
        class,
        class_at: at(class_at),
        patient: Id::new("p").unwrap(),
        gradings: vec![],
        discharged_at: None,
        is_alternate: false,
    };
    let known = |versions: &[(&str, Class, &str)]| {
        Known::new(versions.iter().map(|(told, class, class_at)| (at(told), Some(case(*class, class_at)))).collect())
    };
    let id = |text: &str| Id::new(text).unwrap();
    let mut world = World::default();
    let (morning, next) = ("2020-01-28T02:00:00Z", "2020-01-29T02:00:00Z");
    world.cases.insert(id("in-time"), known(&[(morning, Class::Confirmed, morning)]));
    world.cases.insert(id("told-late"), known(&[(next, Class::Confirmed, morning)]));
    world.cases.insert(id("taken-back"), known(&[(morning, Class::Confirmed, morning), (next, Class::Excluded, next)]));
    // What is told at the very cut-off is the next day's knowledge; what happens then is the next day's.
    let edge = "2020-01-28T16:00:00Z";
    world.cases.insert(id("told-at-the-edge"), known(&[(edge, Class::Confirmed, morning)]));
    world.cases.insert(id("at-the-edge"), known(&[(edge, Class::Confirmed, edge)]));
    let set = |names: &[&str]| names.iter().map(|n| id(n)).collect::<BTreeSet<_>>();
    let counted = Counted::of(Series::Confirmed, &world, day, at("2020-01-30T00:00:00Z"));
    assert_eq!(counted.published, Some(set(&["in-time", "taken-back"])));
    assert_eq!(counted.known, set(&["in-time", "told-at-the-edge", "told-late"]));
    assert_eq!(counted.added(), [&id("told-at-the-edge"), &id("told-late")]);
    assert_eq!(counted.removed(), [&id("taken-back")]);
    let running = Counted::of(Series::Confirmed, &world, day, at("2020-01-28T15:59:59Z"));
    assert_eq!(running.published, None, "a day that runs is not published");
    // A pair that is the same counts once.
    let twin = Case { is_alternate: true, ..case(Class::Confirmed, morning) };
    world.cases.insert(id("twin"), Known::new(vec![(at(morning), Some(twin))]));
    assert_eq!(Series::Confirmed.counted(&world, &day, None).len(), 3);
}

#[test]
fn a_cut_off_before_midnight() {
    let at = |text: &str| -> Time { text.parse().unwrap() };
    let day = Day::of("2020-01-28".parse().unwrap(), 10, &generated::zone());
    assert_eq!((day.starts, day.ends), (at("2020-01-27T02:00:00Z"), at("2020-01-28T02:00:00Z")));
    let next = Day::of("2020-01-29".parse().unwrap(), 10, &generated::zone());
    assert_eq!(day.ends, next.starts, "no instant is of no day, or of two");
    assert!(day.holds(day.starts) && !day.holds(day.ends));
}

/// Somebody who keeps the counts by adding and taking away as each word comes, and writes down each day at its end.
#[derive(Default)]
struct Running {
    facts: BTreeMap<Id, Case>,
    by_day: BTreeMap<Date, BTreeSet<Id>>,
}

impl Running {
    fn told(&mut self, id: &Id, fact: Option<Case>, days: &[Day]) {
        let of = |case: &Case| {
            let day = days.iter().find(|d| d.holds(case.class_at))?;
            (case.class == Class::Confirmed && !case.is_alternate).then_some(day.date)
        };
        if let Some(day) = self.facts.remove(id).as_ref().and_then(of) {
            self.by_day.entry(day).or_default().remove(id);
        }
        if let Some(case) = fact {
            if let Some(day) = of(&case) {
                self.by_day.entry(day).or_default().insert(id.clone());
            }
            self.facts.insert(id.clone(), case);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn counted_from_zero_is_what_was_kept_running(seed in any::<u64>(), cut_off in 1_i64..=24) {
        let dice = Dice::new(seed);
        let zone = generated::zone();
        let first: Date = "2020-01-28".parse().unwrap();
        let days: Vec<Day> = (0..6).map(|n| Day::of(first.saturating_add(n.days()), cut_off, &zone)).collect();
        let within = |hours: i64| days[0].starts + SignedDuration::from_mins(dice.below(hours * 60));
        let mut histories: BTreeMap<Id, Vec<(Time, Option<Case>)>> = BTreeMap::new();
        for n in 0..30 {
            for _ in 0..=dice.below(5) {
                let told = within(200);
                let class = Class::ALL[usize::try_from(dice.below(4)).unwrap()];
                let class_at = told - SignedDuration::from_mins(dice.below(60 * 60));
                let case = Case {
                    class, class_at, patient: Id::new("p").unwrap(), gradings: vec![], discharged_at: None,
                    is_alternate: dice.below(5) == 0,
                };
                let gone = dice.below(8) == 0;
                histories.entry(Id::new(format!("case-{n}")).unwrap()).or_default().push((told, (!gone).then_some(case)));
            }
        }
        // Two words at one instant are one: the store numbers them, and the later stands.
        for versions in histories.values_mut() {
            versions.sort_by_key(|(at, _)| *at);
            versions.dedup_by_key(|(at, _)| *at);
        }
        let mut story: Vec<(Time, &Id, &Option<Case>)> =
            histories.iter().flat_map(|(id, v)| v.iter().map(move |(at, case)| (*at, id, case))).collect();
        story.sort_by_key(|(at, id, _)| (*at, (*id).clone()));
        let now = days[5].ends + SignedDuration::from_hours(300);
        let (mut running, mut published, mut told) = (Running::default(), BTreeMap::new(), story.iter().peekable());
        for day in &days {
            while let Some((_, id, case)) = told.next_if(|(at, ..)| *at < day.ends) {
                running.told(id, (*case).clone(), &days);
            }
            published.insert(day.date, running.by_day.get(&day.date).cloned().unwrap_or_default());
        }
        for (_, id, case) in told {
            running.told(id, (*case).clone(), &days);
        }
        let cases = histories.iter().map(|(id, v)| (id.clone(), Known::new(v.clone()))).collect();
        let world = World { cases, ..World::default() };
        for day in &days {
            let counted = Counted::of(Series::Confirmed, &world, *day, now);
            prop_assert_eq!(counted.published.as_ref(), published.get(&day.date), "published {}", day.date);
            prop_assert_eq!(&counted.known, &running.by_day.get(&day.date).cloned().unwrap_or_default(), "now {}", day.date);
        }
    }
}

/// A history of anything: consultations found to be others' or more severe later, reports corrected, hospitals that come and go.
fn any_world(dice: &Dice, at: impl Fn() -> Time) -> World {
    let id = |text: &str, n: i64| Id::new(format!("{text}-{n}")).unwrap();
    let versions = |most: i64| (0..=dice.below(most)).map(|_| at()).collect::<BTreeSet<Time>>();
    let grades = [Grade::Mild, Grade::Ordinary, Grade::Severe, Grade::Critical];
    let grade = || grades[usize::try_from(dice.below(4)).unwrap()];
    let mut world = World::default();
    for n in 0..20 {
        let case = |told: Time| {
            (
                told,
                (dice.below(8) > 0).then(|| Case {
                    class: Class::ALL[usize::try_from(dice.below(4)).unwrap()],
                    class_at: at(),
                    patient: id("patient", dice.below(6)),
                    gradings: vec![],
                    discharged_at: (dice.below(2) == 0).then(&at),
                    is_alternate: dice.below(5) == 0,
                }),
            )
        };
        world.cases.insert(id("case", n), Known::new(versions(5).into_iter().map(case).collect()));
        let consult = |told: Time| {
            (
                told,
                (dice.below(8) > 0).then(|| Consult {
                    signed_at: at(),
                    is_provincial: dice.below(4) > 0,
                    patient: (dice.below(9) > 0).then(|| id("patient", dice.below(6))),
                    grade: (dice.below(3) > 0).then(grade),
                }),
            )
        };
        world.consults.insert(id("consult", n), Known::new(versions(5).into_iter().map(consult).collect()));
        let joined = |told: Time| {
            let since = at();
            let until = (dice.below(2) == 0).then(|| since + SignedDuration::from_hours(dice.below(60)));
            (told, (dice.below(8) > 0).then_some(Joined { since, until }))
        };
        world.hospitals.insert(id("hospital", n), Known::new(versions(3).into_iter().map(joined).collect()));
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn in_one_walk_every_series_is_what_each_day_is_alone(seed in any::<u64>(), cut_off in 1_i64..=24, over in 0_i64..160) {
        let dice = Dice::new(seed);
        let zone = generated::zone();
        let first: Date = "2020-01-28".parse().unwrap();
        let days: Vec<Day> = (0..5).map(|n| Day::of(first.saturating_add(n.days()), cut_off, &zone)).collect();
        // Whole hours, so that some fall upon a cut-off.
        let at = || days[0].starts + SignedDuration::from_hours(dice.below(160) - 20);
        let world = any_world(&dice, at);
        let now = days[0].starts + SignedDuration::from_hours(over);
        for series in Series::ALL {
            let each: Vec<Counted> = days.iter().map(|day| Counted::of(series, &world, *day, now)).collect();
            prop_assert_eq!(Counted::by_day(series, &world, &days, now), each, "{:?}", series);
        }
    }
}
