-- A pair of records of which somebody decided that they are not one person (`is_final`), or not to decide now, and that
-- are what they were then.

CREATE VIEW answered_pair AS
WITH unchanged AS (
    SELECT d.decision_id, d.kind, r.record_key, coalesce(r.side, 0) AS side
    FROM decision d
    JOIN decision_record r USING (decision_id)
    JOIN record_fingerprint p USING (decision_id, record_key)
    WHERE r.evidence_fingerprint = p.evidence_fingerprint
)
SELECT DISTINCT a.record_key AS record_lo, b.record_key AS record_hi, a.kind <> 'defer' AS is_final
FROM unchanged a
JOIN unchanged b ON a.decision_id = b.decision_id AND a.side <> b.side AND a.record_key < b.record_key;
