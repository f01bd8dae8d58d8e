-- Files of sources that somebody has to see to, as of the last run: they could not be read, or not be put away.

CREATE TABLE file_problem (
    source       VARCHAR NOT NULL,
    file_name    VARCHAR NOT NULL,         -- may hold a person's name
    reason       VARCHAR NOT NULL,         -- what is wrong and what to do; never a name
    since        TIMESTAMPTZ NOT NULL
);

COMMENT ON TABLE file_problem IS 'a file of a source that could not be read, or not be put away, as of the last run';
