"""Execution backends behind one interface; the one in DuckDB is in the store."""
