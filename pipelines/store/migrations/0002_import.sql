-- The import: columns that only fill blanks, deliveries that correct others, reports.

ALTER TABLE source_record ADD COLUMN fills VARCHAR[];  -- fields of the content that only fill blanks; none if NULL

ALTER TABLE source_record ADD COLUMN correction VARCHAR DEFAULT '';  -- of contents of one time and place the greatest
                                                                     -- counts; '' for those that correct no row

ALTER TABLE delivery ADD COLUMN retry_of UUID;         -- the delivery whose refused rows it brings back, corrected
ALTER TABLE delivery ADD COLUMN report_file VARCHAR;   -- where what was wrong with it was told, once it was

ALTER TABLE rejected_row ADD COLUMN first_delivery UUID;   -- of a row that came back and was refused once more:
ALTER TABLE rejected_row ADD COLUMN first_row UINTEGER;    -- where it was refused first

UPDATE delivery SET report_file = rejected_file;

CREATE TABLE corrected_row (               -- a refused row that has arrived since
    delivery_id   UUID NOT NULL,           -- where it was refused,
    row_number    UINTEGER NOT NULL,       -- and its number there
    corrected_by  UUID NOT NULL            -- the delivery that brought it
);

CREATE TABLE given_back_file (             -- the file of refused rows that was written last, also if it is gone
    delivery_id   UUID PRIMARY KEY,
    file_name     VARCHAR NOT NULL,
    file_sha256   VARCHAR NOT NULL,        -- as it was written: a file that is otherwise is being corrected
    rows_sha256   VARCHAR NOT NULL         -- of the rows in it, without the reasons
);
