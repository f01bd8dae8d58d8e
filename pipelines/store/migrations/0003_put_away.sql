-- What became of delivered files once they were taken in, and which places could not be looked into.

CREATE TABLE put_away (                    -- files that are no longer where they landed
    delivery_id  UUID PRIMARY KEY,
    fate         VARCHAR NOT NULL,         -- archived | deleted
    done_at      TIMESTAMPTZ NOT NULL,
    archive_key  VARCHAR                   -- opens its file in .onecontact/archive, and stands nowhere else
);

CREATE TABLE unreachable_source (          -- as of the last run
    source       VARCHAR PRIMARY KEY,
    since        TIMESTAMPTZ NOT NULL,
    reason       VARCHAR NOT NULL          -- scheme, host and what is wrong; never a credential
);
