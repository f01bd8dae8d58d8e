"""Records to contacts: what deliveries and decisions set off. Reads the store, calls `match` and `merge`, commits."""
