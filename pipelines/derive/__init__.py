"""Records to contacts, set off by deliveries and by decisions: match, merge, survivorship."""
