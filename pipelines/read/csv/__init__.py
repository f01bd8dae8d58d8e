"""Delimited text: encoding, delimiter, rows."""
