"""Webhooks of the WhatsApp Business Cloud API."""
