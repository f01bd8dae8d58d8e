"""Delivered files rewritten without a person, and searched, decoded, for one."""
