"""For whoever operates the pipeline: run, check, status, match, rebuild, sources."""
