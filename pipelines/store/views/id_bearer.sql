-- A record of one of several people who have borne a record id (`id_key`).

CREATE VIEW id_bearer AS
SELECT u.id_key, r.record_key FROM record r JOIN reused_id u ON u.id_key = coalesce(r.id_key, r.record_key);
