CREATE VIEW published.messages AS
SELECT entry_id AS message_id, conversation_id, contact_id, channel, source, inbox, direction, kind, author,
       actor AS sender, happened_at AS sent_at, precision, zone_source, text, quoted, attachments, state,
       delivery_id, row_number, line_number
FROM conversation_entry
WHERE NOT is_set_aside AND direction IS NOT NULL AND kind <> 'note';
