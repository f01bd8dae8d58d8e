"""Zip and tar files of which each member is rewritten."""
