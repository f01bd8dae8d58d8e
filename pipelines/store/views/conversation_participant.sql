-- A record that takes part in a conversation, with its messages in one thread of it: a row for each of its threads.

CREATE VIEW conversation_participant AS
SELECT coalesce(t.canonical_id, s.conversation_id) AS conversation_id, s.record_key, s.messages, s.first_at,
       s.has_untimed
FROM conversation_stats s LEFT JOIN mail_thread t USING (conversation_id);
