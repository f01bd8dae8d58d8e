-- In chats, threads never end by themselves: a block ends a conversation there, and so does a silence.

CREATE TABLE chat_format (
    format       VARCHAR PRIMARY KEY
);

CREATE TABLE conversation_gap (
    channel      VARCHAR PRIMARY KEY,
    days         INTEGER NOT NULL
);

ALTER TABLE suppressed_conversation ADD COLUMN blocked_from TIMESTAMPTZ;

COMMENT ON TABLE chat_format IS 'a format of chats, as contacts were last derived: its threads never end, and people go by display names';
COMMENT ON TABLE conversation_gap IS 'days of silence that end a conversation in a chat on this channel';
COMMENT ON COLUMN suppressed_conversation.blocked_from IS 'what came after it is set aside; empty where all of it is';
