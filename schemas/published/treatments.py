"""What a role sees of each column: what it states, and what follows from how columns derive from each other."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from schemas.attribute import Attribute
from schemas.published.contract import TEXT, TEXTS, UUID, Column
from schemas.published.role import ATTRIBUTE, Role, Treatment
from schemas.published.views import VIEWS
from schemas.vocabulary import MatchRole, Pii

CLEAR, MASKED, KEYED, ABSENT = Treatment
UNSTATED = {Pii.DIRECT: ABSENT, Pii.QUASI: ABSENT, Pii.KEYED: CLEAR, Pii.NONE: CLEAR}  # what nobody grants is not seen
KEYABLE = {UUID, TEXT, TEXTS}  # types of which there are pseudonyms
POINTS_AT_A_PERSON = {MatchRole.EXACT_ID, MatchRole.STREET, MatchRole.DATE_OF_BIRTH}

# Types of identifiers that are seen as the column of contacts they repeat.
IDENTIFIER_OF = MappingProxyType({"phone": "contacts.phone", "wa_id": "contacts.phone", "email": "contacts.email"})
TYPED = ("value_folded", "value_number", "value_date", "value_boolean")


class Treatments(NamedTuple):
    """How a role sees each column, by `view.column`.

    Where the rows of a column repeat other columns, each row is seen as what it repeats: values of attributes by their
    name, identifiers by their type, values in provenance and events by their field. The column itself stands for what
    is seen best.
    """

    columns: Mapping[str, Treatment]
    attributes: Mapping[str, Treatment]
    other_attributes: Treatment  # of those that onecontact.yaml does not have (any more)
    identifiers: Mapping[str, Treatment]  # of types that repeat a column of contacts
    other_identifiers: Treatment
    fields: Mapping[str, Treatment]  # of contacts, in provenance and events

    def seen(self, view: str) -> list[Column]:
        """The columns of a view that are in the role's file; none where it lacks the ids that tie rows together."""
        seen = [each for each in VIEWS[view].columns if self.columns[f"{view}.{each.name}"] is not ABSENT]
        return seen if VIEWS[view].columns[0] in seen or "contact_id" in {each.name for each in seen} else []


def treatments_of(role: Role, attributes: Mapping[str, Attribute]) -> Treatments:
    """What a role sees.

    A column is seen no better than what it derives from. What has no masked form is absent where it were to be masked.
    """
    columns = {
        f"{view.name}.{column.name}": as_possible(
            column, strictest(stated(role, each) for each in origins(view.name, column))
        )
        for view in VIEWS.values()
        for column in view.columns
    }
    value, other = columns["attributes.value_text"], columns["identifiers.value"]
    own = {name: of_attribute(role, name, each, value) for name, each in attributes.items()}
    own |= {name.removeprefix(ATTRIBUTE): each for name, each in role.columns.items() if name.startswith(ATTRIBUTE)}
    of_values = [*own.values(), value]
    known = {
        kind: strictest([columns[name], narrow(role, "identifiers.value")]) for kind, name in IDENTIFIER_OF.items()
    }
    fields = {column.name: columns[f"contacts.{column.name}"] for column in VIEWS["contacts"].columns}
    fields |= {f"{ATTRIBUTE}{name}": each for name, each in own.items()}
    columns |= {
        "attributes.value_text": loosest(of_values),
        "contacts.attributes": strictest([loosest(of_values), narrow(role, "contacts.attributes")]),
        **{f"attributes.{typed}": CLEAR if CLEAR in of_values else ABSENT for typed in TYPED},
        "identifiers.value": loosest([*known.values(), other]),
        "identifiers.digits": CLEAR if CLEAR in (known["phone"], known["wa_id"]) else ABSENT,
        "identifiers.value_folded": CLEAR if CLEAR in (*known.values(), other) else ABSENT,
        "field_provenance.value": strictest([loosest(fields.values()), narrow(role, "field_provenance.value")]),
    }
    return Treatments(columns, own, value, known, other, fields)


def of_attribute(role: Role, name: str, attribute: Attribute, value: Treatment) -> Treatment:
    """How a role sees an attribute: as it says, else as its class; one that tells who somebody is, is a direct one."""
    if f"{ATTRIBUTE}{name}" in role.columns:
        return role.columns[f"{ATTRIBUTE}{name}"]
    if attribute.exclusive or attribute.role in POINTS_AT_A_PERSON:
        return strictest([value, role.columns.get(Pii.DIRECT, UNSTATED[Pii.DIRECT])])
    return value


def stated(role: Role, name: str) -> Treatment:
    """What a role says of a column by itself. A view that is masked or keyed keeps its ids and what is nobody's."""
    view, _, column = name.partition(".")
    pii = VIEWS[view].column(column).pii
    if name in role.columns:
        return role.columns[name]
    of_view = role.columns.get(view)
    if of_view in (CLEAR, ABSENT) or (of_view is not None and pii in (Pii.DIRECT, Pii.QUASI)):
        return of_view
    return role.columns.get(pii, UNSTATED[pii])


def narrow(role: Role, name: str) -> Treatment:
    """What a role says of a column or its view; clear where it says nothing."""
    return role.columns.get(name, role.columns.get(name.partition(".")[0], CLEAR))


def origins(view: str, column: Column) -> Iterator[str]:
    """A column, and all that it derives from, each once."""
    waiting, seen = [f"{view}.{column.name}"], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        yield name
        of, _, own = name.partition(".")
        waiting += [each if "." in each else f"{of}.{each}" for each in VIEWS[of].column(own).derives_from]


def as_possible(column: Column, treatment: Treatment) -> Treatment:
    """A treatment, or absent where the column has no such form."""
    if treatment is MASKED and column.mask is None:
        return ABSENT
    if treatment is KEYED and (column.type not in KEYABLE or is_other_form(column)):
        return ABSENT
    return treatment


def is_other_form(column: Column) -> bool:
    """Whether a column is another one, folded or typed, and so has no form of its own to hide."""
    return bool(column.derives_from) and column.mask is None and column.type != UUID


def strictest(treatments: Iterable[Treatment]) -> Treatment:
    """The one that shows least."""
    return max(treatments, key=lambda each: each.rank)


def loosest(treatments: Iterable[Treatment]) -> Treatment:
    """The one that shows most."""
    return min(treatments, key=lambda each: each.rank)
