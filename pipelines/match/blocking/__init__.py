"""Blocking keys, and which records they bring together as candidate pairs."""
