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
    /// How a backup finds what changed in it.
    pub follows: Follows,
}

/// How a backup that follows another finds the rows that came or changed between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follows {
    /// The whole table is small enough to be copied again. Rows may change and go.
    Whole,
    /// Rows only come, each by a bulk batch whose act is about the resource with the id in this column, or of that case.
    Subject(&'static str),
    /// By its own rule, in `backup/take`.
    Own,
}

const fn table(name: &'static str, key: usize, columns: &'static [(&'static str, Kind)]) -> Table {
    Table { name, columns, key, counts: false, follows: Follows::Whole }
}

const fn own(table: Table) -> Table {
    Table { follows: Follows::Own, ..table }
}

use Kind::{Bool, Bytes, Integer, Short, Text};

/// Past versions with the names of their resources, as a backup keeps them: each row can be judged by itself.
pub(crate) const VERSIONS: Table = own(table(
    "(SELECT h.rid AS rid, h.ver AS ver, r.ty AS ty, r.id AS id, h.at AS at, h.body AS body
      FROM resource_history h JOIN resource r ON r.rid=h.rid) v",
    2,
    &[("rid", Integer), ("ver", Integer), ("ty", Short), ("id", Text), ("at", Integer), ("body", Bytes)],
));

/// Entries that wait for the sealer. SQLite has none.
pub(crate) const WAITING: Table = own(table(
    "ledger_open",
    1,
    &[("seq", Integer), ("at", Integer), ("kase", Integer), ("pat", Integer), ("entry", Bytes)],
));

pub(crate) const TABLES: &[Table] = &[
    own(table(
        "resource",
        1,
        &[("rid", Integer), ("ty", Short), ("id", Text), ("ver", Integer), ("at", Integer), ("body", Bytes)],
    )),
    own(table("resource_history", 2, &[("rid", Integer), ("ver", Integer), ("at", Integer), ("body", Bytes)])),
    own(table("scope", 1, &[("rid", Integer), ("ty", Short), ("cust", Integer), ("pat", Integer), ("kase", Integer)])),
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
    own(table("blob", 1, &[("sha", Bytes), ("size", Integer), ("named", Integer)])),
    table("blob_hold", 2, &[("sha", Bytes), ("holder", Text)]),
    own(table(
        "ledger",
        1,
        &[("number", Integer), ("at", Integer), ("kase", Integer), ("pat", Integer), ("hash", Bytes), ("entry", Bytes)],
    )),
    own(table("ledger_archived", 1, &[("number", Integer), ("act", Integer), ("hash", Bytes)])),
    table("ledger_archive", 1, &[("act", Integer)]),
    own(table("ledger_head", 1, &[("one", Short), ("number", Integer), ("hash", Bytes)])),
];
