-- What a publication was made of, so that a run need not make it again to know that it would be the same.

ALTER TABLE export_check ADD COLUMN inputs VARCHAR;       -- a fingerprint of all that the file depends on
ALTER TABLE export_check ADD COLUMN suppressed BIGINT;    -- contacts left out because their address is suppressed
ALTER TABLE export_check ADD COLUMN suppressed_included BIGINT;  -- contacts in it all the same, for it asks for them

COMMENT ON COLUMN export_check.inputs IS 'a fingerprint of all that the file depends on, as of the check';
COMMENT ON COLUMN export_check.suppressed IS 'contacts that were left out because their address is suppressed';
COMMENT ON COLUMN export_check.suppressed_included IS 'contacts in the file all the same, for the segment asks for them';
