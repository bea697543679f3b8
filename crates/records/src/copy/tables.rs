//! Which tables a store consists of, beside what follows from them.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number; `INTEGER` or `BIGINT`.
    Integer,
    /// The same where PostgreSQL keeps four bytes.
    Short,
    /// Yes or no; a number on SQLite.
    Bool,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
}

/// A table as both engines have it.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns; the key's first.
    pub columns: &'static [(&'static str, Kind)],
    /// How many columns the key has.
    pub key: usize,
    /// Whether PostgreSQL counts its first column up by itself.
    pub counts: bool,
}

const fn table(name: &'static str, key: usize, columns: &'static [(&'static str, Kind)]) -> Table {
    Table { name, columns, key, counts: false }
}

use Kind::{Bool, Bytes, Integer, Short, Text};

pub(super) const TABLES: &[Table] = &[
    table(
        "resource",
        1,
        &[("rid", Integer), ("ty", Short), ("id", Text), ("ver", Integer), ("at", Integer), ("body", Bytes)],
    ),
    table("resource_history", 2, &[("rid", Integer), ("ver", Integer), ("at", Integer), ("body", Bytes)]),
    table("scope", 1, &[("rid", Integer), ("ty", Short), ("cust", Integer), ("pat", Integer), ("kase", Integer)]),
    table("access_grant", 3, &[("subject", Text), ("kind", Integer), ("rid", Integer), ("until", Integer)]),
    table("access_version", 1, &[("subject", Text), ("n", Integer)]),
    table("claim", 1, &[("key", Text), ("holder", Text), ("until", Integer)]),
    table("account", 1, &[("name", Text), ("person", Text), ("password", Text), ("enabled", Bool), ("keys", Text)]),
    table("second_factor", 1, &[("person", Text), ("kept", Text)]),
    table(
        "client",
        1,
        &[
            ("id", Text),
            ("token", Bytes),
            ("name", Text),
            ("hospital", Text),
            ("strict", Bool),
            ("create_by_put", Bool),
            ("unrestricted", Bool),
            ("added", Integer),
            ("ended", Integer),
        ],
    ),
    table(
        "sign_in",
        3,
        &[("person", Text), ("at", Integer), ("n", Integer), ("outcome", Text), ("address", Text), ("device", Text)],
    ),
    table(
        "setting",
        3,
        &[
            ("key", Text),
            ("hospital", Text),
            ("number", Integer),
            ("value", Text),
            ("at", Integer),
            ("person", Text),
            ("why", Text),
        ],
    ),
    table(
        "draft",
        3,
        &[("owner", Text), ("kind", Text), ("id", Text), ("revision", Integer), ("at", Integer), ("body", Bytes)],
    ),
    table(
        "job",
        1,
        &[
            ("key", Text),
            ("kind", Text),
            ("payload", Text),
            ("run_at", Integer),
            ("attempts", Integer),
            ("leased", Integer),
            ("token", Integer),
            ("dead", Bool),
            ("why", Text),
        ],
    ),
    table("blob", 1, &[("sha", Bytes), ("size", Integer), ("named", Integer)]),
    table("blob_hold", 2, &[("sha", Bytes), ("holder", Text)]),
    table(
        "ledger",
        1,
        &[("number", Integer), ("at", Integer), ("kase", Integer), ("pat", Integer), ("hash", Bytes), ("entry", Bytes)],
    ),
    table("ledger_head", 1, &[("one", Short), ("number", Integer), ("hash", Bytes)]),
];
