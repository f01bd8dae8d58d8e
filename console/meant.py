"""Which contact somebody means, for every command that is about one."""

import polars as pl

from console.cli import NOT_FOUND, SEVERAL, complain
from console.screen import out, plural, table
from pipelines.store import ask
from pipelines.store.connection import Connection

MOST_CANDIDATES = 10


def not_one(connection: Connection, fitting: pl.Series) -> int:
    """Say that none of the contacts, or several, could be meant; the exit code."""
    if fitting.is_empty():
        return complain("no contact is known by that; `onecontact list PART-OF-A-NAME` searches", NOT_FOUND)
    some = ask.golden(connection, fitting.head(MOST_CANDIDATES))
    rows = some.select("contact_id", "name", "email", "phone").rows()
    out.print(table(f"{plural(fitting.len(), 'contact')} fit", ["id", "name", "email", "phone"], rows))
    return complain("several contacts fit; name one by its id", SEVERAL)
