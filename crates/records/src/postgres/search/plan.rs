//! Gather or walk.
//!
//! Gathering costs what the gathered thing has rows; walking costs what lies between two matches. Both are estimated,
//! a walk may cost twice what gathering would, then gathers: never much worse than the better of the two. Where nothing
//! is small enough to be gathered a person's page ends at a bound with what it has, and `next` goes on from there.

use super::sql::{Sql, fixed, union};
use super::walk::Walked;
use crate::StoreError;
use crate::postgres::Inner;
use crate::postgres::pipe::Db;
use crate::postgres::sight::Sight;
use crate::query::parse::{By, Parsed, Sort, Test};
use crate::query::token::{self, Key};
use crate::query::{Blind, Limits, Value};
use crate::standing::{LONG, is_directory, members};
use fhir::ResourceType;
use futures::FutureExt;
use futures::future::BoxFuture;
use std::time::Duration;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

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

pub(super) async fn find(inner: &Inner, db: &Db, q: &Parsed, sight: Option<&Sight>) -> Result<Found, StoreError> {
    let limits = &inner.limits;
    let asked = Asked { inner, db, q, sight, limits };
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

/// How many match and are seen, counted to just past `most`.
pub(super) async fn count(
    inner: &Inner,
    db: &Db,
    q: &Parsed,
    sight: Option<&Sight>,
    most: usize,
) -> Result<u64, StoreError> {
    let asked = Asked { inner, db, q, sight, limits: &inner.limits };
    let source = asked.cheapest(usize::MAX).await?.0.unwrap_or(Source::Type);
    let mut sql = asked.sql();
    let matching = asked.matching(source, &mut sql);
    let limit = sql.arg(just_past(most));
    let text = format!("SELECT count(*) FROM (SELECT d.rid {matching} LIMIT {limit}) c");
    Ok(sql.number(db, &text).await?.cast_unsigned())
}

/// A search under way.
pub(super) struct Asked<'a> {
    inner: &'a Inner,
    pub(super) db: &'a Db,
    pub(super) q: &'a Parsed,
    sight: Option<&'a Sight>,
    pub(super) limits: &'a Limits,
}

/// How many are counted before it is known that there are more than `bound`.
fn just_past(bound: usize) -> i64 {
    i64::try_from(bound.saturating_add(1)).unwrap_or(i64::MAX)
}

