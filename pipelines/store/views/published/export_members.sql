CREATE VIEW published.export_members AS
SELECT DISTINCT e.export_id, e.segment, e.published_at, m.contact_id
FROM export e
JOIN export_member x USING (export_id)
JOIN record r ON r.anchor_id = x.contact_id
JOIN membership m ON m.record_key = r.record_key AND m.run_to IS NULL;
