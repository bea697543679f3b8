//! A person's name as DICOM writes it: up to three groups, of up to five parts each.

use serde::{Deserialize, Serialize};

/// A name (PS3.5, 6.2.1). Empty groups are empty texts.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// In Latin letters, or whatever the sender put into the first group.
    pub alphabetic: String,
    /// In characters.
    pub ideographic: String,
    /// As it is spoken.
    pub phonetic: String,
}

impl std::fmt::Debug for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl PersonName {
    /// Reads the attribute's value.
    pub fn of(value: &str) -> Self {
        let first = value.split('\\').next().unwrap_or_default();
        let mut groups = first.splitn(3, '=').map(|g| g.trim_end_matches(['^', ' ']).trim_start().to_owned());
        let mut next = || groups.next().unwrap_or_default();
        Self { alphabetic: next(), ideographic: next(), phonetic: next() }
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.alphabetic.is_empty() && self.ideographic.is_empty() && self.phonetic.is_empty()
    }

    /// As it is read: characters joined, Latin parts with a space between.
    pub fn display(&self) -> String {
        let group = [&self.ideographic, &self.alphabetic, &self.phonetic].into_iter().find(|g| !g.is_empty());
        group.map(|g| readable(g)).unwrap_or_default()
    }

    /// All groups as they are read, for comparing with a name known otherwise.
    pub fn forms(&self) -> Vec<String> {
        [&self.ideographic, &self.alphabetic, &self.phonetic]
            .into_iter()
            .filter(|g| !g.is_empty())
            .map(|g| readable(g))
            .collect()
    }
}

fn readable(group: &str) -> String {
    let between = if group.chars().any(is_han) { "" } else { " " };
    group.split('^').map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(between)
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_people_write_it() {
        for (value, display) in [
            ("Wang^XiaoDong=王^小东=", "王小东"),
            ("Wang^XiaoDong", "Wang XiaoDong"),
            ("王小东", "王小东"),
            ("Adams^John Robert Quincy^^Rev.", "Adams John Robert Quincy Rev."),
            ("^^^^", ""),
            ("", ""),
        ] {
            assert_eq!(PersonName::of(value).display(), display, "{value}");
        }
    }
}
