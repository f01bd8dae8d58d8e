"""A table with one contact a row: what its columns mean."""
