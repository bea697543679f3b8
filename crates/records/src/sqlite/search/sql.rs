//! Tests as SQL: as drivers and as filters.

use crate::query::parse::{Coded, Parsed, Test, Text};
use crate::query::{Blind, Limits, Value};
use crate::sqlite::sight::Sight;
use crate::standing::is_directory;
use crate::standing::{LONG, members};
use fhir::ResourceType;
use fhir::search::DAY_MS;

/// Up to so many numbers stand in a statement as they are; more go in as one list.
pub(super) const FEW: usize = 64;

/// A statement being written, for one viewer.
pub(super) struct Sql<'a> {
    sight: Option<&'a Sight>,
    blind: Option<Blind>,
    pub(super) args: Vec<Value>,
    aliases: usize,
}

/// An ordered part of an index: its rows come in the order of their rid.
pub(super) struct Run {
    pub(super) from: &'static str,
    pub(super) condition: String,
}

impl<'a> Sql<'a> {
    pub(super) fn new(sight: Option<&'a Sight>, limits: &Limits) -> Self {
        Self { sight, blind: limits.blind, args: vec![], aliases: 0 }
    }

    pub(super) fn arg(&mut self, value: impl Into<Value>) -> String {
        self.args.push(value.into());
        format!("?{}", self.args.len())
    }

