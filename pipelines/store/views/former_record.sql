-- A record whose id its source gave to another person: `current_key` is the record of who has it now, by what was seen
-- last.

CREATE VIEW former_record AS
WITH seen AS (
    SELECT b.id_key, b.record_key,
           max(struct_pack(t := s.last_seen_at, r := s.last_row, c := s.correction, v := s.version)) AS last
    FROM id_bearer b JOIN source_record s USING (record_key)
    GROUP BY b.id_key, b.record_key
)
SELECT record_key, first(record_key) OVER newest AS current_key, id_key FROM seen
WINDOW newest AS (PARTITION BY id_key ORDER BY last DESC)
QUALIFY record_key <> current_key;
