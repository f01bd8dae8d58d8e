-- Who is one person and who is not, and what people know better: decisions beside blocks, and the records they part.

ALTER TABLE decision ADD COLUMN field VARCHAR;           -- edit, pin: name | phone | email | attr.<name>
ALTER TABLE decision ADD COLUMN value VARCHAR;           -- edit, pin, tag, untag, note; an edit without one clears
ALTER TABLE decision ADD COLUMN target UUID;             -- the decision that is taken back
ALTER TABLE decision ADD COLUMN delivery_id UUID;        -- where a change request came from,
ALTER TABLE decision ADD COLUMN row_number UINTEGER;     -- which says as well what comes first at one time
ALTER TABLE decision ADD COLUMN compared VARCHAR[];      -- attributes that matching compared when records were parted
ALTER TABLE decision ADD COLUMN revoked_reason VARCHAR;

ALTER TABLE decision_record ADD COLUMN side USMALLINT;   -- 0 if empty. The contacts of a merge, its primary first; what
                                                         -- is parted; whose value it is (0) and whom it speaks over (1)
ALTER TABLE decision_record ADD COLUMN print VARCHAR;    -- of a record that is parted, as it was then

ALTER TABLE contact_field ADD COLUMN lost
    STRUCT(value VARCHAR, record_key UUID, delivery_id UUID, row_number UINTEGER, line_number UINTEGER)[];

-- Records that are blocked as of the moment, by which decision and since when: the newest about a record counts, and
-- blocks of which none had ended before the next are one.
CREATE OR REPLACE VIEW record_block AS
WITH told AS (
    SELECT r.record_key, d.decision_id, d.kind, d.decided_at, d.row_number, d.expires_at,
           lag(d.kind) OVER so_far AS kind_before, lag(d.expires_at) OVER so_far AS expired_before
    FROM decision d JOIN decision_record r USING (decision_id)
    WHERE d.revoked_at IS NULL AND d.kind IN ('block', 'unblock')
    WINDOW so_far AS (PARTITION BY r.record_key ORDER BY d.decided_at, d.row_number NULLS FIRST, d.decision_id)
),
newest AS (
    SELECT record_key, decision_id, kind, expires_at,
           max(decided_at) FILTER (kind = 'block' AND (kind_before IS DISTINCT FROM 'block'
                                                       OR coalesce(expired_before <= decided_at, FALSE)))
               OVER (PARTITION BY record_key) AS since
    FROM told
    QUALIFY row_number() OVER (PARTITION BY record_key
                               ORDER BY decided_at DESC, told.row_number DESC NULLS LAST, decision_id DESC) = 1
)
SELECT record_key, decision_id, since FROM newest
WHERE kind = 'block' AND coalesce(expires_at > (SELECT max(as_of) FROM moment), TRUE);

-- Pairs of records that are one person because somebody says so, by the newest decision that does.
CREATE VIEW must_link AS
WITH held AS (
    SELECT d.decision_id, d.decided_at, d.row_number, r.record_key
    FROM decision d JOIN decision_record r USING (decision_id)
    WHERE d.revoked_at IS NULL AND d.kind = 'merge'
)
SELECT a.record_key AS record_lo, b.record_key AS record_hi,
       arg_max(a.decision_id, struct_pack(t := a.decided_at, n := coalesce(a.row_number, 0), d := a.decision_id))
           AS decision_id
FROM held a JOIN held b ON a.decision_id = b.decision_id AND a.record_key < b.record_key
GROUP BY a.record_key, b.record_key;

CREATE VIEW kept_apart AS                  -- records on different sides of one of these decisions are never one person
SELECT d.decision_id, r.record_key, coalesce(r.side, 0) AS side
FROM decision d JOIN decision_record r USING (decision_id)
WHERE d.revoked_at IS NULL AND d.kind IN ('unmerge', 'dismiss');

-- What matching knows of records that were parted or put off, as they stand now: another print, another question.
CREATE VIEW record_print AS
WITH asked AS (
    SELECT r.decision_id, r.record_key, d.compared
    FROM decision d JOIN decision_record r USING (decision_id)
    WHERE d.revoked_at IS NULL AND d.kind IN ('unmerge', 'dismiss', 'defer')
),
said AS (
    SELECT a.decision_id, a.record_key, a.compared, f.field, s
    FROM asked a JOIN record_field f USING (record_key) JOIN source_record s USING (record_key, version)
),
told AS (
    SELECT decision_id, record_key, 'name=' || array_to_string(s.name_tokens, ' ') AS fact
    FROM said WHERE field = 'name'
    UNION ALL
    SELECT decision_id, record_key, field || '=' || s.attributes[substr(field, 6)]
    FROM said WHERE starts_with(field, 'attr.') AND list_contains(compared, substr(field, 6))
    UNION ALL
    SELECT t.decision_id, t.record_key, i.type || '=' || i.scope || ' ' || i.normalised
    FROM said t
    JOIN identifier i ON i.record_key = t.record_key AND i.version = t.s.version AND i.type = t.field
)
SELECT decision_id, record_key, md5(coalesce(string_agg(DISTINCT fact, chr(31) ORDER BY fact), '')) AS print
FROM asked LEFT JOIN told USING (decision_id, record_key)
GROUP BY decision_id, record_key;

