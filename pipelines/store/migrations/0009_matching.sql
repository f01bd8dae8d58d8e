-- Matching by a fitted model. What was derived under the old one goes: the next run matches everything anew.

DROP TABLE match_key;
CREATE TABLE match_key (
    rule        UTINYINT NOT NULL,         -- its place in blocking.RULES
    key         UBIGINT NOT NULL,          -- a hash of what records of the block have in common
    record_key  UUID NOT NULL
);

DROP TABLE match_block;
CREATE TABLE match_point (                 -- identifiers as they are compared
    field       VARCHAR NOT NULL,
    value       VARCHAR NOT NULL,
    record_key  UUID NOT NULL
);
CREATE TABLE match_crowd (                 -- identifiers that several records have
    field       VARCHAR NOT NULL,
    value       VARCHAR NOT NULL,
    records     UINTEGER NOT NULL,
    people      UINTEGER NOT NULL,         -- different people at least, by their names
    givens      UINTEGER NOT NULL          -- different initials of their given names
);

DROP TABLE match_edge;
CREATE TABLE match_edge (
    record_lo   UUID NOT NULL,
    record_hi   UUID NOT NULL,
    zone        VARCHAR NOT NULL,          -- merge | review
    rule        VARCHAR NOT NULL,          -- what speaks for the pair
    probability DOUBLE NOT NULL,
    weight      DOUBLE NOT NULL,           -- match weight: log2 of the odds, prior included
    vague       BOOLEAN NOT NULL,          -- the given name does not say who it is
    evidence    VARCHAR NOT NULL,          -- JSON: level and weight of each compared field
    model       VARCHAR NOT NULL,
    run_id      VARCHAR NOT NULL,
    PRIMARY KEY (record_lo, record_hi)
);

CREATE TABLE match_model (                 -- what lists have taught about the weights; the newest is in use
    number      INTEGER PRIMARY KEY,
    fitted_at   TIMESTAMPTZ NOT NULL,
    run_id      VARCHAR NOT NULL,
    records     BIGINT NOT NULL,           -- of the list it was fitted on
    parameters  VARCHAR NOT NULL           -- JSON: m of every level, rates of duplicates and relations
);
CREATE TABLE match_share (                 -- how frequent values are in that list
    number      INTEGER NOT NULL,
    field       VARCHAR NOT NULL,
    value       VARCHAR NOT NULL,
    share       DOUBLE NOT NULL
);
CREATE TABLE match_name (                  -- records that bear a full name, where several do
    number      INTEGER NOT NULL,
    value       VARCHAR NOT NULL,
    records     UINTEGER NOT NULL
);
