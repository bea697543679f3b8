//! The page as HTML: no script, no picture that is fetched, one style of its own. Pure.

use super::figures::Line;
use super::notice::{Kind, Notice, Words};
use crate::figures::{RuleText, Series};
use crate::service::LEAST;
use axum::http::HeaderValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use platform::Lang;
use platform::directory::HospitalRef;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::sync::LazyLock;

const STYLE: &str = include_str!("public.css");
/// A bar's place and its width, in the picture's own units.
const STEP: usize = 10;
const BAR: usize = 8;
const HIGH: usize = 50;
/// What is hidden has this height, whatever it is.
const FEW: usize = 5;
/// Digits of a telephone number that stands alone (120), and of the shortest other.
const SHORT_NUMBER: usize = 3;
const NUMBER_MIN: usize = 5;

/// What the page shows.
#[derive(Debug)]
pub struct Shown {
    /// Whose page it is.
    pub of: Option<HospitalRef>,
    /// Whether all of it is made up.
    pub is_demo: bool,
    /// The days, oldest first; at least one.
    pub days: Vec<Date>,
    /// The hour at which a day ends.
    pub cut_off: i64,
    /// The series over these days.
    pub lines: Vec<Line>,
    /// What is told in words.
    pub notices: Vec<Notice>,
}

/// What the browser may do on this page: use its one style.
pub fn policy() -> HeaderValue {
    static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
        let style = STANDARD.encode(Sha256::digest(STYLE));
        let text = format!(
            "default-src 'none'; style-src 'sha256-{style}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
        );
        HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
    });
    POLICY.clone()
}

/// Writes it.
pub fn write(shown: &Shown, lang: Lang) -> String {
    let say = |zh: &'static str, en: &'static str| pick(lang, zh, en);
    let name = shown.of.as_ref().map_or("Consilium", |of| pick(lang, &of.name, &of.name_en));
    let (other, other_name) = pick(lang, ("en", "English"), ("zh-CN", "中文"));
    let title = say("疫情公开信息", "What the public should know");
    let mut out = String::with_capacity(32 * 1024);
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"{tag}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} · {name}</title><link rel=\"icon\" href=\"data:,\"><style>{STYLE}</style></head><body>\
         <header><div><h1>{title}</h1><p class=\"soft\">{name}</p></div>\
         <nav class=\"lang\" aria-label=\"{language}\"><a lang=\"{other}\" hreflang=\"{other}\" href=\"/public?lang={other}\">{other_name}</a></nav></header><main>",
        tag = lang.tag(),
        name = escaped(name),
        language = say("语言", "Language"),
    );
    if shown.is_demo {
        let text = say("演示数据：本页数字均为虚构。", "A demonstration: every number on this page is made up.");
        let _ = write!(out, "<p class=\"demo\" role=\"note\">{text}</p>");
    }
    notices(&mut out, shown, lang, Kind::Contact, say("咨询与求助", "Whom to call"));
    figures(&mut out, shown, lang);
    notices(&mut out, shown, lang, Kind::Prevention, say("防护知识", "How to protect yourself and others"));
    let _ = writeln!(
        out,
        "</main><footer>{}</footer></body></html>",
        say(
            "本页不含个人信息，每分钟至多更新一次。",
            "Nothing on this page is about a person. It is made anew once a minute at most."
        )
    );
    out
}

fn notices(out: &mut String, shown: &Shown, lang: Lang, kind: Kind, heading: &str) {
    let _ = write!(out, "<section><h2>{heading}</h2>");
    let mut all = shown.notices.iter().filter(|notice| notice.kind == kind).peekable();
    if all.peek().is_none() {
        let _ =
            write!(out, "<p class=\"soft\">{}</p></section>", pick(lang, "暂未发布。", "Nothing is published yet."));
        return;
    }
    out.push_str("<ul class=\"cards\">");
    for notice in all {
        let words = |words: &Words| pick(lang, &*words.zh, &*words.en).to_owned();
        let _ = write!(out, "<li><h3>{}</h3>", escaped(&words(&notice.title)));
        for line in words(&notice.text).lines().filter(|line| !line.trim().is_empty()) {
            let line = if kind == Kind::Contact { with_numbers(line) } else { escaped(line) };
            let _ = write!(out, "<p>{line}</p>");
        }
        out.push_str("</li>");
    }
    out.push_str("</ul></section>");
}

