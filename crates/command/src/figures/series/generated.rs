//! A made-up history of the days from 28 January to 17 February 2020, seeded, that has the paper's sums. What it says of each day
//! it keeps in books of its own while it tells the story, so that the series can be held against them.

use super::{Case, Consult, Day, Joined, Known, Series, World};
use crate::outbreak::{Class, Grade};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use kernel::{Id, Ids, SeededIds};
use std::collections::{BTreeMap, BTreeSet};

/// First day of the paper's figure.
pub const FROM: &str = "2020-01-28";
/// Last.
pub const TO: &str = "2020-02-17";
/// Severe consultations, and the others.
pub const SEVERE: usize = 63;
pub const OTHERS: usize = 591;
/// Patients discharged.
pub const DISCHARGED: usize = 420;
/// Hospitals: two provincial, 18 municipal, 106 county.
pub const HOSPITALS: usize = 126;
/// Patients who were consulted on twice.
const TWICE: usize = 54;
/// Consultations that do not count: a city advised a county.
const MUNICIPAL: usize = 80;

/// What the storyteller wrote down of each day.
pub type Books = BTreeMap<(Series, Date), BTreeSet<Id>>;

/// Chance from a seed.
pub struct Dice(SeededIds);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(SeededIds::new(seed))
    }

    /// A number below `below`.
    pub fn below(&self, below: i64) -> i64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        i64::try_from(u64::from_le_bytes(bytes) >> 1).unwrap().rem_euclid(below)
    }
}

pub fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

pub fn days() -> Vec<Day> {
    let (from, to): (Date, Date) = (FROM.parse().unwrap(), TO.parse().unwrap());
    from.series(1.day()).take_while(|d| *d <= to).map(|d| Day::of(d, 24, &zone())).collect()
}

fn id(kind: &str, n: usize) -> Id {
    Id::new(format!("{kind}-{n}")).unwrap()
}

/// The world, told by `now` (after the last day), and the books.
pub fn world(seed: u64) -> (World, Books) {
    let (dice, days) = (Dice::new(seed), days());
    let (mut world, mut books) = (World::default(), Books::new());
    let within = |day: &Day| day.starts + SignedDuration::from_secs(dice.below(86_400));
    // Patients with a second consultation come first, so that 654 consultations are of 600 patients.
    let people = SEVERE + OTHERS - TWICE;
    for n in 0..SEVERE + OTHERS + MUNICIPAL {
        let is_provincial = n < SEVERE + OTHERS;
        let day = &days[usize::try_from(dice.below(i64::try_from(days.len()).unwrap())).unwrap()];
        let signed_at = within(day);
        let grade = match n {
            n if n < SEVERE => [Grade::Severe, Grade::Critical][n % 2],
            _ => [Grade::Mild, Grade::Ordinary][n % 2],
        };
        let consult =
            Consult { signed_at, is_provincial, patient: Some(id("patient", n % people)), grade: Some(grade) };
        let consult_id = id("consult", n);
        if is_provincial {
            books.entry((Series::Consulted, day.date)).or_default().insert(consult_id.clone());
            if n < SEVERE {
                books.entry((Series::Severe, day.date)).or_default().insert(consult_id.clone());
            }
        }
        world.consults.insert(consult_id, Known::new(vec![(signed_at, Some(consult))]));
    }
    for n in 0..people {
        cases(&mut world, &mut books, n, &dice, &days);
    }
    for n in 0..HOSPITALS {
        // All within 82 hours of the first morning.
        let since = days[0].starts + SignedDuration::from_secs(dice.below(82 * 3600));
        for day in days.iter().filter(|d| since < d.ends) {
            books.entry((Series::Connected, day.date)).or_default().insert(id("hospital", n));
        }
        world.hospitals.insert(id("hospital", n), Known::new(vec![(since, Some(Joined { since, until: None }))]));
    }
    (world, books)
}

/// The report of a patient: confirmed before the first consultation, discharged in the last days if their turn comes; told late,
/// taken back and told again on the way.
fn cases(world: &mut World, books: &mut Books, n: usize, dice: &Dice, days: &[Day]) {
    let patient = id("patient", n);
    let of_patient =
        |known: &&Known<Consult>| known.now().is_some_and(|c| c.is_provincial && c.patient.as_ref() == Some(&patient));
    let first = world.consults.values().filter(of_patient).filter_map(|k| k.now()).map(|c| c.signed_at).min().unwrap();
    let confirmed_at = first - SignedDuration::from_hours(dice.below(10));
    let told_at = confirmed_at + SignedDuration::from_hours(dice.below(30));
    let mut case = Case {
        class: Class::Suspected,
        class_at: confirmed_at - SignedDuration::from_hours(5),
        patient,
        gradings: vec![],
        discharged_at: None,
        is_alternate: false,
    };
    let mut versions = vec![(case.class_at, Some(case.clone()))];
    (case.class, case.class_at) = (Class::Confirmed, confirmed_at);
    versions.push((told_at, Some(case.clone())));
    if n.is_multiple_of(11) {
        let wrong = Case { class: Class::Excluded, class_at: told_at, ..case.clone() };
        versions.push((told_at + SignedDuration::from_hours(20), Some(wrong)));
        versions.push((told_at + SignedDuration::from_hours(40), Some(case.clone())));
    }
    let case_id = id("case", n);
    if let Some(day) = days.iter().find(|d| d.holds(confirmed_at)) {
        books.entry((Series::Confirmed, day.date)).or_default().insert(case_id.clone());
    }
    if n < DISCHARGED {
        let last = days.last().unwrap();
        let room = last.ends.duration_since(first).as_secs();
        let at = first + SignedDuration::from_secs(dice.below(room));
        case.discharged_at = Some(at);
        versions.push((at.max(told_at) + SignedDuration::from_hours(50), Some(case)));
        let day = days.iter().find(|d| d.holds(at)).unwrap();
        books.entry((Series::Discharged, day.date)).or_default().insert(case_id.clone());
    }
    world.cases.insert(case_id, Known::new(versions));
}
