"""`onecontact list`: quick search and filters over contacts."""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

import polars as pl

from console.terminal.fitted import print_fitted
from console.terminal.open_project import note_read, session
from console.terminal.screen import as_json, clock, out, plural, say, table
from pipelines.audit.events import Action
from pipelines.errors import ConfigurationError
from pipelines.normalise.attribute import FALSE, TRUE
from pipelines.normalise.search_words import is_searchable
from pipelines.project import OpenProject
from pipelines.publish.table import as_csv, header
from pipelines.steps.finding.filtered import Asked, Listed, list_contacts, names_in
from pipelines.store.decisions import decisions
from pipelines.store.reads import search
from schemas.configuration import nearest
from schemas.fields import Kind, field_kinds
from schemas.filter import Condition, Operator, Search, Span, Where
from schemas.vocabulary import AttributeType, Channel

IMPORTANCE = ("id", "name", "phone", "status", "email", "last interaction", "source")
COLUMNS = ["contact_id", "name", "phone", "email", "source", "last_interaction_at", "status"]
FILTERS = ("status", "channel", "source", "tag", "days", "attribute")


def command(args: argparse.Namespace) -> int:
    """The contacts that are asked for, those last heard of first; or the suppressed conversations."""
    if args.blocked_conversations:
        return list_suppressed(args)
    with session(args, ingests=False) as (project, connection):
        asked = asked_for(args, project)
        nothing = nothing_asked(args)
        listed = Listed(0, pl.DataFrame()) if nothing else list_contacts(project, connection, asked)
        number, shown = listed.number, listed.contacts
        note_read(project, Action.CONTACTS_LISTED, rows=shown.height)
    if args.json or args.format == "json":
        as_json(shown.select(asked.columns).to_dicts() if shown.width else [])
        return 0
    if args.format != "table":
        FORMATS[args.format](shown.select(asked.columns), project)
        return 0
    if shown.is_empty():
        beyond = f" Page {args.page} is beyond the last one." if number else hint(args, project)
        say(f"No matching contacts.{beyond}")
        return 0
    print_contacts(number, shown, asked.columns)
    if shown.height < number and asked.limit:
        pages = f"{args.page:,} of {-(-number // asked.limit):,}"
        say(f"The first {shown.height:,}; `--limit 0` shows all." if args.page == 1 else f"Page {pages}.")
    return 0


def print_contacts(number: int, shown: pl.DataFrame, columns: Sequence[str]) -> None:
    """Contacts as a table of as many of these columns as fit, out of so many that were found."""
    others = [name for name in columns if name != "contact_id"]
    rows = [[row["contact_id"][:8], *(row[name] for name in others)] for row in shown.to_dicts()]
    titles = ["id", *map(title_of, others)]
    print_fitted(f"{plural(number, 'contact')}, times in {clock.zone.key}", titles, rows, IMPORTANCE)


def asked_for(args: argparse.Namespace, project: OpenProject) -> Asked:
    """What the command line asks for."""
    conditions = list(wanted(args, project))
    if args.query is not None and args.query.strip():
        conditions.append(Search(search=args.query))
    return Asked(
        args.where or "",
        tuple(conditions),
        tuple(names_in(args.columns)) or tuple(COLUMNS),
        tuple(names_in(args.sort)) or ("-last_interaction_at",),
        args.limit,
        args.limit * (args.page - 1),
    )


def title_of(column: str) -> str:
    """The heading of a column."""
    return column.removeprefix("attr.").removesuffix("_at").replace("_", " ")


def print_csv(contacts: pl.DataFrame, project: OpenProject) -> None:
    """Contacts as CSV for programs, as an export has them."""
    attributes = project.settings.attributes.items()
    numbers = [f"attr.{name}" for name, each in attributes if each.type is AttributeType.NUMBER]
    sys.stdout.write(header(contacts.columns).decode() + as_csv(contacts, contacts.columns, numbers=numbers).decode())


FORMATS: Mapping[str, Callable[[pl.DataFrame, OpenProject], None]] = MappingProxyType({"csv": print_csv})


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
    missing = args.query is not None and not is_searchable(args.query)
    return " There is nothing in that query to search for: it needs a letter or a digit." if missing else ""


def hint(args: argparse.Namespace, project: OpenProject) -> str:
    """What could have been asked for, where a query or a source is one that no contact fits."""
    nothing = nothing_asked(args)
    if nothing:
        return nothing
    known = [*Channel, *(f"import:{name}" for name in sorted(project.settings.sources))]
    return f" Known values of --source are {', '.join(known)}." if args.source else ""


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
