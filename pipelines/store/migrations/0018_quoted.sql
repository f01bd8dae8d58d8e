-- Which words of a message are not new: earlier mails that it quotes, and signatures. Of mails read so far none are known.

ALTER TABLE message ADD COLUMN quoted STRUCT(start UINTEGER, length UINTEGER, kind VARCHAR)[];

COMMENT ON COLUMN message.quoted IS 'ranges of the text that are not new, in characters from 0: history | signature';
