-- A note about a contact, or what somebody decided about it: an entry of its timeline. Merges and partings are no part
-- of it: undone, they leave everything as it was.

CREATE VIEW note_event AS
WITH written AS (                          -- each text that a record has ever had, once, as of when it first had it
    (SELECT m.contact_id, s.first_seen_at AS happened_at, NULL::VARCHAR AS actor, s.notes AS text, r.source,
            s.delivery_id, s.row_number, s.line_number, s.record_key AS entry_id
     FROM source_record s
     JOIN record r USING (record_key)
     JOIN membership m ON m.record_key = s.record_key AND m.run_to IS NULL
     WHERE s.notes IS NOT NULL
     QUALIFY row_number() OVER (PARTITION BY m.contact_id, s.record_key, s.notes
                                ORDER BY s.first_seen_at, s.delivery_id, s.row_number) = 1)
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
