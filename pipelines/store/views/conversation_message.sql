-- A message, in the conversation that its thread belongs to. Of one that only receipts tell of the text is unknown.

CREATE VIEW conversation_message AS
SELECT m.message_id, coalesce(t.canonical_id, m.conversation_id) AS conversation_id, m.record_key, m.sent_at,
       m.precision, m.zone_source, m.kind, m.direction, m.author, m.sender, m.text, m.attachments, m.delivery_id,
       m.row_number, m.line_number, m.state, coalesce(m.quoted, []) AS quoted
FROM message m LEFT JOIN mail_thread t USING (conversation_id)
UNION ALL
SELECT u.message_id, coalesce(t.canonical_id, u.conversation_id), u.record_key, u.sent_at, 'second',
       'stated', 'other', 'outbound', NULL, NULL, NULL, [], u.delivery_id, u.row_number,
       u.line_number, NULL, []
FROM receipt_only_message u LEFT JOIN mail_thread t USING (conversation_id);
