"""Clusters become contacts: stable identity, survivorship, status."""
