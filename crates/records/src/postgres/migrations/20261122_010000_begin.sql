-- What a store begins with. Text is collated by its bytes, so that orders and ranges are SQLite's.
CREATE SEQUENCE rid_block;
CREATE TABLE resource(rid BIGINT PRIMARY KEY, ty INTEGER NOT NULL, id TEXT COLLATE "C" NOT NULL, ver BIGINT NOT NULL, at BIGINT NOT NULL, body BYTEA) WITH (fillfactor=85);
ALTER TABLE resource ALTER body SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX resource_id ON resource(ty, id);
CREATE TABLE resource_history(rid BIGINT, ver BIGINT, at BIGINT NOT NULL, body BYTEA, PRIMARY KEY(rid, ver));
ALTER TABLE resource_history ALTER body SET STORAGE EXTERNAL;
CREATE TABLE scope(rid BIGINT PRIMARY KEY, ty INTEGER NOT NULL, cust BIGINT NOT NULL, pat BIGINT NOT NULL, kase BIGINT NOT NULL);
CREATE INDEX scope_cust ON scope(cust, ty, rid);
CREATE INDEX scope_pat ON scope(pat, ty, rid) WHERE pat>0;
CREATE INDEX scope_kase ON scope(kase, ty, rid) WHERE kase>0;
-- Counted apart by each connection, or writers of one hospital would wait for each other.
CREATE TABLE custody_count(cust BIGINT, ty INTEGER, part INTEGER, n BIGINT NOT NULL, PRIMARY KEY(ty, cust, part)) WITH (fillfactor=70);

CREATE TABLE index_token(pt BIGINT, code BIGINT, rid BIGINT, sys BIGINT, cust BIGINT NOT NULL, pat BIGINT NOT NULL, kase BIGINT NOT NULL, PRIMARY KEY(pt, code, rid, sys) INCLUDE (cust, pat, kase));
CREATE TABLE index_date(pt BIGINT, lo BIGINT, rid BIGINT, hi BIGINT, cust BIGINT NOT NULL, pat BIGINT NOT NULL, kase BIGINT NOT NULL, PRIMARY KEY(pt, lo, rid, hi) INCLUDE (cust, pat, kase));
CREATE TABLE index_uri(pt BIGINT, uri BIGINT, rid BIGINT, PRIMARY KEY(pt, uri, rid));
CREATE TABLE index_reference(pt BIGINT, target BIGINT, rid BIGINT, PRIMARY KEY(pt, target, rid));
CREATE TABLE index_string(pt BIGINT, val TEXT COLLATE "C", rid BIGINT, exact BIGINT, PRIMARY KEY(pt, val, rid, exact));
CREATE TABLE index_number(pt BIGINT, val DOUBLE PRECISION, rid BIGINT, PRIMARY KEY(pt, val, rid));
CREATE TABLE index_quantity(pt BIGINT, unit BIGINT, val DOUBLE PRECISION, rid BIGINT, PRIMARY KEY(pt, unit, val, rid));
CREATE INDEX reference_of ON index_reference(rid, pt, target);
CREATE INDEX date_of ON index_date(rid, pt, lo, hi);
CREATE INDEX string_of ON index_string(rid, pt, val, exact);
CREATE INDEX number_of ON index_number(rid, pt, val);
CREATE INDEX quantity_of ON index_quantity(rid, pt, unit, val);

-- Entries as their changes leave them; the sealer moves them into the ledger.
CREATE TABLE ledger_open(seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at BIGINT NOT NULL, kase BIGINT, pat BIGINT, entry BYTEA NOT NULL) WITH (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=5000);
CREATE TABLE ledger(number BIGINT PRIMARY KEY, seq BIGINT NOT NULL, at BIGINT NOT NULL, kase BIGINT, pat BIGINT, hash BYTEA NOT NULL, entry BYTEA NOT NULL);
CREATE INDEX ledger_kase ON ledger(kase, number) WHERE kase IS NOT NULL;
CREATE INDEX ledger_pat ON ledger(pat, number) WHERE pat IS NOT NULL;
CREATE TABLE ledger_head(one INTEGER PRIMARY KEY CHECK(one=1), number BIGINT NOT NULL, hash BYTEA NOT NULL);

CREATE TABLE access_grant(subject TEXT COLLATE "C", kind BIGINT, rid BIGINT, until BIGINT NOT NULL, PRIMARY KEY(subject, kind, rid));
CREATE TABLE access_version(subject TEXT COLLATE "C" PRIMARY KEY, n BIGINT NOT NULL) WITH (fillfactor=70);

CREATE TABLE claim(key TEXT COLLATE "C" PRIMARY KEY, holder TEXT COLLATE "C" NOT NULL, until BIGINT NOT NULL);
CREATE TABLE account(name TEXT COLLATE "C" PRIMARY KEY, person TEXT COLLATE "C" NOT NULL UNIQUE, password TEXT NOT NULL, enabled BOOLEAN NOT NULL, keys TEXT);
CREATE TABLE session(token BYTEA PRIMARY KEY, person TEXT COLLATE "C" NOT NULL, role TEXT COLLATE "C", opened BIGINT NOT NULL, until BIGINT NOT NULL, step BIGINT NOT NULL, factor BIGINT, address TEXT NOT NULL, device TEXT NOT NULL);
CREATE INDEX session_person ON session(person);
CREATE TABLE second_factor(person TEXT COLLATE "C" PRIMARY KEY, kept TEXT NOT NULL);
CREATE TABLE sign_in(person TEXT COLLATE "C", at BIGINT, n BIGINT, outcome TEXT NOT NULL, address TEXT NOT NULL, device TEXT NOT NULL, PRIMARY KEY(person, at, n));
CREATE TABLE setting(key TEXT COLLATE "C", hospital TEXT COLLATE "C", number BIGINT, value TEXT, at BIGINT NOT NULL, person TEXT COLLATE "C" NOT NULL, why TEXT NOT NULL, PRIMARY KEY(key, hospital, number));
CREATE TABLE draft(owner TEXT COLLATE "C", kind TEXT COLLATE "C", id TEXT COLLATE "C", revision BIGINT NOT NULL, at BIGINT NOT NULL, body BYTEA NOT NULL, PRIMARY KEY(owner, kind, id)) WITH (fillfactor=70);
CREATE TABLE job(key TEXT COLLATE "C" PRIMARY KEY, kind TEXT COLLATE "C" NOT NULL, payload TEXT NOT NULL, run_at BIGINT NOT NULL, attempts BIGINT NOT NULL, leased BIGINT NOT NULL, token BIGINT NOT NULL, dead BOOLEAN NOT NULL, why TEXT) WITH (fillfactor=70);
CREATE INDEX job_due ON job(kind, run_at) WHERE NOT dead;
CREATE TABLE made(name TEXT COLLATE "C" PRIMARY KEY, value BIGINT NOT NULL);
CREATE TABLE blob(sha BYTEA PRIMARY KEY, size BIGINT NOT NULL, named BIGINT NOT NULL);
CREATE TABLE blob_hold(sha BYTEA NOT NULL, holder TEXT COLLATE "C" NOT NULL, PRIMARY KEY(sha, holder));
