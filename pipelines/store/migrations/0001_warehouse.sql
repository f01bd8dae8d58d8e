-- What each step has still to look at. A step takes its entries out in the transaction that commits its work.
CREATE TABLE pending (
    step        VARCHAR NOT NULL,          -- match | contacts
    record_key  UUID NOT NULL
);

CREATE TABLE step_state (
    step        VARCHAR PRIMARY KEY,
    digest      VARCHAR NOT NULL           -- of the configuration its results were made under
);

CREATE SEQUENCE ingest_seq;

CREATE TABLE identity_key (                -- one row: an id that only this project's identity key makes
    fingerprint UUID NOT NULL
);

-- received ----------------------------------------------------------------------------------------------------------

CREATE TABLE delivery (
    delivery_id        UUID PRIMARY KEY,
    source             VARCHAR NOT NULL,
    format             VARCHAR NOT NULL,
    file_name          VARCHAR NOT NULL,   -- may hold a person's name
    file_sha256        VARCHAR NOT NULL,
    size_bytes         BIGINT NOT NULL,
    declared_at        TIMESTAMPTZ NOT NULL,
    declared_from      VARCHAR NOT NULL,   -- file_name | modification_time
    state              VARCHAR NOT NULL,   -- accepted | held | refused
    code               VARCHAR,            -- why it is held or refused
    way_out            VARCHAR,
    config_digest      VARCHAR NOT NULL,   -- of the source's settings it was read under
    rows_read          BIGINT NOT NULL,
    created            BIGINT NOT NULL,
    updated            BIGINT NOT NULL,
    unchanged          BIGINT NOT NULL,
    duplicate_in_file  BIGINT NOT NULL,
    rejected           BIGINT NOT NULL,
    quarantined        BIGINT NOT NULL,
    suppressed         BIGINT NOT NULL,
    skipped            BIGINT NOT NULL,
    received_at        TIMESTAMPTZ NOT NULL,
    run_id             VARCHAR NOT NULL,
    rejected_file      VARCHAR             -- where its refused rows were given back, once they were
);

CREATE TABLE landed_file (                 -- what a path held when it was last hashed
    path         VARCHAR PRIMARY KEY,
    size_bytes   BIGINT NOT NULL,
    modified_ns  BIGINT NOT NULL,
    file_sha256  VARCHAR NOT NULL
);

CREATE TABLE rejected_row (
    delivery_id  UUID NOT NULL,
    row_number   UINTEGER NOT NULL,
    line_number  UINTEGER,
    outcome      VARCHAR NOT NULL,         -- rejected | skipped | quarantined
    raw          VARCHAR NOT NULL,         -- a contact row as JSON of its own columns, anything else as delivered
    PRIMARY KEY (delivery_id, row_number)
);

CREATE TABLE problem (
    delivery_id  UUID NOT NULL,
    row_number   UINTEGER,
    line_number  UINTEGER,
    field        VARCHAR NOT NULL,
    code         VARCHAR NOT NULL,
    severity     VARCHAR NOT NULL,
    action       VARCHAR NOT NULL,
    expected     VARCHAR NOT NULL,
    suggestion   VARCHAR
);

CREATE TABLE record (                      -- one per thing a source keeps about a person
    record_key   UUID PRIMARY KEY,
    source       VARCHAR NOT NULL,
    record_id    VARCHAR,                  -- the source's own id
    ingest_seq   BIGINT NOT NULL,          -- read by the choice of an anchor and by nothing else
    anchor_id    UUID NOT NULL UNIQUE      -- id of the contact this record is the anchor of, then and again
);

CREATE TABLE source_record (               -- one per distinct content a record has had
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
    PRIMARY KEY (record_key, version)
);

CREATE TABLE identifier (
    record_key   UUID NOT NULL,
    version      UUID NOT NULL,
    type         VARCHAR NOT NULL,
    scope        VARCHAR NOT NULL,
    raw          VARCHAR NOT NULL,
    normalised   VARCHAR NOT NULL,
    validity     VARCHAR NOT NULL,
    is_role      BOOLEAN NOT NULL,
    match_keys   VARCHAR[] NOT NULL,
    field        VARCHAR NOT NULL,
    position     UINTEGER NOT NULL         -- order on the row
);

