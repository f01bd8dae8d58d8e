"""WhatsApp's "Export chat"."""
