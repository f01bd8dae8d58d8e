"""The audit trail in the warehouse: events and leaves, seals, and what can be erased of it: salts and values."""
