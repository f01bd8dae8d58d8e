"""All formats: the registry, detection, and proposals for onecontact.yaml."""
