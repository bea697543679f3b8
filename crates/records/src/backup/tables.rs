//! The tables that a backup treats by rules of their own, under the names they have in it.

pub(super) use crate::archive::LEDGER;
use crate::copy::{Follows, Kind, Table};
use Kind::{Bytes, Integer, Short, Text};

const fn table(name: &'static str, columns: &'static [(&'static str, Kind)]) -> Table {
    Table { name, columns, key: 1, counts: false, follows: Follows::Own }
}

pub(super) const RESOURCE: Table = table(
    "resource",
    &[("rid", Integer), ("ty", Short), ("id", Text), ("ver", Integer), ("at", Integer), ("body", Bytes)],
);
/// The same without bodies.
pub(super) const NAMES: Table =
    table("resource", &[("rid", Integer), ("ty", Short), ("id", Text), ("ver", Integer), ("at", Integer)]);
pub(super) const SCOPE: Table =
    table("scope", &[("rid", Integer), ("ty", Short), ("cust", Integer), ("pat", Integer), ("kase", Integer)]);
/// What a table is called in a backup.
pub(super) fn kept_name(table: &Table) -> &'static str {
    match table.name {
        "ledger_open" => "waiting",
        name if name == LEDGER.name => "ledger",
        name if name.starts_with('(') => "version",
        name => name,
    }
}

/// Columns as a manifest names them: what is read back must be what was written.
pub(super) fn columns(table: &Table) -> Vec<String> {
    table.columns.iter().map(|(name, _)| (*name).to_owned()).collect()
}
