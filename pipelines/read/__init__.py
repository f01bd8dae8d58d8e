"""A folder per family of formats: a delivered file becomes batches in the unified schema."""
