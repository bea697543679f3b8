//! Every setting that hospitals change, with its bounds: an unknown key is refused, and so is a value past its bounds.

use super::Settings;
use jiff::civil::Date;
use serde_json::{Value, json};

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number between the two, in the unit.
    Whole {
        /// At least.
        min: u32,
        /// At most.
        max: u32,
        /// A code: `minutes`, `hours`, `days`, `times`, `rows`.
        unit: &'static str,
    },
    /// Yes or no.
    Switch,
    /// One of these codes.
    OneOf(&'static [&'static str]),
    /// Days of the calendar, each once and by time, at most so many.
    Days {
        /// At most.
        most: u32,
    },
}

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// Its address: section and name, joined by dots.
    pub key: &'static str,
    /// What a value may be.
    pub kind: Kind,
    /// Whether a hospital sets it for itself and those below; else it is the installation's.
    pub per_hospital: bool,
    /// The value where nobody has set one; the machine's settings say it where they know it.
    default: fn(&Settings) -> Value,
}

impl Definition {
    /// The value where nobody has set one.
    pub fn default(&self, machine: &Settings) -> Value {
        (self.default)(machine)
    }

    /// Whether `value` may stand here.
    pub fn takes(&self, value: &Value) -> bool {
        match self.kind {
            Kind::Whole { min, max, .. } => {
                value.as_u64().is_some_and(|n| (u64::from(min)..=u64::from(max)).contains(&n))
            }
            Kind::Switch => value.is_boolean(),
            Kind::OneOf(codes) => value.as_str().is_some_and(|v| codes.contains(&v)),
            Kind::Days { most } => {
                days(value).is_some_and(|days| days.len() <= most as usize && days.is_sorted_by(|a, b| a < b))
            }
        }
    }
}

/// The days of a value; none when it is anything else.
pub fn days(value: &Value) -> Option<Vec<Date>> {
    let day = |text: &Value| {
        text.as_str()?.parse::<Date>().ok().filter(|day| Some(day.to_string().as_str()) == text.as_str())
    };
    value.as_array()?.iter().map(day).collect()
}

/// The setting of this key.
pub fn definition(key: &str) -> Option<&'static Definition> {
    CATALOGUE.iter().find(|d| d.key == key)
}

const fn minutes(key: &'static str, default: fn(&Settings) -> Value) -> Definition {
    whole(key, 1, 10_080, "minutes", default)
}

const fn whole(
    key: &'static str,
    min: u32,
    max: u32,
    unit: &'static str,
    default: fn(&Settings) -> Value,
) -> Definition {
    Definition { key, kind: Kind::Whole { min, max, unit }, per_hospital: false, default }
}

const fn special_days(key: &'static str) -> Definition {
    Definition { key, kind: Kind::Days { most: 200 }, per_hospital: true, default: |_| json!([]) }
}

