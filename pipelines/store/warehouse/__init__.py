"""The encrypted file: opened, locked, migrated, connected to."""
