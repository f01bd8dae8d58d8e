-- What a publication was: how it was defined, who made it, out of what, and what became of each contact in it.

ALTER TABLE export ADD COLUMN content_sha256 VARCHAR;    -- of what the file holds, before it is encrypted
ALTER TABLE export ADD COLUMN definition VARCHAR;        -- the segment as JSON; empty before there was this column
ALTER TABLE export ADD COLUMN login VARCHAR;             -- who was logged in
ALTER TABLE export ADD COLUMN on_behalf_of VARCHAR;      -- for whom, where that was stated
ALTER TABLE export ADD COLUMN settings_digest VARCHAR;   -- of onecontact.yaml
ALTER TABLE export ADD COLUMN code_version VARCHAR;
ALTER TABLE export ADD COLUMN deliveries VARCHAR;        -- JSON: those that its values come from, by source
ALTER TABLE export ADD COLUMN counts VARCHAR;            -- JSON: rows by what became of them
ALTER TABLE export ADD COLUMN previous_id UUID;          -- of a file of changes: the publication they are since
ALTER TABLE export ADD COLUMN members_removed_at TIMESTAMPTZ;  -- when it was forgotten who was in it
ALTER TABLE export ADD COLUMN removed_at TIMESTAMPTZ;    -- when somebody removed the file

ALTER TABLE export_member ADD COLUMN change VARCHAR;     -- of a file of changes: entered | changed | left | unchanged
ALTER TABLE export_member ADD COLUMN fingerprint UBIGINT; -- of a file of changes: of the values of the contact in it

COMMENT ON COLUMN export.content_sha256 IS 'of what the file holds, before it is encrypted';
COMMENT ON COLUMN export.definition IS 'the segment as it was defined, as JSON';
COMMENT ON COLUMN export.login IS 'who was logged in where it was made';
COMMENT ON COLUMN export.on_behalf_of IS 'on whose behalf it was made, where that was stated';
COMMENT ON COLUMN export.deliveries IS 'deliveries that its values come from, by source, as JSON';
COMMENT ON COLUMN export.counts IS 'rows by what became of them, as JSON';
COMMENT ON COLUMN export.previous_id IS 'of a file of changes: the publication that they are since';
COMMENT ON COLUMN export.members_removed_at IS 'when it was forgotten who was in it';
COMMENT ON COLUMN export.removed_at IS 'when somebody removed its file';
COMMENT ON COLUMN export_member.change IS 'of a file of changes: entered, changed, left or unchanged, which is not in the file';
COMMENT ON COLUMN export_member.fingerprint IS 'of a file of changes: of the values of the contact';
