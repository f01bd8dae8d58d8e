-- What the published views show beside the values themselves: text that is folded and values that are typed as
-- onecontact reads them, not as an engine would. A step in Python (`warehouse.published_values`) fills them here.

ALTER TABLE contact ADD COLUMN name_folded VARCHAR;
ALTER TABLE contact ADD COLUMN first_name_folded VARCHAR;
ALTER TABLE contact ADD COLUMN last_name_folded VARCHAR;
ALTER TABLE contact ADD COLUMN email_folded VARCHAR;      -- where it is another text than the address
ALTER TABLE contact ADD COLUMN tags_folded VARCHAR[];     -- where they are other texts than the tags
COMMENT ON COLUMN contact.email_folded IS 'the address, folded, where that is another text';
COMMENT ON COLUMN contact.tags_folded IS 'the tags, folded, where these are other texts';

ALTER TABLE contact_identifier ADD COLUMN value_folded VARCHAR;
COMMENT ON COLUMN contact_identifier.value_folded IS 'the value, folded, where that is another text';

CREATE TABLE contact_attribute (
    contact_id    UUID NOT NULL,
    name          VARCHAR NOT NULL,
    position      UINTEGER NOT NULL,       -- among the values of a list, from 1; 1 of a single value
    value_text    VARCHAR NOT NULL,
    value_folded  VARCHAR,                 -- where it is another text than the value
    value_number  DOUBLE,                  -- of a number
    value_date    DATE,                    -- of a date
    value_boolean BOOLEAN                  -- of a yes or no
);
COMMENT ON TABLE contact_attribute IS 'a value of a custom attribute of a contact, typed';
