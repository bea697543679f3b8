//! The values in force: what somebody set, over the machine's settings, over the defaults. Held in memory because every
//! request asks; kept fresh by the ledger's tail.

use super::catalogue::{Definition, days, definition};
use super::{Late, Settings, Timers, UrgencyTimers};
use jiff::SignedDuration;
use jiff::civil::Date;
use kernel::{HospitalTree, Id};
use records::{Setting, Store, StoreError};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

type Values = HashMap<(String, Option<Id>), Setting>;

/// What the hospitals have set.
pub struct Chosen {
    machine: Settings,
    values: RwLock<Arc<Values>>,
}

impl Chosen {
    /// Reads what was set so far.
    pub async fn load(store: &dyn Store, machine: Settings) -> Result<Self, StoreError> {
        let chosen = Self { machine, values: RwLock::default() };
        chosen.refresh(store).await?;
        Ok(chosen)
    }

    /// Reads it anew.
    pub async fn refresh(&self, store: &dyn Store) -> Result<(), StoreError> {
        let rows = store.settings().await?;
        let values = rows.into_iter().map(|row| ((row.key.clone(), row.hospital.clone()), row)).collect();
        *self.values.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(values);
        Ok(())
    }

    fn now(&self) -> Arc<Values> {
        self.values.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last change of a setting at this very place; its value may be "the default again".
    pub fn last(&self, key: &str, hospital: Option<&Id>) -> Option<Setting> {
        self.now().get(&(key.to_owned(), hospital.cloned())).cloned()
    }

    /// The value where nobody has set one.
    pub fn default(&self, of: &Definition) -> Value {
        of.default(&self.machine)
    }

    /// The value in force at a hospital: its own, else that of the nearest above, else the installation's, else the default.
    /// A value kept by an older program that no longer fits its bounds does not count.
    pub fn value(&self, of: &Definition, hospital: Option<&Id>, tree: &HospitalTree) -> Value {
        let values = self.now();
        let set = |at: Option<Id>| {
            let value = values.get(&(of.key.to_owned(), at))?.value.clone()?;
            of.takes(&value).then_some(value)
        };
        let mut at = hospital.filter(|_| of.per_hospital).cloned();
        for _ in 0..=kernel::Level::ALL.len() {
            let Some(id) = at else { break };
            at = tree.get(&id).and_then(|h| h.parent.clone());
            if let Some(value) = set(Some(id)) {
                return value;
            }
        }
        set(None).unwrap_or_else(|| of.default(&self.machine))
    }

    fn whole(&self, key: &'static str) -> u32 {
        let value = definition(key).map(|of| self.value(of, None, &HospitalTree::default()));
        value.and_then(|v| v.as_u64()).and_then(|n| u32::try_from(n).ok()).unwrap_or_default()
    }

    /// The timers of a consultation.
    pub fn timers(&self) -> Timers {
        Timers {
            emergency: UrgencyTimers {
                first_look_minutes: self.whole("timers.emergency.first_look"),
                expert_in_room_minutes: self.whole("timers.emergency.expert_in_room"),
                signed_opinion_minutes: self.whole("timers.emergency.signed_opinion"),
                acknowledge_minutes: self.whole("timers.emergency.acknowledge"),
            },
            urgent: UrgencyTimers {
                first_look_minutes: self.whole("timers.urgent.first_look"),
                expert_in_room_minutes: self.whole("timers.urgent.expert_in_room"),
                signed_opinion_minutes: self.whole("timers.urgent.signed_opinion"),
                acknowledge_minutes: self.whole("timers.urgent.acknowledge"),
            },
            routine: UrgencyTimers {
                first_look_minutes: self.whole("timers.routine.first_look"),
                expert_in_room_minutes: self.whole("timers.routine.expert_in_room"),
                signed_opinion_minutes: self.whole("timers.routine.signed_opinion"),
                acknowledge_minutes: self.whole("timers.routine.acknowledge"),
            },
            late: Late {
                standby_minutes: self.whole("timers.late.standby"),
                dispatcher_minutes: self.whole("timers.late.dispatcher"),
                swap_minutes: self.whole("timers.late.swap"),
                emergency_minutes: self.whole("timers.late.emergency"),
                room_kept_minutes: self.whole("timers.late.room_kept"),
            },
        }
    }

    /// A session ends after so long without a request.
    pub fn idle(&self) -> SignedDuration {
        SignedDuration::from_mins(self.whole("sign_in.idle").into())
    }

    /// A session lives at most so long.
    pub fn longest(&self) -> SignedDuration {
        SignedDuration::from_hours(self.whole("sign_in.longest").into())
    }

    /// The hour at which a day of the outbreak's figures ends, 1 to 24 (midnight).
    pub fn figures_cut_off(&self) -> i64 {
        self.whole("figures.cut_off").into()
    }

    /// The hour from which on routine consultations are planned, 0 to 23.
    pub fn schedule_opens(&self) -> i8 {
        i8::try_from(self.whole("schedule.opens")).unwrap_or(0)
    }

    /// The days of a setting at a hospital.
    pub fn days(&self, key: &str, hospital: &Id, tree: &HospitalTree) -> BTreeSet<Date> {
        let value = definition(key).map(|of| self.value(of, Some(hospital), tree));
        value.as_ref().and_then(days).unwrap_or_default().into_iter().collect()
    }

    /// Wrong passwords taken in ten minutes for one name.
    pub fn attempts_per_name(&self) -> u32 {
        self.whole("sign_in.attempts_per_name")
    }

    /// Wrong passwords taken in ten minutes from one address.
    pub fn attempts_per_address(&self) -> u32 {
        self.whole("sign_in.attempts_per_address")
    }

    /// How long a link that sets a password is good.
    pub fn link_valid(&self) -> SignedDuration {
        SignedDuration::from_hours(self.whole("sign_in.link_valid").into())
    }

    /// How long tries to sign in are kept.
    pub fn sign_ins_kept(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.whole("retention.sign_ins")))
    }

    /// The largest import, in rows.
    pub fn import_rows(&self) -> usize {
        usize::try_from(self.whole("limits.import_rows")).unwrap_or(usize::MAX)
    }

    /// The language a browser starts in that never chose one: `browser`, `zh-CN` or `en`.
    pub fn first_language(&self) -> String {
        let value = definition("languages.first").map(|of| self.value(of, None, &HospitalTree::default()));
        value.as_ref().and_then(Value::as_str).unwrap_or("browser").to_owned()
    }

    /// Whether this hospital demands a second factor of those who work there.
    pub fn second_factor_demanded(&self, hospital: &Id, tree: &HospitalTree) -> bool {
        definition("sign_in.second_factor_demanded").is_some_and(|of| self.value(of, Some(hospital), tree) == true)
    }
}
