-- When a run last found that what a publication says still holds, and as of what moment.

CREATE TABLE export_check (
    export_id   UUID PRIMARY KEY,
    checked_at  TIMESTAMPTZ NOT NULL,
    as_of       TIMESTAMPTZ NOT NULL
);

COMMENT ON TABLE export_check IS 'when a publication was last found to hold, and as of what time';
