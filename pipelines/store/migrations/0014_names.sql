-- Tables and columns by the words of the field, and a comment on every table.

ALTER TABLE pending RENAME TO work_queue;
ALTER TABLE moment RENAME TO as_of_time;
ALTER TABLE census RENAME TO contact_count_history;

ALTER TABLE match_key RENAME TO blocking_key;                    -- identifier.match_keys are something else
ALTER TABLE match_point RENAME TO compared_identifier;
ALTER TABLE match_crowd RENAME TO shared_identifier;
ALTER TABLE shared_identifier RENAME givens TO distinct_given_names;
ALTER TABLE match_share RENAME TO term_frequency;
ALTER TABLE match_name RENAME TO full_name_frequency;
ALTER TABLE match_edge RENAME vague TO ambiguous_given_name;

ALTER TABLE unseen RENAME TO receipt_only_message;
ALTER TABLE exchange RENAME TO conversation_stats;
ALTER TABLE unsummed RENAME TO stale_conversation_stats;
ALTER TABLE set_aside RENAME TO suppressed_conversation;
ALTER TABLE thread RENAME TO mail_thread;
ALTER TABLE mail_thread RENAME part TO component_id;
ALTER TABLE mail_thread RENAME whole_id TO canonical_id;
ALTER TABLE topic RENAME TO mail_topic;
ALTER TABLE mail_topic RENAME alone TO is_unlinked_reply;
DROP MACRO way;
CREATE MACRO state_rank(state) AS list_position(['sent', 'failed', 'delivered', 'read'], state);

ALTER TABLE put_away RENAME TO post_import_action;
ALTER TABLE given_back_file RENAME TO rejected_file;
ALTER TABLE delivery RENAME way_out TO remediation;
ALTER TABLE decision_record RENAME print TO evidence_fingerprint;
ALTER TABLE contact_field RENAME lost TO losing_values;

COMMENT ON COLUMN match_edge.ambiguous_given_name IS 'the given name does not say who it is';
COMMENT ON COLUMN shared_identifier.distinct_given_names IS 'different initials of the given names of its bearers';
COMMENT ON COLUMN mail_thread.component_id IS 'the smallest id of all threads that hang together';
COMMENT ON COLUMN mail_thread.canonical_id IS 'the smallest of those that are in `conversation`';
COMMENT ON COLUMN mail_topic.is_unlinked_reply IS 'an answer that does not say to what';
COMMENT ON COLUMN delivery.remediation IS 'what to do about a delivery that is held or refused';
COMMENT ON COLUMN decision_record.evidence_fingerprint IS 'of a record that is parted or put off, as it was then';
COMMENT ON COLUMN contact_field.losing_values IS 'values that lost against this one, the best of them first';

COMMENT ON TABLE work_queue IS 'a record that a step has still to look at';
COMMENT ON TABLE step_state IS 'the configuration that a step last worked under';
COMMENT ON TABLE identity_key IS 'fingerprint of the identity key that ids are made with: one row';
COMMENT ON TABLE run IS 'a run, and as of when it looked at the world';
COMMENT ON TABLE as_of_time IS 'the time that contacts are derived as of: one row';
COMMENT ON TABLE contact_count_history IS 'a run whose number of contacts was accepted';
COMMENT ON TABLE delivery IS 'a file that arrived, and what became of its rows';
COMMENT ON TABLE landed_file IS 'what a path held when it was last hashed';
COMMENT ON TABLE unreachable_source IS 'a source that could not be looked into by the last run';
COMMENT ON TABLE post_import_action IS 'what was done with a delivered file once it was taken in';
COMMENT ON TABLE rejected_row IS 'a refused, skipped or quarantined row of a delivery, as it was delivered';
COMMENT ON TABLE rejected_file IS 'the file of refused rows of a delivery, as it was written last';
COMMENT ON TABLE corrected_row IS 'a refused row that has arrived since';
COMMENT ON TABLE problem IS 'something wrong with a row, a column or a file of a delivery';
COMMENT ON TABLE record IS 'what a source keeps about a person';
COMMENT ON TABLE source_record IS 'a distinct content that a record has had';
COMMENT ON TABLE record_field IS 'the content of a record that speaks for one of its fields now';
COMMENT ON TABLE identifier IS 'a phone number, address or id in a content of a record';
COMMENT ON TABLE source_merge IS 'two records that their source has made one';
COMMENT ON TABLE conversation IS 'a thread as the latest delivery has it';
COMMENT ON TABLE message IS 'a message, as the earliest delivery that says most of it has it';
COMMENT ON TABLE receipt IS 'a state that an outgoing message has reached';
COMMENT ON TABLE receipt_only_message IS 'a message of which there is nothing but receipts';
COMMENT ON TABLE conversation_event IS 'something that happened in a conversation beside messages';
COMMENT ON TABLE conversation_stats IS 'how much was exchanged with a record in a thread, and since when';
COMMENT ON TABLE stale_conversation_stats IS 'a thread that changed since its messages were summed up';
COMMENT ON TABLE mail_thread IS 'a thread that mails tie to others';
COMMENT ON TABLE mail_topic IS 'a mail of a person and a subject';
COMMENT ON TABLE suppressed_conversation IS 'a blocked conversation that contacts were last derived without';
COMMENT ON TABLE blocking_key IS 'a block that a record is in';
COMMENT ON TABLE compared_identifier IS 'an identifier of a record as it is compared';
COMMENT ON TABLE shared_identifier IS 'an identifier that several records have';
COMMENT ON TABLE match_edge IS 'a pair of records that may be one person, and the evidence';
COMMENT ON TABLE vetoed_edge IS 'an edge that clustering did not allow to join';
COMMENT ON TABLE pooled_join IS 'two clusters that only all their evidence together joined';
COMMENT ON TABLE match_model IS 'a fitted match model; the newest is in use';
COMMENT ON TABLE term_frequency IS 'how frequent a value is in the list that a model was fitted on';
COMMENT ON TABLE full_name_frequency IS 'how many records of that list bear a full name, where several do';
COMMENT ON TABLE membership IS 'a record in a contact, from one run to another';
COMMENT ON TABLE contact IS 'a golden record';
COMMENT ON TABLE contact_field IS 'a value of a contact, with its provenance';
COMMENT ON TABLE contact_identifier IS 'what a contact is known by, with its provenance';
COMMENT ON TABLE id_changes IS 'what became of an id of a contact';
COMMENT ON TABLE decision IS 'what somebody decided; never changed, only revoked';
COMMENT ON TABLE decision_record IS 'a record that a decision is about';
COMMENT ON TABLE change_request IS 'a change request that was granted';
COMMENT ON TABLE export IS 'a file that was published';
COMMENT ON TABLE export_member IS 'a contact that was in it';
