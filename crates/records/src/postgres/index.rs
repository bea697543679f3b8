//! What a change does to the tables of the index, as columns to be sent: pure, from what stands and what shall stand.

use crate::standing::{LOGICAL, Standing, dated, last_updated, members};
use fhir::search::{Amount, Rows};
use fhir::{Reference, ResourceType};

/// Columns of rows, one vector a column: each table takes one statement, however many rows.
macro_rules! columns {
    ($(#[$doc:meta])* $name:ident { $($column:ident: $ty:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub(super) struct $name { $(pub(super) $column: Vec<$ty>),* }
        impl $name {
            pub(super) fn push(&mut self, ($($column),*): ($($ty),*)) { $(self.$column.push($column);)* }
        }
    };
}
pub(super) use columns;

columns! {
    /// Rows of `index_token` and `index_date`: three numbers around the rid, and where the resource stands.
    Standings { pt: i64, a: i64, rid: i64, b: i64, cust: i64, pat: i64, kase: i64 }
}
columns! {
    /// Keys of the same.
    Keys { pt: i64, a: i64, rid: i64, b: i64 }
}
columns! {
    /// Rows of `index_string`.
    Strings { pt: i64, val: String, rid: i64, exact: i64 }
}
columns! {
    /// Rows of `index_reference` and `index_uri`.
    Pairs { pt: i64, a: i64, rid: i64 }
}
columns! {
    /// Rows of `index_number`.
    Numbers { pt: i64, val: f64, rid: i64 }
}
columns! {
    /// Rows of `index_amount`.
    Amounts { pt: i64, key: i64, val: f64, rid: i64, sys: i64, unit: i64, unit_sys: i64, shown: i64 }
}

columns! {
    /// Rows of `index_words`, as the engine reads them.
    Words { rid: i64, words: String }
}

/// Rows that go and rows that come.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) drop_token: Keys,
    pub(super) put_token: Standings,
    pub(super) drop_date: Keys,
    pub(super) put_date: Standings,
    pub(super) drop_string: Strings,
    pub(super) put_string: Strings,
    pub(super) drop_reference: Pairs,
    pub(super) put_reference: Pairs,
    pub(super) drop_uri: Pairs,
    pub(super) put_uri: Pairs,
    pub(super) drop_number: Numbers,
    pub(super) put_number: Numbers,
    pub(super) drop_amount: Amounts,
    pub(super) put_amount: Amounts,
    /// What was said by nobody before goes to the table; nothing there goes.
    pub(super) phrases: Vec<(String, i64)>,
    pub(super) drop_words: Vec<i64>,
    pub(super) put_words: Words,
}

/// One version's part in the index: its rows (references by their targets' numbers apart), its time, where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side<'r> {
    pub(super) rows: &'r Rows,
    /// Parameter and the target's rid.
    pub(super) targets: &'r [(i64, i64)],
    /// None: there is nothing, or it is deleted.
    pub(super) at: Option<i64>,
    pub(super) standing: Option<Standing>,
}

