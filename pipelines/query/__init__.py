"""The filter language: what can be asked of contacts, its compiler, and whom it would reach."""
