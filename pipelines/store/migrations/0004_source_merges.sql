-- What sources say of merges that were done there: two of their records are one person.

CREATE TABLE source_merge (
    record_key   UUID NOT NULL,            -- the record that is no more, which may never have arrived here,
    into_key     UUID NOT NULL,            -- and the one it was merged into
    delivery_id  UUID NOT NULL,            -- where it was said first, by declared time
    row_number   UINTEGER NOT NULL,
    PRIMARY KEY (record_key, into_key)
);
