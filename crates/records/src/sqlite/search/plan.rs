//! Gather or walk.
//!
//! Gathering costs what the gathered thing has rows; walking costs what lies between two matches. Both are estimated,
//! a walk may cost twice what gathering would, then gathers: never much worse than the better of the two. Where nothing
//! is small enough to be gathered a person's page ends at a bound with what it has, and `next` goes on from there.

use super::sql::Sql;
use crate::StoreError;
use crate::query::parse::{By, Parsed, Sort, Test};
use crate::query::token::{self, Key};
use crate::query::{Blind, Limits, Value};
use crate::sqlite::sight::Sight;
use crate::standing::{CASE, PATIENT, is_directory};
use crate::standing::{LONG, members};
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use std::time::{Duration, Instant};

/// The page's resources, in order.
pub(super) struct Found {
    pub(super) rids: Vec<i64>,
    pub(super) next: Option<String>,
}

/// What can be gathered.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Source {
    /// All that one test matches.
    Test(usize),
    /// All of the type that the viewer sees.
    Seen,
    /// All of the type.
    Type,
}

pub(super) fn find(db: &Connection, q: &Parsed, sight: Option<&Sight>, limits: &Limits) -> Result<Found, StoreError> {
    let asked = Asked { db, q, sight, limits };
    if let (Some(source), _) = asked.cheapest(limits.small)? {
        return asked.gather(source);
    }
    let walkable = matches!(q.sort[..], [] | [Sort { by: By::Date(_) | By::Text(_) | By::Number(_), .. }]);
    if !walkable {
        let (best, _) = asked.cheapest(usize::MAX)?;
        return asked.gather(best.unwrap_or(Source::Type));
    }
    let (best, cost) = asked.cheapest(limits.gather)?;
    let all = asked.all()?.max(1) as f64;
    let visible = asked.visible()?.max(1) as f64;
    // Along the sort index a test is met as rarely as it matches.
    let matching = match best {
        Some(Source::Test(_)) => cost as f64 / all,
        _ => 1.0,
    };
    let expected = (q.count + 1) as f64 * all / (visible * matching.max(1.0 / all)).min(all);
    match best {
        Some(source) if expected > cost as f64 * 2.0 => asked.gather(source),
        Some(source) => match asked.walk(cost * 2 + 500, Duration::MAX)? {
            Walked::Whole(found) => Ok(found),
            Walked::Short(_) => asked.gather(source),
        },
        // The rules themselves get whole pages.
        None if sight.is_none() => Ok(asked.walk(usize::MAX, Duration::MAX)?.found()),
        None => Ok(asked.walk(limits.walk, Duration::from_millis(limits.patience_ms))?.found()),
    }
}

/// How many match and are seen, counted to just past `most`.
pub(super) fn count(
    db: &Connection,
    q: &Parsed,
    sight: Option<&Sight>,
    limits: &Limits,
    most: usize,
) -> Result<u64, StoreError> {
    let asked = Asked { db, q, sight, limits };
    let source = asked.cheapest(usize::MAX)?.0.unwrap_or(Source::Type);
    let mut sql = asked.sql();
    let matching = asked.matching(source, &mut sql);
    let limit = sql.arg(i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX));
    let text = format!("SELECT count(*) FROM (SELECT d.rid {matching} LIMIT {limit})");
    let n: i64 = db.prepare_cached(&text)?.query_row(params_from_iter(&sql.args), |r| r.get(0))?;
    Ok(n.cast_unsigned())
}

struct Asked<'a> {
    db: &'a Connection,
    q: &'a Parsed,
    sight: Option<&'a Sight>,
    limits: &'a Limits,
}

enum Walked {
    /// The page is full, or everything was seen.
    Whole(Found),
    /// The budget ended first.
    Short(Found),
}

impl Walked {
    fn found(self) -> Found {
        match self {
            Self::Whole(found) | Self::Short(found) => found,
        }
    }
}

