-- A conversation that began after its contact was blocked, and is in no timeline. One of which no time is known is not.

CREATE VIEW blocked_conversation AS
WITH talk AS (
    SELECT b.contact_id, b.since, p.conversation_id, sum(p.messages)::BIGINT AS messages
    FROM blocked_contact b
    JOIN membership m ON m.contact_id = b.contact_id AND m.run_to IS NULL
    JOIN conversation_participant p ON p.record_key = m.record_key
    GROUP BY ALL
),
began AS (
    SELECT conversation_id, min(first_at) AS first_at
    FROM conversation_participant WHERE conversation_id IN (SELECT conversation_id FROM talk)
    GROUP BY conversation_id
)
SELECT t.contact_id, t.conversation_id, c.channel, coalesce(c.started_at, b.first_at) AS started_at, t.messages
FROM talk t
JOIN began b USING (conversation_id)
JOIN conversation c USING (conversation_id)
WHERE coalesce(c.started_at, b.first_at) > t.since;
