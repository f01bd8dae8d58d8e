"""A delivery from file to records: read, checked, normalised, stored."""
