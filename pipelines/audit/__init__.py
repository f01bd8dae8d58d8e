"""The audit trail: events without values, commitments, hash tree, seals, and their verification."""
