CREATE VIEW published.events AS
SELECT entry_id AS event_id, contact_id, conversation_id, channel, source, inbox, kind, happened_at, precision,
       zone_source, actor,
       CASE WHEN kind IN ('edited', 'pinned') THEN split_part(text, ': ', 1)
            WHEN kind IN ('tagged', 'untagged') THEN 'tags' END AS field,
       text, before, after, inferred, delivery_id, row_number, line_number
FROM timeline
WHERE direction IS NULL AND kind <> 'note';
