-- A number once, with its unit and system beside it. What index_quantity had goes when the index is made anew.
CREATE TABLE index_amount(pt BIGINT, key BIGINT, val DOUBLE PRECISION, rid BIGINT, sys BIGINT, unit BIGINT, unit_sys BIGINT, shown BIGINT, PRIMARY KEY(pt, key, val, rid, sys, unit, unit_sys, shown));
CREATE INDEX amount_of ON index_amount(rid, pt, key, val);
