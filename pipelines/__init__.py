"""What happens to rows: functions over Polars frames, and the store."""