impl Asked<'_> {
    fn sql(&self) -> Sql<'_> {
        Sql::new(self.sight, self.limits)
    }

    /// The source with the fewest rows, if it has at most `bound`.
    fn cheapest(&self, bound: usize) -> Result<(Option<Source>, usize), StoreError> {
        let (mut best, mut least) = (None, bound);
        for (i, test) in self.q.tests.iter().enumerate() {
            if !matches!(test, Test::Missing(_) | Test::Not(_)) {
                let rows = self.count(test, least)?;
                if rows < least || (rows == least && best.is_none()) {
                    (best, least) = (Some(Source::Test(i)), rows);
                }
            }
        }
        let rows = self.members(least)?;
        if rows < least || (rows == least && best.is_none()) {
            (best, least) = (Some(Source::Type), rows);
        }
        // Counting what is seen costs seeks: not worth it where little is to be gathered anyway.
        if self.sight.is_some() && least > self.limits.small / 8 {
            let rows = self.seen(least)?;
            if rows < least || (rows == least && best.is_none()) {
                (best, least) = (Some(Source::Seen), rows);
            }
        }
        Ok((best, least))
    }

    /// How many rows a test's driver has, counted to just past `bound`; a hop counts what lies behind it too.
    fn count(&self, test: &Test, bound: usize) -> Result<usize, StoreError> {
        if let (Test::Chain { inner, .. } | Test::Has { inner, .. }, true) = (test, bound < usize::MAX) {
            let behind = self.count(inner, self.limits.gather.max(bound))?;
            if behind > self.limits.gather.max(bound) {
                return Ok(usize::MAX);
            }
        }
        let mut sql = self.sql();
        let driver = sql.driver(test, self.q.of);
        let limit = sql.arg(i64::try_from(bound.saturating_add(1)).unwrap_or(i64::MAX));
        let text = format!("SELECT count(*) FROM (SELECT 1 FROM ({driver}) LIMIT {limit})");
        let n: i64 = self.db.prepare_cached(&text)?.query_row(params_from_iter(&sql.args), |r| r.get(0))?;
        Ok(usize::try_from(n).unwrap_or(0))
    }

    fn members(&self, bound: usize) -> Result<usize, StoreError> {
        let limit = i64::try_from(bound.saturating_add(1)).unwrap_or(i64::MAX);
        let sql = "SELECT count(*) FROM (SELECT 1 FROM index_token WHERE pt=? AND code=0 LIMIT ?)";
        let n: i64 = self.db.prepare_cached(sql)?.query_row(params![members(self.q.of), limit], |r| r.get(0))?;
        Ok(usize::try_from(n).unwrap_or(0))
    }

    /// How many rows gathering what the viewer sees would take, counted to just past `bound`.
    fn seen(&self, bound: usize) -> Result<usize, StoreError> {
        let Some(sight) = self.sight else { return Ok(usize::MAX) };
        if is_directory(self.q.of) {
            return Ok(usize::MAX);
        }
        // Each grant is a seek, whether or not rows lie behind it.
        let seeks = usize::try_from(sight.grants()).unwrap_or(usize::MAX);
        if seeks > bound {
            return Ok(usize::MAX);
        }
        let mut sql = self.sql();
        let driver = self.seen_driver(sight, &mut sql);
        let limit = sql.arg(i64::try_from(bound.saturating_add(1)).unwrap_or(i64::MAX));
        let text = format!("SELECT count(*) FROM (SELECT 1 FROM ({driver}) LIMIT {limit})");
        let n: i64 = self.db.prepare_cached(&text)?.query_row(params_from_iter(&sql.args), |r| r.get(0))?;
        Ok(usize::try_from(n).unwrap_or(0).saturating_add(seeks))
    }

    /// Of the type, deleted ones included: an estimate.
    fn all(&self) -> Result<i64, StoreError> {
        let sql = "SELECT coalesce(sum(n), 0) FROM custody_count WHERE ty=?";
        Ok(self.db.prepare_cached(sql)?.query_row([self.q.of.number()], |r| r.get(0))?)
    }

    /// Of the type and visible: custody as it was counted, and the grants' share as far as one would gather it.
    fn visible(&self) -> Result<i64, StoreError> {
        let Some(sight) = self.sight else { return self.all() };
        let sql = "SELECT n FROM custody_count WHERE cust=? AND ty=?";
        let own: Option<i64> = self
            .db
            .prepare_cached(sql)?
            .query_row(params![sight.custody, self.q.of.number()], |r| r.get(0))
            .optional()?;
        let seen = self.seen(self.limits.gather)?;
        Ok(own.unwrap_or(0).max(i64::try_from(seen.min(self.limits.gather)).unwrap_or(0)))
    }

    /// All of the type that the viewer sees, from the indexes of `scope`.
    fn seen_driver(&self, sight: &Sight, sql: &mut Sql) -> String {
        let ty = sql.arg(i64::from(self.q.of.number()));
        let now = sql.arg(sight.now);
        let subjects: Vec<String> = sight.subjects.iter().map(|s| sql.arg(s.clone())).collect();
        let grants = format!("g.subject IN ({}) AND g.until>{now}", subjects.join(","));
        let custody = sql.arg(sight.custody);
        let own = format!("SELECT rid FROM scope INDEXED BY scope_cust WHERE cust={custody} AND cust>0 AND ty={ty}");
        if subjects.is_empty() {
            return own;
        }
        format!(
            "{own} UNION ALL
             SELECT v.rid FROM access_grant g CROSS JOIN scope v INDEXED BY scope_pat WHERE {grants} AND g.kind={PATIENT} AND v.pat=g.rid AND v.pat>0 AND v.ty={ty} UNION ALL
             SELECT v.rid FROM access_grant g CROSS JOIN scope v INDEXED BY scope_kase WHERE {grants} AND g.kind={CASE} AND v.kase=g.rid AND v.kase>0 AND v.ty={ty} UNION ALL
             SELECT v.rid FROM access_grant g CROSS JOIN scope v WHERE {grants} AND g.kind<>{PATIENT} AND v.rid=g.rid AND v.ty={ty}"
        )
    }

    fn descending(&self) -> bool {
        self.q.sort.first().is_some_and(|s| s.descending)
    }

    /// ` FROM … d WHERE …`: all of the source, each once, filtered by the rest.
    fn matching(&self, source: Source, sql: &mut Sql) -> String {
        let (driver, but) = match (source, self.sight) {
            (Source::Test(i), _) => (sql.driver(&self.q.tests[i], self.q.of), Some(i)),
            (Source::Seen, Some(sight)) => (self.seen_driver(sight, sql), None),
            _ => (format!("SELECT rid FROM index_token WHERE pt={} AND code=0", sql.arg(members(self.q.of))), None),
        };
        let is = sql.is(self.q.of, "d.rid", Blind::Result);
        let others = sql.others(self.q, but, "d.rid");
        format!("FROM (SELECT DISTINCT rid FROM ({driver})) d WHERE {is}{others}")
    }

    /// All of the source, filtered by the rest, sorted.
    fn gather(&self, source: Source) -> Result<Found, StoreError> {
        let mut sql = self.sql();
        let matching = self.matching(source, &mut sql);
        let keys: Vec<String> =
            self.q.sort.iter().enumerate().map(|(i, s)| format!(", {} k{i}", key(s, "d.rid", &mut sql))).collect();
        let after = self.q.after.as_ref().map_or(String::new(), |after| self.past(after, &mut sql));
        let order: String = (0..keys.len())
            .map(|i| format!("k{i} IS NULL, k{i}{}, ", if self.q.sort[i].descending { " DESC" } else { "" }))
            .collect();
        let text = format!(
            "SELECT * FROM (SELECT d.rid rid{} {matching}) g WHERE 1{after} ORDER BY {order}rid{} LIMIT {}",
            keys.concat(),
            if self.descending() { " DESC" } else { "" },
            self.q.count + 1
        );
        let mut statement = self.db.prepare_cached(&text)?;
        let rows = statement.query_map(params_from_iter(&sql.args), |r| {
            let values = (0..keys.len()).map(|i| r.get(i + 1)).collect::<rusqlite::Result<_>>()?;
            Ok(Key { rid: r.get(0)?, values })
        })?;
        let mut found: Vec<Key> = rows.collect::<Result<_, _>>()?;
        let more = found.len() > self.q.count;
        found.truncate(self.q.count);
        let next = found.last().filter(|_| more).map(token::write);
        Ok(Found { rids: found.iter().map(|k| k.rid).collect(), next })
    }

    /// ` AND <the row comes after the key>`, for rows with columns k0, k1 … and rid.
    fn past(&self, after: &Key, sql: &mut Sql) -> String {
        let mut ways = vec![];
        let mut equal = String::new();
        for (i, (value, sort)) in after.values.iter().zip(&self.q.sort).enumerate() {
            let arg = sql.arg(value.clone());
            if *value != Value::Null {
                let than = if sort.descending { "<" } else { ">" };
                ways.push(format!("({equal}(k{i}{than}{arg} OR k{i} IS NULL))"));
            }
            equal += &format!("k{i} IS {arg} AND ");
        }
        let rid = sql.arg(after.rid);
        ways.push(format!("({equal}rid{}{rid})", if self.descending() { "<" } else { ">" }));
        format!(" AND ({})", ways.join(" OR "))
    }

    /// In order along the sort index (then those without a value), or along an index in the order of rid.
    fn walk(&self, budget: usize, patience: Duration) -> Result<Walked, StoreError> {
        let mut walk =
            Walk { found: vec![], examined: 0, budget, patience, begun: Instant::now(), count: self.q.count };
        let after = self.q.after.as_ref();
        let ended = match self.q.sort.first() {
            None => self.along_rid(&mut walk, after.map(|a| a.rid), None)?,
            Some(sort) => match after.map(|a| (a, &a.values[..])) {
                Some((at, [Value::Null])) => self.along_rid(&mut walk, Some(at.rid), Some(sort))?,
                _ => match self.along_sort(&mut walk, after, sort)? {
                    None => self.along_rid(&mut walk, None, Some(sort))?,
                    ended => ended,
                },
            },
        };
        let rids = walk.found.iter().map(|k| k.rid).collect();
        Ok(match ended {
            None => Walked::Whole(Found { rids, next: None }),
            Some(End::Full) => Walked::Whole(Found { rids, next: walk.found.last().map(token::write) }),
            Some(End::Tired(at)) => Walked::Short(Found { rids, next: Some(token::write(&at)) }),
        })
    }

    fn along_sort(&self, walk: &mut Walk, after: Option<&Key>, sort: &Sort) -> Result<Option<End>, StoreError> {
        let mut sql = self.sql();
        let (numbers, table, column) = match sort.by {
            By::Date(n) => (vec![n, n | LONG], "index_date", "lo"),
            By::Text(n) => (vec![n], "index_string", "val"),
            By::Number(n) => (vec![n], "index_number", "val"),
            By::Quantity(_) | By::Id => return Ok(None),
        };
        let (than, direction) = if sort.descending { ("<", " DESC") } else { (">", "") };
        let mut parts = vec![];
        for number in numbers {
            let pt = sql.arg(number);
            let past = after.map_or(String::new(), |after| {
                let (value, rid) = (sql.arg(after.values[0].clone()), sql.arg(after.rid));
                format!(" AND (x.{column},x.rid){than}({value},{rid})")
            });
            let whole = if table == "index_string" { " AND x.exact<>0" } else { "" };
            let seen = match sort.by {
                By::Date(_) => sql.sees(self.q.of, "x"),
                _ => format!(" AND {}", sql.is(self.q.of, "x.rid", Blind::Result)),
            };
            let others = sql.others(self.q, None, "x.rid");
            // With several values a resource stands at its first one only: pages neither repeat nor skip.
            let first = format!(" AND x.{column}={}", key(sort, "x.rid", &mut sql));
            // The tests stand in a column, not in WHERE: every row comes back, so that the work can be counted.
            parts.push(format!(
                "SELECT x.{column} k, x.rid rid, CASE WHEN 1{first}{seen}{others} THEN 1 ELSE 0 END ok FROM {table} x WHERE x.pt={pt}{whole}{past}"
            ));
        }
        let text = format!("{} ORDER BY k{direction}, rid{direction}", parts.join(" UNION ALL "));
        let mut statement = self.db.prepare_cached(&text)?;
        let mut rows = statement.query(params_from_iter(&sql.args))?;
        while let Some(r) = rows.next()? {
            let at = Key { values: vec![r.get(0)?], rid: r.get(1)? };
            if let Some(end) = walk.step(at, r.get(2)?) {
                return Ok(Some(end));
            }
        }
        Ok(None)
    }

    fn along_rid(
        &self,
        walk: &mut Walk,
        after: Option<i64>,
        without: Option<&Sort>,
    ) -> Result<Option<End>, StoreError> {
        let mut sql = self.sql();
        let (from, condition, but) = match self.single_run(&mut sql, without.is_none())? {
            Some((i, run)) => (run.from, run.condition, Some(i)),
            None => ("index_token x", format!("x.pt={} AND x.code=0", sql.arg(members(self.q.of))), None),
        };
        let (than, direction) = if self.descending() { ("<", " DESC") } else { (">", "") };
        let past = after.map_or(String::new(), |rid| format!(" AND x.rid{than}{}", sql.arg(rid)));
        let seen = match from {
            "index_token x" => sql.sees(self.q.of, "x"),
            _ => format!(" AND {}", sql.is(self.q.of, "x.rid", Blind::Result)),
        };
        let others = sql.others(self.q, but, "x.rid");
        let lacks = without.map_or(String::new(), |sort| format!(" AND {} IS NULL", key(sort, "x.rid", &mut sql)));
        let text = format!(
            "SELECT x.rid, CASE WHEN 1{seen}{lacks}{others} THEN 1 ELSE 0 END FROM {from} WHERE {condition}{past} ORDER BY x.rid{direction}"
        );
        let mut statement = self.db.prepare_cached(&text)?;
        let mut rows = statement.query(params_from_iter(&sql.args))?;
        let values = if without.is_some() { vec![Value::Null] } else { vec![] };
        while let Some(r) = rows.next()? {
            if let Some(end) = walk.step(Key { values: values.clone(), rid: r.get(0)? }, r.get(1)?) {
                return Ok(Some(end));
            }
        }
        Ok(None)
    }

    /// The rarest test whose rows come in the order of rid.
    fn single_run(&self, sql: &mut Sql, wanted: bool) -> Result<Option<(usize, super::sql::Run)>, StoreError> {
        let (mut best, mut least) = (None, self.limits.walk.saturating_mul(4));
        for (i, test) in self.q.tests.iter().enumerate().filter(|_| wanted) {
            let single = self.sql().runs(test).is_some_and(|runs| runs.len() == 1);
            if single {
                let rows = self.count(test, least)?;
                if rows <= least {
                    (best, least) = (Some(i), rows);
                }
            }
        }
        Ok(best.and_then(|i| Some((i, sql.runs(&self.q.tests[i])?.pop()?))))
    }
}

