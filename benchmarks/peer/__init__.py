"""Splink 5, which the matcher is measured against: set up twice, as in its documentation and with more care."""
