//! Tests as SQL: as drivers and as filters.

use crate::postgres::error::text;
use crate::postgres::pipe::Db;
use crate::postgres::sight::{Set, Sight};
use crate::query::parse::{Coded, Parsed, Test, Text};
use crate::query::{Blind, Limits, Value};
use crate::standing::{LONG, is_directory, members};
use fhir::ResourceType;
use fhir::search::DAY_MS;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

/// Up to so many numbers are compared as they stand; more are looked up in a table made for the statement.
pub(super) const FEW: usize = 64;

/// A value of a statement.
#[derive(Debug)]
pub(super) enum Arg<'a> {
    Integer(i64),
    Real(f64),
    Text(String),
    Integers(Vec<i64>),
    Bytes(&'a [u8]),
}

impl From<i64> for Arg<'_> {
    fn from(n: i64) -> Self {
        Self::Integer(n)
    }
}

impl From<f64> for Arg<'_> {
    fn from(x: f64) -> Self {
        Self::Real(x)
    }
}

impl From<String> for Arg<'_> {
    fn from(given: String) -> Self {
        Self::Text(text(&given))
    }
}

impl Arg<'_> {
    fn typed(&self) -> (&(dyn ToSql + Sync), Type) {
        match self {
            Self::Integer(n) => (n, Type::INT8),
            Self::Real(x) => (x, Type::FLOAT8),
            Self::Text(text) => (text, Type::TEXT),
            Self::Integers(list) => (list, Type::INT8_ARRAY),
            Self::Bytes(bytes) => (bytes, Type::BYTEA),
        }
    }
}

/// A statement being written, for one viewer.
pub(super) struct Sql<'a> {
    sight: Option<&'a Sight>,
    blind: Option<Blind>,
    few: usize,
    args: Vec<Arg<'a>>,
    aliases: usize,
    /// Where the viewer's custody, patients, cases and single resources stand among the arguments.
    eyes: Option<Eyes>,
}

/// A viewer among the arguments of a statement.
#[derive(Debug, Clone)]
struct Eyes {
    custody: Option<String>,
    /// What a row carries, and how one asks whether that is in the set.
    sets: Vec<(&'static str, Within)>,
}

#[derive(Debug, Clone)]
enum Within {
    Few(String),
    Bits { map: String, from: i64, to: i64 },
    List(String),
}

/// An ordered part of an index: its rows come in the order of their rid.
pub(super) struct Run {
    pub(super) from: &'static str,
    pub(super) condition: String,
}

impl<'a> Sql<'a> {
    pub(super) fn new(sight: Option<&'a Sight>, limits: &Limits) -> Self {
        Self { sight, blind: limits.blind, few: limits.few, args: vec![], aliases: 0, eyes: None }
    }

    pub(super) fn arg(&mut self, value: impl Into<Arg<'a>>) -> String {
        self.args.push(value.into());
        format!("${}", self.args.len())
    }

    /// A sort key's value; none for null, which no argument can be compared with.
    pub(super) fn value(&mut self, value: &Value) -> Option<String> {
        Some(match value {
            Value::Null => return None,
            Value::Integer(n) => self.arg(*n),
            Value::Real(x) => self.arg(*x),
            Value::Text(text) => self.arg(text.clone()),
        })
    }

    /// Asks. Planned with these values, and kept by nobody: shapes of searches are without number.
    pub(super) async fn rows(&self, db: &Db, text: &str) -> Result<Vec<Row>, tokio_postgres::Error> {
        let args: Vec<(&(dyn ToSql + Sync), Type)> = self.args.iter().map(Arg::typed).collect();
        db.query_typed(text, &args).await
    }

    /// The one number that a statement answers.
    pub(super) async fn number(&self, db: &Db, text: &str) -> Result<i64, tokio_postgres::Error> {
        Ok(self.rows(db, text).await?.first().map_or(0, |r| r.get(0)))
    }

    /// Every table of a filter has its own alias: a filter stands inside other queries.
    pub(super) fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("a{}", self.aliases)
    }

    pub(super) fn list(&mut self, items: &[i64]) -> String {
        self.args.push(Arg::Integers(items.to_vec()));
        format!("${}", self.args.len())
    }

    /// Whether rows of a type are to be checked, at `place`.
    fn checked(&self, of: ResourceType, place: Blind) -> bool {
        self.sight.is_some() && !is_directory(of) && self.blind != Some(place)
    }

