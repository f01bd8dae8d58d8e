CREATE VIEW published.conversations AS
WITH exchanged AS (
    SELECT m.contact_id, s.conversation_id, min(s.sent_at) AS first_at,
           max(s.sent_at) FILTER (s.kind <> 'note') AS last_message_at, count(*) FILTER (s.kind <> 'note') AS messages
    FROM conversation_message s
    JOIN membership m ON m.record_key = s.record_key AND m.run_to IS NULL
    LEFT JOIN blocked_thread b ON b.contact_id = m.contact_id AND b.conversation_id = s.conversation_id
    WHERE coalesce(s.sent_at <= b.blocked_from, b.blocked_from IS NOT NULL OR b.contact_id IS NULL)
    GROUP BY m.contact_id, s.conversation_id
)
SELECT e.conversation_id, e.contact_id, c.channel, c.source, c.inbox, c.title, c.is_group, c.status, c.assignee,
       coalesce(c.labels, []) AS labels, coalesce(c.started_at, e.first_at) AS started_at, e.last_message_at, e.messages
FROM exchanged e JOIN conversation c USING (conversation_id);
