//! The words of a resource, for `_text` (the narrative) and `_content` (all of its texts).
//!
//! The engines keep words and look them up; what a word is, is said here alone, so that they answer alike. Text is
//! brought to NFKC and folded as names are (lower case, base letters). Words end where no letter or digit stands. Chinese,
//! Japanese and Korean have no gaps between words: a run of their characters gives its overlapping pairs, as Lucene's
//! CJKBigramFilter does, and its last character alone, so that every character begins one of the words: what is asked by
//! a single character is found by a prefix.
//!
//! Texts are elements of the types string, markdown and xhtml; codes, identifiers, addresses on the network, units and data
//! are none.

use super::text::letters;
use super::trie::each;
use crate::ResourceType;
use crate::validate::{Texts, texts_of};
use serde_json::Value;
use std::collections::HashSet;
use unicode_normalization::{UnicodeNormalization, is_nfkc_quick};

/// Longest word, in characters: what is longer is a key or a sequence, and nobody's word.
pub const LONGEST_WORD: usize = 64;
/// Most bytes of different words that are kept of a resource; what comes after is not found.
const MOST: usize = 128 << 10;

/// The different words of a resource, in order. None stands in both lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// Of the narrative.
    pub narrative: Vec<String>,
    /// Of all else.
    pub others: Vec<String>,
}

impl Words {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.narrative.is_empty() && self.others.is_empty()
    }

    pub(super) fn of(ty: ResourceType, body: &Value) -> Self {
        let (mut narrative, mut others) = (HashSet::new(), HashSet::new());
        let mut left = MOST;
        let mut take = |words: &mut HashSet<String>, text: &str| {
            cut(text, &mut |word| {
                if word.whole_length() <= LONGEST_WORD && !words.contains(word.text) && left >= word.text.len() {
                    left -= word.text.len();
                    words.insert(word.text.to_owned());
                }
            });
        };
        texts_of(ty, body, &mut |kind, value| {
            for text in each(value).iter().filter_map(Value::as_str) {
                match kind {
                    Texts::Markup => take(&mut narrative, &without_tags(text)),
                    Texts::Plain => take(&mut others, text),
                }
            }
        });
        let sorted = |words: HashSet<String>| {
            let mut words: Vec<String> = words.into_iter().collect();
            words.sort_unstable();
            words
        };
        others.retain(|word| !narrative.contains(word));
        Self { narrative: sorted(narrative), others: sorted(others) }
    }
}

/// A word where it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<'t> {
    /// As it is kept.
    pub text: &'t str,
    /// Where in a run of characters without gaps.
    pub place: Place,
}

/// What a word is to the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A word between gaps.
    Whole,
    /// Two neighbours of a run.
    Pair,
    /// The last character of a run of several.
    Last,
    /// A run of one character.
    Alone,
}

impl Word<'_> {
    /// Its length in characters.
    pub fn whole_length(&self) -> usize {
        self.text.chars().count()
    }
}

/// Cuts a text into its words.
pub fn cut(text: &str, each: &mut dyn FnMut(Word)) {
    let mut cutter = Cutter { word: String::new(), run: vec![], each };
    if is_nfkc_quick(text.chars()) == unicode_normalization::IsNormalized::Yes {
        text.chars().for_each(|c| cutter.next(c));
    } else {
        text.nfkc().for_each(|c| cutter.next(c));
    }
    cutter.gap();
}

struct Cutter<'e> {
    word: String,
    run: Vec<char>,
    each: &'e mut dyn FnMut(Word),
}

impl Cutter<'_> {
    fn next(&mut self, c: char) {
        // Most of most texts, and a tenth of the time of a create if it went the long way.
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                self.end_run();
                self.word.push(c.to_ascii_lowercase());
            } else {
                self.gap();
            }
            return;
        }
        if matches!(c, '\u{300}'..='\u{36F}') {
            return;
        }
        for c in letters(c) {
            if !c.is_alphanumeric() {
                self.gap();
            } else if is_run_on(c) {
                self.end_word();
                self.run.push(c);
            } else {
                self.end_run();
                self.word.push(c);
            }
        }
    }

    fn gap(&mut self) {
        self.end_word();
        self.end_run();
    }

    fn end_word(&mut self) {
        if !self.word.is_empty() {
            (self.each)(Word { text: &self.word, place: Place::Whole });
            self.word.clear();
        }
    }

    fn end_run(&mut self) {
        if self.run.is_empty() {
            return;
        }
        let mut text = String::with_capacity(8);
        for pair in self.run.windows(2) {
            text.clear();
            text.extend(pair);
            (self.each)(Word { text: &text, place: Place::Pair });
        }
        if let Some(last) = self.run.last() {
            text.clear();
            text.push(*last);
            let place = if self.run.len() == 1 { Place::Alone } else { Place::Last };
            (self.each)(Word { text: &text, place });
        }
        self.run.clear();
    }
}