    /// The condition that the viewer sees a row that carries its standing.
    fn holds(&mut self, x: &str) -> String {
        let Some(sight) = self.sight else { return "true".into() };
        let eyes = match self.eyes.take() {
            Some(eyes) => eyes,
            None => Eyes {
                custody: (sight.custody > 0).then(|| self.arg(sight.custody)),
                sets: [("pat", &sight.patients), ("kase", &sight.cases), ("rid", &sight.singles)]
                    .into_iter()
                    .filter(|(_, set)| !set.is_empty())
                    .map(|(column, set)| (column, self.within(set)))
                    .collect(),
            },
        };
        let own = eyes.custody.iter().map(|arg| format!("{x}.cust={arg}"));
        let granted = eyes.sets.iter().map(|(column, within)| match within {
            Within::Few(list) => format!("{x}.{column}=ANY({list})"),
            // Outside of the bits the engine refuses to look.
            Within::Bits { map, from, to } => format!(
                "CASE WHEN {x}.{column} BETWEEN {from} AND {to} THEN get_bit({map},{x}.{column}-{from})=1 ELSE false END"
            ),
            Within::List(list) => format!("{x}.{column} IN (SELECT unnest({list}))"),
        });
        let ways = any(own.chain(granted).collect());
        self.eyes = Some(eyes);
        ways
    }

    fn within(&mut self, set: &'a Set) -> Within {
        match &set.bits {
            _ if set.len() <= self.few => Within::Few(self.list(&set.all)),
            Some(bits) => {
                self.args.push(Arg::Bytes(&bits.map));
                Within::Bits { map: format!("${}", self.args.len()), from: bits.from, to: bits.to() }
            }
            None => Within::List(self.list(&set.all)),
        }
    }

    /// ` AND <the viewer sees it>` for a row that carries its standing.
    pub(super) fn sees(&mut self, of: ResourceType, x: &str) -> String {
        if !self.checked(of, Blind::Result) {
            return String::new();
        }
        format!(" AND {}", self.holds(x))
    }

    /// ` AND <the viewer sees it>` for a row of `scope`, of whatever type.
    pub(super) fn sees_any(&mut self, x: &str, place: Blind) -> String {
        if self.sight.is_none() || self.blind == Some(place) {
            return String::new();
        }
        let directory: Vec<i64> =
            ResourceType::all().filter(|ty| is_directory(*ty)).map(|ty| i64::from(ty.number())).collect();
        let directory = self.list(&directory);
        format!(" AND ({x}.ty=ANY({directory}) OR {})", self.holds(x))
    }

    /// It is there, of this type, and the viewer sees it. Stands at the result and at every hop.
    pub(super) fn is(&mut self, of: ResourceType, rid: &str, place: Blind) -> String {
        let x = self.alias();
        let pt = self.arg(members(of));
        let sees = if self.checked(of, place) { format!(" AND {}", self.holds(&x)) } else { String::new() };
        exists(&format!("index_token {x}"), &format!("{x}.pt={pt} AND {x}.code=0 AND {x}.rid={rid}{sees}"))
    }

    /// All rids of a test, in any order, perhaps twice, perhaps of other types, seen or not.
    pub(super) fn driver(&mut self, test: &Test, of: ResourceType) -> String {
        if let Some(wide) = self.wide_driver(test) {
            return wide;
        }
        if let Some(runs) = self.runs(test) {
            return union(
                runs.iter().map(|r| format!("SELECT x.rid rid FROM {} WHERE {}", r.from, r.condition)).collect(),
            );
        }
        match test {
            Test::Text { number, any } => union(any.iter().map(|text| self.text_driver(*number, text)).collect()),
            Test::Date { .. } => self.dates(test, "x.rid rid"),
            Test::Number { number, from, to } => {
                let (pt, from, to) = (self.arg(*number), self.arg(*from), self.arg(*to));
                format!("SELECT x.rid rid FROM index_number x WHERE x.pt={pt} AND x.val>={from} AND x.val<{to}")
            }
            Test::Amount { number, key: None, from, to, .. } => self.amounts_of_any(*number, *from, *to),
            Test::Amount { number, .. } => {
                let (pt, within) = (self.arg(*number), self.amount_within(test, "x"));
                format!("SELECT x.rid rid FROM index_amount x WHERE x.pt={pt}{within}")
            }
            // First what fulfils the inner test and is seen, then who points at it.
            Test::Chain { number, of, inner } => {
                let (behind, pt) = (self.seen(inner, *of, Blind::Chain), self.arg(*number));
                format!("SELECT f.rid rid FROM ({behind}) i JOIN index_reference f ON f.pt={pt} AND f.target=i.rid")
            }
            Test::Has { number, of, inner } => {
                let (behind, pt) = (self.seen(inner, *of, Blind::Has), self.arg(*number));
                format!("SELECT f.target rid FROM ({behind}) i JOIN index_reference f ON f.rid=i.rid AND f.pt={pt}")
            }
            Test::Ids(rids) => format!("SELECT rid FROM resource WHERE rid=ANY({})", self.list(rids)),
            Test::Any(tests) => union(tests.iter().map(|t| self.driver(t, of)).collect()),
            Test::All(tests) => {
                let (first, rest) = tests.split_at(1);
                let first = union(first.iter().map(|t| self.driver(t, of)).collect());
                let rest: Vec<String> = rest.iter().map(|t| format!(" AND {}", self.filter(t, "i.rid"))).collect();
                format!("SELECT i.rid rid FROM ({first}) i WHERE true{}", rest.concat())
            }
            _ => {
                let (filter, pt) = (self.filter(test, "x.rid"), self.arg(members(of)));
                format!("SELECT x.rid rid FROM index_token x WHERE x.pt={pt} AND x.code=0 AND {}", fixed(&filter))
            }
        }
    }

