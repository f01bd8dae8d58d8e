-- How many rows the text of a delivery has, counted by its line breaks and not by reading it.

ALTER TABLE delivery ADD COLUMN text_rows BIGINT;

COMMENT ON COLUMN delivery.text_rows IS 'rows counted in the text of a table, apart from reading them; empty for other files';
