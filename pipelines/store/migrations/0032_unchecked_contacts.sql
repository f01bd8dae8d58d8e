-- What the checks of contacts have to look at: all that was derived since they last held, and everything once a week.

CREATE TABLE unchecked_contact (
    contact_id UUID NOT NULL
);
COMMENT ON TABLE unchecked_contact IS 'a contact that was derived since the checks of contacts last held, at least once';

CREATE TABLE full_check (                  -- one row, none before the first time
    held_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE full_check IS 'when the checks of contacts last held of every contact';
