"""When it happens: Dagster assets, checks, jobs."""
