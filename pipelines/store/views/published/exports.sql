CREATE VIEW published.exports AS
SELECT e.export_id, e.segment, e.file_name, e.file_sha256, e.columns, e.rows, e.as_of, e.published_at, k.checked_at,
       k.suppressed, e.run_id
FROM export e LEFT JOIN export_check k USING (export_id);
