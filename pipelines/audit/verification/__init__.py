"""Verification of the audit trail, apart from what writes it: imports nothing of that."""
