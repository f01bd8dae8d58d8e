"""Commands for compliance officers: the audit trail, read, verified, proved, exported."""
