-- Which words of a message are not new: earlier mails that it quotes, and signatures.

ALTER TABLE message ADD COLUMN quoted STRUCT(start UINTEGER, length UINTEGER, kind VARCHAR)[];  -- in characters, from 0

COMMENT ON COLUMN message.quoted IS 'ranges of text that are history or signature; empty for one that was never looked at';