fn figures(out: &mut String, shown: &Shown, lang: Lang) {
    let (Some(first), Some(last)) = (shown.days.first(), shown.days.last()) else { return };
    let _ = write!(out, "<section><h2>{}</h2>", pick(lang, "每日数字", "The numbers by day"));
    if shown.lines.iter().all(Line::is_empty) {
        let text = match lang {
            Lang::Zh => format!("{first} 至 {last} 没有可公布的数字。"),
            Lang::En => format!("From {first} to {last} there is nothing to publish."),
        };
        let _ = write!(out, "<p class=\"soft\">{text}</p></section>");
        return;
    }
    let cut_off = shown.cut_off;
    let how = match lang {
        Lang::Zh => format!(
            "截至 {last} {cut_off} 时。每日按截止时公布的数字；1 至 {few} 不单列，记作“&lt;{LEAST}”；能推算出它们的数字不公布，记作“—”。",
            few = LEAST - 1
        ),
        Lang::En => format!(
            "As of {last}, {cut_off}:00. Each day stands as published when it ended. Numbers from 1 to {few} are shown as \
             “&lt;{LEAST}”; one that would give such a number away, as “—”.",
            few = LEAST - 1
        ),
    };
    let _ = write!(out, "<p class=\"soft\">{how}</p><ul class=\"cards numbers\">");
    for line in &shown.lines {
        card(out, line, (*first, *last), lang);
    }
    out.push_str("</ul>");
    table(out, shown, lang);
    rules(out, shown, lang);
    out.push_str("</section>");
}

fn card(out: &mut String, line: &Line, (first, last): (Date, Date), lang: Lang) {
    let newest = line.days.last().copied().flatten();
    let most = line.days.iter().flatten().copied().max().unwrap_or(0).max(1);
    let _ = write!(
        out,
        "<li><h3>{}</h3><p class=\"now\">{}</p>",
        series(line.series, lang),
        newest.map_or_else(|| hidden(line, line.days.len() - 1), |n| n.to_string()),
    );
    // The table says the same in words.
    let _ = write!(
        out,
        "<svg viewBox=\"0 0 {} {HIGH}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
        line.days.len() * STEP
    );
    let _ = write!(out, "<rect class=\"few\" y=\"{}\" width=\"{}\" height=\"1\"/>", HIGH - 1, line.days.len() * STEP);
    for (at, day) in line.days.iter().enumerate() {
        let (class, high) = match day {
            Some(n) => ("bar", (n * HIGH).div_ceil(most)),
            None => ("few", FEW),
        };
        let _ = write!(
            out,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{BAR}\" height=\"{high}\"/>",
            at * STEP,
            HIGH - high
        );
    }
    let _ = write!(out, "</svg><p class=\"soft ends\"><span>{}</span><span>{}</span></p>", short(first), short(last));
    // Hospitals are a state of each day: they do not add up.
    if line.series != Series::Connected {
        let (n, days) = (line.at_least(), line.days.len());
        let is_whole = line.days.iter().all(Option::is_some);
        let text = match (lang, is_whole) {
            (Lang::Zh, true) => format!("{days} 天合计 {n}"),
            (Lang::Zh, false) => format!("{days} 天合计不少于 {n}"),
            (Lang::En, true) => format!("{n} in {days} days"),
            (Lang::En, false) => format!("at least {n} in {days} days"),
        };
        let _ = write!(out, "<p class=\"soft\">{text}</p>");
    }
    out.push_str("</li>");
}