impl Changes {
    /// Replaces the rows of one version by those of the next.
    pub(super) fn replace(&mut self, ty: ResourceType, rid: i64, old: Side, new: Side) {
        let Some(stands) = new.standing else { return };
        // Where tokens and dates carry the standing, a changed standing changes every row.
        let moved = old.standing.is_some_and(|s| s != stands);
        let none = Rows::default();
        let (kept, coming) = if moved { (&none, &none) } else { (old.rows, new.rows) };
        let token = |t: &(u32, i64, i64)| (i64::from(t.0), t.1, t.2);
        let logical = |t: &(u32, i64, i64)| (i64::from(t.0) | LOGICAL, t.1, t.2);
        gone(&old.rows.token, &coming.token, |t| drop_key(&mut self.drop_token, token(t), rid));
        gone(&old.rows.logical, &coming.logical, |t| drop_key(&mut self.drop_token, logical(t), rid));
        gone(&old.rows.date, &coming.date, |d| drop_key(&mut self.drop_date, dated(d), rid));
        gone(&new.rows.token, &kept.token, |t| put(&mut self.put_token, token(t), rid, stands));
        gone(&new.rows.logical, &kept.logical, |t| put(&mut self.put_token, logical(t), rid, stands));
        gone(&new.rows.date, &kept.date, |d| put(&mut self.put_date, dated(d), rid, stands));
        let updated = last_updated(ty);
        if let Some(at) = old.at {
            drop_key(&mut self.drop_date, (updated, at, at + 1), rid);
        }
        if let Some(at) = new.at {
            put(&mut self.put_date, (updated, at, at + 1), rid, stands);
        }
        let member = (members(ty), 0, 0);
        let stays = old.at.is_some() && new.at.is_some() && !moved;
        if old.at.is_some() && !stays {
            drop_key(&mut self.drop_token, member, rid);
        }
        if new.at.is_some() && !stays {
            put(&mut self.put_token, member, rid, stands);
        }
        gone(&old.rows.string, &new.rows.string, |s| string(&mut self.drop_string, s, rid));
        gone(&new.rows.string, &old.rows.string, |s| string(&mut self.put_string, s, rid));
        gone(old.targets, new.targets, |(pt, target)| self.drop_reference.push((*pt, *target, rid)));
        gone(new.targets, old.targets, |(pt, target)| self.put_reference.push((*pt, *target, rid)));
        gone(&old.rows.uri, &new.rows.uri, |(pt, uri)| self.drop_uri.push((i64::from(*pt), *uri, rid)));
        gone(&new.rows.uri, &old.rows.uri, |(pt, uri)| self.put_uri.push((i64::from(*pt), *uri, rid)));
        gone(&old.rows.number, &new.rows.number, |(pt, x)| self.drop_number.push((i64::from(*pt), *x, rid)));
        gone(&new.rows.number, &old.rows.number, |(pt, x)| self.put_number.push((i64::from(*pt), *x, rid)));
        gone(&new.rows.phrase, &old.rows.phrase, |(text, whole)| self.phrases.push((super::error::text(text), *whole)));
        gone(&old.rows.amount, &new.rows.amount, |a| amount(&mut self.drop_amount, a, rid));
        gone(&new.rows.amount, &old.rows.amount, |a| amount(&mut self.put_amount, a, rid));
    }
}

impl Changes {
    /// The words of a resource, in place of those it had.
    pub(super) fn words(&mut self, rid: i64, words: Option<&fhir::search::Words>, had: bool) {
        match words.filter(|words| !words.is_empty()) {
            Some(words) => self.put_words.push((rid, vector(words))),
            None if had => self.drop_words.push(rid),
            None => {}
        }
    }
}

/// Words as the engine reads them: letters and digits between quotes, each with one place, of weight A in the narrative.
fn vector(words: &fhir::search::Words) -> String {
    let mut out = String::new();
    for (words, weight) in [(&words.narrative, ":1A "), (&words.others, ":1 ")] {
        for word in words {
            out.push('\'');
            out.push_str(word);
            out.push('\'');
            out.push_str(weight);
        }
    }
    out
}

/// The targets of a body's references, by number.
pub(super) fn targets(rows: &Rows, rid: impl Fn(&Reference) -> Option<i64>) -> Vec<(i64, i64)> {
    rows.reference.iter().filter_map(|(number, target)| Some((i64::from(*number), rid(target)?))).collect()
}

/// What stands in `some` and not in `others`. Few rows each: looking through them costs less than a set.
fn gone<T: PartialEq>(some: &[T], others: &[T], each: impl FnMut(&T)) {
    some.iter().filter(|row| !others.contains(row)).for_each(each);
}

fn put(to: &mut Standings, (pt, a, b): (i64, i64, i64), rid: i64, s: Standing) {
    to.push((pt, a, rid, b, s.custodian, s.patient, s.case));
}

fn drop_key(from: &mut Keys, (pt, a, b): (i64, i64, i64), rid: i64) {
    from.push((pt, a, rid, b));
}

fn string(to: &mut Strings, (pt, val, exact): &(u32, String, i64), rid: i64) {
    to.push((i64::from(*pt), super::error::text(val), rid, *exact));
}

fn amount(to: &mut Amounts, a: &Amount, rid: i64) {
    to.push((i64::from(a.number), a.key, a.value, rid, a.system, a.unit.code, a.unit.system, a.unit.shown));
}
