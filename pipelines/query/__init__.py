"""The filter language: what can be asked of contacts, and its compiler."""
