-- An entry of a contact's timeline: a message, an event, a note or a decision.

CREATE VIEW timeline AS
SELECT * EXCLUDE (is_set_aside) FROM conversation_entry WHERE NOT is_set_aside
UNION ALL
SELECT *, [] AS quoted FROM note_event;
