-- Which record a source has merged into which. Of several people who have borne one of the ids it means who had it when
-- that was stated.

CREATE VIEW person_merge AS
WITH sighting AS (
    SELECT b.id_key, b.record_key, unnest([s.first_seen_at, s.last_seen_at]) AS seen_at
    FROM id_bearer b JOIN source_record s USING (record_key)
),
meant AS (
    SELECT m.id_key, m.stated_at,
           coalesce(arg_max(s.record_key, struct_pack(t := s.seen_at, k := s.record_key))
                        FILTER (s.seen_at <= m.stated_at),
                    arg_min(s.record_key, struct_pack(t := s.seen_at, k := s.record_key))) AS record_key
    FROM (
        SELECT g.record_key AS id_key, d.declared_at AS stated_at FROM source_merge g JOIN delivery d USING (delivery_id)
        UNION SELECT g.into_key, d.declared_at FROM source_merge g JOIN delivery d USING (delivery_id)
    ) m
    JOIN sighting s USING (id_key)
    GROUP BY m.id_key, m.stated_at
)
SELECT coalesce(a.record_key, g.record_key) AS record_key, coalesce(b.record_key, g.into_key) AS into_key
FROM source_merge g
JOIN delivery d USING (delivery_id)
LEFT JOIN meant a ON a.id_key = g.record_key AND a.stated_at = d.declared_at
LEFT JOIN meant b ON b.id_key = g.into_key AND b.stated_at = d.declared_at;
