//! What is asked of the full-text index: words that all must be there, `OR` between alternatives, `NOT` or `-` before what
//! must not be. `a b OR c` is (a and b) or c.

use crate::StoreError;
use fhir::search::{LONGEST_WORD, Place, cut};

/// Most words of one value.
const MOST: usize = 64;
/// Shortest beginning of a word that may be asked for, in characters; Chinese characters stand alone.
const SHORTEST: usize = 2;

/// A word, or how one begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    /// Letters and digits alone.
    pub(crate) text: String,
    pub(crate) begins: bool,
}

/// One alternative.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Wanted {
    /// All of these; never empty.
    pub(crate) all: Vec<Term>,
    /// None of these is there with all of its terms.
    pub(crate) none: Vec<Vec<Term>>,
}

fn bad<T>(why: impl Into<String>) -> Result<T, StoreError> {
    Err(StoreError::BadQuery(why.into()))
}

/// Reads what a person typed; `name` is the parameter, for messages.
pub(crate) fn read(name: &str, value: &str) -> Result<Vec<Wanted>, StoreError> {
    if value.contains('"') {
        return bad(format!("{name}: phrases in quotes are not searched for, words apart are"));
    }
    let (mut all, mut now) = (vec![], Wanted::default());
    let (mut not, mut count) = (false, 0);
    for typed in value.split_whitespace() {
        match typed {
            "OR" => all.push(std::mem::take(&mut now)),
            "AND" => {}
            "NOT" => not = true,
            _ => {
                let bare = typed.strip_prefix(['-', '－']).unwrap_or(typed);
                let terms = terms(name, bare)?;
                count += terms.len();
                if count > MOST {
                    return bad(format!("{name}: more than {MOST} words"));
                }
                if std::mem::take(&mut not) || bare.len() < typed.len() {
                    now.none.push(terms);
                } else {
                    now.all.extend(terms);
                }
            }
        }
    }
    all.push(now);
    if not || all.iter().any(|wanted| wanted.all.is_empty()) {
        return bad(format!("{name}: each alternative needs a word that is to be there"));
    }
    Ok(all)
}

/// The terms that something between two gaps stands for.
fn terms(name: &str, typed: &str) -> Result<Vec<Term>, StoreError> {
    let bare = typed.trim_end_matches(['*', '＊']);
    let mut terms = vec![];
    let mut last = Place::Alone;
    cut(bare, &mut |word| {
        last = word.place;
        // The pairs of a run say all that is asked; what ends a text elsewhere may go on there.
        if word.place != Place::Last {
            terms.push(Term { text: word.text.to_owned(), begins: word.place == Place::Alone });
        }
    });
    let too_long = |term: &Term| term.text.chars().count() > LONGEST_WORD;
    if terms.iter().any(too_long) {
        return bad(format!("{name}: a word of more than {LONGEST_WORD} characters"));
    }
    if let (Some(term), Place::Whole, true) = (terms.last_mut(), last, bare.len() < typed.len()) {
        if term.text.chars().count() < SHORTEST {
            return bad(format!("{name}: at least {SHORTEST} letters before *"));
        }
        term.begins = true;
    }
    match terms.is_empty() {
        true => bad(format!("{name}: nothing but signs in one of the words")),
        false => Ok(terms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(value: &str) -> String {
        let term = |t: &Term| format!("{}{}", t.text, if t.begins { "*" } else { "" });
        let terms = |terms: &[Term]| terms.iter().map(term).collect::<Vec<_>>().join("+");
        match read("_content", value) {
            Ok(all) => all
                .iter()
                .map(|w| w.none.iter().fold(terms(&w.all), |all, none| format!("{all} -{}", terms(none))))
                .collect::<Vec<_>>()
                .join(" | "),
            Err(StoreError::BadQuery(why)) => why,
            Err(other) => other.to_string(),
        }
    }

    #[test]
    fn words_alternatives_and_exceptions() {
        for (value, expected) in [
            ("Fever cough", "fever+cough"),
            ("fever AND cough OR 咳嗽", "fever+cough | 咳嗽"),
            ("双肺磨玻璃影 NOT 结节", "双肺+肺磨+磨玻+玻璃+璃影 -结节"),
            ("CT -胸部平扫", "ct -胸部+部平+平扫"),
            ("癌", "癌*"),
            ("pneumo*", "pneumo*"),
            ("高血压*", "高血+血压"),
            ("COVID-19", "covid+19"),
            ("a OR b OR c", "a | b | c"),
            ("\"a b\"", "_content: phrases in quotes are not searched for, words apart are"),
            ("-a", "_content: each alternative needs a word that is to be there"),
            ("a OR", "_content: each alternative needs a word that is to be there"),
            ("a NOT", "_content: each alternative needs a word that is to be there"),
            ("", "_content: each alternative needs a word that is to be there"),
            ("a +++", "_content: nothing but signs in one of the words"),
            ("p*", "_content: at least 2 letters before *"),
        ] {
            assert_eq!(shown(value), expected, "{value}");
        }
        assert!(shown(&"x".repeat(65)).contains("more than 64 characters"));
        assert!(shown(&"x ".repeat(65)).contains("more than 64 words"));
        assert!(shown(&"肺".repeat(66)).contains("more than 64 words"));
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_words_or_is_refused(value in "(\\PC|OR|NOT|[- *\"a肺]){0,40}") {
            if let Ok(all) = read("_text", &value) {
                let mut terms = all.iter().flat_map(|w| w.all.iter().chain(w.none.iter().flatten()));
                assert!(!all.is_empty() && all.iter().all(|w| !w.all.is_empty()));
                assert!(terms.all(|t| !t.text.is_empty() && t.text.chars().all(char::is_alphanumeric)));
            }
        }
    }
}
