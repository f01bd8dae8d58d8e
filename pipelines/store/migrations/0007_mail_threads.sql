-- Threads of mails. A mail names others that it answers, which may come in any delivery or in none, so what is one
-- conversation is known by all of them together: the parts of the graph that mails tie hang together in.

CREATE TABLE thread (                      -- threads that mails tie to others
    conversation_id UUID PRIMARY KEY,      -- as a mail states it; perhaps of a mail that nobody has
    part            UUID NOT NULL,         -- the smallest id of all that hang together
    whole_id        UUID                   -- the smallest of those that are in `conversation`
);

CREATE TABLE topic (                       -- what mails are about, for those that do not say what they answer
    topic_id        UUID NOT NULL,         -- of a person and a subject
    sent_at         TIMESTAMPTZ NOT NULL,
    conversation_id UUID NOT NULL,
    alone           BOOLEAN NOT NULL       -- an answer that does not say to what
);

-- What was said, by whoever, in the conversation as it is as a whole.
CREATE OR REPLACE VIEW spoken AS
SELECT m.message_id, coalesce(t.whole_id, m.conversation_id) AS conversation_id, m.record_key, m.sent_at, m.precision,
       m.zone_source, m.kind, m.direction, m.author, m.sender, m.text, m.attachments, m.delivery_id, m.row_number,
       m.line_number
FROM message m LEFT JOIN thread t USING (conversation_id)
UNION ALL
SELECT message_id, arg_min(conversation_id, place), arg_min(record_key, place), min(reached_at), 'second', 'stated',
       'other', 'outbound', NULL, NULL, NULL, [], arg_min(delivery_id, place), arg_min(row_number, place),
       arg_min(line_number, place)
FROM (SELECT *, struct_pack(d := delivery_id, n := row_number) AS place FROM receipt ANTI JOIN message USING (message_id))
GROUP BY message_id;