enum End {
    /// There is more than the page holds.
    Full,
    /// The budget ended at this row.
    Tired(Key),
}

struct Walk {
    found: Vec<Key>,
    examined: usize,
    budget: usize,
    patience: Duration,
    begun: Instant,
    count: usize,
}

impl Walk {
    fn step(&mut self, at: Key, matches: bool) -> Option<End> {
        if matches && self.found.last().map(|k| k.rid) != Some(at.rid) {
            if self.found.len() == self.count {
                return Some(End::Full);
            }
            self.found.push(at.clone());
        }
        self.examined += 1;
        let tired =
            self.examined >= self.budget || (self.examined.is_multiple_of(64) && self.begun.elapsed() > self.patience);
        tired.then_some(End::Tired(at))
    }
}

/// The value that a resource is sorted by.
fn key(sort: &Sort, rid: &str, sql: &mut Sql) -> String {
    let of = if sort.descending { "max" } else { "min" };
    match sort.by {
        By::Date(n) => {
            let (short, long) = (sql.arg(n), sql.arg(n | LONG));
            format!("(SELECT {of}(lo) FROM index_date INDEXED BY date_of WHERE rid={rid} AND pt IN ({short},{long}))")
        }
        By::Text(n) => {
            let pt = sql.arg(n);
            format!(
                "(SELECT {of}(val) FROM index_string INDEXED BY string_of WHERE rid={rid} AND pt={pt} AND exact<>0)"
            )
        }
        By::Number(n) => {
            format!("(SELECT {of}(val) FROM index_number INDEXED BY number_of WHERE rid={rid} AND pt={})", sql.arg(n))
        }
        By::Quantity([one, other]) => {
            let (one, other) = (sql.arg(one), sql.arg(other));
            format!(
                "(SELECT {of}(val) FROM index_amount INDEXED BY amount_of WHERE rid={rid} AND pt IN ({one},{other}))"
            )
        }
        By::Id => format!("(SELECT id FROM resource WHERE rid={rid})"),
    }
}
