"""Requests of people about their data: access packages."""
