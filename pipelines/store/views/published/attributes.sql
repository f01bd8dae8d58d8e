CREATE VIEW published.attributes AS
SELECT contact_id, name, position, value_text, coalesce(value_folded, value_text) AS value_folded, value_number,
       value_date, value_boolean
FROM contact_attribute;
