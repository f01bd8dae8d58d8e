"""Chatwoot: contacts, conversations, webhooks."""
