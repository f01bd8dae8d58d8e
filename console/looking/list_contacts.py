"""`onecontact list`: quick search and filters over contacts."""

import argparse
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import polars as pl

from console.terminal.open_project import note_read, session
from console.terminal.screen import as_json, clock, out, plural, say, table
from pipelines.audit.events import Action
from pipelines.errors import ConfigurationError
from pipelines.normalise.attribute import FALSE, TRUE
from pipelines.project import OpenProject
from pipelines.query.bind import asked_fields
from pipelines.query.filter import compile_filter
from pipelines.steps.roles.accesses import BULK, Access, record_access
from pipelines.store.decisions import decisions
from pipelines.store.reads import health, search
from pipelines.store.reads.contact_rows import contacts_as_stored
from pipelines.store.runs import runs
from pipelines.store.warehouse.connection import Connection
from schemas.configuration import nearest
from schemas.fields import Kind, field_kinds
from schemas.filter import All, Condition, Operator, Span, Where
from schemas.vocabulary import Channel

COLUMNS = ["contact_id", "name", "phone", "email", "source", "last_interaction_at", "status"]
FILTERS = ("status", "channel", "source", "tag", "days", "attribute")


def command(args: argparse.Namespace) -> int:
    """The contacts that are asked for, those last heard of first; or the suppressed conversations."""
    if args.blocked_conversations:
        return list_suppressed(args)
    with session(args, ingests=False) as (project, connection):
        found = find_contacts(args, project, connection)
        number = found.len() if found is not None else health.count(connection, "contact")
        shown = search.last_heard_of(connection, COLUMNS, found, args.limit)
        note_read(project, Action.CONTACTS_LISTED, rows=shown.height)
    if shown.height >= BULK:
        record_access(project.folder, Access.BULK_READ, command="list", contacts=shown.height)
    if args.json:
        as_json(shown.to_dicts())
        return 0
    if shown.is_empty():
        say(f"No matching contacts.{hint(args, project)}")
        return 0
    rows = [[row["contact_id"][:8], *(row[column] for column in COLUMNS[1:])] for row in shown.to_dicts()]
    titles = ["id", *(column.replace("_at", "").replace("_", " ") for column in COLUMNS[1:])]
    out.print(table(f"{plural(number, 'contact')}, times in {clock.zone.key}", titles, rows))
    if shown.height < number:
        say(f"The first {shown.height:,}; `--limit 0` shows all.")
    return 0


def list_suppressed(args: argparse.Namespace) -> int:
    """Conversations that began after their contact was blocked, newest first; of a QUERY, those of whom it fits."""
    if any(getattr(args, each) for each in FILTERS):
        raise ConfigurationError("--blocked-conversations takes a QUERY and --limit, and no other filter")
    with session(args, ingests=False) as (_, connection):
        found = decisions.blocked_conversations(connection)
        if args.query is not None:
            found = found.filter(pl.col("contact_id").is_in(search.find(connection, args.query).implode()))
    shown = found.head(args.limit) if args.limit else found
    if args.json:
        as_json(shown.to_dicts())
    elif found.is_empty():
        say(f"No suppressed conversations.{nothing_asked(args)}")
    else:
        rows = [[row["contact_id"][:8], *list(row.values())[1:]] for row in shown.to_dicts()]
        title = f"{plural(found.height, 'conversation')} suppressed, times in {clock.zone.key}"
        out.print(table(title, ["id", "name", "channel", "started", "messages"], rows, right=["messages"]))
        say("To read those of one contact: onecontact timeline ID --blocked-conversations")
    return 0


def nothing_asked(args: argparse.Namespace) -> str:
    """What to say of a query that nobody can be found by."""
    missing = args.query is not None and not search.is_searchable(args.query)
    return " There is nothing in that query to search for: it needs a letter or a digit." if missing else ""


def hint(args: argparse.Namespace, project: OpenProject) -> str:
    """What could have been asked for, where a query or a source is one that no contact fits."""
    nothing = nothing_asked(args)
    if nothing:
        return nothing
    known = [*Channel, *(f"import:{name}" for name in sorted(project.settings.sources))]
    return f" Known values of --source are {', '.join(known)}." if args.source else ""


def find_contacts(args: argparse.Namespace, project: OpenProject, connection: Connection) -> pl.Series | None:
    """Ids of the contacts that fit; None for everybody, of whom nothing is read to say so."""
    conditions = All(all=tuple(wanted(args, project)))
    as_of = runs.last_as_of(connection)
    found = None if args.query is None else search.find(connection, args.query)
    if not conditions.all or as_of is None:
        return found
    here = as_of.astimezone(ZoneInfo(project.settings.timezone))
    predicate = compile_filter(conditions, field_kinds(project.settings.attributes), here, place="list")
    asked = set(asked_fields(conditions))
    batches = contacts_as_stored(connection, project.settings.attributes, asked, found)
    return pl.concat(
        [pl.Series("contact_id", [], pl.String), *(each.filter(predicate)["contact_id"] for each in batches)]
    )


def wanted(args: argparse.Namespace, project: OpenProject) -> Iterator[Where]:
    """The filters of the command line in the filter language."""
    if args.status:
        yield Condition(field="status", op=Operator.EQ, value=args.status)
    if args.source:
        is_name = args.source in project.settings.sources and args.source not in set(Channel)
        value = f"import:{args.source}" if is_name else args.source
        yield Condition(field="source", op=Operator.EQ, value=value)
    for option, field in (("channel", "channels"), ("tag", "tags")):
        if getattr(args, option):
            yield Condition(field=field, op=Operator.HAS_ANY, value=(getattr(args, option),))
    if args.days is not None:
        yield Condition(field="last_interaction_at", op=Operator.WITHIN_LAST, value=Span(days=args.days))
    for stated in args.attribute:
        name, equals, text = stated.partition("=")
        if not equals:
            raise ConfigurationError("--attribute needs NAME=VALUE, such as --attribute tier=gold")
        known = sorted(project.settings.attributes)
        if name not in known:
            raise ConfigurationError(f"no attribute `{name}`{nearest(name, known) if known else ': there are none'}")
        value = typed(name, text, project)
        if project.settings.attributes[name].is_list:
            yield Condition(field=f"attr.{name}", op=Operator.HAS_ANY, value=(value,))
        else:
            yield Condition(field=f"attr.{name}", op=Operator.EQ, value=value)


def typed(name: str, text: str, project: OpenProject) -> str | float | bool:
    """A value of the command line in the type of its attribute."""
    kind = field_kinds(project.settings.attributes).get(f"attr.{name}")
    if kind and kind.kind is Kind.BOOLEAN:
        if text.casefold() not in TRUE + FALSE:
            raise ConfigurationError(f"--attribute {name} needs yes or no")
        return text.casefold() in TRUE
    if kind and kind.kind is Kind.NUMBER:
        try:
            return float(text)
        except ValueError:
            raise ConfigurationError(f"--attribute {name} needs a number") from None
    return text
