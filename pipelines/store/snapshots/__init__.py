"""Snapshots of roles: encrypted files with the rows and columns that a role may see."""
