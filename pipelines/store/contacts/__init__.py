"""Contacts, their ids and the values they are made of."""
