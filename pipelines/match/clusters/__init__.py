"""Edges to clusters, under vetoes."""
