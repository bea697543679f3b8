//! Gather or walk.
//!
//! Gathering costs what the gathered thing has rows; walking costs what lies between two matches. Both are estimated,
//! a walk may cost twice what gathering would, then gathers: never much worse than the better of the two. Where nothing
//! is small enough to be gathered a person's page ends at a bound with what it has, and `next` goes on from there.

use super::sql::{Run, Sql, fixed};
use crate::StoreError;
use crate::postgres::pipe::Db;
use crate::postgres::sight::Sight;
use crate::query::parse::{By, Parsed, Sort, Test};
use crate::query::token::{self, Key};
use crate::query::{Blind, Limits, Value};
use crate::standing::{LONG, is_directory, members};
use fhir::ResourceType;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::time::{Duration, Instant};
use tokio_postgres::Row;
use tokio_postgres::types::Type;

/// The first step of a walk, and the longest.
const STEP: usize = 64;
const STEP_MAX: usize = 2_048;

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

pub(super) async fn find(db: &Db, q: &Parsed, sight: Option<&Sight>, limits: &Limits) -> Result<Found, StoreError> {
    let asked = Asked { db, q, sight, limits };
    if let (Some(source), _) = asked.cheapest(limits.small).await? {
        return asked.gather(source).await;
    }
    let walkable = matches!(q.sort[..], [] | [Sort { by: By::Date(_) | By::Text(_) | By::Number(_), .. }]);
    if !walkable {
        let (best, _) = asked.cheapest(usize::MAX).await?;
        return asked.gather(best.unwrap_or(Source::Type)).await;
    }
    let (best, cost) = asked.cheapest(limits.gather).await?;
    let all = asked.all().await?.max(1) as f64;
    let visible = asked.visible().await?.max(1) as f64;
    // Along the sort index a test is met as rarely as it matches.
    let matching = match best {
        Some(Source::Test(_)) => cost as f64 / all,
        _ => 1.0,
    };
    let expected = (q.count + 1) as f64 * all / (visible * matching.max(1.0 / all)).min(all);
    match best {
        Some(source) if expected > cost as f64 * 2.0 => asked.gather(source).await,
        Some(source) => match asked.walk(cost * 2 + 500, Duration::MAX).await? {
            Walked::Whole(found) => Ok(found),
            Walked::Short(_) => asked.gather(source).await,
        },
        // The rules themselves get whole pages.
        None if sight.is_none() => Ok(asked.walk(usize::MAX, Duration::MAX).await?.found()),
        None => Ok(asked.walk(limits.walk, Duration::from_millis(limits.patience_ms)).await?.found()),
    }
}

struct Asked<'a> {
    db: &'a Db,
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

/// How many are counted before it is known that there are more than `bound`.
fn just_past(bound: usize) -> i64 {
    i64::try_from(bound.saturating_add(1)).unwrap_or(i64::MAX)
}

