"""Mail: mbox, Maildir, .eml."""
