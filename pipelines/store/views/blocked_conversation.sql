-- A conversation of a contact that began after it was blocked, and is in no timeline: a thread, or of a chat what lies
-- between two silences. `deliveries` are those that brought its messages.

CREATE VIEW blocked_conversation AS
WITH said AS (
    SELECT t.contact_id, t.conversation_id, t.channel, t.started_at, t.blocked_from, s.sent_at, s.delivery_id,
           coalesce(s.sent_at - lag(s.sent_at) OVER so_far >= to_days(t.silence_days), FALSE) AS begins
    FROM blocked_thread t
    JOIN conversation_message s USING (conversation_id)
    JOIN membership m ON m.record_key = s.record_key AND m.contact_id = t.contact_id AND m.run_to IS NULL
    WHERE coalesce(s.sent_at > t.blocked_from, t.blocked_from IS NULL)
    WINDOW so_far AS (PARTITION BY t.contact_id, t.conversation_id ORDER BY s.sent_at NULLS FIRST)
),
numbered AS (
    SELECT *, sum(begins::INTEGER) OVER (PARTITION BY contact_id, conversation_id ORDER BY sent_at NULLS FIRST) AS nth
    FROM said
)
SELECT contact_id, conversation_id, channel,
       CASE WHEN nth = 0 AND any_value(blocked_from) IS NULL THEN any_value(started_at) ELSE min(sent_at) END
           AS started_at,
       count(*) AS messages, list_sort(list(DISTINCT delivery_id)) AS deliveries
FROM numbered
GROUP BY contact_id, conversation_id, channel, nth;
