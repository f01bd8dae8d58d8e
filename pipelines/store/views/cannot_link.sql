-- A record on one side of a decision that keeps its sides apart: records on different sides are never one person.

CREATE VIEW cannot_link AS
SELECT d.decision_id, r.record_key, coalesce(r.side, 0) AS side
FROM decision d JOIN decision_record r USING (decision_id)
WHERE d.revoked_at IS NULL AND d.kind IN ('unmerge', 'dismiss');
