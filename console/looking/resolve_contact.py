"""Which contact somebody means, for every command that is about one."""

import polars as pl

from console.terminal.exit_codes import NOT_FOUND, SEVERAL, CommandError
from console.terminal.screen import as_json, out, plural, table
from pipelines.store.matching import evidence
from pipelines.store.reads import contact_details, search
from pipelines.store.warehouse.connection import Connection

MOST_CANDIDATES = 10


def resolve_contact(connection: Connection, text: str, which: str = "", *, json: bool = False) -> str:
    """Id of the one contact that somebody means: that of a record, written `source:record id`, or what is found.

    `which` names the text, where a command has several. With `json` those that fit are listed for a program.

    Raises:
        Ended: None fits, or several do, which are listed.
    """
    records = evidence.record_known_as(connection, text)
    described = evidence.describe_records(connection, records) if records.len() else None
    fitting = pl.Series([], dtype=pl.String) if described is None else described["contact_id"].drop_nulls()
    if fitting.is_empty():
        fitting = search.best_match(connection, text)
    if fitting.len() != 1:
        raise no_single_contact(connection, fitting, which, json=json)
    return str(fitting[0])


def no_single_contact(
    connection: Connection, fitting: pl.Series, which: str = "", *, json: bool = False
) -> CommandError:
    """Why none of these contacts can be meant; several are listed."""
    place = f"{which}: " if which else ""
    if json:
        every = contact_details.golden_records(connection, fitting)
        as_json({"matches": every.select("contact_id", "name", "email", "phone").to_dicts()})
    if fitting.is_empty():
        return CommandError(f"{place}no contact matches; `onecontact list PART-OF-A-NAME` searches", NOT_FOUND)
    if json:
        return CommandError(f"{place}several contacts fit; name one by its id", SEVERAL)
    some = contact_details.golden_records(connection, fitting.head(MOST_CANDIDATES))
    rows = some.select("contact_id", "name", "email", "phone").rows()
    out.print(table(f"{place}{plural(fitting.len(), 'contact')} fit", ["id", "name", "email", "phone"], rows))
    return CommandError(f"{place}several contacts fit; name one by its id", SEVERAL)
