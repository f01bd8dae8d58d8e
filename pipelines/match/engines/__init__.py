"""What matching needs of whatever holds its frames, and the engine that works in memory."""
