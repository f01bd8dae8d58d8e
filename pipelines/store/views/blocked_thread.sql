-- A thread that began after its contact was blocked, and is in no timeline; or one of a chat, which never ends, of which
-- what came after the block (`blocked_from`) is in none. One of which no time is known is not. In chats, a silence of
-- `silence_days` parts conversations.

CREATE VIEW blocked_thread AS
WITH talk AS (
    SELECT DISTINCT b.contact_id, b.since, p.conversation_id
    FROM blocked_contact b
    JOIN membership m ON m.contact_id = b.contact_id AND m.run_to IS NULL
    JOIN conversation_participant p ON p.record_key = m.record_key
),
began AS (
    SELECT conversation_id, min(first_at) AS first_at
    FROM conversation_participant WHERE conversation_id IN (SELECT conversation_id FROM talk)
    GROUP BY conversation_id
)
SELECT t.contact_id, t.conversation_id, c.channel, coalesce(c.started_at, b.first_at) AS started_at,
       CASE WHEN coalesce(c.started_at, b.first_at) > t.since THEN NULL ELSE t.since END AS blocked_from,
       CASE WHEN f.format IS NOT NULL THEN g.days END AS silence_days
FROM talk t
JOIN began b USING (conversation_id)
JOIN conversation c USING (conversation_id)
LEFT JOIN delivery d ON d.delivery_id = c.delivery_id
LEFT JOIN chat_format f ON f.format = d.format
LEFT JOIN conversation_gap g ON g.channel = c.channel
WHERE blocked_from IS NULL OR f.format IS NOT NULL;
