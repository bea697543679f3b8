//! The rows of a change, sent to their tables: one statement a table, however many rows.

use super::index::Changes;
use super::pipe::Pipe;
use super::plan::{Plan, Versions};

macro_rules! rows {
    ($pipe:expr, $columns:expr, $sql:expr, $($column:ident)+) => {
        if !$columns.rid.is_empty() {
            $pipe.add($sql, &[$(&$columns.$column),+]);
        }
    };
}

/// All rows of a plan.
pub(super) fn add_rows<'a>(pipe: &mut Pipe<'a>, plan: &'a Plan) {
    add_versions(pipe, &plan.history, &plan.current);
    rows!(
        pipe,
        plan.scopes,
        "INSERT INTO scope(rid, ty, cust, pat, kase)
         SELECT * FROM unnest($1::int8[], $2::int4[], $3::int8[], $4::int8[], $5::int8[])
         ON CONFLICT(rid) DO UPDATE SET pat=excluded.pat, kase=excluded.kase",
        rid ty cust pat kase
    );
    if !plan.counts.cust.is_empty() {
        pipe.add(
            "INSERT INTO custody_count(cust, ty, part, n)
             SELECT cust, ty, pg_backend_pid() & 31, n FROM unnest($1::int8[], $2::int4[], $3::int8[]) c(cust, ty, n)
             ORDER BY ty, cust ON CONFLICT(ty, cust, part) DO UPDATE SET n=custody_count.n+excluded.n",
            &[&plan.counts.cust, &plan.counts.ty, &plan.counts.n],
        );
    }
    add_index(pipe, &plan.index);
}

fn add_versions<'a>(pipe: &mut Pipe<'a>, history: &'a Versions, current: &'a Versions) {
    rows!(
        pipe,
        history,
        "INSERT INTO resource_history(rid, ver, at, body)
         SELECT * FROM unnest($1::int8[], $2::int8[], $3::int8[], $4::bytea[])",
        rid ver at body
    );
    rows!(
        pipe,
        current,
        "UPDATE resource r SET ver=n.ver, at=n.at, body=n.body
         FROM unnest($1::int8[], $2::int8[], $3::int8[], $4::bytea[]) n(rid, ver, at, body) WHERE r.rid=n.rid",
        rid ver at body
    );
}

/// All rows of the index that go and come.
pub(super) fn add_index<'a>(pipe: &mut Pipe<'a>, index: &'a Changes) {
    rows!(
        pipe,
        index.drop_token,
        "DELETE FROM index_token x USING unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[]) g(pt, a, rid, b)
         WHERE x.pt=g.pt AND x.code=g.a AND x.rid=g.rid AND x.sys=g.b",
        pt a rid b
    );
    rows!(
        pipe,
        index.put_token,
        "INSERT INTO index_token(pt, code, rid, sys, cust, pat, kase)
         SELECT * FROM unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[])
         ON CONFLICT DO NOTHING",
        pt a rid b cust pat kase
    );
    rows!(
        pipe,
        index.drop_date,
        "DELETE FROM index_date x USING unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[]) g(pt, a, rid, b)
         WHERE x.pt=g.pt AND x.lo=g.a AND x.rid=g.rid AND x.hi=g.b",
        pt a rid b
    );
    rows!(
        pipe,
        index.put_date,
        "INSERT INTO index_date(pt, lo, rid, hi, cust, pat, kase)
         SELECT * FROM unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[])
         ON CONFLICT DO NOTHING",
        pt a rid b cust pat kase
    );
    rows!(
        pipe,
        index.drop_string,
        "DELETE FROM index_string x USING unnest($1::int8[], $2::text[], $3::int8[], $4::int8[]) g(pt, val, rid, exact)
         WHERE x.pt=g.pt AND x.val=g.val AND x.rid=g.rid AND x.exact=g.exact",
        pt val rid exact
    );
    rows!(
        pipe,
        index.put_string,
        "INSERT INTO index_string(pt, val, rid, exact)
         SELECT * FROM unnest($1::int8[], $2::text[], $3::int8[], $4::int8[]) ON CONFLICT DO NOTHING",
        pt val rid exact
    );
    rows!(
        pipe,
        index.drop_reference,
        "DELETE FROM index_reference x USING unnest($1::int8[], $2::int8[], $3::int8[]) g(pt, a, rid)
         WHERE x.pt=g.pt AND x.target=g.a AND x.rid=g.rid",
        pt a rid
    );
    rows!(
        pipe,
        index.put_reference,
        "INSERT INTO index_reference(pt, target, rid) SELECT * FROM unnest($1::int8[], $2::int8[], $3::int8[])
         ON CONFLICT DO NOTHING",
        pt a rid
    );
    add_values(pipe, index);
    add_words(pipe, index);
}

fn add_words<'a>(pipe: &mut Pipe<'a>, index: &'a Changes) {
    if !index.drop_words.is_empty() {
        pipe.add("DELETE FROM index_words WHERE rid=ANY($1::int8[])", &[&index.drop_words]);
    }
    rows!(
        pipe,
        index.put_words,
        "INSERT INTO index_words(rid, words) SELECT rid, words::tsvector FROM unnest($1::int8[], $2::text[]) n(rid, words)
         ON CONFLICT (rid) DO UPDATE SET words=excluded.words WHERE index_words.words<>excluded.words",
        rid words
    );
}

fn add_values<'a>(pipe: &mut Pipe<'a>, index: &'a Changes) {
    rows!(
        pipe,
        index.drop_uri,
        "DELETE FROM index_uri x USING unnest($1::int8[], $2::int8[], $3::int8[]) g(pt, a, rid)
         WHERE x.pt=g.pt AND x.uri=g.a AND x.rid=g.rid",
        pt a rid
    );
    rows!(
        pipe,
        index.put_uri,
        "INSERT INTO index_uri(pt, uri, rid) SELECT * FROM unnest($1::int8[], $2::int8[], $3::int8[])
         ON CONFLICT DO NOTHING",
        pt a rid
    );
    rows!(
        pipe,
        index.drop_number,
        "DELETE FROM index_number x USING unnest($1::int8[], $2::float8[], $3::int8[]) g(pt, val, rid)
         WHERE x.pt=g.pt AND x.val=g.val AND x.rid=g.rid",
        pt val rid
    );
    rows!(
        pipe,
        index.put_number,
        "INSERT INTO index_number(pt, val, rid) SELECT * FROM unnest($1::int8[], $2::float8[], $3::int8[])
         ON CONFLICT DO NOTHING",
        pt val rid
    );
    rows!(
        pipe,
        index.drop_amount,
        "DELETE FROM index_amount x
         USING unnest($1::int8[], $2::int8[], $3::float8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[], $8::int8[])
             g(pt, key, val, rid, sys, unit, unit_sys, shown)
         WHERE x.pt=g.pt AND x.key=g.key AND x.val=g.val AND x.rid=g.rid AND x.sys=g.sys AND x.unit=g.unit
             AND x.unit_sys=g.unit_sys AND x.shown=g.shown",
        pt key val rid sys unit unit_sys shown
    );
    rows!(
        pipe,
        index.put_amount,
        "INSERT INTO index_amount(pt, key, val, rid, sys, unit, unit_sys, shown)
         SELECT * FROM unnest($1::int8[], $2::int8[], $3::float8[], $4::int8[], $5::int8[], $6::int8[], $7::int8[], $8::int8[])
         ON CONFLICT DO NOTHING",
        pt key val rid sys unit unit_sys shown
    );
}
