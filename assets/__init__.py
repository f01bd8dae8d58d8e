"""When it happens: Dagster assets, checks and jobs. The only package that imports Dagster."""
