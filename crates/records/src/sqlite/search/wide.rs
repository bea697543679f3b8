//! Tests that name very many keys, or none: words, codes of a set, beginnings of phrases, places.

use super::sql::{FEW, Sql};
use crate::query::parse::Test;
use crate::query::words::{Term, Wanted};
use fhir::search::AXES;
use serde_json::Value as Json;

impl Sql<'_> {
    /// Numbers as one argument.
    pub(super) fn json(&mut self, items: &[i64]) -> String {
        self.arg(Json::from(items).to_string())
    }

    /// All rids of such a test; none when it is another.
    pub(super) fn wide_driver(&mut self, test: &Test) -> Option<String> {
        Some(match test {
            Test::Words { narrative, any } => {
                format!(
                    "SELECT rowid rid FROM index_words WHERE index_words MATCH {}",
                    self.arg(words(*narrative, any))
                )
            }
            Test::Phrase { number, any } => {
                let parts: Vec<String> = any.iter().map(|begin| self.phrase(*number, begin)).collect();
                parts.join(" UNION ALL ")
            }
            Test::Codes { number, any } => {
                let pairs: Vec<Json> = any.iter().map(|(code, system)| Json::from(vec![*code, *system])).collect();
                let (pairs, pt) = (self.arg(Json::Array(pairs).to_string()), self.arg(*number));
                format!(
                    "SELECT x.rid rid FROM json_each({pairs}) j CROSS JOIN index_token x WHERE x.pt={pt} AND x.code=(j.value->>0) AND x.sys=(j.value->>1)"
                )
            }
            Test::Reference { number, targets } if targets.len() > FEW => {
                let (targets, pt) = (self.json(targets), self.arg(*number));
                format!(
                    "SELECT x.rid rid FROM json_each({targets}) j CROSS JOIN index_reference x WHERE x.pt={pt} AND x.target=j.value"
                )
            }
            // A band between two circles of latitude, then the straight distance.
            Test::Near { number, near } => {
                let [x, y, z] = AXES.map(|axis| self.arg(number | i64::from(axis)));
                let [at_x, at_y, at_z] = near.at.map(|at| self.arg(at));
                let (low, high) = (self.arg(near.at[2] - near.chord), self.arg(near.at[2] + near.chord));
                let most = self.arg(near.chord * near.chord);
                format!(
                    "SELECT c.rid rid FROM index_number c CROSS JOIN index_number a INDEXED BY number_of CROSS JOIN index_number b INDEXED BY number_of
                     WHERE c.pt={z} AND c.val>={low} AND c.val<={high} AND a.rid=c.rid AND a.pt={x} AND b.rid=c.rid AND b.pt={y}
                     AND (a.val-{at_x})*(a.val-{at_x})+(b.val-{at_y})*(b.val-{at_y})+(c.val-{at_z})*(c.val-{at_z})<={most}"
                )
            }
            _ => return None,
        })
    }

    fn phrase(&mut self, number: i64, begin: &str) -> String {
        let (from, to) = (self.arg(begin.to_owned()), self.arg(format!("{begin}\u{10FFFF}")));
        let pt = self.arg(number);
        format!(
            "SELECT x.rid rid FROM phrase p CROSS JOIN index_uri x WHERE p.text>={from} AND p.text<{to} AND x.pt={pt} AND x.uri=p.hash"
        )
    }

    /// Whether the resource passes. The list is made once for a statement; words alone are probed, where no word is a
    /// beginning: for one of those the engine would gather all of its words at each probe.
    pub(super) fn wide_filter(&mut self, test: &Test, rid: &str) -> String {
        if let Test::Words { narrative, any } = test
            && !any.iter().flat_map(|w| w.all.iter().chain(w.none.iter().flatten())).any(|term| term.begins)
        {
            let words = self.arg(words(*narrative, any));
            return format!("EXISTS(SELECT 1 FROM index_words WHERE index_words MATCH {words} AND rowid={rid})");
        }
        match self.wide_driver(test) {
            Some(driver) => format!("{rid} IN ({driver})"),
            None => "0".into(),
        }
    }
}

/// In the language of FTS5. Terms are letters and digits alone.
fn words(narrative: bool, any: &[Wanted]) -> String {
    let term = |term: &Term| format!("\"{}\"{}", term.text, if term.begins { "*" } else { "" });
    let all = |terms: &[Term]| format!("({})", terms.iter().map(term).collect::<Vec<_>>().join(" AND "));
    let one = |wanted: &Wanted| {
        let none: String = wanted.none.iter().map(|terms| format!(" NOT {}", all(terms))).collect();
        format!("({}{none})", all(&wanted.all))
    };
    let any = any.iter().map(one).collect::<Vec<_>>().join(" OR ");
    if narrative { format!("narrative : ({any})") } else { any }
}
