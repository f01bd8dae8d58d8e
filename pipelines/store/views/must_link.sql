-- A pair of records that are one person because somebody decided so, with the newest decision that does.

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
