CREATE VIEW published.notes AS
SELECT entry_id AS note_id, contact_id, conversation_id, channel, source, inbox, happened_at AS written_at, precision,
       zone_source, author, actor AS written_by, text, attachments, delivery_id, row_number, line_number
FROM timeline
WHERE kind = 'note';
