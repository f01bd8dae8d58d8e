-- Conversations as their channels know them: who has them, under which labels, how far messages have come.

ALTER TABLE conversation ADD COLUMN inbox VARCHAR;              -- where on the company's side it takes place
ALTER TABLE conversation ADD COLUMN assignee VARCHAR;
ALTER TABLE conversation ADD COLUMN labels VARCHAR[];            -- empty where it was received before there were any
ALTER TABLE conversation ADD COLUMN started_at TIMESTAMPTZ;     -- where its source states it

DROP VIEW timeline;                                             -- the decisions make it anew

ALTER TABLE message ADD COLUMN author VARCHAR;                  -- contact | agent | bot | system
ALTER TABLE message ADD COLUMN state VARCHAR;                   -- as stated with it; receipts may know more
ALTER TABLE message ALTER attachments TYPE STRUCT(name VARCHAR, type VARCHAR, sha256 VARCHAR)[]
    USING list_transform(attachments, name -> struct_pack(name := name, type := NULL::VARCHAR, sha256 := NULL::VARCHAR));

CREATE TABLE receipt (                     -- how far an outgoing message has come, and by when; it may be unseen itself
    receipt_id      UUID PRIMARY KEY,      -- of a message and a state
    message_id      UUID NOT NULL,
    state           VARCHAR NOT NULL,      -- sent | delivered | read | failed
    conversation_id UUID NOT NULL,
    record_key      UUID,
    reached_at      TIMESTAMPTZ,
    delivery_id     UUID NOT NULL,
    row_number      UINTEGER NOT NULL,
    line_number     UINTEGER
);

ALTER TABLE conversation_event ADD COLUMN actor VARCHAR;
ALTER TABLE conversation_event ADD COLUMN before VARCHAR;
ALTER TABLE conversation_event ADD COLUMN after VARCHAR;
ALTER TABLE conversation_event ADD COLUMN inferred BOOLEAN;    -- read out of a sentence or two states, not stated

-- What was said, by whoever. An outgoing message of which there is nothing but receipts is one whose words are unknown.
CREATE VIEW spoken AS
SELECT message_id, conversation_id, record_key, sent_at, precision, zone_source, kind, direction, author, sender, text,
       attachments, delivery_id, row_number, line_number
FROM message
UNION ALL
SELECT message_id, arg_min(conversation_id, place), arg_min(record_key, place), min(reached_at), 'second', 'stated',
       'other', 'outbound', NULL, NULL, NULL, [], arg_min(delivery_id, place), arg_min(row_number, place), arg_min(line_number, place)
FROM (SELECT *, struct_pack(d := delivery_id, n := row_number) AS place FROM receipt ANTI JOIN message USING (message_id))
GROUP BY message_id;
