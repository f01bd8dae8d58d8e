"""Chats and mails without a person, and without naming them in what others wrote."""
