"""Commands for data engineers: run, check, status, match, rebuild, sources."""
