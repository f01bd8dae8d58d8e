"""Zendesk, Freshdesk, Intercom, Front, and what they have in common."""
