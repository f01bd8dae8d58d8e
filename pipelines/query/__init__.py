"""The filter language: what can be asked of contacts, and how it is compiled."""
