"""What happens to rows: plain functions over Polars frames, and the store. Knows nothing of Dagster."""
