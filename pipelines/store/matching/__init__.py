"""What matching reads and keeps: keys, edges, models, evidence."""
