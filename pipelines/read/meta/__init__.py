"""Messenger and Instagram: downloads, webhooks, Graph dumps."""