    /// Every table of a filter has its own alias: a filter stands inside other queries.
    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("a{}", self.aliases)
    }

    fn list(&mut self, items: &[i64]) -> String {
        if items.len() > FEW {
            return format!("SELECT value FROM json_each({})", self.json(items));
        }
        let items: Vec<String> = items.iter().map(|i| self.arg(*i)).collect();
        items.join(",")
    }

    /// Whether rows of a type are to be checked, at `place`.
    fn checked(&self, of: ResourceType, place: Blind) -> bool {
        self.sight.is_some() && !is_directory(of) && self.blind != Some(place)
    }

    /// ` AND <the viewer sees it>` for a row that carries its standing.
    pub(super) fn sees(&self, of: ResourceType, x: &str) -> String {
        if !self.checked(of, Blind::Result) {
            return String::new();
        }
        format!(" AND sees({x}.cust,{x}.pat,{x}.kase,{x}.rid)")
    }

    /// It is there, of this type, and the viewer sees it. Stands at the result and at every hop.
    pub(super) fn is(&mut self, of: ResourceType, rid: &str, place: Blind) -> String {
        let x = self.alias();
        let pt = self.arg(members(of));
        let sees = if self.checked(of, place) {
            format!(" AND sees({x}.cust,{x}.pat,{x}.kase,{x}.rid)")
        } else {
            String::new()
        };
        format!("EXISTS(SELECT 1 FROM index_token {x} WHERE {x}.pt={pt} AND {x}.code=0 AND {x}.rid={rid}{sees})")
    }

    /// All rids of a test, in any order, perhaps twice, perhaps of other types, seen or not.
    pub(super) fn driver(&mut self, test: &Test, of: ResourceType) -> String {
        let none = || "SELECT 0 rid WHERE 0".to_owned();
        let union = |parts: Vec<String>| if parts.is_empty() { none() } else { parts.join(" UNION ALL ") };
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
            Test::Date { number, .. } => {
                let part = |this: &mut Self, number: i64, short: bool| {
                    let pt = this.arg(number);
                    let within = this.date_within(test, short, "x");
                    format!("SELECT x.rid rid FROM index_date x WHERE x.pt={pt}{within}")
                };
                union(vec![part(self, *number, true), part(self, *number | LONG, false)])
            }
            Test::Number { number, from, to } => {
                let (pt, from, to) = (self.arg(*number), self.arg(*from), self.arg(*to));
                format!("SELECT x.rid rid FROM index_number x WHERE x.pt={pt} AND x.val>={from} AND x.val<{to}")
            }
            Test::Amount { number, key: None, from, to, .. } => self.amounts_of_any(*number, *from, *to),
            Test::Amount { number, .. } => {
                let (pt, within) = (self.arg(*number), self.amount_within(test, "x"));
                format!("SELECT x.rid rid FROM index_amount x WHERE x.pt={pt}{within}")
            }
            // CROSS JOIN fixes the order: first what fulfils the inner test and is seen, then who points at it.
            Test::Chain { number, of, inner } => {
                let (inner, is) = (self.driver(inner, *of), self.is(*of, "i.rid", Blind::Chain));
                let pt = self.arg(*number);
                format!(
                    "SELECT f.rid rid FROM (SELECT rid FROM ({inner}) i WHERE {is}) i CROSS JOIN index_reference f WHERE f.pt={pt} AND f.target=i.rid"
                )
            }
            Test::Has { number, of, inner } => {
                let (inner, is) = (self.driver(inner, *of), self.is(*of, "i.rid", Blind::Has));
                let pt = self.arg(*number);
                format!(
                    "SELECT f.target rid FROM (SELECT rid FROM ({inner}) i WHERE {is}) i CROSS JOIN index_reference f INDEXED BY reference_of WHERE f.rid=i.rid AND f.pt={pt}"
                )
            }
            Test::Ids(rids) if rids.is_empty() => none(),
            Test::Ids(rids) => format!("SELECT rid FROM resource WHERE rid IN ({})", self.list(rids)),
            Test::Any(tests) => union(tests.iter().map(|t| self.driver(t, of)).collect()),
            Test::All(tests) => {
                let (first, rest) = tests.split_at(1);
                let first = union(first.iter().map(|t| self.driver(t, of)).collect());
                let rest: Vec<String> = rest.iter().map(|t| format!(" AND {}", self.filter(t, "i.rid"))).collect();
                format!("SELECT i.rid rid FROM ({first}) i WHERE 1{}", rest.concat())
            }
            _ => {
                let (filter, pt) = (self.filter(test, "x.rid"), self.arg(members(of)));
                format!("SELECT x.rid rid FROM index_token x WHERE x.pt={pt} AND x.code=0 AND {filter}")
            }
        }
    }

    /// Parts of an index that each come in the order of rid; none where there is no such order.
    pub(super) fn runs(&mut self, test: &Test) -> Option<Vec<Run>> {
        let run = |this: &mut Self, from, number: i64, column: &str, key: i64| {
            let (pt, key) = (this.arg(number), this.arg(key));
            Run { from, condition: format!("x.pt={pt} AND x.{column}={key}") }
        };
        Some(match test {
            Test::Token { number, any } => {
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
            Text::Contains(part) => format!("{x}.exact<>0 AND instr({x}.val,{})>0", self.arg(part.clone())),
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
        let or = |all: Vec<String>| if all.is_empty() { "0".to_owned() } else { format!("({})", all.join(" OR ")) };
        match test {
            Test::Token { number, any } => or(any.iter().map(|key| self.token_filter(*number, *key, rid)).collect()),
            Test::Reference { targets, .. } if targets.is_empty() => "0".into(),
            Test::Reference { number, targets } => {
                let (x, pt, targets) = (self.alias(), self.arg(*number), self.list(targets));
                format!(
                    "EXISTS(SELECT 1 FROM index_reference {x} INDEXED BY reference_of WHERE {x}.rid={rid} AND {x}.pt={pt} AND {x}.target IN ({targets}))"
                )
            }
            Test::Uri { number, any } => {
                let (x, pt, any) = (self.alias(), self.arg(*number), self.list(any));
                format!(
                    "EXISTS(SELECT 1 FROM index_uri {x} WHERE {x}.pt={pt} AND {x}.uri IN ({any}) AND {x}.rid={rid})"
                )
            }
            Test::Text { number, any } => {
                let (x, pt) = (self.alias(), self.arg(*number));
                let any = or(any.iter().map(|text| format!("({})", self.text_condition(text, &x))).collect());
                format!(
                    "EXISTS(SELECT 1 FROM index_string {x} INDEXED BY string_of WHERE {x}.rid={rid} AND {x}.pt={pt} AND {any})"
                )
            }
            Test::Date { number, .. } => {
                let (x, short, long) = (self.alias(), self.arg(*number), self.arg(*number | LONG));
                let within = self.date_within(test, false, &x);
                format!(
                    "EXISTS(SELECT 1 FROM index_date {x} INDEXED BY date_of WHERE {x}.rid={rid} AND {x}.pt IN ({short},{long}){within})"
                )
            }
            Test::Number { number, from, to } => {
                let (x, pt, from, to) = (self.alias(), self.arg(*number), self.arg(*from), self.arg(*to));
                format!(
                    "EXISTS(SELECT 1 FROM index_number {x} INDEXED BY number_of WHERE {x}.rid={rid} AND {x}.pt={pt} AND {x}.val>={from} AND {x}.val<{to})"
                )
            }
            Test::Amount { number, .. } => {
                let (x, pt) = (self.alias(), self.arg(*number));
                let within = self.amount_within(test, &x);
                format!(
                    "EXISTS(SELECT 1 FROM index_amount {x} INDEXED BY amount_of WHERE {x}.rid={rid} AND {x}.pt={pt}{within})"
                )
            }
            Test::Chain { number, of, inner } => {
                let (x, pt) = (self.alias(), self.arg(*number));
                let target = format!("{x}.target");
                let (is, inner) = (self.is(*of, &target, Blind::Chain), self.filter(inner, &target));
                format!(
                    "EXISTS(SELECT 1 FROM index_reference {x} INDEXED BY reference_of WHERE {x}.rid={rid} AND {x}.pt={pt} AND {inner} AND {is})"
                )
            }
            Test::Has { number, of, inner } => {
                let (x, pt) = (self.alias(), self.arg(*number));
                let source = format!("{x}.rid");
                let (is, inner) = (self.is(*of, &source, Blind::Has), self.filter(inner, &source));
                format!(
                    "EXISTS(SELECT 1 FROM index_reference {x} WHERE {x}.pt={pt} AND {x}.target={rid} AND {inner} AND {is})"
                )
            }
            Test::Ids(rids) if rids.is_empty() => "0".into(),
            Test::Ids(rids) => format!("{rid} IN ({})", self.list(rids)),
            Test::Missing(rows) => {
                let none = rows.iter().map(|(table, number)| self.absent(table, *number, rid));
                format!("({})", none.collect::<Vec<_>>().join(" AND "))
            }
            Test::Phrase { .. } | Test::Codes { .. } | Test::Words { .. } | Test::Near { .. } => {
                self.wide_filter(test, rid)
            }
            Test::Not(inner) => format!("NOT {}", self.filter(inner, rid)),
            Test::Any(tests) => or(tests.iter().map(|t| self.filter(t, rid)).collect()),
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
        format!("EXISTS(SELECT 1 FROM index_token {x} WHERE {x}.pt={pt}{code} AND {x}.rid={rid}{system})")
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

    /// Whatever the unit: from one to the next that there is, and within each only the numbers that are asked for.
    fn amounts_of_any(&mut self, number: i64, from: f64, to: f64) -> String {
        let (pt, from, to) = (self.arg(number), self.arg(from), self.arg(to));
        format!(
            "SELECT x.rid rid FROM (WITH RECURSIVE next(key) AS (SELECT min(key) FROM index_amount WHERE pt={pt}
             UNION ALL SELECT (SELECT min(key) FROM index_amount WHERE pt={pt} AND key>next.key) FROM next WHERE next.key IS NOT NULL)
             SELECT key FROM next) n CROSS JOIN index_amount x WHERE x.pt={pt} AND x.key=n.key AND x.val>={from} AND x.val<{to}"
        )
    }

    /// No row under this number. Tokens and uris have no index that leads from a resource: the list is made once.
    fn absent(&mut self, table: &str, number: i64, rid: &str) -> String {
        let pt = self.arg(number);
        if matches!(table, "index_token" | "index_uri") {
            return format!("{rid} NOT IN (SELECT rid FROM {table} WHERE pt={pt})");
        }
        let x = self.alias();
        format!("NOT EXISTS(SELECT 1 FROM {table} {x} WHERE {x}.rid={rid} AND {x}.pt={pt})")
    }

    /// ` AND …` for every test but one.
    pub(super) fn others(&mut self, parsed: &Parsed, but: Option<usize>, rid: &str) -> String {
        let others = parsed.tests.iter().enumerate().filter(|(i, _)| Some(*i) != but);
        others.map(|(_, test)| format!(" AND {}", self.filter(test, rid))).collect()
    }
}
