//! Settings of the machine: TOML, then the environment, then flags; typed, and unknown keys refused. And those that
//! hospitals change while it runs: data with history ([`catalogue`], [`Chosen`]).
//!
//! The former are read once at start by the binary; every other part gets the typed values. `docs/settings.toml` is
//! [`sample`], compared by a test.

pub mod catalogue;
pub mod change;
mod chosen;
pub mod door;
pub mod history;
pub mod list;
mod outside;

pub use chosen::Chosen;
pub use outside::{Mail, MailTls, Sms};

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

/// Environment variables of ours begin so: `CONSILIUM_SESSION_IDLE_MINUTES` is `session.idle_minutes`.
const PREFIX: &str = "CONSILIUM_";
/// Variables that tell the builder and the tests something, not the program.
const NOT_OURS: &[&str] = &["CONSILIUM_ALLOW_NO_WEB", "CONSILIUM_BIN"];

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// Not TOML, an unknown key, or a value of another type.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// An environment variable of ours that names no setting.
    #[error("{0} names no setting; `consilium serve --help` says where they are listed")]
    Unknown(String),
    /// An environment variable whose text is not of the setting's type.
    #[error("{name} must be {kind}")]
    Environment {
        /// The variable.
        name: String,
        /// What it must be.
        kind: &'static str,
    },
    /// A value that makes no sense.
    #[error("{0}")]
    Value(&'static str),
}

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
    /// Files on their way in.
    pub uploads: UploadBounds,
    /// Mail to people.
    pub mail: Mail,
    /// Short messages to people.
    pub sms: Sms,
    /// Where the records are kept.
    pub database: Database,
    /// What is logged.
    pub log: Log,
}

/// Where the records are kept.
#[derive(Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `postgres://user@host/database`; empty: a file in the installation's folder (SQLite).
    pub url: String,
    /// A file with the password, or of the form of `.pgpass`; empty: it stands in `url`, or none is asked for.
    pub password_file: String,
    /// PEM file of the authority that vouches for the database; empty: the system's authorities.
    pub authority_file: String,
}

/// The address may hold a password.
impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = if self.is_sqlite() { "sqlite" } else { "postgres" };
        f.debug_struct("Database").field("kind", &kind).finish_non_exhaustive()
    }
}

impl Database {
    /// Whether the records are a file of the installation's own.
    pub fn is_sqlite(&self) -> bool {
        self.url.is_empty()
    }
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
    /// Networks (CIDR) of the proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<String>,
    /// Who takes nothing of what is sent to them for so long is let go.
    pub unread_seconds: u32,
}

impl Http {
    /// The networks of trusted proxies. What is none was refused at start.
    pub fn trusted(&self) -> Vec<ipnet::IpNet> {
        self.trusted_proxies.iter().filter_map(|text| network(text)).collect()
    }
}

/// A network, or one address.
fn network(text: &str) -> Option<ipnet::IpNet> {
    let address = || text.parse::<std::net::IpAddr>().ok().map(ipnet::IpNet::from);
    text.parse().ok().or_else(address)
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
    /// Somebody who is late for the meeting.
    pub late: Late,
}

/// What happens, in minutes after somebody should have come, and how long a room is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Late {
    /// A standby is asked; who is late was called when the meeting should have begun.
    pub standby_minutes: u32,
    /// The dispatcher is told.
    pub dispatcher_minutes: u32,
    /// The standby takes over, or the case is a no-show.
    pub swap_minutes: u32,
    /// In an emergency all three happen so soon.
    pub emergency_minutes: u32,
    /// A room whose line was lost is kept without a word for so long; after it the parties are told, and it stays open.
    pub room_kept_minutes: u32,
}

impl Default for Late {
    fn default() -> Self {
        Self {
            standby_minutes: 3,
            dispatcher_minutes: 5,
            swap_minutes: 10,
            emergency_minutes: 3,
            room_kept_minutes: 15,
        }
    }
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

/// Files on their way in: how much of them is kept at a time, and how long. A file counts with its whole length from the
/// moment it is announced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadBounds {
    /// Of one person.
    pub person_gb: u32,
    /// Of all people of one hospital.
    pub hospital_gb: u32,
    /// Of all.
    pub total_gb: u32,
    /// What was not completed after so many hours is thrown away.
    pub keep_hours: u32,
}

impl Default for UploadBounds {
    fn default() -> Self {
        Self { person_gb: 16, hospital_gb: 64, total_gb: 256, keep_hours: 24 }
    }
}

/// What is logged, to stderr.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Levels, as `tracing-subscriber` reads them: `info`, `warn,platform=debug`.
    pub filter: String,
    /// One JSON object a line.
    pub json: bool,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".to_owned(), json: false }
    }
}

