-- Change requests that were granted, so that a row that comes again is known.

CREATE TABLE change_request (
    request      UUID NOT NULL,            -- keyed digest of what the row says
    decision_id  UUID NOT NULL             -- the decision that was taken
);
