CREATE VIEW published.field_provenance AS
SELECT f.contact_id, f.field, f.value, f.rule, f.candidates, d.source,
       (SELECT any_value(r.record_id) FROM record r WHERE r.record_key = f.record_key) AS record_id,
       d.delivery_id, d.file_name,
       CASE WHEN w.decision_id IS NULL THEN f.row_number ELSE w.row_number END AS row_number, f.line_number,
       w.actor AS decided_by, w.decided_at, w.reason
FROM contact_field f
LEFT JOIN decision w ON w.decision_id = f.delivery_id
LEFT JOIN delivery d ON d.delivery_id = coalesce(w.delivery_id, f.delivery_id);
