"""What a request of a person reads and removes in the warehouse."""
