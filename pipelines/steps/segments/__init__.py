"""What a segment is made of: the contacts that fit it, and a fingerprint of all that its file depends on."""
