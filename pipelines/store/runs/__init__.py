"""Runs, the work queue of their steps, and rebuilding."""
