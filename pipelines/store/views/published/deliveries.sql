CREATE VIEW published.deliveries AS
SELECT delivery_id, source, format, file_name, file_digest, size_bytes, declared_at, received_at, state, code,
       rows_read, created, updated, unchanged, duplicate_in_file, rejected, quarantined, suppressed, skipped, run_id
FROM delivery;
