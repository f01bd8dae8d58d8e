-- A record that is blocked as of `as_of_time`, by the decision that blocks it longest, and since when. An unblock lifts
-- every block before it; of those since then the last end counts, and blocks without a gap between them are one.

CREATE VIEW record_block AS
WITH stated AS (
    SELECT r.record_key, d.decision_id, d.kind, d.decided_at, coalesce(d.expires_at, TIMESTAMPTZ 'infinity') AS ends,
           row_number() OVER so_far AS turn, count(*) FILTER (d.kind = 'unblock') OVER so_far AS lifted
    FROM decision d JOIN decision_record r USING (decision_id)
    WHERE d.revoked_at IS NULL AND d.kind IN ('block', 'unblock')
    WINDOW so_far AS (PARTITION BY r.record_key ORDER BY d.decided_at, d.row_number NULLS FIRST, d.decision_id)
),
standing AS (
    SELECT * FROM stated QUALIFY lifted = max(lifted) OVER (PARTITION BY record_key)
),
block AS (
    SELECT *, max(ends) OVER (PARTITION BY record_key ORDER BY turn
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS blocked_until
    FROM standing WHERE kind = 'block'
)
SELECT record_key, arg_max(decision_id, struct_pack(e := ends, t := turn)) AS decision_id,
       max(decided_at) FILTER (coalesce(blocked_until <= decided_at, TRUE)) AS since
FROM block GROUP BY record_key
HAVING coalesce(max(ends) > (SELECT max(as_of) FROM as_of_time), TRUE);
