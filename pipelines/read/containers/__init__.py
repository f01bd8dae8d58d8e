"""Zip, tar, JSON and HTML parsed as untrusted input."""
