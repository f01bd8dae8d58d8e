"""What a row is: contracts of frames, vocabulary, configuration."""