/// Audio and video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Media {
    /// UDP port for media; 0: any free one.
    pub port: u16,
    /// Address that clients reach the media port at, when it is not the one listened on.
    pub public_address: String,
    /// `vp8` or `h264`: how pictures are encoded when everybody in a room knows both.
    pub video_codec: String,
    /// Addresses of TURN servers, separated by blanks; empty: none.
    pub turn_urls: String,
    /// File with the secret shared with them.
    pub turn_secret_file: String,
}

impl Default for Media {
    fn default() -> Self {
        let (turn_urls, turn_secret_file) = (String::new(), String::new());
        Self { port: 0, public_address: String::new(), video_codec: "vp8".to_owned(), turn_urls, turn_secret_file }
    }
}

impl Settings {
    /// The defaults, over them the text of a TOML file, over that variables of the environment.
    pub fn read(file: Option<&str>, environment: &[(String, String)]) -> Result<Self, Unusable> {
        let mut table = defaults()?;
        if let Some(text) = file {
            lay_over(&mut table, text.parse()?);
        }
        for (name, text) in environment {
            if let Some(path) = name.strip_prefix(PREFIX) {
                set(&mut table, &path.to_lowercase(), name, text)?;
            }
        }
        let settings: Self = Value::Table(table).try_into()?;
        settings.check()?;
        Ok(settings)
    }

    /// The variables of this process.
    pub fn environment() -> Vec<(String, String)> {
        std::env::vars_os()
            .filter_map(|(name, text)| Some((name.into_string().ok()?, text.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with(PREFIX) && !NOT_OURS.contains(&name.as_str()))
            .collect()
    }

    fn check(&self) -> Result<(), Unusable> {
        let url = &self.database.url;
        if !url.is_empty() && !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(Unusable::Value("database.url must begin with postgres://, or be empty"));
        }
        if self.session.absolute_hours == 0 || self.session.idle_minutes == 0 {
            return Err(Unusable::Value("session.absolute_hours and session.idle_minutes must be at least 1"));
        }
        if self.session.attempts_per_name == 0 || self.session.attempts_per_address == 0 {
            return Err(Unusable::Value(
                "session.attempts_per_name and session.attempts_per_address must be at least 1",
            ));
        }
        if self.uploads.keep_hours == 0 {
            return Err(Unusable::Value("uploads.keep_hours must be at least 1"));
        }
        if self.http.unread_seconds == 0 {
            return Err(Unusable::Value("http.unread_seconds must be at least 1"));
        }
        if self.http.tls_cert.is_empty() != self.http.tls_key.is_empty() {
            return Err(Unusable::Value("http.tls_cert and http.tls_key are given together or not at all"));
        }
        if self.http.trusted_proxies.iter().any(|text| network(text).is_none()) {
            return Err(Unusable::Value("http.trusted_proxies must be networks like 10.0.0.0/8 or addresses"));
        }
        if !["vp8", "h264"].contains(&self.media.video_codec.as_str()) {
            return Err(Unusable::Value("media.video_codec must be vp8 or h264"));
        }
        if self.media.turn_urls.is_empty() != self.media.turn_secret_file.is_empty() {
            return Err(Unusable::Value("media.turn_urls and media.turn_secret_file are given together or not at all"));
        }
        if self.media.turn_urls.split_whitespace().any(|u| !u.starts_with("turn:") && !u.starts_with("turns:")) {
            return Err(Unusable::Value(
                "media.turn_urls must be addresses like turn:turn.example.org:3478?transport=tcp",
            ));
        }
        if self.mail.is_on() && self.mail.from.parse::<lettre::message::Mailbox>().is_err() {
            return Err(Unusable::Value("mail.from must be an address, like Consilium <consilium@hospital.example>"));
        }
        if self.mail.is_on() && self.mail.tls == MailTls::None && !self.mail.is_local() {
            return Err(Unusable::Value("mail.tls may be none only for a server on this machine"));
        }
        if self.mail.user.is_empty() != self.mail.password_file.is_empty() {
            return Err(Unusable::Value("mail.user and mail.password_file are given together or not at all"));
        }
        if self.sms.is_on() && !self.sms.is_sound() {
            return Err(Unusable::Value(
                "sms.url must be an address beginning with https://; http:// on this machine alone",
            ));
        }
        if jiff::tz::TimeZone::get(&self.http.time_zone).is_err() {
            return Err(Unusable::Value("http.time_zone must be a zone like Asia/Shanghai"));
        }
        Ok(())
    }
}

fn defaults() -> Result<Table, Unusable> {
    // What serialises to TOML is read back by its own type: this cannot fail but for a mistake in this file.
    Table::try_from(Settings::default()).map_err(|_| Unusable::Value("the default settings cannot be written as TOML"))
}

fn lay_over(below: &mut Table, above: Table) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => lay_over(below, above),
            (_, value) => {
                below.insert(key, value);
            }
        }
    }
}

