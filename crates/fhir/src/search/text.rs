//! How strings and codes are compared: names by characters, without case, accents or full-width forms.

/// Longest text that is indexed, in characters.
const LONGEST: usize = 80;
/// Chinese names and addresses up to this length are found by any of their characters.
const LONGEST_BY_CHARACTER: usize = 32;

/// A code, system or uri as a number.
pub fn hash(text: &str) -> i64 {
    xxhash_rust::xxh3::xxh3_64(text.as_bytes()).cast_signed()
}

/// As strings are compared: lower case, ASCII for full-width forms, base letters for accented ones (pinyin with tones).
pub fn fold(text: &str) -> String {
    text.chars().filter_map(base).flat_map(char::to_lowercase).filter_map(plain).take(LONGEST).collect()
}

/// Where a search may begin inside a Chinese text: `王小明` is found by `小明` and by `明`.
pub(super) fn later_beginnings(folded: &str) -> impl Iterator<Item = &str> {
    let short = folded.chars().count() <= LONGEST_BY_CHARACTER;
    folded.char_indices().skip(1).filter(move |(_, c)| short && is_han(*c)).map(|(at, _)| &folded[at..])
}

/// A character as words have it: lower case, base letters; a few become several.
pub(super) fn letters(c: char) -> impl Iterator<Item = char> {
    base(c).into_iter().flat_map(char::to_lowercase).filter_map(plain)
}

pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

fn base(c: char) -> Option<char> {
    match c {
        '\u{300}'..='\u{36F}' => None,
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0),
        '\u{3000}' => Some(' '),
        other => Some(other),
    }
}

fn plain(c: char) -> Option<char> {
    Some(match c {
        '\u{300}'..='\u{36F}' => return None,
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' | 'ǎ' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ě' | 'ę' | 'ė' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ǐ' => 'i',
        'ñ' | 'ń' | 'ň' | 'ǹ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ō' | 'ǒ' | 'ø' => 'o',
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ǔ' | 'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_what_people_type_differently() {
        for (typed, folded) in [
            ("Wáng XIǍOMÍNG", "wang xiaoming"),
            ("ＩＣＵ　３", "icu 3"),
            ("Müller", "muller"),
            ("Lǚ", "lu"),
            ("王小明", "王小明"),
        ] {
            assert_eq!(fold(typed), folded);
        }
    }

    #[test]
    fn a_chinese_name_begins_at_every_character() {
        assert_eq!(later_beginnings("王小明").collect::<Vec<_>>(), ["小明", "明"]);
        assert_eq!(later_beginnings("wang").count(), 0);
        assert_eq!(later_beginnings(&"长".repeat(300)).count(), 0);
    }
}
