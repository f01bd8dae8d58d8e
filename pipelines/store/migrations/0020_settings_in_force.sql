-- The settings that contacts were last derived under, names that sources had before, and rules of a new version that
-- were announced.

CREATE TABLE setting (
    name         VARCHAR PRIMARY KEY,      -- attribute.<name> or source.<name>
    definition   VARCHAR NOT NULL          -- JSON
);

CREATE TABLE source_first_name (
    source       VARCHAR PRIMARY KEY,      -- as it is called now
    first_name   VARCHAR NOT NULL          -- by which the ids of its records, deliveries and conversations are made
);

CREATE TABLE announced_rule (
    rule         VARCHAR PRIMARY KEY,
    changed      BIGINT NOT NULL,          -- how many of what its sentence counts; 0 in a warehouse that is new
    run_id       VARCHAR NOT NULL
);

-- An edit gives way to what was stated for the first time after it: contacts with edits are derived anew.
INSERT INTO work_queue
SELECT DISTINCT 'contacts', record_key FROM decision JOIN decision_record USING (decision_id)
WHERE kind = 'edit' AND revoked_at IS NULL;

COMMENT ON TABLE setting IS 'an attribute or source as contacts were last derived under it';
COMMENT ON TABLE source_first_name IS 'a source that was renamed, and the name that its ids are made with';
COMMENT ON TABLE announced_rule IS 'a rule that a new version of onecontact brought, and how much it changed here';
