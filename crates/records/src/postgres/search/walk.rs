//! Walking: along an ordered index in steps, each a statement, until the page is full or it has cost enough.

use super::plan::{Asked, Found, key, value};
use super::sql::{Run, fixed};
use crate::StoreError;
use crate::query::parse::{By, Sort};
use crate::query::token::{self, Key};
use crate::query::{Blind, Value};
use crate::standing::{LONG, members};
use std::time::{Duration, Instant};
use tokio_postgres::Row;

/// The first step of a walk, and the longest.
const STEP: usize = 64;
const STEP_MAX: usize = 2_048;

/// How a walk ended.
pub(super) enum Walked {
    /// The page is full, or everything was seen.
    Whole(Found),
    /// The budget ended first.
    Short(Found),
}

impl Walked {
    pub(super) fn found(self) -> Found {
        match self {
            Self::Whole(found) | Self::Short(found) => found,
        }
    }
}

impl Asked<'_> {
    /// In order along the sort index (then those without a value), or along an index in the order of rid.
    pub(super) async fn walk(&self, budget: usize, patience: Duration) -> Result<Walked, StoreError> {
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
            By::Number(n) => (vec![n], "index_number", "val"),
            By::Quantity(_) | By::Id => return Ok(None),
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
            let ok = fixed(&format!("true{seen}{others} AND {first}"));
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