    /// All rids of a test that are there, of this type, and seen. To be done as it stands, before what it is joined with.
    fn seen(&mut self, test: &Test, of: ResourceType, place: Blind) -> String {
        // What carries its standing is there and of the type: else that is a probe.
        let (driver, is) = match self.carried(test) {
            Some(carried) => (carried, if self.checked(of, place) { self.holds("i") } else { "true".into() }),
            None => (self.driver(test, of), self.is(of, "i.rid", place)),
        };
        format!("SELECT i.rid FROM ({driver}) i WHERE {} OFFSET 0", fixed(&is))
    }

    /// All rids of a test with the standing of each, where its index carries that; what stands there is of its type.
    pub(super) fn carried(&mut self, test: &Test) -> Option<String> {
        let columns = "x.rid rid, x.cust cust, x.pat pat, x.kase kase";
        match test {
            Test::Token { .. } => {
                let runs = self.runs(test)?;
                Some(union(
                    runs.iter().map(|r| format!("SELECT {columns} FROM {} WHERE {}", r.from, r.condition)).collect(),
                ))
            }
            Test::Date { .. } => Some(self.dates(test, columns)),
            _ => None,
        }
    }

    fn dates(&mut self, test: &Test, columns: &str) -> String {
        let Test::Date { number, .. } = test else { return union(vec![]) };
        let part = |this: &mut Self, number: i64, short: bool| {
            let pt = this.arg(number);
            let within = this.date_within(test, short, "x");
            format!("SELECT {columns} FROM index_date x WHERE x.pt={pt}{within}")
        };
        union(vec![part(self, *number, true), part(self, *number | LONG, false)])
    }

    /// Parts of an index that each come in the order of rid; none where there is no such order.
    pub(super) fn runs(&mut self, test: &Test) -> Option<Vec<Run>> {
        let run = |this: &mut Self, from, number: i64, column: &str, key: i64| {
            let (pt, key) = (this.arg(number), this.arg(key));
            Run { from, condition: format!("x.pt={pt} AND x.{column}={key}") }
        };
        Some(match test {
            Test::Token { number, any } => {
                if any.iter().any(|(code, _)| code.is_none()) {
                    return None;
                }
                let mut runs = vec![];
                for (code, system) in any {
                    let mut one = run(self, "index_token x", *number, "code", (*code)?);
                    if let Some(system) = system {
                        one.condition += &format!(" AND x.sys={}", self.arg(*system));
                    }
                    runs.push(one);
                }
                runs
            }
            Test::Reference { targets, .. } if targets.len() > FEW => return None,
            Test::Reference { number, targets } => {
                targets.iter().map(|t| run(self, "index_reference x", *number, "target", *t)).collect()
            }
            Test::Uri { number, any } => any.iter().map(|u| run(self, "index_uri x", *number, "uri", *u)).collect(),
            _ => return None,
        })
    }

    fn text_driver(&mut self, number: i64, text: &Text) -> String {
        let pt = self.arg(number);
        let condition = self.text_condition(text, "x");
        format!("SELECT x.rid rid FROM index_string x WHERE x.pt={pt} AND {condition}")
    }

    fn text_condition(&mut self, text: &Text, x: &str) -> String {
        match text {
            Text::Begins(begin) => {
                let (from, to) = (self.arg(begin.clone()), self.arg(format!("{begin}\u{10FFFF}")));
                format!("{x}.val>={from} AND {x}.val<{to}")
            }
            Text::Contains(part) => format!("{x}.exact<>0 AND strpos({x}.val,{})>0", self.arg(part.clone())),
            Text::Exact(folded, exact) => {
                let (folded, exact) = (self.arg(folded.clone()), self.arg(*exact));
                format!("{x}.val={folded} AND {x}.exact={exact}")
            }
        }
    }