impl Asked<'_> {
    fn sql(&self) -> Sql<'_> {
        Sql::new(self.sight, self.limits)
    }

    /// The source with the fewest rows, if it has at most `bound`.
    async fn cheapest(&self, bound: usize) -> Result<(Option<Source>, usize), StoreError> {
        let (mut best, mut least) = (None, bound);
        for (i, test) in self.q.tests.iter().enumerate() {
            if !matches!(test, Test::Missing(_) | Test::Not(_)) {
                let rows = self.count(test, self.q.of, least).await?;
                if rows < least || (rows == least && best.is_none()) {
                    (best, least) = (Some(Source::Test(i)), rows);
                }
            }
        }
        let rows = self.members(least).await?;
        if rows < least || (rows == least && best.is_none()) {
            (best, least) = (Some(Source::Type), rows);
        }
        // Counting what is seen costs seeks: not worth it where little is to be gathered anyway.
        if self.sight.is_some() && least > self.limits.small / 8 {
            let rows = self.seen(least).await?;
            if rows < least || (rows == least && best.is_none()) {
                (best, least) = (Some(Source::Seen), rows);
            }
        }
        Ok((best, least))
    }

    /// How many rows a driver has, counted to just past `bound`.
    async fn counted(&self, mut sql: Sql<'_>, driver: &str, bound: usize) -> Result<usize, StoreError> {
        let limit = sql.arg(just_past(bound));
        let text = format!("SELECT count(*) FROM (SELECT 1 FROM ({driver}) d LIMIT {limit}) c");
        Ok(usize::try_from(sql.number(self.db, &text).await?).unwrap_or(0))
    }

    /// The same of a test on a type; a hop counts what lies behind it too.
    fn count<'s>(&'s self, test: &'s Test, of: ResourceType, bound: usize) -> BoxFuture<'s, Result<usize, StoreError>> {
        async move {
            if let (Test::Chain { of, inner, .. } | Test::Has { of, inner, .. }, true) = (test, bound < usize::MAX) {
                let most = self.limits.gather.max(bound);
                if self.count(inner, *of, most).await? > most {
                    return Ok(usize::MAX);
                }
            }
            let mut sql = self.sql();
            let driver = sql.driver(test, of);
            self.counted(sql, &driver, bound).await
        }
        .boxed()
    }

    async fn members(&self, bound: usize) -> Result<usize, StoreError> {
        let mut sql = self.sql();
        let driver = format!("SELECT 1 FROM index_token WHERE pt={} AND code=0", sql.arg(members(self.q.of)));
        self.counted(sql, &driver, bound).await
    }

    /// How many rows gathering what the viewer sees would take, counted to just past `bound`.
    async fn seen(&self, bound: usize) -> Result<usize, StoreError> {
        let Some(sight) = self.sight else { return Ok(usize::MAX) };
        // Each grant is a seek, whether or not rows lie behind it.
        let seeks = sight.grants();
        if is_directory(self.q.of) || seeks > bound {
            return Ok(usize::MAX);
        }
        let mut sql = self.sql();
        let driver = self.seen_driver(sight, &mut sql);
        Ok(self.counted(sql, &driver, bound).await?.saturating_add(seeks))
    }

    /// Of the type, deleted ones included: an estimate.
    async fn all(&self) -> Result<i64, StoreError> {
        let mut sql = self.sql();
        let ty = sql.arg(i64::from(self.q.of.number()));
        let text = format!("SELECT coalesce(sum(n), 0)::int8 FROM custody_count WHERE ty={ty}");
        Ok(sql.number(self.db, &text).await?)
    }

    /// Of the type and visible: custody as it was counted, and the grants' share as far as one would gather it.
    async fn visible(&self) -> Result<i64, StoreError> {
        let Some(sight) = self.sight else { return self.all().await };
        let mut sql = self.sql();
        let (ty, custody) = (sql.arg(i64::from(self.q.of.number())), sql.arg(sight.custody));
        let text = format!("SELECT coalesce(sum(n), 0)::int8 FROM custody_count WHERE ty={ty} AND cust={custody}");
        let own = sql.number(self.db, &text).await?;
        let seen = self.seen(self.limits.gather).await?;
        Ok(own.max(i64::try_from(seen.min(self.limits.gather)).unwrap_or(0)))
    }

    /// All of the type that the viewer sees, from the indexes of `scope`.
    fn seen_driver(&self, sight: &Sight, sql: &mut Sql) -> String {
        let ty = sql.arg(i64::from(self.q.of.number()));
        let custody = sql.arg(sight.custody);
        let mut parts = vec![format!("SELECT rid FROM scope WHERE cust={custody} AND cust>0 AND ty={ty}")];
        for (set, condition) in [
            (&sight.patients, "v.pat=g.rid AND v.pat>0"),
            (&sight.cases, "v.kase=g.rid AND v.kase>0"),
            (&sight.singles, "v.rid=g.rid"),
        ] {
            if !set.is_empty() {
                let set = sql.list(set);
                parts.push(format!("SELECT v.rid FROM unnest({set}) g(rid) JOIN scope v ON {condition} AND v.ty={ty}"));
            }
        }
        parts.join(" UNION ALL ")
    }

    fn descending(&self) -> bool {
        self.q.sort.first().is_some_and(|s| s.descending)
    }

    /// All of the source, filtered by the rest, sorted.
    async fn gather(&self, source: Source) -> Result<Found, StoreError> {
        let mut sql = self.sql();
        let (driver, but) = match (source, self.sight) {
            (Source::Test(i), _) => (sql.driver(&self.q.tests[i], self.q.of), Some(i)),
            (Source::Seen, Some(sight)) => (self.seen_driver(sight, &mut sql), None),
            _ => (format!("SELECT rid FROM index_token WHERE pt={} AND code=0", sql.arg(members(self.q.of))), None),
        };
        let is = sql.is(self.q.of, "d.rid", Blind::Result);
        let others = sql.others(self.q, but, "d.rid");
        let keys: Vec<String> =
            self.q.sort.iter().enumerate().map(|(i, s)| format!(", {} k{i}", key(s, "d.rid", &mut sql))).collect();
        let after = self.q.after.as_ref().map_or(String::new(), |after| self.past(after, &mut sql));
        let order: String = (0..keys.len())
            .map(|i| format!("k{i} IS NULL, k{i}{}, ", if self.q.sort[i].descending { " DESC" } else { "" }))
            .collect();
        let text = format!(
            "SELECT * FROM (SELECT d.rid rid{} FROM (SELECT DISTINCT s.rid FROM ({driver}) s) d WHERE {}) g WHERE true{after} ORDER BY {order}rid{} LIMIT {}",
            keys.concat(),
            fixed(&format!("{is}{others}")),
            if self.descending() { " DESC" } else { "" },
            self.q.count + 1
        );
        let rows = sql.rows(self.db, &text).await?;
        let read = |r: &Row| {
            let values = (0..keys.len()).map(|i| value(r, i + 1)).collect::<Result<_, _>>()?;
            Ok(Key { rid: r.get(0), values })
        };
        let mut found: Vec<Key> = rows.iter().map(read).collect::<Result<_, StoreError>>()?;
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
            match sql.value(value) {
                Some(arg) => {
                    let than = if sort.descending { "<" } else { ">" };
                    ways.push(format!("({equal}(k{i}{than}{arg} OR k{i} IS NULL))"));
                    equal += &format!("k{i}={arg} AND ");
                }
                None => equal += &format!("k{i} IS NULL AND "),
            }
        }
        let rid = sql.arg(after.rid);
        ways.push(format!("({equal}rid{}{rid})", if self.descending() { "<" } else { ">" }));
        format!(" AND ({})", ways.join(" OR "))
    }

    /// In order along the sort index (then those without a value), or along an index in the order of rid.
    async fn walk(&self, budget: usize, patience: Duration) -> Result<Walked, StoreError> {
        let mut walk = Walk {
            found: vec![],
            examined: 0,
            step: STEP,
            budget,
            patience,
            begun: Instant::now(),
            count: self.q.count,
        };
        let after = self.q.after.as_ref();
        let ended = match self.q.sort.first() {
            None => self.along_rid(&mut walk, after.map(|a| a.rid), None).await?,
            Some(sort) => match after.map(|a| (a, &a.values[..])) {
                Some((at, [Value::Null])) => self.along_rid(&mut walk, Some(at.rid), Some(sort)).await?,
                _ => match self.along_sort(&mut walk, after, sort).await? {
                    None => self.along_rid(&mut walk, None, Some(sort)).await?,
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

    async fn along_sort(&self, walk: &mut Walk, after: Option<&Key>, sort: &Sort) -> Result<Option<End>, StoreError> {
        let (numbers, table, column) = match sort.by {
            By::Date(n) => (vec![n, n | LONG], "index_date", "lo"),
            By::Text(n) => (vec![n], "index_string", "val"),
            By::Number(n) | By::Quantity(n) => (vec![n], "index_number", "val"),
            By::Id => return Ok(None),
        };
        let (than, direction) = if sort.descending { ("<", " DESC") } else { (">", "") };
        let mut after = after.cloned();
        loop {
            let (mut sql, step) = (self.sql(), walk.next_step());
            let past = after.as_ref().and_then(|after| Some((sql.value(after.values.first()?)?, sql.arg(after.rid))));
            let past =
                past.map_or(String::new(), |(value, rid)| format!(" AND (x.{column},x.rid){than}({value},{rid})"));
            let whole = if table == "index_string" { " AND x.exact<>0" } else { "" };
            let carried = if table == "index_date" { ", x.cust, x.pat, x.kase" } else { "" };
            let parts: Vec<String> = numbers
                .iter()
                .map(|number| {
                    let pt = sql.arg(*number);
                    format!(
                        "(SELECT x.{column} k, x.rid{carried} FROM {table} x WHERE x.pt={pt}{whole}{past} ORDER BY x.{column}{direction}, x.rid{direction} LIMIT {step})"
                    )
                })
                .collect();
            let seen = match sort.by {
                By::Date(_) => sql.sees(self.q.of, "x"),
                _ => format!(" AND {}", sql.is(self.q.of, "x.rid", Blind::Result)),
            };
            let others = sql.others(self.q, None, "x.rid");
            // With several values a resource stands at its first one only: pages neither repeat nor skip.
            let first = format!("x.k={}", key(sort, "x.rid", &mut sql));
            let ok = fixed(&format!("{first}{seen}{others}"));
            let text = format!(
                "SELECT k, rid, ok, n FROM (SELECT x.k, x.rid, {ok} ok, x.n FROM (SELECT u.*, row_number() OVER (ORDER BY k{direction}, rid{direction}) n
                 FROM ({}) u ORDER BY k{direction}, rid{direction} LIMIT {step}) x) t WHERE ok OR n={step} ORDER BY n",
                parts.join(" UNION ALL ")
            );
            let rows = sql.rows(self.db, &text).await?;
            let read = |r: &Row| Ok((Key { values: vec![value(r, 0)?], rid: r.get(1) }, r.get(2), r.get(3)));
            let rows = rows.iter().map(read).collect::<Result<Vec<_>, StoreError>>()?;
            match walk.take(rows, step) {
                Went::On(at) => after = Some(at),
                Went::Through => return Ok(None),
                Went::Ended(end) => return Ok(Some(end)),
            }
        }
    }

    async fn along_rid(
        &self,
        walk: &mut Walk,
        mut after: Option<i64>,
        without: Option<&Sort>,
    ) -> Result<Option<End>, StoreError> {
        let single = if without.is_none() { self.single_run().await? } else { None };
        let (than, direction) = if self.descending() { ("<", " DESC") } else { (">", "") };
        let values = if without.is_some() { vec![Value::Null] } else { vec![] };
        loop {
            let (mut sql, step) = (self.sql(), walk.next_step());
            let run = single.and_then(|i| sql.runs(&self.q.tests[i])?.pop());
            let run = run.unwrap_or_else(|| Run {
                from: "index_token x",
                condition: format!("x.pt={} AND x.code=0", sql.arg(members(self.q.of))),
            });
            let past = after.map_or(String::new(), |rid| format!(" AND x.rid{than}{}", sql.arg(rid)));
            let (carried, seen) = match run.from {
                "index_token x" => (", x.cust, x.pat, x.kase", sql.sees(self.q.of, "x")),
                _ => ("", format!(" AND {}", sql.is(self.q.of, "x.rid", Blind::Result))),
            };
            let others = sql.others(self.q, single, "x.rid");
            let lacks = without.map_or(String::new(), |sort| format!(" AND {} IS NULL", key(sort, "x.rid", &mut sql)));
            let ok = fixed(&format!("true{seen}{lacks}{others}"));
            let text = format!(
                "SELECT rid, ok, n FROM (SELECT x.rid, {ok} ok, x.n FROM (SELECT u.*, row_number() OVER (ORDER BY rid{direction}) n
                 FROM (SELECT x.rid{carried} FROM {} WHERE {}{past} ORDER BY x.rid{direction} LIMIT {step}) u) x) t WHERE ok OR n={step} ORDER BY n",
                run.from, run.condition
            );
            let rows = sql.rows(self.db, &text).await?;
            let read = |r: &Row| (Key { values: values.clone(), rid: r.get(0) }, r.get(1), r.get(2));
            match walk.take(rows.iter().map(read).collect(), step) {
                Went::On(at) => after = Some(at.rid),
                Went::Through => return Ok(None),
                Went::Ended(end) => return Ok(Some(end)),
            }
        }
    }

    /// The rarest test whose rows come in the order of rid.
    async fn single_run(&self) -> Result<Option<usize>, StoreError> {
        let (mut best, mut least) = (None, self.limits.walk.saturating_mul(4));
        for (i, test) in self.q.tests.iter().enumerate() {
            if self.sql().runs(test).is_some_and(|runs| runs.len() == 1) {
                let rows = self.count(test, self.q.of, least).await?;
                if rows <= least {
                    (best, least) = (Some(i), rows);
                }
            }
        }
        Ok(best)
    }
}

