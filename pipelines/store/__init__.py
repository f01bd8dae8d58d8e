"""The warehouse, the only place with SQL."""
