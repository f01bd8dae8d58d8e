"""Where deliveries arrive: folders and remote places, complete files."""