enum End {
    /// There is more than the page holds.
    Full,
    /// The budget ended at this row.
    Tired(Key),
}

/// How a step of a walk went.
enum Went {
    /// There is more after this row.
    On(Key),
    /// Everything was seen.
    Through,
    Ended(End),
}

struct Walk {
    found: Vec<Key>,
    examined: usize,
    step: usize,
    budget: usize,
    patience: Duration,
    begun: Instant,
    count: usize,
}

impl Walk {
    /// How many rows the next step looks at: few at first, since the page may be full soon.
    fn next_step(&mut self) -> usize {
        let step = self.step.min(self.budget.saturating_sub(self.examined).max(1));
        self.step = (self.step * 4).min(STEP_MAX);
        step
    }

    /// The matches of a step of so many rows, and its last row if there were as many: with its place in the step.
    fn take(&mut self, rows: Vec<(Key, bool, i64)>, step: usize) -> Went {
        let mut last = None;
        for (at, matches, n) in rows {
            if matches && self.found.last().map(|k| k.rid) != Some(at.rid) {
                if self.found.len() == self.count {
                    return Went::Ended(End::Full);
                }
                self.found.push(at.clone());
            }
            if n == step as i64 {
                last = Some(at);
            }
        }
        let Some(at) = last else { return Went::Through };
        self.examined += step;
        if self.examined >= self.budget || self.begun.elapsed() > self.patience {
            return Went::Ended(End::Tired(at));
        }
        Went::On(at)
    }
}

