-- Where ids of contacts went, for whoever keeps them elsewhere, and how many contacts there were in accepted runs.

CREATE TABLE id_changes (
    number      BIGINT PRIMARY KEY,        -- in the order in which they happened; only grows
    changed_at  TIMESTAMPTZ NOT NULL,
    kind        VARCHAR NOT NULL,          -- merged | split | restored | withdrawn
    old_id      UUID NOT NULL,
    new_id      UUID,                      -- empty where nothing of the contact is left
    run_id      VARCHAR NOT NULL           -- of the run, or decision:<id>
);

INSERT INTO id_changes
SELECT row_number() OVER (ORDER BY a.rowid), coalesce(r.started_at, now()),
       CASE WHEN a.kind = 'split' AND EXISTS (FROM contact_alias b WHERE b.old_id = a.new_id AND b.rowid < a.rowid)
            THEN 'restored' ELSE a.kind END,
       a.old_id, a.new_id, a.run_id
FROM contact_alias a LEFT JOIN run r USING (run_id);

DROP TABLE contact_alias;

CREATE TABLE census (                      -- of runs whose number of contacts was accepted
    run_id      VARCHAR PRIMARY KEY,
    accepted_at TIMESTAMPTZ NOT NULL,
    records     BIGINT NOT NULL,
    contacts    BIGINT NOT NULL
);
