"""Zip, tar, JSON and HTML from outside, read without trust."""
