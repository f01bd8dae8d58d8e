-- The audit trail: events, their leaves in the hash tree, and seals; apart from these what can be erased: salts and values.

CREATE TABLE IF NOT EXISTS audit_event (
    seq          BIGINT NOT NULL,          -- from 0, without gaps: the place of its leaf
    action       VARCHAR NOT NULL,
    actor        VARCHAR NOT NULL,
    after        BLOB[] NOT NULL,          -- commitments, one for each field; of a created contact one for all of it
    before       BLOB[] NOT NULL,
    details      STRUCT(name VARCHAR, "value" VARCHAR)[] NOT NULL,
    fields       VARCHAR[] NOT NULL,
    object_id    VARCHAR NOT NULL,
    object_type  VARCHAR NOT NULL,
    on_behalf_of VARCHAR,
    outcome      VARCHAR NOT NULL,
    reason       VARCHAR,
    recorded_at  TIMESTAMPTZ NOT NULL,
    related      VARCHAR[] NOT NULL,
    role         VARCHAR,
    run_id       VARCHAR NOT NULL
);

CREATE TABLE IF NOT EXISTS audit_leaf (
    seq          BIGINT NOT NULL,
    hash         BLOB NOT NULL             -- SHA-256 of 0x00 and the canonical JSON of the event but for its number
);

CREATE TABLE IF NOT EXISTS audit_seal (
    number       BIGINT PRIMARY KEY,
    size         BIGINT NOT NULL,
    line         VARCHAR NOT NULL,         -- as in .onecontact/audit/seals.jsonl
    peaks        BLOB[] NOT NULL           -- roots of the perfect subtrees, the largest first: the tree grows from them
);

CREATE TABLE IF NOT EXISTS audit_salt (
    object_id    UUID NOT NULL,            -- contact or decision
    salt         BLOB NOT NULL
);

CREATE TABLE IF NOT EXISTS audit_value (
    seq          BIGINT NOT NULL,
    contact_id   UUID NOT NULL,
    field        VARCHAR NOT NULL,
    before       VARCHAR[] NOT NULL,
    after        VARCHAR[] NOT NULL,
    delivery_id  UUID
);

CREATE TABLE IF NOT EXISTS audit_verification (
    verified_at  TIMESTAMPTZ NOT NULL,
    faults       VARCHAR[] NOT NULL,
    verified_to  BIGINT NOT NULL           -- events before it were verified then, or by a run since
);

COMMENT ON TABLE audit_event IS 'something that was done, by whom and why; never a value of a person';
COMMENT ON TABLE audit_leaf IS 'the hash of an event as it was recorded: a leaf of the tree that seals are over';
COMMENT ON TABLE audit_seal IS 'a signed head of the tree over all events';
COMMENT ON TABLE audit_salt IS 'what the commitments of a contact or decision are made with: deleted, they lead nowhere';
COMMENT ON TABLE audit_value IS 'what a field of a contact was before a change and after it; goes with the contact';
COMMENT ON TABLE audit_verification IS 'when the whole trail was verified last, and what was wrong with it';
COMMENT ON COLUMN audit_event.seq IS 'from 0 without gaps: the place of its leaf in the tree';
COMMENT ON COLUMN audit_value.delivery_id IS 'the delivery, or the decision, that stated the value after';