/// All of them, in the order shown. A slice that needs another adds a line, and its words in the web's `settings` files.
pub const CATALOGUE: &[Definition] = &[
    minutes("timers.emergency.first_look", |m| json!(m.timers.emergency.first_look_minutes)),
    minutes("timers.emergency.expert_in_room", |m| json!(m.timers.emergency.expert_in_room_minutes)),
    minutes("timers.emergency.signed_opinion", |m| json!(m.timers.emergency.signed_opinion_minutes)),
    minutes("timers.emergency.acknowledge", |m| json!(m.timers.emergency.acknowledge_minutes)),
    minutes("timers.urgent.first_look", |m| json!(m.timers.urgent.first_look_minutes)),
    minutes("timers.urgent.expert_in_room", |m| json!(m.timers.urgent.expert_in_room_minutes)),
    minutes("timers.urgent.signed_opinion", |m| json!(m.timers.urgent.signed_opinion_minutes)),
    minutes("timers.urgent.acknowledge", |m| json!(m.timers.urgent.acknowledge_minutes)),
    minutes("timers.routine.first_look", |m| json!(m.timers.routine.first_look_minutes)),
    minutes("timers.routine.expert_in_room", |m| json!(m.timers.routine.expert_in_room_minutes)),
    minutes("timers.routine.signed_opinion", |m| json!(m.timers.routine.signed_opinion_minutes)),
    minutes("timers.routine.acknowledge", |m| json!(m.timers.routine.acknowledge_minutes)),
    minutes("timers.late.standby", |m| json!(m.timers.late.standby_minutes)),
    minutes("timers.late.dispatcher", |m| json!(m.timers.late.dispatcher_minutes)),
    minutes("timers.late.swap", |m| json!(m.timers.late.swap_minutes)),
    minutes("timers.late.emergency", |m| json!(m.timers.late.emergency_minutes)),
    minutes("timers.late.room_kept", |m| json!(m.timers.late.room_kept_minutes)),
    Definition {
        key: "sign_in.second_factor_demanded",
        kind: Kind::Switch,
        per_hospital: true,
        default: |_| json!(false),
    },
    whole("sign_in.idle", 5, 720, "minutes", |m| json!(m.session.idle_minutes)),
    whole("sign_in.longest", 1, 24, "hours", |m| json!(m.session.absolute_hours)),
    whole("sign_in.attempts_per_name", 3, 100, "times", |m| json!(m.session.attempts_per_name)),
    whole("sign_in.attempts_per_address", 10, 10_000, "times", |m| json!(m.session.attempts_per_address)),
    whole("sign_in.link_valid", 1, 168, "hours", |_| json!(72)),
    // The norm asks for six months and more.
    whole("retention.sign_ins", 180, 3_650, "days", |_| json!(365)),
    whole("limits.import_rows", 10, 200_000, "rows", |_| json!(100_000)),
    // From which hour on routine consultations are planned.
    whole("schedule.opens", 0, 23, "hours", |_| json!(8)),
    // Days on which nobody keeps hours, and those worked by Monday's instead.
    special_days("schedule.holidays"),
    special_days("schedule.workdays"),
    // At which hour a day of the outbreak's figures ends: 24 is midnight.
    whole("figures.cut_off", 1, 24, "hours", |_| json!(24)),
    Definition {
        key: "languages.first",
        kind: Kind::OneOf(&["browser", "zh-CN", "en"]),
        per_hospital: false,
        default: |_| json!("browser"),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_once_and_defaults_fit() {
        let machine = Settings::default();
        for (at, one) in CATALOGUE.iter().enumerate() {
            assert!(one.takes(&one.default(&machine)), "{}: its default is past its bounds", one.key);
            assert!(!CATALOGUE[..at].iter().any(|other| other.key == one.key), "{} stands twice", one.key);
        }
        assert!(definition("timers.emergency.last_look").is_none());
    }

    #[test]
    fn values_past_their_bounds_are_not_taken() {
        let takes = |key: &str, value: Value| definition(key).unwrap().takes(&value);
        assert!(takes("timers.urgent.first_look", json!(1)) && takes("timers.urgent.first_look", json!(10_080)));
        for bad in [json!(0), json!(10_081), json!(-1), json!(1.5), json!("15"), json!(null), json!([15])] {
            assert!(!takes("timers.urgent.first_look", bad.clone()), "{bad}");
        }
        assert!(takes("sign_in.second_factor_demanded", json!(true)));
        assert!(!takes("sign_in.second_factor_demanded", json!(1)));
        assert!(
            takes("schedule.holidays", json!([])) && takes("schedule.holidays", json!(["2026-10-01", "2026-10-02"]))
        );
        let many: Vec<String> = (0..201).map(|n| format!("{:04}-01-01", 2000 + n)).collect();
        for bad in [
            json!(["2026-10-02", "2026-10-01"]),
            json!(["2026-10-01", "2026-10-01"]),
            json!(["2026-02-30"]),
            json!(["20261001"]),
            json!("2026-10-01"),
            json!([20_261_001]),
            json!(many),
        ] {
            assert!(!takes("schedule.holidays", bad.clone()), "{bad}");
        }
        assert!(takes("languages.first", json!("en")) && !takes("languages.first", json!("fr")));
    }
}
