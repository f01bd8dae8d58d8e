"""Commands for roles: who sees what, and the snapshots they read."""
