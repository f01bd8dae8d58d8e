"""Decisions of people: validated, stored, applied at once to the contacts they touch."""
