"""Which contact somebody means, for every command that is about one."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from console.terminal.exit_codes import NOT_FOUND, SEVERAL, CommandError
from console.terminal.screen import as_json, out, plural, printable, say, table
from pipelines.decide.resolve_contact import contacts_meant
from pipelines.project import OpenProject
from pipelines.store.contacts import id_history
from pipelines.store.reads import contact_details, search
from pipelines.store.warehouse.connection import Connection

MOST_CANDIDATES = 10
SHORT = 8  # signs of an id that are shown beside a name


def resolve_contact(
    project: OpenProject, connection: Connection, text: str, which: str = "", *, json: bool = False
) -> str:
    """Id of the one contact that somebody means.

    An id, an identifier or `source:record id` means whom it means in a file of change requests; a text that is none of
    these is a name, or what a quick search finds. `which` names the text, where a command has several. With `json`
    those that fit are listed for a program.

    Raises:
        Ended: None fits, or several do, which are listed.
    """
    meant = contacts_meant(connection, [text], project.settings.default_region)[text]
    fitting = pl.Series("contact_id", meant, pl.String)
    if fitting.is_empty():
        fitting = search.best_match(connection, text)
    if fitting.len() != 1:
        raise no_single_contact(connection, fitting, which, json=json)
    return str(fitting[0])


def tell_former_bearers(connection: Connection, text: str, command: str) -> None:
    """Say who else was meant by `source:record id` in former times, and the command that asks the same about them."""
    for row in id_history.former_bearers(connection, text).to_dicts():
        say(
            f"{printable(text.strip())} was the id of somebody else before: {short_name(row)}. "
            f"About them: onecontact {command} {row['contact_id'][:SHORT]}"
        )


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


def short_name(contact: Mapping[str, Any]) -> str:
    """A contact in a sentence: what people call it, and the beginning of its id."""
    return f"{called(contact)} ({contact['contact_id'][:SHORT]})"


def called(contact: Mapping[str, Any]) -> str:
    """What people call a contact, as it may be printed."""
    return printable(contact["name"] or contact["phone"] or contact["email"] or "(no name)")
