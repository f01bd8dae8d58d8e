"""Zendesk, Freshdesk, Intercom and Front, and what the exports of helpdesks have in common."""