    fn date_within(&mut self, test: &Test, short: bool, x: &str) -> String {
        let Test::Date { from, to, inside, .. } = test else { return String::new() };
        let mut within = String::new();
        if let Some(from) = *from {
            if *inside {
                within += &format!(" AND {x}.lo>={}", self.arg(from));
            } else {
                if short {
                    within += &format!(" AND {x}.lo>{}", self.arg(from - DAY_MS - 1));
                }
                within += &format!(" AND {x}.hi>{}", self.arg(from));
            }
        }
        if let Some(to) = *to {
            if *inside {
                within += &format!(" AND {x}.hi<={}", self.arg(to));
            }
            within += &format!(" AND {x}.lo<{}", self.arg(to));
        }
        within
    }

    /// Whether the resource `rid` passes: one probe of an index that leads from it.
    pub(super) fn filter(&mut self, test: &Test, rid: &str) -> String {
        match test {
            Test::Token { number, any: keys } => {
                any(keys.iter().map(|key| self.token_filter(*number, *key, rid)).collect())
            }
            Test::Reference { number, targets } => {
                let (x, pt, targets) = (self.alias(), self.arg(*number), self.list(targets));
                let condition = format!("{x}.rid={rid} AND {x}.pt={pt} AND {x}.target=ANY({targets})");
                exists(&format!("index_reference {x}"), &condition)
            }
            Test::Uri { number, any } => {
                let (x, pt, any) = (self.alias(), self.arg(*number), self.list(any));
                exists(&format!("index_uri {x}"), &format!("{x}.pt={pt} AND {x}.uri=ANY({any}) AND {x}.rid={rid}"))
            }
            Test::Text { number, any: texts } => {
                let (x, pt) = (self.alias(), self.arg(*number));
                let any = any(texts.iter().map(|text| format!("({})", self.text_condition(text, &x))).collect());
                exists(&format!("index_string {x}"), &format!("{x}.rid={rid} AND {x}.pt={pt} AND {any}"))
            }
            Test::Date { number, .. } => {
                let (x, pts) = (self.alias(), self.list(&[*number, *number | LONG]));
                let within = self.date_within(test, false, &x);
                exists(&format!("index_date {x}"), &format!("{x}.rid={rid} AND {x}.pt=ANY({pts}){within}"))
            }
            Test::Number { number, from, to } => {
                let (x, pt, from, to) = (self.alias(), self.arg(*number), self.arg(*from), self.arg(*to));
                let condition = format!("{x}.rid={rid} AND {x}.pt={pt} AND {x}.val>={from} AND {x}.val<{to}");
                exists(&format!("index_number {x}"), &condition)
            }
            Test::Amount { number, .. } => {
                let (x, pt) = (self.alias(), self.arg(*number));
                let within = self.amount_within(test, &x);
                exists(&format!("index_amount {x}"), &format!("{x}.rid={rid} AND {x}.pt={pt}{within}"))
            }
            Test::Chain { number, of, inner } => {
                let (x, pt) = (self.alias(), self.arg(*number));
                let target = format!("{x}.target");
                let (is, inner) = (self.is(*of, &target, Blind::Chain), self.filter(inner, &target));
                let both = fixed(&format!("{inner} AND {is}"));
                exists(&format!("index_reference {x}"), &format!("{x}.rid={rid} AND {x}.pt={pt} AND {both}"))
            }
            Test::Has { number, of, inner } => {
                let (x, pt) = (self.alias(), self.arg(*number));
                let source = format!("{x}.rid");
                let (is, inner) = (self.is(*of, &source, Blind::Has), self.filter(inner, &source));
                let both = fixed(&format!("{inner} AND {is}"));
                exists(&format!("index_reference {x}"), &format!("{x}.pt={pt} AND {x}.target={rid} AND {both}"))
            }
            Test::Ids(rids) => format!("({rid}=ANY({}))", self.list(rids)),
            Test::Missing(rows) => {
                let none = rows.iter().map(|(table, number)| self.absent(table, *number, rid));
                format!("({})", none.collect::<Vec<_>>().join(" AND "))
            }
            Test::Phrase { .. } | Test::Codes { .. } | Test::Words { .. } | Test::Near { .. } => {
                self.wide_filter(test, rid)
            }
            Test::Not(inner) => format!("(NOT {})", self.filter(inner, rid)),
            Test::Any(tests) => any(tests.iter().map(|t| self.filter(t, rid)).collect()),
            Test::All(tests) => {
                let all: Vec<String> = tests.iter().map(|t| self.filter(t, rid)).collect();
                format!("({})", all.join(" AND "))
            }
        }
    }

