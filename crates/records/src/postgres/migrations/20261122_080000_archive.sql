-- What is left of archived entries: the hash, and the entry that archived it. And the list of those.
CREATE TABLE ledger_archived(number BIGINT PRIMARY KEY, act BIGINT NOT NULL, hash BYTEA NOT NULL);
CREATE TABLE ledger_archive(act BIGINT PRIMARY KEY);
