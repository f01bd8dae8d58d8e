"""Clusters become contacts: stable ids, survivorship, golden records, status."""
