"""Labelled lists that need more than a line: made from packages, with moves and slips, or with nobody in them twice."""
