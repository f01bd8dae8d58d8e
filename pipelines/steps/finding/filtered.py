"""The contacts that fit a filter, in the columns, the order and the page that somebody asks for."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.errors import FilterFault
from pipelines.project import OpenProject
from pipelines.query.bind import Scope, bind, known_field
from pipelines.query.short_form.parsed import at_its_place, parse_filter
from pipelines.query.to_sql import to_sql
from pipelines.steps.segments.moments import definitions
from pipelines.store.reads.contact_rows import Chosen, collation_of, contacts_as_stored
from pipelines.store.reads.fitting_contacts import existing_values
from pipelines.store.reads.page import page_of
from pipelines.store.runs import runs
from pipelines.store.warehouse.connection import Connection
from schemas.fields import field_kinds
from schemas.filter import All, Where


class Asked(NamedTuple):
    """What somebody asks for."""

    where: str = ""  # a filter in its short form
    conditions: tuple[Where, ...] = ()  # that have to hold besides
    columns: tuple[str, ...] = ()
    order_by: tuple[str, ...] = ("-last_interaction_at",)
    limit: int = 0
    offset: int = 0


class Listed(NamedTuple):
    """Contacts in their order, out of so many."""

    number: int
    contacts: pl.DataFrame  # contact_id and the columns that were asked for


def list_contacts(project: OpenProject, connection: Connection, asked: Asked) -> Listed:
    """The contacts of whom the filter and the conditions are true.

    Raises:
        FilterFault: Something cannot be asked, or asks for what nobody has; with a caret under it if it is in `where`.
    """
    scope = scope_of(project, connection)
    for option, names in (("--columns", asked.columns), ("--sort", asked.order_by)):
        for name in names:
            known_field(name.removeprefix("-"), scope.fields, option)
    chosen = condition_of(asked, scope, connection)
    attributes = project.settings.attributes
    collation = collation_of(connection, project.settings.sorting_locale())
    number, ids = page_of(connection, attributes, chosen, asked.order_by, collation, asked.limit, asked.offset)
    columns = tuple(dict.fromkeys(("contact_id", *asked.columns)))
    batches = [*contacts_as_stored(connection, attributes, columns, ids)]
    order = pl.DataFrame({"contact_id": ids}, schema={"contact_id": pl.String})
    if not batches:
        return Listed(number, pl.DataFrame(schema=dict.fromkeys(columns, pl.String)))
    return Listed(number, order.join(pl.concat(batches), on="contact_id", maintain_order="left").select(columns))


def condition_of(asked: Asked, scope: Scope, connection: Connection) -> Chosen:
    """What is asked as a condition in SQL."""
    bound = [bind(All(all=asked.conditions), scope._replace(existing=None), "list")]
    if asked.where:
        parsed = parse_filter(asked.where, scope.fields)
        try:
            bound.append(bind(parsed.where, scope))
        except FilterFault as fault:
            raise at_its_place(fault, asked.where, parsed.spans) from None
    compiled = [to_sql(each, existing_values(connection)) for each in bound]
    return Chosen(
        " AND ".join(each.sql for each in compiled), [value for each in compiled for value in each.parameters]
    )


def scope_of(project: OpenProject, connection: Connection) -> Scope:
    """What can be asked of contacts as they are now: relative dates count from the moment they were derived as of."""
    moment = runs.last_as_of(connection) or datetime.now(UTC)
    return Scope(
        field_kinds(project.settings.attributes),
        moment.astimezone(ZoneInfo(project.settings.timezone)),
        definitions(project),
        existing=existing_values(connection),
        region=project.settings.default_region,
    )


def names_in(text: str | None) -> Sequence[str]:
    """Names with commas between them."""
    return [name.strip() for name in (text or "").split(",") if name.strip()]
