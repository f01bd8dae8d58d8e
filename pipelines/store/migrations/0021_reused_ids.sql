-- A record id that its source gave to several people: each has a record of its own.

ALTER TABLE record ADD COLUMN id_key UUID;     -- of who came under an id that another had had: the key of the first
ALTER TABLE record ADD COLUMN heir_key UUID;   -- of a record that turned out to be another one's person

CREATE TABLE reused_id (
    id_key       UUID PRIMARY KEY,         -- the record of the first person with this id
    record_key   UUID NOT NULL             -- that of who has it now, as id_changes told last
);

COMMENT ON TABLE reused_id IS 'a record id that several people have borne, and the record of who was last said to';
COMMENT ON COLUMN record.id_key IS 'of a further person with a record id: the record of the first one';
COMMENT ON COLUMN record.heir_key IS 'the record that holds what this one said; it is withdrawn by the next match';