/// A sort key's value as it came.
fn value(r: &Row, i: usize) -> Result<Value, StoreError> {
    Ok(match *r.columns()[i].type_() {
        Type::INT8 => r.get::<_, Option<i64>>(i).map_or(Value::Null, Value::Integer),
        Type::FLOAT8 => r.get::<_, Option<f64>>(i).map_or(Value::Null, Value::Real),
        Type::TEXT => r.get::<_, Option<String>>(i).map_or(Value::Null, Value::Text),
        ref other => return Err(StoreError::Engine(format!("a sort key of type {other}"))),
    })
}

/// The value that a resource is sorted by.
fn key(sort: &Sort, rid: &str, sql: &mut Sql) -> String {
    let of = if sort.descending { "max" } else { "min" };
    match sort.by {
        By::Date(n) => {
            let pts = sql.list(&[n, n | LONG]);
            format!("(SELECT {of}(s.lo) FROM index_date s WHERE s.rid={rid} AND s.pt=ANY({pts}))")
        }
        By::Text(n) => {
            format!("(SELECT {of}(s.val) FROM index_string s WHERE s.rid={rid} AND s.pt={} AND s.exact<>0)", sql.arg(n))
        }
        By::Number(n) => {
            format!("(SELECT {of}(s.val) FROM index_number s WHERE s.rid={rid} AND s.pt={})", sql.arg(n))
        }
        By::Quantity(n) => {
            format!("(SELECT {of}(s.val) FROM index_quantity s WHERE s.rid={rid} AND s.pt={} AND s.unit=0)", sql.arg(n))
        }
        By::Id => format!("(SELECT s.id FROM resource s WHERE s.rid={rid})"),
    }
}
