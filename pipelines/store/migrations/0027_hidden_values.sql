-- No value in clear but beside its record: how many share an identifier is found by a digest under the project's secret,
-- and so are the blocks that records are in. What was kept in another way goes; the next run matches everything anew,
-- and fits the model again, which then keeps no value that fewer than three people have.

DROP TABLE shared_identifier;
CREATE TABLE shared_identifier (
    field        VARCHAR NOT NULL,
    digest       BIGINT NOT NULL,          -- two keyed hashes of field and value, ...
    digest_2     BIGINT NOT NULL,          -- ... which are together as good as the value for finding it again
    records      UINTEGER NOT NULL,
    people       UINTEGER NOT NULL,        -- different people at least, by their names
    distinct_given_names UINTEGER NOT NULL
);
COMMENT ON TABLE shared_identifier IS 'an identifier that several records have';
COMMENT ON COLUMN shared_identifier.distinct_given_names IS 'different initials of the given names of its bearers';

DELETE FROM blocking_key;
COMMENT ON COLUMN blocking_key.key IS 'a keyed hash of what records of the block have in common';

INSERT INTO work_queue SELECT 'match', record_key FROM record;