fn table(out: &mut String, shown: &Shown, lang: Lang) {
    let _ = write!(
        out,
        "<details><summary>{}</summary><div class=\"wrap\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table><thead><tr><th scope=\"col\">{}</th>",
        pick(lang, "逐日数字表", "All of them as a table"),
        pick(lang, "逐日数字表", "The numbers by day"),
        pick(lang, "日期", "Day"),
    );
    for line in &shown.lines {
        let _ = write!(out, "<th scope=\"col\">{}</th>", series(line.series, lang));
    }
    out.push_str("</tr></thead><tbody>");
    for (at, day) in shown.days.iter().enumerate().rev() {
        let _ = write!(out, "<tr><th scope=\"row\">{day}</th>");
        for line in &shown.lines {
            let _ = write!(out, "<td>{}</td>", line.days[at].map_or_else(|| hidden(line, at), |n| n.to_string()));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div></details>");
}

fn rules(out: &mut String, shown: &Shown, lang: Lang) {
    let _ = write!(out, "<details><summary>{}</summary><dl>", pick(lang, "统计口径", "What is counted"));
    for line in &shown.lines {
        let rule = line.series.rule();
        let RuleText { zh, en } = rule.text;
        let _ = write!(
            out,
            "<dt>{} <span class=\"soft\">{} v{}</span></dt><dd>{}</dd>",
            series(line.series, lang),
            rule.code,
            rule.version,
            escaped(pick(lang, zh, en)),
        );
    }
    out.push_str("</dl></details>");
}

/// What stands in a number's place.
fn hidden(line: &Line, at: usize) -> String {
    if line.is_few[at] { format!("&lt;{LEAST}") } else { "—".to_owned() }
}

fn series(series: Series, lang: Lang) -> &'static str {
    let (zh, en) = match series {
        Series::Confirmed => ("新确诊病例", "Newly confirmed"),
        Series::Connected => ("接入医院", "Hospitals connected"),
        Series::Consulted => ("完成会诊", "Consulted"),
        Series::Severe => ("其中重症会诊", "Severe among them"),
        Series::Discharged => ("会诊患者出院", "Consulted and discharged"),
    };
    pick(lang, zh, en)
}

fn pick<T>(lang: Lang, zh: T, en: T) -> T {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

fn short(day: Date) -> String {
    format!("{:02}-{:02}", day.month(), day.day())
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// A line in which what can be called is a link: who reads this on a telephone calls with one touch.
fn with_numbers(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(from) = rest.find(|c: char| c.is_ascii_digit()) {
        let length = rest[from..].find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(rest.len() - from);
        let found = rest[from..from + length].trim_end_matches('-');
        out.push_str(&escaped(&rest[..from]));
        if can_be_called(found) {
            let _ = write!(out, "<a class=\"call\" href=\"tel:{}\">{found}</a>", found.replace('-', ""));
        } else {
            out.push_str(found);
        }
        rest = &rest[from + found.len()..];
    }
    out + &escaped(rest)
}

/// Three digits alone, or five to fifteen (ITU-T E.164) that are no date.
fn can_be_called(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_short = digits == SHORT_NUMBER && text.len() == SHORT_NUMBER;
    (is_short || (NUMBER_MIN..=15).contains(&digits)) && text.parse::<Date>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Id;

    fn shown() -> Shown {
        let words = |zh: &str, en: &str| Words { zh: zh.into(), en: en.into() };
        let line = |series, days: &[Option<usize>], few: bool| Line {
            series,
            days: days.to_vec(),
            is_few: days.iter().map(|day| day.is_none() && few).collect(),
        };
        Shown {
            of: None,
            is_demo: false,
            days: vec!["2026-11-21".parse().unwrap(), "2026-11-22".parse().unwrap()],
            cut_off: 24,
            lines: vec![
                line(Series::Confirmed, &[Some(7), None], true),
                line(Series::Severe, &[Some(6), None], false),
                line(Series::Connected, &[Some(126), Some(126)], false),
            ],
            notices: vec![Notice {
                id: Id::new("n").unwrap(),
                version: 1,
                kind: Kind::Contact,
                title: words("<b>热线</b>", "Line"),
                text: words("卫生热线 12320\n\n0371-12345678", "Call 12320"),
                at: "2026-11-22T00:00:00Z".parse().unwrap(),
            }],
        }
    }

    #[test]
    fn what_is_hidden_is_not_on_the_page() {
        let html = write(&shown(), Lang::Zh);
        assert!(html.contains("<td>&lt;5</td>") && html.contains("<td>—</td>") && html.contains("2 天合计不少于 8"));
        assert!(html.contains("&lt;b&gt;热线&lt;/b&gt;") && !html.contains("<b>"));
        assert!(html.contains("href=\"tel:037112345678\"") && html.contains("href=\"tel:12320\""));
        assert!(html.contains("<html lang=\"zh-CN\">") && html.contains("href=\"/public?lang=en\""));
        let html = write(&shown(), Lang::En);
        assert!(!html.contains("made up"));
        assert!(write(&Shown { is_demo: true, ..shown() }, Lang::En).contains("every number on this page is made up"));
        assert!(html.contains("at least 8 in 2 days") && html.contains("Nothing is published yet."));
    }

    #[test]
    fn nothing_to_publish_is_said() {
        let mut none = shown();
        none.lines.iter_mut().for_each(|line| line.days = vec![Some(0), Some(0)]);
        assert!(write(&none, Lang::En).contains("From 2026-11-21 to 2026-11-22 there is nothing to publish."));
    }

    #[test]
    fn telephone_numbers_are_told_from_dates_and_hours() {
        for (text, is) in [
            ("120", true),
            ("12320", true),
            ("0371-6691-1234", true),
            ("2026-11-22", false),
            ("8-20", false),
            ("24", false),
        ] {
            assert_eq!(can_be_called(text), is, "{text}");
        }
        assert_eq!(with_numbers("8-20时，& 120"), "8-20时，&amp; <a class=\"call\" href=\"tel:120\">120</a>");
    }
}
