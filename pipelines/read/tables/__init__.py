"""A table with one contact a row, and what its columns mean."""
