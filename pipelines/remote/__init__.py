"""Deliveries on other machines: found and read where they are, over fsspec."""