/// Written without gaps: Han, kana, hangul.
fn is_run_on(c: char) -> bool {
    matches!(c,
        '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30FF}' | '\u{3105}'..='\u{312F}' | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Tags that do not part a word.
const INSIDE: [&str; 15] =
    ["a", "abbr", "b", "big", "em", "font", "i", "small", "span", "strike", "strong", "sub", "sup", "tt", "u"];

/// What a browser would show of a narrative; anything at all is taken, and most of it found.
fn without_tags(markup: &str) -> String {
    let mut out = String::with_capacity(markup.len());
    let mut rest = markup;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        let here = &rest[at..];
        rest = if here.starts_with("<!--") {
            here.find("-->").map_or("", |end| &here[end + 3..])
        } else if let Some(tag) = here.strip_prefix('<') {
            let name = tag.trim_start_matches('/');
            let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
            if !INSIDE.contains(&name) {
                out.push(' ');
            }
            tag.find('>').map_or("", |end| &tag[end + 1..])
        } else {
            entity(here, &mut out)
        };
    }
    out.push_str(rest);
    out
}

/// Longest name of an entity that is looked for.
const ENTITY: usize = 32;

/// Adds what an entity stands for; what follows it.
fn entity<'m>(here: &'m str, out: &mut String) -> &'m str {
    let end = here.bytes().take(ENTITY).position(|b| b == b';');
    let known = end.and_then(|end| {
        let name = &here[1..end];
        let number = name.strip_prefix('#').and_then(|n| match n.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => n.parse().ok(),
        });
        match number.and_then(char::from_u32) {
            Some(c) => out.push(c),
            None => out.push_str(quick_xml::escape::resolve_html5_entity(name)?),
        }
        Some(&here[end + 1..])
    });
    known.unwrap_or_else(|| {
        out.push('&');
        &here[1..]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Definitions;
    use proptest::prelude::*;
    use serde_json::json;

    fn words(text: &str) -> String {
        let mut all = vec![];
        cut(text, &mut |word| all.push(word.text.to_owned()));
        all.join(" ")
    }

    #[test]
    fn words_are_cut_and_folded() {
        for (text, expected) in [
            ("Blood pressure, SITTING (left arm)", "blood pressure sitting left arm"),
            ("COVID-19：ＩＣＵ３床", "covid 19 icu3 床"),
            ("双肺磨玻璃影", "双肺 肺磨 磨玻 玻璃 璃影 影"),
            ("胸部CT平扫", "胸部 部 ct 平扫 扫"),
            ("癌", "癌"),
            ("Müller's naïve café", "muller s naive cafe"),
            ("e\u{301}tude ﬁbrosis", "etude fibrosis"),
            ("38.5 ℃", "38 5 c"),
            ("ｶﾞﾝ がん", "ガン ン がん ん"),
            ("…—！", ""),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn markup_is_taken_off() {
        for (markup, expected) in [
            ("<div xmlns=\"x\"><p>发热&nbsp;3 天</p><p>咳<b>嗽</b></p></div>", "发热 热 3 天 咳嗽 嗽"),
            ("a<br/>b&lt;c&gt;&#x4e2d;&#22269;", "a b c 中国 国"),
            ("x<!-- hidden <b> -->y", "xy"),
            ("broken <p", "broken"),
            ("a &unknown; & b &amp;c", "a unknown b c"),
            ("<style>p { color: red }</style>", "p color red"),
        ] {
            assert_eq!(words(&without_tags(markup)), expected, "{markup}");
        }
    }

    #[test]
    fn codes_numbers_and_addresses_are_no_words() {
        let body = json!({
            "resourceType": "Observation", "id": "secretid", "status": "final",
            "text": {"status": "generated", "div": "<div>narrative shared</div>"},
            "identifier": [{"system": "urn:systems", "value": "mrn77", "type": {"text": "record number"}}],
            "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9", "display": "Panel"}], "text": "血压"},
            "subject": {"reference": "Patient/patientid", "display": "王小明"},
            "valueQuantity": {"value": 3, "unit": "mmhg"},
            "note": [{"text": "shared **bold**"}],
            "extension": [{"url": "http://extensions", "valueString": "said beside"}],
            "contained": [{"resourceType": "Patient", "name": [{"family": "Contained"}]}],
            "unknown": "unheard"
        });
        let words = Definitions::r4().words(ResourceType::OBSERVATION, &body);
        assert_eq!(words.narrative, ["narrative", "shared"]);
        let mut expected =
            ["record", "number", "panel", "血压", "压", "王小", "小明", "明", "bold", "said", "beside", "contained"];
        expected.sort_unstable();
        assert_eq!(words.others, expected);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let body = json!({"resourceType": "Observation", "note": [{"text": "x".repeat(LONGEST_WORD + 1)},
            {"text": (0..200_000).map(|n| format!("w{n} ")).collect::<String>()}, {"text": "late"}]});
        let words = Definitions::r4().words(ResourceType::OBSERVATION, &body);
        let bytes: usize = words.others.iter().map(String::len).sum();
        assert!((MOST - 16..=MOST).contains(&bytes), "{bytes}");
        assert!(words.others.iter().all(|w| w.starts_with('w')));
    }

    proptest! {
        #[test]
        fn any_text_gives_words_without_gaps(text in "\\PC{0,80}", markup in "(<[a-z/!-]{0,5}|>|&[a-z#x0-9]{0,6};?|[ -~中文]){0,20}") {
            for text in [text, without_tags(&markup)] {
                cut(&text, &mut |word| {
                    assert!(!word.text.is_empty() && word.text.chars().all(char::is_alphanumeric), "{word:?}");
                    // Said again, a word is itself: what was kept can be asked for.
                    let mut again = vec![];
                    cut(word.text, &mut |w| again.push(w.text.to_owned()));
                    assert_eq!(again.first().map(String::as_str), Some(word.text));
                });
            }
        }
    }
}