-- Pairs of records of which somebody has said that they are not one person, or not now, and that are what they were.
CREATE VIEW answered AS
WITH unchanged AS (
    SELECT d.decision_id, d.kind, r.record_key, coalesce(r.side, 0) AS side
    FROM decision d JOIN decision_record r USING (decision_id) JOIN record_print p USING (decision_id, record_key)
    WHERE r.print = p.print
)
SELECT DISTINCT a.record_key AS record_lo, b.record_key AS record_hi, a.kind <> 'defer' AS is_final
FROM unchanged a
JOIN unchanged b ON a.decision_id = b.decision_id AND a.side <> b.side AND a.record_key < b.record_key;

-- Pairs of contacts a person should look at, by their strongest pair of records. What has been answered is left out;
-- what was put off is deferred.
CREATE OR REPLACE VIEW review_queue AS
WITH open_edge AS (
    SELECT e.record_lo, e.record_hi, e.probability, e.weight, e.evidence, coalesce(v.reason, e.rule) AS reason
    FROM match_edge e LEFT JOIN vetoed_edge v USING (record_lo, record_hi)
    WHERE e.zone = 'review' OR v.reason IS NOT NULL
    UNION ALL                              -- a merge that somebody decided and that cannot be any more
    SELECT v.record_lo, v.record_hi, 1.0, 1000.0, '{"decision":{"level":"merged","weight":1000.0}}', v.reason
    FROM vetoed_edge v SEMI JOIN must_link USING (record_lo, record_hi) ANTI JOIN match_edge USING (record_lo, record_hi)
),
parted AS (
    SELECT o.*, a.contact_id AS contact_a, b.contact_id AS contact_b
    FROM open_edge o
    JOIN membership a ON a.record_key = o.record_lo AND a.run_to IS NULL
    JOIN membership b ON b.record_key = o.record_hi AND b.run_to IS NULL
    WHERE a.contact_id <> b.contact_id
),
unanswered AS (
    SELECT p.*, d.record_lo IS NOT NULL AS is_deferred
    FROM parted p
    ANTI JOIN (FROM answered WHERE is_final) f USING (record_lo, record_hi)
    LEFT JOIN (FROM answered WHERE NOT is_final) d USING (record_lo, record_hi)
)
SELECT least(contact_a, contact_b) AS contact_lo, greatest(contact_a, contact_b) AS contact_hi,
       max(probability) AS probability, count(*) AS pairs,
       arg_max(reason, struct_pack(w := weight, l := record_lo, h := record_hi)) AS reason,
       arg_max(evidence, struct_pack(w := weight, l := record_lo, h := record_hi)) AS evidence,
       arg_max(record_lo, struct_pack(w := weight, l := record_lo, h := record_hi)) AS record_lo,
       arg_max(record_hi, struct_pack(w := weight, l := record_lo, h := record_hi)) AS record_hi,
       bool_and(is_deferred) AS is_deferred
FROM unanswered
GROUP BY least(contact_a, contact_b), greatest(contact_a, contact_b);

-- What people have written down about contacts, and decided about them. Merges and partings are no part of it: undone,
-- they leave everything as it was.
CREATE OR REPLACE VIEW noted AS
WITH written AS (
    SELECT m.contact_id, s.first_seen_at AS happened_at, NULL::VARCHAR AS actor, s.notes AS text, r.source,
           s.delivery_id, s.row_number, s.line_number, s.record_key AS entry_id
    FROM record_field f
    JOIN source_record s USING (record_key, version)
    JOIN record r USING (record_key)
    JOIN membership m ON m.record_key = f.record_key AND m.run_to IS NULL
    WHERE f.field = 'notes' AND s.notes IS NOT NULL
    UNION ALL
    SELECT m.contact_id, d.decided_at, d.actor, d.value, NULL, NULL, NULL, NULL, d.decision_id
    FROM decision d
    JOIN decision_record r USING (decision_id)
    JOIN membership m ON m.record_key = r.record_key AND m.run_to IS NULL
    WHERE d.revoked_at IS NULL AND d.kind = 'note' AND coalesce(r.side, 0) = 0
)
SELECT contact_id, happened_at, NULL AS precision, NULL AS zone_source, NULL AS channel, 'note' AS kind,
       NULL AS direction, NULL AS author, actor, text, [] AS attachments, NULL AS state, NULL AS before, NULL AS after,
       FALSE AS inferred, NULL AS conversation_id, NULL AS inbox, source, delivery_id, row_number, line_number, entry_id
FROM written                               -- what several records have of one note is one
QUALIFY row_number() OVER (PARTITION BY contact_id, happened_at, actor, text
                           ORDER BY written.delivery_id, written.row_number, entry_id) = 1
UNION ALL
SELECT DISTINCT m.contact_id, d.decided_at, NULL, NULL, NULL,
       CASE d.kind WHEN 'edit' THEN 'edited' WHEN 'pin' THEN 'pinned' WHEN 'tag' THEN 'tagged'
                   WHEN 'untag' THEN 'untagged' WHEN 'create' THEN 'created' ELSE d.kind || 'ed' END,
       NULL, NULL, d.actor,
       CASE WHEN d.kind IN ('edit', 'pin') THEN d.field || ': ' || d.reason ELSE d.reason END, [],
       NULL,
       CASE WHEN d.kind = 'untag' THEN d.value END,
       CASE WHEN d.kind IN ('edit', 'pin', 'tag') THEN d.value END, FALSE, NULL, NULL,
       NULL, NULL, NULL, NULL, d.decision_id
FROM decision d
JOIN decision_record r USING (decision_id)
JOIN membership m ON m.record_key = r.record_key AND m.run_to IS NULL
WHERE d.revoked_at IS NULL AND coalesce(r.side, 0) = 0
  AND d.kind IN ('block', 'unblock', 'edit', 'pin', 'tag', 'untag', 'create');
