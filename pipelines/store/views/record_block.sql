-- A record that is blocked as of `as_of_time`, by which decision and since when. The newest decision about a record
-- counts, and blocks of which none had ended before the next are one.

CREATE VIEW record_block AS
WITH stated AS (
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
    FROM stated
    QUALIFY row_number() OVER (PARTITION BY record_key
                               ORDER BY decided_at DESC, stated.row_number DESC NULLS LAST, decision_id DESC) = 1
)
SELECT record_key, decision_id, since FROM newest
WHERE kind = 'block' AND coalesce(expires_at > (SELECT max(as_of) FROM as_of_time), TRUE);
