"""`onecontact edit`: what people know better about a contact."""

import argparse
from collections.abc import Collection, Sequence

from console.deciding.decision_command import attributions, decide
from console.looking.resolve_contact import resolve_contact
from console.terminal.open_project import session
from pipelines.decide.edit import FIELDS, clear, edit, pin
from pipelines.errors import ConfigurationError
from pipelines.store.decisions.decisions import Decision
from schemas.configuration import nearest


def command(args: argparse.Namespace) -> int:
    """Correct, clear and pin values of the one contact that is meant."""
    if not (args.values or args.clear or args.pin):
        raise ConfigurationError("say what to change: FIELD=VALUE, --clear FIELD or --pin FIELD")
    with session(args, writes_as="onecontact edit") as (project, connection):
        attributes = project.settings.attributes
        edited = [stated(each, attributes) for each in args.values]
        cleared = [field_meant(each, attributes) for each in args.clear]
        pinned = [parse_pin(each, attributes) for each in args.pin]
        require_distinct([*(field for field, _ in edited), *cleared, *(field for field, _ in pinned)])
        contact_id, attribution = resolve_contact(project, connection, args.contact), attributions(args)

        def act() -> Sequence[Decision]:
            return [
                *(edit(project, connection, contact_id, field, text, next(attribution)) for field, text in edited),
                *(clear(project, connection, contact_id, field, next(attribution)) for field in cleared),
                *(pin(project, connection, contact_id, field, text, next(attribution)) for field, text in pinned),
            ]

        return decide(args, connection, [contact_id], act)


def require_distinct(fields: Sequence[str]) -> None:
    """Raise ConfigurationError for a field that one command says two things about."""
    if len(set(fields)) < len(fields):
        raise ConfigurationError("each field can be named once: an edit, a --clear and a --pin exclude each other")


def stated(text: str, attributes: Collection[str]) -> tuple[str, str]:
    """Field and value of FIELD=VALUE."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ConfigurationError("an edit needs FIELD=VALUE, such as tier=gold")
    return field_meant(name, attributes), value


def parse_pin(text: str, attributes: Collection[str]) -> tuple[str, str | None]:
    """Field and value of FIELD or FIELD=VALUE; without one it is pinned as it is."""
    return stated(text, attributes) if "=" in text else (field_meant(text, attributes), None)


def field_meant(name: str, attributes: Collection[str]) -> str:
    """The field somebody means by its name; of an attribute `attr.` may be left out."""
    known = [*FIELDS, *(f"attr.{each}" for each in attributes)]
    for field in (name.strip(), f"attr.{name.strip()}"):
        if field in known:
            return field
    raise ConfigurationError(f"no field of that name can be edited{nearest(name, [*FIELDS, *sorted(attributes)])}")
