-- Every digest of what people sent is keyed with the project's secret, and no path of a landed file is stored: names of
-- files stand in `delivery` alone. Old digests become the keyed digest of what they were, as new ones are made.

CREATE MACRO keyed_digest(kind, said) AS CASE
    WHEN getvariable('inner_pad') IS NULL THEN error('digests need the identity key: open the project, not its warehouse')
    ELSE sha256(getvariable('outer_pad') || unhex(sha256(
        getvariable('inner_pad') || encode('digest|' || kind || '|' || said)))) END;

-- A SHA-256 that can be had back with the secret alone: a path that is known need not be read to know its delivery.
CREATE MACRO masked_sha256(sha256, path, size_bytes, modified_ns) AS
    xor(unhex(sha256)::BIT, unhex(keyed_digest('stamp', concat_ws('|', path, size_bytes, modified_ns)))::BIT);
CREATE MACRO unmasked_sha256(masked, path, size_bytes, modified_ns) AS
    lower(hex(xor(masked, unhex(keyed_digest('stamp', concat_ws('|', path, size_bytes, modified_ns)))::BIT)::BLOB));

UPDATE delivery SET file_sha256 = keyed_digest('file', file_sha256);
ALTER TABLE delivery RENAME file_sha256 TO file_digest;

UPDATE rejected_file SET file_sha256 = keyed_digest('file', file_sha256), rows_sha256 = keyed_digest('rows', rows_sha256);
ALTER TABLE rejected_file RENAME file_sha256 TO file_digest;
ALTER TABLE rejected_file RENAME rows_sha256 TO rows_digest;

UPDATE decision_record SET evidence_fingerprint = keyed_digest('evidence', evidence_fingerprint);

CREATE TABLE next_landed_file (
    path_digest   VARCHAR PRIMARY KEY,     -- keyed digest of the path, which may hold a person's name
    size_bytes    BIGINT NOT NULL,
    modified_ns   BIGINT NOT NULL,
    masked_sha256 BIT NOT NULL             -- what the secret and the path make the SHA-256 of
);
INSERT INTO next_landed_file
SELECT keyed_digest('path', path), size_bytes, modified_ns, masked_sha256(file_sha256, path, size_bytes, modified_ns)
FROM landed_file;
DROP TABLE landed_file;
ALTER TABLE next_landed_file RENAME TO landed_file;

COMMENT ON TABLE landed_file IS 'what a path held when it was last hashed';
COMMENT ON COLUMN delivery.file_digest IS 'keyed digest of the SHA-256 of the file: the same bytes have the same';
COMMENT ON COLUMN rejected_file.file_digest IS 'keyed digest of the SHA-256 of the file as it was written';
COMMENT ON COLUMN rejected_file.rows_digest IS 'keyed digest of the SHA-256 of its rows without the reasons';