    fn token_filter(&mut self, number: i64, (code, system): (Option<i64>, Option<i64>), rid: &str) -> String {
        let (x, pt) = (self.alias(), self.arg(number));
        let code = code.map_or(String::new(), |c| format!(" AND {x}.code={}", self.arg(c)));
        let system = system.map_or(String::new(), |s| format!(" AND {x}.sys={}", self.arg(s)));
        exists(&format!("index_token {x}"), &format!("{x}.pt={pt}{code} AND {x}.rid={rid}{system}"))
    }

    /// What it is a number of, and between which numbers: ` AND …`.
    fn amount_within(&mut self, test: &Test, x: &str) -> String {
        let Test::Amount { key, unit, from, to, .. } = test else { return String::new() };
        let mut within = String::new();
        if let Some(key) = key {
            within += &format!(" AND {x}.key={}", self.arg(key.code));
            if let Some(system) = key.system {
                within += &format!(" AND {x}.sys={}", self.arg(system));
            }
        }
        within += &format!(" AND {x}.val>={} AND {x}.val<{}", self.arg(*from), self.arg(*to));
        match unit {
            Some(Coded { code, system: Some(system) }) => {
                within += &format!(" AND {x}.unit={} AND {x}.unit_sys={}", self.arg(*code), self.arg(*system));
            }
            Some(Coded { code, system: None }) => {
                let code = self.arg(*code);
                within += &format!(" AND ({x}.unit={code} OR {x}.shown={code})");
            }
            None => {}
        }
        within
    }

    /// Whatever the unit: from one to the next that there is, and within each only the numbers that are asked for. With an
    /// `OFFSET` each is a look into the index: without one the planner may read all numbers and sort them by unit.
    fn amounts_of_any(&mut self, number: i64, from: f64, to: f64) -> String {
        let (pt, from, to) = (self.arg(number), self.arg(from), self.arg(to));
        format!(
            "SELECT x.rid rid FROM (WITH RECURSIVE next(key) AS ((SELECT key FROM index_amount WHERE pt={pt} ORDER BY key LIMIT 1)
             UNION ALL SELECT (SELECT key FROM index_amount WHERE pt={pt} AND key>next.key ORDER BY key LIMIT 1) FROM next WHERE next.key IS NOT NULL)
             SELECT key FROM next WHERE key IS NOT NULL) n CROSS JOIN LATERAL (SELECT a.rid FROM index_amount a
             WHERE a.pt={pt} AND a.key=n.key AND a.val>={from} AND a.val<{to} OFFSET 0) x"
        )
    }

    /// No row under this number. Tokens and uris have no index that leads from a resource: the list is made once.
    fn absent(&mut self, table: &str, number: i64, rid: &str) -> String {
        let pt = self.arg(number);
        if matches!(table, "index_token" | "index_uri") {
            return format!("{rid} NOT IN (SELECT rid FROM {table} WHERE pt={pt})");
        }
        let x = self.alias();
        format!("NOT {}", exists(&format!("{table} {x}"), &format!("{x}.rid={rid} AND {x}.pt={pt}")))
    }

    /// ` AND …` for every test but one.
    pub(super) fn others(&mut self, parsed: &Parsed, but: Option<usize>, rid: &str) -> String {
        let others = parsed.tests.iter().enumerate().filter(|(i, _)| Some(*i) != but);
        others.map(|(_, test)| format!(" AND {}", self.filter(test, rid))).collect()
    }
}

/// One of these; none of none.
fn any(ways: Vec<String>) -> String {
    if ways.is_empty() { "false".into() } else { format!("({})", ways.join(" OR ")) }
}

pub(super) fn union(parts: Vec<String>) -> String {
    if parts.is_empty() { "SELECT 0::int8 rid WHERE false".into() } else { parts.join(" UNION ALL ") }
}

/// One probe. With an `OFFSET` the planner leaves it at that: without one it may read all that the probes could ask for into
/// a table first, be the page full after fifty of them.
pub(super) fn exists(from: &str, condition: &str) -> String {
    format!("EXISTS(SELECT 1 FROM {from} WHERE {condition} OFFSET 0)")
}

/// A condition that is asked of each row, where the planner would like to join whole tables for it.
pub(super) fn fixed(condition: &str) -> String {
    format!("CASE WHEN {condition} THEN true ELSE false END")
}