/// Sets what `path` (sections and key joined by `_`) names, as the type that stands there.
fn set(table: &mut Table, path: &str, name: &str, text: &str) -> Result<(), Unusable> {
    let wrong = |kind| Unusable::Environment { name: name.to_owned(), kind };
    if let Some(value) = table.get_mut(path) {
        *value = match value {
            Value::Integer(_) => Value::Integer(text.parse().map_err(|_| wrong("a whole number"))?),
            Value::Boolean(_) => Value::Boolean(text.parse().map_err(|_| wrong("true or false"))?),
            Value::String(_) => Value::String(text.to_owned()),
            // Lists hold texts; none of these has a comma in it.
            Value::Array(_) => {
                Value::Array(text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(Value::from).collect())
            }
            _ => return Err(Unusable::Unknown(name.to_owned())),
        };
        return Ok(());
    }
    for (section, value) in table.iter_mut() {
        if let (Value::Table(inner), Some(rest)) = (value, path.strip_prefix(section).and_then(|r| r.strip_prefix('_')))
        {
            return set(inner, rest, name, text);
        }
    }
    Err(Unusable::Unknown(name.to_owned()))
}

/// The routes of this slice.
pub fn router() -> utoipa_axum::router::OpenApiRouter<crate::Shared> {
    use utoipa_axum::routes;
    utoipa_axum::router::OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(history::history, change::change))
        .routes(routes!(door::door))
}

