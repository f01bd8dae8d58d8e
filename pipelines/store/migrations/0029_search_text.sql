-- What quick search looks through: one text a contact, folded as `normalise.text.search_form` folds it. It is kept as it
-- is, for a text that is compressed takes twice as long to look through. A step in Python (`warehouse.search_text`)
-- fills it here.

CREATE TABLE contact_search (
    contact_id UUID NOT NULL,
    names      VARCHAR USING COMPRESSION Uncompressed,           -- words of the name alone, spaces around them, too
    text       VARCHAR NOT NULL USING COMPRESSION Uncompressed   -- words of all it is found by, a space around each
);
COMMENT ON TABLE contact_search IS 'what a contact is searched by: its names, identifiers, tags, attributes and notes';
