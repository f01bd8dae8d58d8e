-- A contact that is blocked, and since when: any blocked member blocks it.

CREATE VIEW blocked_contact AS
SELECT m.contact_id, min(b.since) AS since
FROM record_block b JOIN membership m USING (record_key)
WHERE m.run_to IS NULL
GROUP BY m.contact_id;
