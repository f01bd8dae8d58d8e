"""Telegram, Slack and SMS."""
