//! Tests that name very many keys, or none: words, codes of a set, beginnings of phrases, places.

use super::sql::{FEW, Sql, exists, union};
use crate::query::parse::Test;
use crate::query::words::{Term, Wanted};
use fhir::search::AXES;

impl Sql<'_> {
    /// All rids of such a test; none when it is another.
    pub(super) fn wide_driver(&mut self, test: &Test) -> Option<String> {
        Some(match test {
            Test::Words { narrative, any } => {
                let words = self.arg(words(*narrative, any));
                format!("SELECT x.rid rid FROM index_words x WHERE x.words @@ {words}::tsquery")
            }
            Test::Phrase { number, any } => union(any.iter().map(|begin| self.phrase(*number, begin)).collect()),
            Test::Codes { number, any } => {
                let (codes, systems): (Vec<i64>, Vec<i64>) = any.iter().copied().unzip();
                let (codes, systems, pt) = (self.list(&codes), self.list(&systems), self.arg(*number));
                format!(
                    "SELECT x.rid rid FROM unnest({codes}, {systems}) j(code, sys) JOIN index_token x ON x.pt={pt} AND x.code=j.code AND x.sys=j.sys"
                )
            }
            Test::Reference { number, targets } if targets.len() > FEW => {
                let (targets, pt) = (self.list(targets), self.arg(*number));
                format!(
                    "SELECT x.rid rid FROM unnest({targets}) j(rid) JOIN index_reference x ON x.pt={pt} AND x.target=j.rid"
                )
            }
            // A band between two circles of latitude, then the straight distance.
            Test::Near { number, near } => {
                let [x, y, z] = AXES.map(|axis| self.arg(number | i64::from(axis)));
                let [at_x, at_y, at_z] = near.at.map(|at| self.arg(at));
                let (low, high) = (self.arg(near.at[2] - near.chord), self.arg(near.at[2] + near.chord));
                let most = self.arg(near.chord * near.chord);
                format!(
                    "SELECT c.rid rid FROM index_number c JOIN index_number a ON a.rid=c.rid AND a.pt={x} JOIN index_number b ON b.rid=c.rid AND b.pt={y}
                     WHERE c.pt={z} AND c.val>={low} AND c.val<={high}
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
            "SELECT x.rid rid FROM phrase p JOIN index_uri x ON x.pt={pt} AND x.uri=p.hash WHERE p.text>={from} AND p.text<{to}"
        )
    }

    /// Whether the resource passes. Lists are made once for a statement; words are probed.
    pub(super) fn wide_filter(&mut self, test: &Test, rid: &str) -> String {
        if let Test::Words { narrative, any } = test {
            let (x, words) = (self.alias(), self.arg(words(*narrative, any)));
            let condition = format!("{x}.rid={rid} AND {x}.words @@ {words}::tsquery");
            return exists(&format!("index_words {x}"), &condition);
        }
        match self.wide_driver(test) {
            Some(driver) => format!("({rid} IN ({driver}))"),
            None => "false".into(),
        }
    }
}

/// As a tsquery. Terms are letters and digits alone; words of the narrative have weight A.
fn words(narrative: bool, any: &[Wanted]) -> String {
    let term = |term: &Term| match (term.begins, narrative) {
        (false, false) => format!("'{}'", term.text),
        (begins, narrative) => {
            format!("'{}':{}{}", term.text, if begins { "*" } else { "" }, if narrative { "A" } else { "" })
        }
    };
    let all = |terms: &[Term]| format!("({})", terms.iter().map(term).collect::<Vec<_>>().join(" & "));
    let one = |wanted: &Wanted| {
        let none: String = wanted.none.iter().map(|terms| format!(" & !{}", all(terms))).collect();
        format!("({}{none})", all(&wanted.all))
    };
    any.iter().map(one).collect::<Vec<_>>().join(" | ")
}
