//! FHIR dates of any precision as half-open ranges of milliseconds.

use jiff::civil;
use jiff::tz::TimeZone;

/// A day in milliseconds.
pub const DAY_MS: i64 = 86_400_000;

/// The range that a date, dateTime or instant covers: `2026-11` is the whole month, in UTC where no zone is given.
pub fn instant_range(text: &str) -> Option<(i64, i64)> {
    let (date, time) = text.split_once('T').map_or((text, None), |(d, t)| (d, Some(t)));
    let mut parts = date.split('-');
    let year: i16 = fixed(parts.next()?, 4)?;
    let month: Option<i8> = parts.next().map(|m| fixed(m, 2)).map_or(Some(None), |m| m.map(Some))?;
    let day: Option<i8> = parts.next().map(|d| fixed(d, 2)).map_or(Some(None), |d| d.map(Some))?;
    if parts.next().is_some() {
        return None;
    }
    let first = civil::Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
    let Some(time) = time else {
        let next = match (month, day) {
            (None, _) => civil::Date::new(year.checked_add(1)?, 1, 1).ok()?,
            (Some(12), None) => civil::Date::new(year.checked_add(1)?, 1, 1).ok()?,
            (Some(m), None) => civil::Date::new(year, m + 1, 1).ok()?,
            _ => first.tomorrow().ok()?,
        };
        return Some((start_of(first)?, start_of(next)?));
    };
    day?;
    let (at, width) = time_of(time)?;
    let from = start_of(first)? + at;
    Some((from, from + width))
}

fn start_of(date: civil::Date) -> Option<i64> {
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

fn fixed<T: std::str::FromStr>(text: &str, digits: usize) -> Option<T> {
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Milliseconds since midnight UTC, and how long the precision given lasts.
fn time_of(text: &str) -> Option<(i64, i64)> {
    let zone = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(zone);
    let mut parts = clock.split(':');
    let hour: i64 = fixed(parts.next()?, 2).filter(|h| *h < 24)?;
    let minute: i64 = fixed(parts.next()?, 2).filter(|m| *m < 60)?;
    let (mut at, mut width) = (hour * 3_600_000 + minute * 60_000, 60_000);
    if let Some(seconds) = parts.next() {
        let (whole, fraction) = seconds.split_once('.').map_or((seconds, ""), |(w, f)| (w, f));
        at += fixed::<i64>(whole, 2).filter(|s| *s <= 60)? * 1000;
        width = 1000;
        if !fraction.is_empty() {
            if !fraction.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            at += format!("{:0<3}", &fraction[..fraction.len().min(3)]).parse::<i64>().ok()?;
            width = 1;
        }
    }
    if parts.next().is_some() {
        return None;
    }
    let offset = match zone {
        "" | "Z" => 0,
        _ => {
            let (h, m) = zone[1..].split_once(':')?;
            let minutes = fixed::<i64>(h, 2)? * 60 + fixed::<i64>(m, 2)?;
            if zone.starts_with('-') { -minutes } else { minutes }
        }
    };
    Some((at - offset * 60_000, width))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_is_a_range() {
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        for (text, from, to) in [
            ("2026", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
            ("2026-12", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
            ("2024-02-29", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"),
            ("2026-11-21T08:05+08:00", "2026-11-21T00:05:00Z", "2026-11-21T00:06:00Z"),
            ("2026-11-21T00:05:07Z", "2026-11-21T00:05:07Z", "2026-11-21T00:05:08Z"),
            ("2026-11-21T00:05:07.25-02:30", "2026-11-21T02:35:07.250Z", "2026-11-21T02:35:07.251Z"),
        ] {
            assert_eq!(instant_range(text), Some((at(from), at(to))), "{text}");
        }
        for bad in [
            "",
            "26",
            "2026-13",
            "2026-02-30",
            "2026-11-21T",
            "2026-11-21T25:00",
            "2026-11T10:00",
            "yesterday",
            "2026-11-21T10:00:00.xZ",
        ] {
            assert_eq!(instant_range(bad), None, "{bad}");
        }
    }
}
