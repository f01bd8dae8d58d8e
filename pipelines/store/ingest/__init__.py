"""Deliveries and what they hold: records, conversations, refused rows, archived files."""
