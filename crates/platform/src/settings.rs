//! Settings of the machine: TOML, then the environment, then flags; typed, and unknown keys refused.
//!
//! Read once at start by the binary; every other part gets the typed values. `docs/settings.toml` is [`sample`], compared
//! by a test.

use serde::{Deserialize, Serialize};

/// All settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where to listen and under which name.
    pub http: Http,
    /// How long sessions live.
    pub session: Sessions,
    /// Timers of a consultation.
    pub timers: Timers,
    /// Audio and video.
    pub media: Media,
}

impl Settings {
    /// The zone in which a day is cut. A name that nobody knows was refused at start; UTC stands in for it here.
    pub fn time_zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(&self.http.time_zone).unwrap_or(jiff::tz::TimeZone::UTC)
    }
}

/// Where to listen and under which name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Address and port.
    pub listen: String,
    /// The address people type, when a proxy stands before; empty: the Host header counts.
    pub public_url: String,
    /// PEM file of the certificate chain; empty: the installation's own authority signs one off loopback.
    pub tls_cert: String,
    /// PEM file of its key.
    pub tls_key: String,
    /// Zone in which a day is cut.
    pub time_zone: String,
}

/// How long sessions live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sessions {
    /// A session ends so many hours after it was opened.
    pub absolute_hours: u32,
    /// It ends so many minutes after its last request.
    pub idle_minutes: u32,
    /// Wrong passwords for one name in ten minutes before it must wait.
    pub attempts_per_name: u32,
    /// Wrong passwords from one address in ten minutes before it must wait.
    pub attempts_per_address: u32,
}

/// Timers of a consultation, by urgency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timers {
    /// 特急.
    pub emergency: UrgencyTimers,
    /// 加急.
    pub urgent: UrgencyTimers,
    /// 常规.
    pub routine: UrgencyTimers,
}

/// The four timers of an urgency, in minutes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UrgencyTimers {
    /// The dispatcher's first look.
    pub first_look_minutes: u32,
    /// The expert in the room.
    pub expert_in_room_minutes: u32,
    /// The signed opinion.
    pub signed_opinion_minutes: u32,
    /// The asking doctor's acknowledgement.
    pub acknowledge_minutes: u32,
}

/// Audio and video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Media {
    /// UDP port for media; 0: any free one.
    pub port: u16,
    /// Address that clients reach the media port at, when it is not the one listened on.
    pub public_address: String,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            public_url: String::new(),
            tls_cert: String::new(),
            tls_key: String::new(),
            time_zone: "Asia/Shanghai".to_owned(),
        }
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self { absolute_hours: 12, idle_minutes: 60, attempts_per_name: 10, attempts_per_address: 100 }
    }
}

impl Default for Timers {
    fn default() -> Self {
        let of = |first_look_minutes, expert_in_room_minutes, signed_opinion_minutes, acknowledge_minutes| {
            UrgencyTimers { first_look_minutes, expert_in_room_minutes, signed_opinion_minutes, acknowledge_minutes }
        };
        Self { emergency: of(3, 10, 30, 15), urgent: of(15, 240, 120, 60), routine: of(30, 1440, 1440, 1440) }
    }
}
