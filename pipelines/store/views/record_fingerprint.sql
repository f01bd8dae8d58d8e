-- A record that a decision parted or put off, with a fingerprint of what matching knows of it now: with another
-- fingerprint than when it was decided, the question is open again.

CREATE VIEW record_fingerprint AS
WITH subject AS (
    SELECT r.decision_id, r.record_key, d.compared
    FROM decision d JOIN decision_record r USING (decision_id)
    WHERE d.revoked_at IS NULL AND d.kind IN ('unmerge', 'dismiss', 'defer')
),
content AS (
    SELECT a.decision_id, a.record_key, a.compared, f.field, s
    FROM subject a JOIN record_field f USING (record_key) JOIN source_record s USING (record_key, version)
),
stated AS (
    SELECT decision_id, record_key, 'name=' || array_to_string(s.name_tokens, ' ') AS fact
    FROM content WHERE field = 'name'
    UNION ALL
    SELECT decision_id, record_key, field || '=' || s.attributes[substr(field, 6)]
    FROM content WHERE starts_with(field, 'attr.') AND list_contains(compared, substr(field, 6))
    UNION ALL
    SELECT t.decision_id, t.record_key, i.type || '=' || i.scope || ' ' || i.normalised
    FROM content t
    JOIN identifier i ON i.record_key = t.record_key AND i.version = t.s.version AND i.type = t.field
)
SELECT decision_id, record_key,
       keyed_digest('evidence', md5(coalesce(string_agg(DISTINCT fact, chr(31) ORDER BY fact), '')))
           AS evidence_fingerprint
FROM subject LEFT JOIN stated USING (decision_id, record_key)
GROUP BY decision_id, record_key;
