"""What the sections of onecontact.yaml are made of: where a key or a file is, a locale, strictness."""
