"""One module per format: a delivered file becomes batches of frames in the unified schema."""
