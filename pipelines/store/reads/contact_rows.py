"""Contacts in the columns that somebody names, and in no other: in batches, in an order, and as one fingerprint."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import polars as pl

from pipelines.normalise.text import split_cells
from pipelines.store.warehouse.connection import Connection, in_list, value
from schemas.attribute import Attribute
from schemas.fields import EVERY
from schemas.vocabulary import AttributeType

BATCH_ROWS = 50_000
ROOT = "en"  # sorts by the rules that hold where a language has none of its own
TEXTS = ("name", "first_name", "last_name", "email")
LISTS = ("tags", "channels", *EVERY)
CUSTOM = "attr."


class Chosen(NamedTuple):
    """Contacts of whom a condition holds: SQL over `folded_contact c`, and its parameters in their order.

    What is asked of `published.contacts c` can be asked of it, but for lists of numbers and addresses.
    """

    sql: str
    parameters: Sequence[Any]


Among = pl.Series | Chosen | None  # ids, or a condition; None: everybody


def contacts_in_order(
    connection: Connection,
    attributes: Mapping[str, Attribute],
    columns: Collection[str],
    order_by: Sequence[str],
    collation: str = ROOT,
    among: Among = None,
) -> Iterator[pl.DataFrame]:
    """Contacts in batches, sorted: contact_id and these columns, of those that are chosen, or of everybody.

    Custom attributes are columns `attr.<name>`: lists, or text or null. `phones` and `emails` are lists of all there
    are, the primary one first. `attributes` are those of onecontact.yaml, `columns` and `order_by` checked names, no
    input; with a minus before a name of `order_by`, its greatest values come first, and missing ones last all the same.
    The text of numbers is sorted as a number, other text by `collation` (`collation_of`).
    """
    names, order = order_of(attributes, order_by, collation)
    return read(connection, attributes, columns, names, order, among)


def order_of(attributes: Mapping[str, Attribute], order_by: Sequence[str], collation: str) -> tuple[list[str], str]:
    """The columns that are sorted by, and ORDER BY over `contact` and `joined_lists` of them."""
    numbers = [f"attr.{name}" for name, each in attributes.items() if each.type is AttributeType.NUMBER]
    directions = {name.removeprefix("-"): "DESC" if name.startswith("-") else "ASC" for name in reversed(order_by)}
    names = list(dict.fromkeys((*(name.removeprefix("-") for name in order_by), "contact_id")))
    sorted_by = [
        f"TRY_CAST({stored(column)} AS DOUBLE)" if column in numbers else stored(column) + collated(column, collation)
        for column in names
    ]
    order = ", ".join(
        f"{column} {directions.get(name, 'ASC')} NULLS LAST" for name, column in zip(names, sorted_by, strict=True)
    )
    return names, f"ORDER BY {order}"


def contacts_as_stored(
    connection: Connection,
    attributes: Mapping[str, Attribute],
    columns: Collection[str],
    among: Among = None,
) -> Iterator[pl.DataFrame]:
    """Contacts in batches, in no order: contact_id and these columns, as `contacts_in_order` has them."""
    return read(connection, attributes, columns, among=among)


def read(
    connection: Connection,
    attributes: Mapping[str, Attribute],
    columns: Collection[str],
    order_by: Collection[str] = (),
    order: str = "",
    among: Among = None,
) -> Iterator[pl.DataFrame]:
    """Columns of contacts in batches; those of `order_by` can be sorted by in `order`."""
    wanted = list(dict.fromkeys(("contact_id", *columns)))
    several = [name for name, each in attributes.items() if each.is_list and f"{CUSTOM}{name}" in wanted]
    with chosen_among(connection, among) as (contacts, parameters):
        reader = connection.execute(
            f"""SELECT {", ".join(f'{stored(each)} AS "{each}"' for each in wanted)}
                FROM ({contacts}) contact {joined_lists({*wanted, *order_by})} {order}""",
            parameters,
        ).to_arrow_reader(BATCH_ROWS)
        for batch in reader:
            frame = pl.from_arrow(batch)
            if isinstance(frame, pl.DataFrame):
                yield frame.with_columns(
                    split_cells(frame[CUSTOM + name], ";").alias(CUSTOM + name) for name in several
                )


@contextmanager
def chosen_among(connection: Connection, among: Among) -> Iterator[tuple[str, list[Any]]]:
    """For the length of the block, SQL for the contacts that are chosen, and its parameters."""
    if isinstance(among, Chosen):
        yield f"FROM folded_contact c WHERE {among.sql}", [*among.parameters]
        return
    with in_list(connection, "contact_id", among) as condition:
        yield f"FROM contact WHERE {condition}", []


def stored(column: str) -> str:
    """SQL for a column, of `contact` and of `joined_lists`."""
    if column in EVERY:
        return f"coalesce({column}.every, [])"
    return f"attributes['{column.removeprefix(CUSTOM)}']" if column.startswith(CUSTOM) else f'"{column}"'


def joined_lists(columns: Collection[str]) -> str:
    """SQL that joins each list that is among these columns: all phones, all e-mail addresses, the primary one first.

    Lists are sorted as they are: that costs a tenth of what sorting within the aggregate does.
    """
    return " ".join(
        f"""LEFT JOIN (
            SELECT contact_id,
                   list_transform(list_sort(list(struct_pack(further := NOT is_primary, value := value))),
                                  lambda each: each.value) AS every
            FROM contact_identifier WHERE type = '{EVERY[column]}' GROUP BY contact_id
        ) {column} USING (contact_id)"""
        for column in EVERY
        if column in columns
    )


def fingerprint(connection: Connection, columns: Collection[str], among: Chosen | None = None) -> str:
    """What contacts hold in these columns, as a short text that is another one when any of it changes.

    It is read from the contacts themselves, whoever changed them, and who they are and how many is a part of it.
    """
    held = [stored(each) for each in sorted({"contact_id", *columns} - EVERY.keys())]
    held += [f"len({each})" for each in LISTS if each in columns and each not in EVERY]  # an empty list adds no hash
    prints = [_print(connection, "", held, among)]
    types = [EVERY[each] for each in sorted(EVERY.keys() & set(columns))]
    if types:
        chosen = ", ".join(f"'{each}'" for each in types)
        known = f"JOIN contact_identifier i USING (contact_id) WHERE i.type IN ({chosen})"
        prints.append(_print(connection, known, ["contact_id", "i.type", "i.is_primary", "i.value"], among))
    return " ".join(prints)


def _print(connection: Connection, joined: str, held: Sequence[str], among: Chosen | None) -> str:
    with chosen_among(connection, among) as (contacts, parameters):
        summed = f"SELECT count(*) || '-' || coalesce(sum(hash({', '.join(held)})), 0)"
        return str(value(connection, f"{summed} FROM ({contacts}) contact {joined}", parameters))


def collation_of(connection: Connection, locale: str) -> str:
    """The collation of a locale such as de_AT: its own, else that of its language, else ROOT."""
    known = {name for (name,) in connection.execute("SELECT collname FROM pragma_collations()").fetchall()}
    own = locale.lower()
    return next((each for each in (own, own.partition("_")[0]) if each in known), ROOT)


def collated(column: str, collation: str) -> str:
    """How the text of a column is compared; nothing where it is no text that people read."""
    is_text = column.startswith(CUSTOM) or column in TEXTS
    return f" COLLATE {collation}" if is_text else ""
