-- What people decide. A decision is never changed, only revoked; every run replays those that stand.

CREATE TABLE decision (
    decision_id  UUID PRIMARY KEY,
    kind         VARCHAR NOT NULL,         -- block | unblock
    actor        VARCHAR NOT NULL,
    role         VARCHAR,                  -- in which the actor decided, where there are roles
    reason       VARCHAR NOT NULL,
    decided_at   TIMESTAMPTZ NOT NULL,
    expires_at   TIMESTAMPTZ,
    revoked_at   TIMESTAMPTZ,
    revoked_by   VARCHAR
);

CREATE TABLE decision_record (             -- the records it is about, not their contact: so merges and splits carry it
    decision_id  UUID NOT NULL,
    record_key   UUID NOT NULL,
    PRIMARY KEY (decision_id, record_key)
);

-- Records that are blocked as of the moment, by which decision and since when: the newest about a record counts, and
-- blocks of which none had ended before the next are one.
CREATE VIEW record_block AS
WITH told AS (
    SELECT r.record_key, d.decision_id, d.kind, d.decided_at, d.expires_at,
           lag(d.kind) OVER so_far AS kind_before, lag(d.expires_at) OVER so_far AS expired_before
    FROM decision d JOIN decision_record r USING (decision_id)
    WHERE d.revoked_at IS NULL AND d.kind IN ('block', 'unblock')
    WINDOW so_far AS (PARTITION BY r.record_key ORDER BY d.decided_at, d.decision_id)
),
newest AS (
    SELECT record_key, decision_id, kind, expires_at,
           max(decided_at) FILTER (kind = 'block' AND (kind_before IS DISTINCT FROM 'block'
                                                       OR coalesce(expired_before <= decided_at, FALSE)))
               OVER (PARTITION BY record_key) AS since
    FROM told
    QUALIFY row_number() OVER (PARTITION BY record_key ORDER BY decided_at DESC, decision_id DESC) = 1
)
SELECT record_key, decision_id, since FROM newest
WHERE kind = 'block' AND coalesce(expires_at > (SELECT max(as_of) FROM moment), TRUE);

CREATE VIEW blocked_contact AS             -- any blocked member blocks the contact
SELECT m.contact_id, min(b.since) AS since
FROM record_block b JOIN membership m USING (record_key)
WHERE m.run_to IS NULL
GROUP BY m.contact_id;

-- Conversations set aside: they began after their contact was blocked. One of which no time is known is not.
CREATE VIEW blocked_conversation AS
WITH party AS (
    SELECT b.contact_id, b.since, s.conversation_id, count(*) AS messages
    FROM blocked_contact b
    JOIN membership m ON m.contact_id = b.contact_id AND m.run_to IS NULL
    JOIN spoken s ON s.record_key = m.record_key
    GROUP BY ALL
),
began AS (
    SELECT conversation_id, min(sent_at) AS first_at
    FROM spoken WHERE conversation_id IN (SELECT conversation_id FROM party)
    GROUP BY conversation_id
)
SELECT p.contact_id, p.conversation_id, c.channel, coalesce(c.started_at, b.first_at) AS started_at, p.messages
FROM party p
JOIN began b USING (conversation_id)
JOIN conversation c USING (conversation_id)
WHERE coalesce(c.started_at, b.first_at) > p.since;

CREATE TABLE set_aside (                   -- blocked conversations as contacts were last derived without them
    contact_id      UUID NOT NULL,
    conversation_id UUID NOT NULL
);

-- The way of a message as a number. A failure counts unless the message has come further.
CREATE MACRO way(state) AS list_position(['sent', 'failed', 'delivered', 'read'], state);

-- Everything that happened with a contact. Interactions follow their record; they are never rewritten.
CREATE VIEW timeline AS
WITH party AS (                            -- who takes part in a conversation, once however much they say
    SELECT DISTINCT s.conversation_id, m.contact_id
    FROM spoken s JOIN membership m ON m.record_key = s.record_key AND m.run_to IS NULL
),
exchanged AS (
    SELECT m.contact_id, s.sent_at AS happened_at, s.precision, s.zone_source, c.channel, s.kind, s.direction, s.author,
           s.sender AS actor, s.text, s.attachments,
           ['sent', 'failed', 'delivered', 'read'][greatest(
               (SELECT max(way(r.state)) FROM receipt r WHERE r.message_id = s.message_id),
               (SELECT max(way(g.state)) FROM message g WHERE g.message_id = s.message_id))] AS state,
           NULL AS before, NULL AS after, FALSE AS inferred,
           s.conversation_id, c.inbox, c.source, s.delivery_id, s.row_number, s.line_number, s.message_id AS entry_id
    FROM spoken s
    JOIN membership m ON m.record_key = s.record_key AND m.run_to IS NULL
    JOIN conversation c USING (conversation_id)
    UNION ALL
    SELECT p.contact_id, e.happened_at, e.precision, e.zone_source, c.channel, e.kind, NULL, NULL,
           e.actor, e.text, [], NULL, e.before, e.after, coalesce(e.inferred, FALSE),
           e.conversation_id, c.inbox, c.source, e.delivery_id, e.row_number, e.line_number, e.event_id
    FROM conversation_event e
    JOIN conversation c USING (conversation_id)
    JOIN party p USING (conversation_id)
)
SELECT * FROM exchanged ANTI JOIN blocked_conversation USING (contact_id, conversation_id)
UNION ALL
SELECT m.contact_id, s.first_seen_at, NULL, NULL, NULL, 'note', NULL, NULL,
       NULL, s.notes, [], NULL, NULL, NULL, FALSE,
       NULL, NULL, r.source, s.delivery_id, s.row_number, s.line_number, s.record_key
FROM record_field f
JOIN source_record s USING (record_key, version)
JOIN record r USING (record_key)
JOIN membership m ON m.record_key = f.record_key AND m.run_to IS NULL
WHERE f.field = 'notes' AND s.notes IS NOT NULL
UNION ALL
SELECT DISTINCT m.contact_id, d.decided_at, NULL, NULL, NULL, d.kind || 'ed', NULL, NULL,
       d.actor, d.reason, [], NULL, NULL, NULL, FALSE,
       NULL, NULL, NULL, NULL, NULL, NULL, d.decision_id
FROM decision d
JOIN decision_record r USING (decision_id)
JOIN membership m ON m.record_key = r.record_key AND m.run_to IS NULL
WHERE d.revoked_at IS NULL;