CREATE TABLE conversation (
    conversation_id UUID PRIMARY KEY,
    source       VARCHAR NOT NULL,
    channel      VARCHAR NOT NULL,
    title        VARCHAR,
    is_group     BOOLEAN NOT NULL,
    status       VARCHAR,
    delivery_id  UUID NOT NULL
);

CREATE TABLE message (
    message_id      UUID PRIMARY KEY,
    conversation_id UUID NOT NULL,
    record_key      UUID,                  -- the person it was exchanged with
    direction       VARCHAR NOT NULL,
    sender          VARCHAR,
    kind            VARCHAR NOT NULL,
    text            VARCHAR,
    sent_at         TIMESTAMPTZ,
    precision       VARCHAR NOT NULL,
    zone_source     VARCHAR NOT NULL,
    attachments     VARCHAR[] NOT NULL,
    delivery_id     UUID NOT NULL,
    row_number      UINTEGER NOT NULL,
    line_number     UINTEGER
);

CREATE TABLE conversation_event (
    event_id        UUID PRIMARY KEY,
    conversation_id UUID NOT NULL,
    kind            VARCHAR NOT NULL,
    text            VARCHAR,
    happened_at     TIMESTAMPTZ,
    precision       VARCHAR NOT NULL,
    zone_source     VARCHAR NOT NULL,
    delivery_id     UUID NOT NULL,
    row_number      UINTEGER NOT NULL,
    line_number     UINTEGER
);

-- A record as it stands: for each field the newest content that says something about it. A blank says nothing,
-- a cleared field says "empty". Ties go by row, then by content, never by arrival.
CREATE TABLE record_field (
    record_key   UUID NOT NULL,
    field        VARCHAR NOT NULL,         -- name | channel | notes | tags | attr.<name> | a type of identifier
    version      UUID NOT NULL,
    observed_at  TIMESTAMPTZ NOT NULL
);

-- identity ----------------------------------------------------------------------------------------------------------

CREATE TABLE match_key (
    key         VARCHAR NOT NULL,          -- rule and value
    record_key  UUID NOT NULL
);

CREATE TABLE match_edge (
    record_lo   UUID NOT NULL,
    record_hi   UUID NOT NULL,
    zone        VARCHAR NOT NULL,          -- merge | review
    rule        VARCHAR NOT NULL,          -- which evidence decided
    probability DOUBLE NOT NULL,
    weight      DOUBLE NOT NULL,           -- match weight: log2 of the odds, prior included
    evidence    VARCHAR NOT NULL,          -- JSON: level and weight of each compared field
    model       VARCHAR NOT NULL,
    run_id      VARCHAR NOT NULL,
    PRIMARY KEY (record_lo, record_hi)
);

CREATE TABLE match_block (                 -- blocks of two or more, and what their value says about its owners
    key         VARCHAR PRIMARY KEY,
    records     UINTEGER NOT NULL,
    state       VARCHAR NOT NULL           -- plain | common | contested | generic | capped
);

CREATE TABLE membership (
    record_key  UUID NOT NULL,
    contact_id  UUID NOT NULL,
    run_from    VARCHAR NOT NULL,
    run_to      VARCHAR,                   -- empty while it holds
    reason      VARCHAR NOT NULL
);

CREATE TABLE contact_alias (
    old_id      UUID NOT NULL,
    new_id      UUID NOT NULL,
    kind        VARCHAR NOT NULL,          -- merged | split
    run_id      VARCHAR NOT NULL
);

CREATE TABLE vetoed_edge (                 -- a merge edge that clustering did not allow to join
    record_lo   UUID NOT NULL,
    record_hi   UUID NOT NULL,
    reason      VARCHAR NOT NULL           -- veto:<what> | bridge
);

-- Pairs of contacts a person should look at, by their strongest pair of records.
CREATE VIEW review_queue AS
WITH open_edge AS (
    SELECT e.record_lo, e.record_hi, e.probability, e.weight, e.rule, e.evidence,
           coalesce(v.reason, e.rule) AS reason
    FROM match_edge e LEFT JOIN vetoed_edge v USING (record_lo, record_hi)
    WHERE e.zone = 'review' OR v.reason IS NOT NULL
)
SELECT least(a.contact_id, b.contact_id) AS contact_lo, greatest(a.contact_id, b.contact_id) AS contact_hi,
       max(o.probability) AS probability, count(*) AS pairs,
       arg_max(o.reason, struct_pack(w := o.weight, l := o.record_lo, h := o.record_hi)) AS reason,
       arg_max(o.evidence, struct_pack(w := o.weight, l := o.record_lo, h := o.record_hi)) AS evidence,
       arg_max(o.record_lo, struct_pack(w := o.weight, l := o.record_lo, h := o.record_hi)) AS record_lo,
       arg_max(o.record_hi, struct_pack(w := o.weight, l := o.record_lo, h := o.record_hi)) AS record_hi
