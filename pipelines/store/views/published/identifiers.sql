CREATE VIEW published.identifiers AS
SELECT i.contact_id, i.type, i.scope, i.value, coalesce(i.value_folded, i.value) AS value_folded,
       CASE WHEN i.type IN ('phone', 'wa_id') THEN ltrim(i.value, '+') END AS digits,
       i.is_primary, i.validity,
       d.source, d.delivery_id, d.file_name,
       CASE WHEN w.decision_id IS NULL THEN i.row_number ELSE w.row_number END AS row_number, i.line_number,
       w.actor AS decided_by, w.decided_at
FROM contact_identifier i
LEFT JOIN decision w ON w.decision_id = i.delivery_id
LEFT JOIN delivery d ON d.delivery_id = coalesce(w.delivery_id, i.delivery_id);
