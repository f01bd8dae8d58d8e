"""The warehouse: open, lock, migrate, read, write. All SQL lives here."""
