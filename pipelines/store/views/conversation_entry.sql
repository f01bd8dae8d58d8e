-- A message or an event of a contact's conversations, and whether it is set aside: then it came after a block, and is in
-- no timeline. Both follow their record to its contact; they are never rewritten.

CREATE VIEW conversation_entry AS
WITH present AS (                          -- once however much they say
    SELECT DISTINCT p.conversation_id, m.contact_id
    FROM conversation_participant p JOIN membership m ON m.record_key = p.record_key AND m.run_to IS NULL
),
exchanged AS (
    SELECT m.contact_id, s.sent_at AS happened_at, s.precision, s.zone_source, c.channel, s.kind, s.direction, s.author,
           s.sender AS actor, s.text, s.attachments,
           ['sent', 'failed', 'delivered', 'read'][greatest(
               state_rank(s.state),
               (SELECT max(state_rank(r.state)) FROM receipt r WHERE r.message_id = s.message_id))] AS state,
           NULL AS before, NULL AS after, FALSE AS inferred,
           s.conversation_id, c.inbox, c.source, s.delivery_id, s.row_number, s.line_number, s.message_id AS entry_id,
           s.quoted
    FROM conversation_message s
    JOIN membership m ON m.record_key = s.record_key AND m.run_to IS NULL
    JOIN conversation c USING (conversation_id)
    UNION ALL
    SELECT p.contact_id, e.happened_at, e.precision, e.zone_source, c.channel, e.kind, NULL, NULL,
           e.actor, e.text, [], NULL, e.before, e.after, coalesce(e.inferred, FALSE),
           e.conversation_id, c.inbox, c.source, e.delivery_id, e.row_number, e.line_number, e.event_id, []
    FROM conversation_event e
    JOIN conversation c USING (conversation_id)
    JOIN present p USING (conversation_id)
)
SELECT e.*,
       NOT coalesce(e.happened_at <= b.blocked_from, b.blocked_from IS NOT NULL OR b.contact_id IS NULL) AS is_set_aside
FROM exchanged e
LEFT JOIN blocked_thread b ON b.contact_id = e.contact_id AND b.conversation_id = e.conversation_id;
