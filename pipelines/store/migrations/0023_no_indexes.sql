-- The large tables without indexes: those of a primary key cost a third of storing a row, and a sixth of the file. That
-- keys are unique is what the writer sees to and the checks `keys_unique` prove (ADR 14).

CREATE TABLE next_record (
    record_key   UUID NOT NULL,
    source       VARCHAR NOT NULL,
    record_id    VARCHAR,                  -- the source's own id
    ingest_seq   BIGINT NOT NULL,          -- read by the choice of an anchor and by nothing else
    anchor_id    UUID NOT NULL,            -- id of the contact this record is the anchor of, then and again
    id_key       UUID,
    heir_key     UUID
);
INSERT INTO next_record BY NAME FROM record;
DROP TABLE record;
ALTER TABLE next_record RENAME TO record;
COMMENT ON TABLE record IS 'what a source keeps about a person';
COMMENT ON COLUMN record.id_key IS 'of a further person with a record id: the record of the first one';
COMMENT ON COLUMN record.heir_key IS 'the record that holds what this one said; it is withdrawn by the next match';

CREATE TABLE next_source_record (          -- unique by record_key and version
    record_key   UUID NOT NULL,
    version      UUID NOT NULL,            -- keyed digest of the content as delivered
    delivery_id  UUID NOT NULL,            -- where the content was first observed ...
    row_number   UINTEGER NOT NULL,
    line_number  UINTEGER,
    first_seen_at TIMESTAMPTZ NOT NULL,    -- ... by its declared time
    last_seen_at TIMESTAMPTZ NOT NULL,
    last_row     UINTEGER NOT NULL,
    channel      VARCHAR,
    name         VARCHAR,
    first_name   VARCHAR,
    last_name    VARCHAR,
    name_tokens  VARCHAR[] NOT NULL,
    tags         VARCHAR[] NOT NULL,
    notes        VARCHAR,
    attributes   MAP(VARCHAR, VARCHAR) NOT NULL,
    cleared      VARCHAR[] NOT NULL,
    raw          VARCHAR,                  -- the row as delivered, JSON
    fills        VARCHAR[],                -- fields of the content that only fill blanks; none if NULL
    correction   VARCHAR DEFAULT ''        -- of contents of one time and place the greatest counts
);
INSERT INTO next_source_record BY NAME FROM source_record;
DROP TABLE source_record;
ALTER TABLE next_source_record RENAME TO source_record;
COMMENT ON TABLE source_record IS 'a distinct content that a record has had';

CREATE TABLE next_conversation (
    conversation_id UUID NOT NULL,
    source       VARCHAR NOT NULL,
    channel      VARCHAR NOT NULL,
    title        VARCHAR,
    is_group     BOOLEAN NOT NULL,
    status       VARCHAR,
    delivery_id  UUID NOT NULL,
    inbox        VARCHAR,
    assignee     VARCHAR,
    labels       VARCHAR[],
    started_at   TIMESTAMPTZ
);
INSERT INTO next_conversation BY NAME FROM conversation;
DROP TABLE conversation;
ALTER TABLE next_conversation RENAME TO conversation;
COMMENT ON TABLE conversation IS 'a thread as the latest delivery has it';

CREATE TABLE next_message (
    message_id      UUID NOT NULL,
    conversation_id UUID NOT NULL,
    record_key      UUID,                  -- the person it was exchanged with
    direction       VARCHAR NOT NULL,
    sender          VARCHAR,
    kind            VARCHAR NOT NULL,
    text            VARCHAR,
    sent_at         TIMESTAMPTZ,
    precision       VARCHAR NOT NULL,
    zone_source     VARCHAR NOT NULL,
    attachments     STRUCT(name VARCHAR, type VARCHAR, sha256 VARCHAR)[] NOT NULL,
    delivery_id     UUID NOT NULL,
    row_number      UINTEGER NOT NULL,
    line_number     UINTEGER,
    author          VARCHAR,
    state           VARCHAR,
    quoted          STRUCT("start" UINTEGER, length UINTEGER, kind VARCHAR)[]
);
INSERT INTO next_message BY NAME FROM message;
DROP TABLE message;
ALTER TABLE next_message RENAME TO message;
COMMENT ON TABLE message IS 'a message, as the earliest delivery that says most of it has it';
COMMENT ON COLUMN message.quoted IS 'ranges of the text that are not new, in characters from 0: history | signature';

