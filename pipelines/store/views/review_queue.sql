-- A pair of contacts that a person should look at, by the strongest pair of their records. What has been answered is
-- left out; what was put off is deferred.

CREATE VIEW review_queue AS
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
    ANTI JOIN (FROM answered_pair WHERE is_final) f USING (record_lo, record_hi)
    LEFT JOIN (FROM answered_pair WHERE NOT is_final) d USING (record_lo, record_hi)
)
SELECT least(contact_a, contact_b) AS contact_lo, greatest(contact_a, contact_b) AS contact_hi,
       max(probability) AS probability, count(*) AS pairs,
       arg_max(reason, struct_pack(w := weight, l := record_lo, h := record_hi, r := reason)) AS reason,
       arg_max(evidence, struct_pack(w := weight, l := record_lo, h := record_hi, r := reason)) AS evidence,
       arg_max(record_lo, struct_pack(w := weight, l := record_lo, h := record_hi, r := reason)) AS record_lo,
       arg_max(record_hi, struct_pack(w := weight, l := record_lo, h := record_hi, r := reason)) AS record_hi,
       bool_and(is_deferred) AS is_deferred
FROM unanswered
GROUP BY least(contact_a, contact_b), greatest(contact_a, contact_b);
