"""How people reach it: the `onecontact` command."""
