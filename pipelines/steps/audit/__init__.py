"""The audit trail verified against itself, its seals and their files, and proofs out of it."""
