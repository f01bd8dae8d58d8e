"""The formats of segments: each writes frames of contacts to a file, a batch at a time."""