/// A file with every setting, its default, and what it is for.
pub fn sample() -> String {
    let about: &[(&str, &[&str])] = &[
        (
            "http",
            &[
                "Where to listen and under which name. Off loopback HTTPS is used: with tls_cert and tls_key (PEM), else",
                "with a certificate of the installation's own authority. public_url: the address people type when a proxy stands",
                "before. time_zone: where a day begins and ends. trusted_proxies: networks whose X-Forwarded-For is believed,",
                "for the limits on wrong passwords and the lists of sign-ins; in the environment separated by commas.",
                "unread_seconds: a line that takes nothing of what is sent to it for so long is cut.",
            ],
        ),
        (
            "session",
            &[
                "A session ends so many hours after it was opened, or so many minutes after its last request.",
                "Wrong passwords taken in ten minutes, for one name and from one address.",
            ],
        ),
        ("timers.emergency", &["Minutes until each step of a consultation is late, by urgency."]),
        (
            "timers.late",
            &[
                "Minutes after somebody should have been in the room: a standby is asked, the dispatcher told, the standby takes over.",
                "In an emergency all of it after emergency_minutes. A suspended session is pointed out after room_kept_minutes.",
            ],
        ),
        (
            "mail",
            &[
                "Mail to people who leave something unread for after_minutes: that something waits, never what. server empty: none.",
                "tls: starttls, tls, or none (a server on this machine alone). password_file: a file that holds the password.",
            ],
        ),
        (
            "sms",
            &[
                "Short messages to people who leave something unread for after_minutes, and to whom an emergency calls at once. Each is posted",
                "to url as JSON: {\"id\", \"to\": \"+8613800000000\", \"text\"}; an id that was taken before is to be dropped. Any 2xx is taken for",
                "sent; anything else is tried again. url empty: none. authorization_file: a file that holds the header Authorization.",
            ],
        ),
        (
            "database",
            &[
                "Where the records are kept. url empty: a file in the installation's folder (SQLite). Else PostgreSQL 15 or later,",
                "postgres://user@host/database: for more than one machine. password_file: a file with the password, or of the form of",
                ".pgpass. The line is encrypted unless the database is on this machine; authority_file: PEM file of who vouches for it,",
                "the system's authorities when empty.",
            ],
        ),
        (
            "media",
            &[
                "UDP port of audio and video (0: any free one); public_address: where clients reach it when that differs.",
                "video_codec: vp8 or h264, used when everybody in a room knows both. turn_urls: TURN servers for hospitals whose",
                "firewall lets no UDP out, separated by blanks, like \"turn:turn.example.org:3478?transport=tcp\"; turn_secret_file holds",
                "the secret shared with them (coturn: use-auth-secret, static-auth-secret). Each entry gets credentials of its own.",
            ],
        ),
        (
            "uploads",
            &[
                "Files on their way in: gigabytes kept at a time for one person, for one hospital and in all, and hours after",
                "which what was not completed is thrown away.",
            ],
        ),
    ];
    let mut text = String::from(
        "# Every setting of Consilium with its default. Name the file with --config.\n\
         # Environment: CONSILIUM_ and the path in capitals, session.idle_minutes = CONSILIUM_SESSION_IDLE_MINUTES.\n\
         # Order: this file, the environment, flags; the later wins. An unknown key stops the start.\n",
    );
    for line in toml::to_string(&Settings::default()).unwrap_or_default().lines() {
        let section = line.strip_prefix('[').and_then(|l| l.strip_suffix(']'));
        if let Some((_, lines)) = about.iter().find(|(name, _)| section == Some(name)) {
            for line in *lines {
                text.push_str(&format!("# {line}\n"));
            }
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            public_url: String::new(),
            tls_cert: String::new(),
            tls_key: String::new(),
            time_zone: "Asia/Shanghai".to_owned(),
            trusted_proxies: vec![],
            unread_seconds: 60,
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
        Self {
            emergency: of(3, 10, 30, 15),
            urgent: of(15, 240, 120, 60),
            routine: of(30, 1440, 1440, 1440),
            late: Late::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(name: &str, text: &str) -> (String, String) {
        (name.to_owned(), text.to_owned())
    }

    #[test]
    fn the_file_then_the_environment() {
        let file = "[session]\nidle_minutes = 5\nabsolute_hours = 1\n[timers.urgent]\nfirst_look_minutes = 7\n";
        let settings = Settings::read(
            Some(file),
            &[pair("CONSILIUM_SESSION_IDLE_MINUTES", "6"), pair("CONSILIUM_TIMERS_ROUTINE_ACKNOWLEDGE_MINUTES", "9")],
        )
        .unwrap();
        assert_eq!((settings.session.idle_minutes, settings.session.absolute_hours), (6, 1));
        assert_eq!(settings.timers.urgent.first_look_minutes, 7);
        assert_eq!(settings.timers.urgent.expert_in_room_minutes, 240, "its neighbours keep their defaults");
        assert_eq!(settings.timers.routine.acknowledge_minutes, 9);
        let proxies = [pair("CONSILIUM_HTTP_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1")];
        assert_eq!(Settings::read(None, &proxies).unwrap().http.trusted().len(), 2);
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        let said = |file: Option<&str>, environment: &[(String, String)]| {
            Settings::read(file, environment).unwrap_err().to_string()
        };
        assert!(said(Some("[session]\nidle = 5"), &[]).contains("idle"));
        assert!(said(Some("[sesion]"), &[]).contains("sesion"));
        assert!(said(Some("[session]\nidle_minutes = \"x\""), &[]).contains("idle_minutes"));
        assert!(said(None, &[pair("CONSILIUM_SESSION_IDLE", "5")]).contains("CONSILIUM_SESSION_IDLE"));
        assert!(said(None, &[pair("CONSILIUM_SESSION", "5")]).contains("CONSILIUM_SESSION"));
        assert!(said(None, &[pair("CONSILIUM_MEDIA_PORT", "many")]).contains("a whole number"));
        assert!(said(None, &[pair("CONSILIUM_HTTP_TIME_ZONE", "Mars/Base")]).contains("time_zone"));
        assert!(said(None, &[pair("CONSILIUM_SESSION_IDLE_MINUTES", "0")]).contains("at least 1"));
        assert!(said(None, &[pair("CONSILIUM_HTTP_TLS_KEY", "k.pem")]).contains("together"));
        assert!(said(Some("[http]\ntrusted_proxies = [\"10.0.0.0/99\"]"), &[]).contains("trusted_proxies"));
        assert!(said(None, &[pair("CONSILIUM_MEDIA_VIDEO_CODEC", "av1")]).contains("vp8 or h264"));
        assert!(said(None, &[pair("CONSILIUM_MEDIA_TURN_URLS", "turn:a")]).contains("together"));
        assert!(said(Some("[media]\nturn_urls = \"http://a\"\nturn_secret_file = \"s\""), &[]).contains("turn:"));
        let mail = |more: &str| said(Some(&format!("[mail]\nserver = \"mx.example\"\n{more}")), &[]);
        assert!(mail("").contains("mail.from"));
        assert!(mail("from = \"a@b.example\"\ntls = \"none\"").contains("on this machine"));
        assert!(mail("from = \"a@b.example\"\nuser = \"u\"").contains("password_file"));
        for url in ["sms.example", "http://sms.example/send", "ftp://127.0.0.1/"] {
            assert!(said(Some(&format!("[sms]\nurl = \"{url}\"")), &[]).contains("sms.url"), "{url}");
        }
    }

    #[test]
    fn the_sample_reads_as_the_defaults_and_is_the_one_in_the_docs() {
        let sample = sample();
        assert_eq!(Settings::read(Some(&sample), &[]).unwrap(), Settings::default());
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/settings.toml");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(file, &sample).unwrap();
        }
        let kept = std::fs::read_to_string(file).unwrap_or_default();
        assert!(kept == sample, "docs/settings.toml is not what the code says: run the test again with BLESS=1");
    }
}
