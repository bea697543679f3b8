//! iCalendar (RFC 5545) as text: UTC instants, escaped words, folded lines. Pure.
//!
//! By hand, because what there is to take reads the clock and draws chance by itself, and the form is small.

use kernel::Time;
use std::fmt::Write;

/// Octets of a line, without its end (3.1).
const LINE_MAX: usize = 75;
/// How often a program should look again (RFC 7986, 5.7).
const REFRESH: &str = "PT15M";

/// Whether it takes place (3.8.1.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Somebody has not said yes.
    Tentative,
    /// It does, or did.
    Confirmed,
    /// It does not.
    Cancelled,
}

/// A VEVENT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The same for as long as it is the same event.
    pub uid: String,
    /// Grows with each change (3.8.7.4).
    pub sequence: u64,
    /// When it was changed last.
    pub changed: Time,
    /// From.
    pub start: Time,
    /// To.
    pub end: Time,
    /// Its title.
    pub summary: String,
    /// More.
    pub description: Option<String>,
    /// Where.
    pub location: Option<String>,
    /// A page about it.
    pub url: Option<String>,
    /// Whether it takes place.
    pub status: Status,
    /// Whether its time is taken.
    pub busy: bool,
}

/// A calendar of this name.
pub fn write(name: &str, events: &[Event]) -> String {
    let mut out = String::new();
    let mut put = |name: &str, value: &str| line(&mut out, name, value);
    put("BEGIN", "VCALENDAR");
    put("VERSION", "2.0");
    put("PRODID", "-//Consilium//Calendar//EN");
    put("CALSCALE", "GREGORIAN");
    // The name and the pace twice: as RFC 7986 has them, and as programs older than it read them.
    put("NAME", &text(name));
    put("X-WR-CALNAME", &text(name));
    put("REFRESH-INTERVAL;VALUE=DURATION", REFRESH);
    put("X-PUBLISHED-TTL", REFRESH);
    for event in events {
        put("BEGIN", "VEVENT");
        put("UID", &text(&event.uid));
        // Without a METHOD this is when the event was changed last (3.8.7.2): what did not change reads the same.
        put("DTSTAMP", &instant(event.changed));
        put("LAST-MODIFIED", &instant(event.changed));
        put("SEQUENCE", &event.sequence.to_string());
        put("DTSTART", &instant(event.start));
        put("DTEND", &instant(event.end));
        put("SUMMARY", &text(&event.summary));
        for (name, value) in [("DESCRIPTION", &event.description), ("LOCATION", &event.location)] {
            if let Some(value) = value {
                put(name, &text(value));
            }
        }
        if let Some(url) = &event.url {
            put("URL", &url.chars().filter(|c| !c.is_control()).collect::<String>());
        }
        let status = match event.status {
            Status::Tentative => "TENTATIVE",
            Status::Confirmed => "CONFIRMED",
            Status::Cancelled => "CANCELLED",
        };
        put("STATUS", status);
        put("TRANSP", if event.busy { "OPAQUE" } else { "TRANSPARENT" });
        put("CLASS", "PRIVATE");
        put("END", "VEVENT");
    }
    put("END", "VCALENDAR");
    out
}

/// A UTC instant (3.3.5, form 2).
fn instant(at: Time) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Words as a TEXT value (3.3.11).
fn text(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() && c != '\t' => {}
            c => out.push(c),
        }
    }
    out
}

/// A content line, folded between characters: a line that goes on begins with a blank, which counts.
fn line(out: &mut String, name: &str, value: &str) {
    let mut whole = String::new();
    // Writing to a String cannot fail.
    _ = write!(whole, "{name}:{value}");
    let mut used = 0;
    for c in whole.chars() {
        if used + c.len_utf8() > LINE_MAX {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(summary: &str) -> Event {
        let at = |text: &str| text.parse().unwrap();
        Event {
            uid: "0192f0c1@consilium".into(),
            sequence: 2,
            changed: at("2026-11-21T02:00:00.789Z"),
            start: at("2026-11-21T03:00:00Z"),
            end: at("2026-11-21T03:30:00Z"),
            summary: summary.into(),
            description: None,
            location: Some("一号会诊室; 河南省人民医院, 3楼".into()),
            url: Some("https://c.example/consults/1?a=1,2;b".into()),
            status: Status::Cancelled,
            busy: false,
        }
    }

    /// Lines put together again, as a reader does.
    fn unfolded(ics: &str) -> Vec<String> {
        ics.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn an_event_line_by_line() {
        let lines = unfolded(&write("会诊, 值班", &[event("会诊")]));
        let expected = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Consilium//Calendar//EN",
            "CALSCALE:GREGORIAN",
            "NAME:会诊\\, 值班",
            "X-WR-CALNAME:会诊\\, 值班",
            "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
            "X-PUBLISHED-TTL:PT15M",
            "BEGIN:VEVENT",
            "UID:0192f0c1@consilium",
            "DTSTAMP:20261121T020000Z",
            "LAST-MODIFIED:20261121T020000Z",
            "SEQUENCE:2",
            "DTSTART:20261121T030000Z",
            "DTEND:20261121T033000Z",
            "SUMMARY:会诊",
            "LOCATION:一号会诊室\\; 河南省人民医院\\, 3楼",
            "URL:https://c.example/consults/1?a=1,2;b",
            "STATUS:CANCELLED",
            "TRANSP:TRANSPARENT",
            "CLASS:PRIVATE",
            "END:VEVENT",
            "END:VCALENDAR",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn words_cannot_begin_another_line() {
        let ics = write("x", &[event("a\r\nATTENDEE:mailto:x@y\u{0}\u{7f} \\ \t")]);
        let summary = unfolded(&ics).into_iter().find(|l| l.starts_with("SUMMARY")).unwrap();
        assert_eq!(summary, "SUMMARY:a\\nATTENDEE:mailto:x@y \\\\ \t");
    }

    #[test]
    fn a_line_is_folded_at_75_octets_and_not_before() {
        let of = |n: usize| {
            let mut out = String::new();
            line(&mut out, "X", &"a".repeat(n));
            out
        };
        assert!(!of(73).trim_end().contains("\r\n"), "75 with its name");
        assert_eq!(of(74), format!("X:{}\r\n a\r\n", "a".repeat(73)));
    }

    proptest! {
        #[test]
        fn no_line_is_too_long_and_nothing_is_lost(words in "\\PC{0,300}") {
            let mut out = String::new();
            line(&mut out, "SUMMARY", &text(&words));
            for physical in out.split_terminator("\r\n") {
                prop_assert!(physical.len() <= LINE_MAX, "{}", physical.len());
            }
            let back = out.replace("\r\n ", "").trim_end_matches("\r\n")["SUMMARY:".len()..].to_owned();
            prop_assert_eq!(back, text(&words));
        }
    }
}