impl Asked<'_> {
    pub(super) fn sql(&self) -> Sql<'_> {
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

    /// The same of a test on a type; a hop counts what lies behind it too. Who sees what is left out of the estimate.
    pub(super) fn count<'s>(
        &'s self,
        test: &'s Test,
        of: ResourceType,
        bound: usize,
    ) -> BoxFuture<'s, Result<usize, StoreError>> {
        async move {
            if let (Test::Chain { of, inner, .. } | Test::Has { of, inner, .. }, true) = (test, bound < usize::MAX) {
                let most = self.limits.gather.max(bound);
                let behind = self.count(inner, *of, most).await?;
                if behind > most {
                    return Ok(usize::MAX);
                }
                // What is behind names one each, as a rule.
                if matches!(test, Test::Has { .. }) {
                    return Ok(behind);
                }
            }
            let mut sql = Sql::new(None, self.limits);
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

    /// How many rows gathering what the viewer sees would take, counted to just past `bound`; by the average where there
    /// are many grants.
    async fn seen(&self, bound: usize) -> Result<usize, StoreError> {
        let Some(sight) = self.sight else { return Ok(usize::MAX) };
        // Each grant is a seek, whether or not rows lie behind it.
        let seeks = sight.grants();
        if is_directory(self.q.of) || seeks > bound {
            return Ok(usize::MAX);
        }
        if seeks > self.limits.few {
            let count = self.inner.counts.of(self.db, self.q.of).await?;
            let patients = self.inner.counts.of(self.db, ResourceType::PATIENT).await?.all.max(1);
            let of_patients = sight.patients.len() as i64 * count.all / patients;
            let rows = usize::try_from(count.of(sight.custody) + of_patients).unwrap_or(usize::MAX);
            return Ok(rows.saturating_add(seeks));
        }
        let mut sql = self.sql();
        let driver = self.seen_driver(sight, &mut sql);
        Ok(self.counted(sql, &driver, bound).await?.saturating_add(seeks))
    }

    /// Of the type, deleted ones included: an estimate.
    async fn all(&self) -> Result<i64, StoreError> {
        Ok(self.inner.counts.of(self.db, self.q.of).await?.all)
    }

    /// Of the type and visible: custody as it was counted, and the grants' share as far as one would gather it.
    async fn visible(&self) -> Result<i64, StoreError> {
        let Some(sight) = self.sight else { return self.all().await };
        let own = self.inner.counts.of(self.db, self.q.of).await?.of(sight.custody);
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
                let set = sql.list(&set.all);
                parts.push(format!("SELECT v.rid FROM unnest({set}) g(rid) JOIN scope v ON {condition} AND v.ty={ty}"));
            }
        }
        parts.join(" UNION ALL ")
    }

    pub(super) fn descending(&self) -> bool {
        self.q.sort.first().is_some_and(|s| s.descending)
    }

    /// ` FROM … d WHERE …`: all of the source, each once, filtered by the rest.
    fn matching(&self, source: Source, sql: &mut Sql) -> String {
        let but = if let Source::Test(i) = source { Some(i) } else { None };
        let of = self.q.of;
        let carried = match source {
            Source::Test(i) => sql.carried(&self.q.tests[i]),
            Source::Seen => None,
            Source::Type => Some(format!(
                "SELECT rid, cust, pat, kase FROM index_token WHERE pt={} AND code=0",
                sql.arg(members(of))
            )),
        };
        // What carries its standing is there and of the type: else that is a probe.
        let (columns, driver, is) = match (carried, source, self.sight) {
            (Some(carried), ..) => ("s.rid, s.cust, s.pat, s.kase", carried, format!("true{}", sql.sees(of, "d"))),
            (None, Source::Test(i), _) => {
                ("s.rid", sql.driver(&self.q.tests[i], of), sql.is(of, "d.rid", Blind::Result))
            }
            (None, _, Some(sight)) => ("s.rid", self.seen_driver(sight, sql), sql.is(of, "d.rid", Blind::Result)),
            (None, _, None) => ("s.rid", union(vec![]), "false".to_owned()),
        };
        let others = sql.others(self.q, but, "d.rid");
        format!("FROM (SELECT DISTINCT {columns} FROM ({driver}) s) d WHERE {}", fixed(&format!("{is}{others}")))
    }

    /// All of the source, filtered by the rest, sorted.
    async fn gather(&self, source: Source) -> Result<Found, StoreError> {
        let mut sql = self.sql();
        let matching = self.matching(source, &mut sql);
        let keys: Vec<String> =
            self.q.sort.iter().enumerate().map(|(i, s)| format!(", {} k{i}", key(s, "d.rid", &mut sql))).collect();
        let after = self.q.after.as_ref().map_or(String::new(), |after| self.past(after, &mut sql));
        let order: String = (0..keys.len())
            .map(|i| format!("k{i} IS NULL, k{i}{}, ", if self.q.sort[i].descending { " DESC" } else { "" }))
            .collect();
        // Keys are asked once; without any the planner may end with the page.
        let once = if keys.is_empty() { "" } else { " OFFSET 0" };
        let text = format!(
            "SELECT * FROM (SELECT d.rid rid{} {matching}{once}) g WHERE true{after} ORDER BY {order}rid{} LIMIT {}",
            keys.concat(),
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
}

/// A sort key's value as it came.
pub(super) fn value(r: &Row, i: usize) -> Result<Value, StoreError> {
    Ok(match *r.columns()[i].type_() {
        Type::INT8 => r.get::<_, Option<i64>>(i).map_or(Value::Null, Value::Integer),
        Type::FLOAT8 => r.get::<_, Option<f64>>(i).map_or(Value::Null, Value::Real),
        Type::TEXT => r.get::<_, Option<String>>(i).map_or(Value::Null, Value::Text),
        ref other => return Err(StoreError::Engine(format!("a sort key of type {other}"))),
    })
}

/// The value that a resource is sorted by.
pub(super) fn key(sort: &Sort, rid: &str, sql: &mut Sql) -> String {
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
        By::Quantity([one, other]) => {
            let (one, other) = (sql.arg(one), sql.arg(other));
            format!("(SELECT {of}(s.val) FROM index_amount s WHERE s.rid={rid} AND s.pt IN ({one},{other}))")
        }
        By::Id => format!("(SELECT s.id FROM resource s WHERE s.rid={rid})"),
    }
}
