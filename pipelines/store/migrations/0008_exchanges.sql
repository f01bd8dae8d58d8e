-- What conversations come to, so that a run looks at what changed in them and not at all that was ever said.

CREATE TABLE unseen (                      -- messages of which there is nothing but receipts
    message_id      UUID NOT NULL,
    conversation_id UUID NOT NULL,
    record_key      UUID,
    sent_at         TIMESTAMPTZ,           -- by when the first of its receipts says that it was
    delivery_id     UUID NOT NULL,
    row_number      UINTEGER NOT NULL,
    line_number     UINTEGER
);

INSERT INTO unseen
SELECT message_id, arg_min(conversation_id, place), arg_min(record_key, place), min(reached_at),
       arg_min(delivery_id, place), arg_min(row_number, place), arg_min(line_number, place)
FROM (SELECT *, struct_pack(d := delivery_id, n := row_number) AS place FROM receipt ANTI JOIN message USING (message_id))
GROUP BY message_id;

CREATE TABLE exchange (                    -- who has exchanged how much in which thread, and since when
    conversation_id UUID NOT NULL,         -- as stated
    record_key      UUID,
    messages        BIGINT NOT NULL,
    first_at        TIMESTAMPTZ,           -- of those of which a time is known
    has_untimed     BOOLEAN NOT NULL
);

CREATE TABLE unsummed (                    -- threads in which something changed since their exchanges were summed up
    conversation_id UUID NOT NULL
);

-- What was said, by whoever, in the conversation as it is as a whole. Of an unseen message the words are unknown.
CREATE OR REPLACE VIEW spoken AS
SELECT m.message_id, coalesce(t.whole_id, m.conversation_id) AS conversation_id, m.record_key, m.sent_at, m.precision,
       m.zone_source, m.kind, m.direction, m.author, m.sender, m.text, m.attachments, m.delivery_id, m.row_number,
       m.line_number, m.state
FROM message m LEFT JOIN thread t USING (conversation_id)
UNION ALL
SELECT u.message_id, coalesce(t.whole_id, u.conversation_id), u.record_key, u.sent_at, 'second',
       'stated', 'other', 'outbound', NULL, NULL, NULL, [], u.delivery_id, u.row_number,
       u.line_number, NULL
FROM unseen u LEFT JOIN thread t USING (conversation_id);

INSERT INTO exchange
SELECT conversation_id, record_key, count(*), min(sent_at), bool_or(sent_at IS NULL)
FROM (SELECT conversation_id, record_key, sent_at FROM message
      UNION ALL SELECT conversation_id, record_key, sent_at FROM unseen)
GROUP BY ALL;

-- Who takes part in a conversation as it is as a whole; more than a row where that has several threads.
CREATE VIEW party AS
SELECT coalesce(t.whole_id, e.conversation_id) AS conversation_id, e.record_key, e.messages, e.first_at, e.has_untimed
FROM exchange e LEFT JOIN thread t USING (conversation_id);

-- Conversations set aside: they began after their contact was blocked. One of which no time is known is not.
CREATE OR REPLACE VIEW blocked_conversation AS
WITH talk AS (
    SELECT b.contact_id, b.since, p.conversation_id, sum(p.messages)::BIGINT AS messages
    FROM blocked_contact b
    JOIN membership m ON m.contact_id = b.contact_id AND m.run_to IS NULL
    JOIN party p ON p.record_key = m.record_key
    GROUP BY ALL
),
began AS (
    SELECT conversation_id, min(first_at) AS first_at
    FROM party WHERE conversation_id IN (SELECT conversation_id FROM talk)
    GROUP BY conversation_id
)
SELECT t.contact_id, t.conversation_id, c.channel, coalesce(c.started_at, b.first_at) AS started_at, t.messages
FROM talk t
JOIN began b USING (conversation_id)
JOIN conversation c USING (conversation_id)
WHERE coalesce(c.started_at, b.first_at) > t.since;

CREATE VIEW noted AS                       -- what people have written down about contacts, and decided about them
SELECT m.contact_id, s.first_seen_at AS happened_at, NULL AS precision, NULL AS zone_source, NULL AS channel,
       'note' AS kind, NULL AS direction, NULL AS author, NULL AS actor, s.notes AS text, [] AS attachments,
       NULL AS state, NULL AS before, NULL AS after, FALSE AS inferred, NULL AS conversation_id, NULL AS inbox,
       r.source, s.delivery_id, s.row_number, s.line_number, s.record_key AS entry_id
FROM record_field f
JOIN source_record s USING (record_key, version)
JOIN record r USING (record_key)
JOIN membership m ON m.record_key = f.record_key AND m.run_to IS NULL
WHERE f.field = 'notes' AND s.notes IS NOT NULL
UNION ALL
SELECT DISTINCT m.contact_id, d.decided_at, NULL, NULL, NULL,
       d.kind || 'ed', NULL, NULL, d.actor, d.reason, [],
       NULL, NULL, NULL, FALSE, NULL, NULL,
       NULL, NULL, NULL, NULL, d.decision_id
FROM decision d
JOIN decision_record r USING (decision_id)
JOIN membership m ON m.record_key = r.record_key AND m.run_to IS NULL
WHERE d.revoked_at IS NULL;

-- Everything that happened with a contact. Interactions follow their record; they are never rewritten.
CREATE OR REPLACE VIEW timeline AS
WITH present AS (                          -- once however much they say
    SELECT DISTINCT p.conversation_id, m.contact_id
    FROM party p JOIN membership m ON m.record_key = p.record_key AND m.run_to IS NULL
),
exchanged AS (
    SELECT m.contact_id, s.sent_at AS happened_at, s.precision, s.zone_source, c.channel, s.kind, s.direction, s.author,
           s.sender AS actor, s.text, s.attachments,
           ['sent', 'failed', 'delivered', 'read'][greatest(
               way(s.state), (SELECT max(way(r.state)) FROM receipt r WHERE r.message_id = s.message_id))] AS state,
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
    JOIN present p USING (conversation_id)
)
SELECT * FROM exchanged ANTI JOIN blocked_conversation USING (contact_id, conversation_id)
UNION ALL
FROM noted;
