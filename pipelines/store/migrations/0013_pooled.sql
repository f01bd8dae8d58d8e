-- Clusters that no single pair of their records ties, but all that is known of both does.

CREATE TABLE pooled_join (
    record_lo   UUID NOT NULL,             -- the smallest record of either side
    record_hi   UUID NOT NULL,
    weight      DOUBLE NOT NULL,           -- match weight of everything together
    pairs       UINTEGER NOT NULL          -- pairs of records that it was put together from
);
