"""Requests of people about their data: taken in, approved, carried out, and proven."""
