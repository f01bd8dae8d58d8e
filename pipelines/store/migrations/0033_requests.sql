-- The compliance ledger: what people asked about their data, what was kept for a legal reason, who may not return, and
-- which publications are recalled. What stands in `request_subject` goes when a request is done.

CREATE TABLE IF NOT EXISTS request (
    number       INTEGER NOT NULL,         -- all that leaves the warehouse
    kind         VARCHAR NOT NULL,         -- erase | access | rectify | object
    state        VARCHAR NOT NULL,
    received_at  TIMESTAMPTZ NOT NULL,
    due_at       TIMESTAMPTZ NOT NULL,
    created_by   VARCHAR NOT NULL,         -- login
    verified_by  VARCHAR,
    verified_at  TIMESTAMPTZ,
    verified_how VARCHAR,
    approved_by  VARCHAR,
    approved_at  TIMESTAMPTZ,
    ground       VARCHAR,                  -- why it was denied
    ended_at     TIMESTAMPTZ,
    receipt      VARCHAR                   -- JSON, signed
);

CREATE TABLE IF NOT EXISTS request_subject (
    number       INTEGER NOT NULL,
    kind         VARCHAR NOT NULL,         -- email | phone | contact
    value        VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS request_record (
    number       INTEGER NOT NULL,
    record_key   UUID NOT NULL,
    certainty    VARCHAR NOT NULL,         -- certain | uncertain | held
    is_included  BOOLEAN                   -- of an uncertain one: what the approver said
);

CREATE TABLE IF NOT EXISTS request_step (
    number       INTEGER NOT NULL,
    step         VARCHAR NOT NULL,
    done_at      TIMESTAMPTZ NOT NULL,
    figures      VARCHAR NOT NULL          -- JSON: counts, never values
);

CREATE TABLE IF NOT EXISTS request_mention (
    number       INTEGER NOT NULL,
    place        VARCHAR NOT NULL,         -- table
    object_id    UUID NOT NULL
);

CREATE TABLE IF NOT EXISTS legal_hold (
    hold         INTEGER NOT NULL,
    scope        VARCHAR NOT NULL,         -- request | contact | record
    object_id    VARCHAR NOT NULL,
    ground       VARCHAR NOT NULL,
    set_by       VARCHAR NOT NULL,
    set_at       TIMESTAMPTZ NOT NULL,
    until        TIMESTAMPTZ,
    released_by  VARCHAR,
    released_at  TIMESTAMPTZ
);

CREATE TABLE IF NOT EXISTS suppression (
    token        VARCHAR NOT NULL,         -- keyed digest of an identifier, or of a record and a name
    number       INTEGER NOT NULL,
    since        TIMESTAMPTZ NOT NULL
);

CREATE TABLE IF NOT EXISTS suppressed_key (
    key          UUID NOT NULL,            -- of a record, or of a conversation with nobody else
    number       INTEGER NOT NULL,
    since        TIMESTAMPTZ NOT NULL
);

CREATE TABLE IF NOT EXISTS returned_person (
    number       INTEGER NOT NULL,
    delivery_id  UUID NOT NULL,
    row_number   UINTEGER NOT NULL,
    sent_at      TIMESTAMPTZ NOT NULL
);

CREATE TABLE IF NOT EXISTS recall (
    number          INTEGER NOT NULL,
    export_id       UUID NOT NULL,
    segment         VARCHAR NOT NULL,
    recipient       VARCHAR NOT NULL,
    published_at    TIMESTAMPTZ NOT NULL,
    contact_id      UUID NOT NULL,         -- as the recipient knows the person
    due_at          TIMESTAMPTZ NOT NULL,
    acknowledged_by VARCHAR,
    acknowledged_at TIMESTAMPTZ
);

CREATE TABLE IF NOT EXISTS rewritten_file (
    delivery_id  UUID NOT NULL,            -- of the file as it is now
    original_id  UUID NOT NULL             -- as it was delivered
);

COMMENT ON TABLE request IS 'what somebody asked about their data, and what became of it';
COMMENT ON TABLE request_subject IS 'whom a request is about, until it is done';
COMMENT ON TABLE request_record IS 'records that a request reaches, and how sure it is that they are of the person';
COMMENT ON TABLE request_step IS 'steps of an erasure that are done, with counts';
COMMENT ON TABLE request_mention IS 'what others wrote that names an erased person: to be looked through by somebody';
COMMENT ON TABLE legal_hold IS 'what may not be erased yet, and on what ground';
COMMENT ON TABLE suppression IS 'whoever must not come back, as keyed digests';
COMMENT ON TABLE suppressed_key IS 'records and conversations that must not come back';
COMMENT ON TABLE returned_person IS 'messages that an erased person has sent since: held, and not stored';
COMMENT ON TABLE recall IS 'publications that held an erased person, and whether their recipients have removed them';
COMMENT ON TABLE rewritten_file IS 'files in landing/ from which a person was taken out: they bring nothing new';
