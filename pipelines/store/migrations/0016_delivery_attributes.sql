-- What the reading of each delivery depended on beside the options of its source.

CREATE TABLE delivery_attribute (
    delivery_id  UUID NOT NULL,
    attribute    VARCHAR NOT NULL,         -- one that the delivery speaks of, whether or not it was defined
    digest       VARCHAR                   -- of its definition when the delivery was read; empty if there was none
);

-- Fingerprints made so far hold for all attributes together and cannot be compared any more. Deliveries that were taken
-- in count as read under the settings of today; the others are tried once more.
UPDATE delivery SET config_digest = '';

COMMENT ON TABLE delivery_attribute IS 'an attribute that a delivery speaks of, and its definition when it was read';