CREATE TABLE next_receipt (
    receipt_id      UUID NOT NULL,
    message_id      UUID NOT NULL,
    state           VARCHAR NOT NULL,
    conversation_id UUID NOT NULL,
    record_key      UUID,
    reached_at      TIMESTAMPTZ,
    delivery_id     UUID NOT NULL,
    row_number      UINTEGER NOT NULL,
    line_number     UINTEGER
);
INSERT INTO next_receipt BY NAME FROM receipt;
DROP TABLE receipt;
ALTER TABLE next_receipt RENAME TO receipt;
COMMENT ON TABLE receipt IS 'a state that an outgoing message has reached';

CREATE TABLE next_conversation_event (
    event_id        UUID NOT NULL,
    conversation_id UUID NOT NULL,
    kind            VARCHAR NOT NULL,
    text            VARCHAR,
    happened_at     TIMESTAMPTZ,
    precision       VARCHAR NOT NULL,
    zone_source     VARCHAR NOT NULL,
    delivery_id     UUID NOT NULL,
    row_number      UINTEGER NOT NULL,
    line_number     UINTEGER,
    actor           VARCHAR,
    before          VARCHAR,
    after           VARCHAR,
    inferred        BOOLEAN
);
INSERT INTO next_conversation_event BY NAME FROM conversation_event;
DROP TABLE conversation_event;
ALTER TABLE next_conversation_event RENAME TO conversation_event;
COMMENT ON TABLE conversation_event IS 'something that happened in a conversation beside messages';

CREATE TABLE next_match_edge (             -- unique by record_lo and record_hi
    record_lo   UUID NOT NULL,
    record_hi   UUID NOT NULL,
    zone        VARCHAR NOT NULL,          -- merge | review
    rule        VARCHAR NOT NULL,          -- what speaks for the pair
    probability DOUBLE NOT NULL,
    weight      DOUBLE NOT NULL,           -- match weight: log2 of the odds, prior included
    ambiguous_given_name BOOLEAN NOT NULL,
    evidence    VARCHAR NOT NULL,          -- JSON: level and weight of each compared field
    model       VARCHAR NOT NULL,
    run_id      VARCHAR NOT NULL
);
INSERT INTO next_match_edge BY NAME FROM match_edge;
DROP TABLE match_edge;
ALTER TABLE next_match_edge RENAME TO match_edge;
COMMENT ON TABLE match_edge IS 'a pair of records that may be one person, and the evidence';
COMMENT ON COLUMN match_edge.ambiguous_given_name IS 'the given name does not say who it is';

CREATE TABLE next_contact (
    contact_id          UUID NOT NULL,
    name                VARCHAR,
    first_name          VARCHAR,
    last_name           VARCHAR,
    phone               VARCHAR,
    email               VARCHAR,
    source              VARCHAR NOT NULL,  -- channel of the first contact, or import:<source>
    first_seen_at       TIMESTAMPTZ,
    last_interaction_at TIMESTAMPTZ,
    last_inbound_at     TIMESTAMPTZ,
    last_outbound_at    TIMESTAMPTZ,
    status              VARCHAR NOT NULL,
    status_reason       VARCHAR NOT NULL,
    status_since        TIMESTAMPTZ,
    status_as_of        TIMESTAMPTZ NOT NULL,
    tags                VARCHAR[] NOT NULL,
    attributes          MAP(VARCHAR, VARCHAR) NOT NULL,
    channels            VARCHAR[] NOT NULL,
    records             UINTEGER NOT NULL,
    run_id              VARCHAR NOT NULL   -- the run that last changed it
);
INSERT INTO next_contact BY NAME FROM contact;
DROP TABLE contact;
ALTER TABLE next_contact RENAME TO contact;
COMMENT ON TABLE contact IS 'a golden record';