FROM open_edge o
JOIN membership a ON a.record_key = o.record_lo AND a.run_to IS NULL
JOIN membership b ON b.record_key = o.record_hi AND b.run_to IS NULL
WHERE a.contact_id <> b.contact_id
GROUP BY ALL;

-- contacts ----------------------------------------------------------------------------------------------------------

CREATE TABLE contact (
    contact_id          UUID PRIMARY KEY,
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

CREATE TABLE contact_field (               -- where each value of a contact comes from
    contact_id   UUID NOT NULL,
    field        VARCHAR NOT NULL,
    value        VARCHAR NOT NULL,
    record_key   UUID NOT NULL,
    delivery_id  UUID NOT NULL,
    row_number   UINTEGER NOT NULL,
    line_number  UINTEGER,
    rule         VARCHAR NOT NULL,
    candidates   UINTEGER NOT NULL
);

CREATE TABLE contact_identifier (          -- everything a contact can be known by, the primary ones first
    contact_id  UUID NOT NULL,
    type        VARCHAR NOT NULL,
    scope       VARCHAR NOT NULL,
    value       VARCHAR NOT NULL,
    validity    VARCHAR NOT NULL,
    is_primary  BOOLEAN NOT NULL,
    record_key  UUID NOT NULL,
    delivery_id UUID NOT NULL,
    row_number  UINTEGER NOT NULL,
    line_number UINTEGER
);

-- Everything that happened with a contact. Interactions follow their record; they are never rewritten.
CREATE VIEW timeline AS
WITH party AS (                            -- who takes part in a conversation, once however much they say
    SELECT DISTINCT g.conversation_id, m.contact_id
    FROM message g JOIN membership m ON m.record_key = g.record_key AND m.run_to IS NULL
)
SELECT m.contact_id, g.sent_at AS happened_at, c.channel, g.kind, g.direction, g.sender AS actor, g.text,
       g.attachments, c.source, g.delivery_id, g.row_number, g.line_number, g.message_id AS entry_id
FROM message g
JOIN membership m ON m.record_key = g.record_key AND m.run_to IS NULL
JOIN conversation c USING (conversation_id)
UNION ALL
SELECT p.contact_id, e.happened_at, c.channel, e.kind, NULL, NULL, e.text,
       []::VARCHAR[], c.source, e.delivery_id, e.row_number, e.line_number, e.event_id
FROM conversation_event e
JOIN conversation c USING (conversation_id)
JOIN party p USING (conversation_id)
UNION ALL
SELECT m.contact_id, s.first_seen_at, NULL, 'note', NULL, NULL, s.notes,
       []::VARCHAR[], r.source, s.delivery_id, s.row_number, s.line_number, s.record_key
FROM record_field f
JOIN source_record s USING (record_key, version)
JOIN record r USING (record_key)
JOIN membership m ON m.record_key = f.record_key AND m.run_to IS NULL
WHERE f.field = 'notes' AND s.notes IS NOT NULL;

-- published ---------------------------------------------------------------------------------------------------------

CREATE TABLE export (
    export_id UUID PRIMARY KEY,
    segment      VARCHAR NOT NULL,
    file_name    VARCHAR NOT NULL,
    file_sha256  VARCHAR NOT NULL,
    columns      VARCHAR[] NOT NULL,
    rows         BIGINT NOT NULL,
    definition_digest VARCHAR NOT NULL,
    as_of        TIMESTAMPTZ NOT NULL,
    published_at TIMESTAMPTZ NOT NULL,
    run_id       VARCHAR NOT NULL
);

CREATE TABLE export_member (
    export_id UUID NOT NULL,
    contact_id     UUID NOT NULL
);

CREATE TABLE run (
    run_id      VARCHAR PRIMARY KEY,
    as_of       TIMESTAMPTZ NOT NULL,
    started_at  TIMESTAMPTZ NOT NULL
);

CREATE TABLE moment (                      -- the moment that contacts are derived as of: one row
    as_of       TIMESTAMPTZ NOT NULL
);
