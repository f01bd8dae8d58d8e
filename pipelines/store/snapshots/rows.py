"""The published views as a role sees them: one SELECT for each, of the columns and rows that are in its file."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from pipelines.store.snapshots.masks import MASKS, as_seen, pseudonym
from schemas.published.contract import Column, Mask
from schemas.published.role import Treatment
from schemas.published.treatments import TYPED, Treatments
from schemas.published.views import VIEWS

OF_CONTACTS = tuple(view.name for view in VIEWS.values() if "contact_id" in {each.name for each in view.columns})
OF_CHANNELS = ("conversations", "messages", "events", "notes")


class Case(NamedTuple):
    """How a value is seen where a condition on its row holds."""

    condition: str
    value: str


def select(treatments: Treatments, view: str, *, of_members: bool, channels: Iterable[str]) -> str | None:
    """The rows of a view as a role sees them, or None where it has none of its columns.

    Args:
        treatments: What the role sees.
        view: Name of the view.
        of_members: Whether only contacts of the table `member` are seen.
        channels: The channels that are seen; none: all.
    """
    seen = treatments.seen(view)
    if not seen:
        return None
    columns = ", ".join(f"{column_as_seen(treatments, view, column)} AS {column.name}" for column in seen)
    conditions = [*hidden_rows(treatments, view)]
    if of_members and view in OF_CONTACTS:
        conditions.append("contact_id IN (SELECT contact_id::UUID FROM member)")
    if (names := quoted(channels)) and view in OF_CHANNELS:
        conditions.append(f"coalesce(channel IN ({names}), TRUE)")
    return f"SELECT {columns} FROM warehouse.published.{view} WHERE {' AND '.join(conditions) or 'TRUE'}"


def column_as_seen(treatments: Treatments, view: str, column: Column) -> str:
    """A column of a view as a role sees it, row by row where its rows repeat other columns."""
    special = REPEATING.get(f"{view}.{column.name}")
    if special is not None:
        return special(treatments, column)
    return as_seen(column, treatments.columns[f"{view}.{column.name}"], column.name)


def hidden_rows(treatments: Treatments, view: str) -> Iterator[str]:
    """Conditions that leave out rows whose value would be absent."""
    if view == "identifiers":
        yield from without("type", treatments.identifiers, treatments.other_identifiers)
    elif view == "attributes":
        yield from without("name", treatments.attributes, treatments.other_attributes)
    elif view == "field_provenance":
        yield from without("field", treatments.fields, treatments.other_attributes)


def without(column: str, known: Mapping[str, Treatment], other: Treatment) -> Iterator[str]:
    """A condition that leaves out what is absent: of the known ones, and all others where these are."""
    absent = [name for name, each in known.items() if each is Treatment.ABSENT]
    if other is Treatment.ABSENT:
        present = quoted(known.keys() - absent)
        yield f"{column} IN ({present})" if present else "FALSE"
    elif absent:
        yield f"{column} NOT IN ({quoted(absent)})"


def identifier(treatments: Treatments, column: Column) -> str:
    """The value of an identifier, seen as its type is."""
    masks = {"phone": Mask.PHONE, "wa_id": Mask.PHONE, "email": Mask.EMAIL}
    cases = [
        Case(f"type = '{kind}'", as_seen(column._replace(mask=masks[kind]), each, column.name))
        for kind, each in treatments.identifiers.items()
    ]
    return choose(cases, as_seen(column, treatments.other_identifiers, column.name))


def clear_identifier(treatments: Treatments, column: Column) -> str:
    """A form of an identifier that is there only where the identifier is clear."""
    cases = [
        Case(f"type = '{kind}'", as_seen(column, only_clear(each), column.name))
        for kind, each in treatments.identifiers.items()
    ]
    return choose(cases, as_seen(column, only_clear(treatments.other_identifiers), column.name))


def attribute(treatments: Treatments, column: Column) -> str:
    """The value of an attribute, seen as the attribute is."""
    return by_name(treatments, lambda each: as_seen(column, each, column.name), "name")


def clear_attribute(treatments: Treatments, column: Column) -> str:
    """A form of the value of an attribute that is there only where it is clear."""
    return by_name(treatments, lambda each: as_seen(column, only_clear(each), column.name), "name")


def attributes(treatments: Treatments, column: Column) -> str:
    """The map of attributes, without those that are absent."""
    text = column._replace(type="VARCHAR")
    value = by_name(treatments, lambda each: as_seen(text, each, "entry.value"), "entry.key")
    conditions = without("entry.key", treatments.attributes, treatments.other_attributes)
    shown = " AND ".join(conditions) or "TRUE"
    return f"""map_from_entries(list_transform(list_filter(map_entries(attributes), lambda entry: {shown}),
                              lambda entry: {{'key': entry.key, 'value': {value}}}))"""


def by_name(treatments: Treatments, form: Callable[[Treatment], str], name: str) -> str:
    """A value in the form that its attribute is seen in."""
    cases = [
        Case(f"{name} IN ({quoted(names)})", form(treatment))
        for treatment, names in grouped(treatments.attributes).items()
    ]
    return choose(cases, form(treatments.other_attributes))


def provenance(treatments: Treatments, column: Column) -> str:
    """A value of a field, seen as the field is."""
    return choose([*of_fields(treatments, column)], as_seen(column, treatments.other_attributes, column.name))


def decided(treatments: Treatments, column: Column) -> str:
    """What an event changed: of a decision seen as its field, else as the column."""
    own = as_seen(column, treatments.columns[f"events.{column.name}"], column.name)
    unknown = as_seen(column, treatments.other_attributes, column.name)
    return choose([Case("field IS NULL", own), *of_fields(treatments, column)], unknown)


def of_fields(treatments: Treatments, column: Column) -> Iterator[Case]:
    """The text of a value of each field of a contact, as the field is seen."""
    forms: dict[str, list[str]] = {}
    known = {each.name: each for each in VIEWS["contacts"].columns}
    for field, treatment in treatments.fields.items():
        mask = known[field].mask if field in known else Mask.WORDS
        forms.setdefault(field_as_seen(column, treatment, mask), []).append(field)
    for form, fields in forms.items():
        yield Case(f"field IN ({quoted(fields)})", form)


def field_as_seen(column: Column, treatment: Treatment, mask: Mask | None) -> str:
    """The text of a value of a field; of a time that is masked, its month."""
    if treatment is Treatment.MASKED and mask is Mask.MONTH:
        return f"left({column.name}, {len('2026-01')})"
    if treatment is Treatment.KEYED:
        return pseudonym(column.name)
    if treatment is Treatment.MASKED and mask is not None:
        return MASKS[mask](column.name)
    return column.name if treatment is Treatment.CLEAR else "NULL"


def only_clear(treatment: Treatment) -> Treatment:
    """Clear or nothing."""
    return treatment if treatment is Treatment.CLEAR else Treatment.ABSENT


def grouped(treatments: Mapping[str, Treatment]) -> dict[Treatment, list[str]]:
    """Names by how they are seen."""
    groups: dict[Treatment, list[str]] = {}
    for name, each in treatments.items():
        groups.setdefault(each, []).append(name)
    return groups


def choose(cases: list[Case], other: str) -> str:
    """A value by the first condition that holds."""
    if not cases:
        return other
    whens = " ".join(f"WHEN {each.condition} THEN {each.value}" for each in cases)
    return f"CASE {whens} ELSE {other} END"


def quoted(names: Iterable[str]) -> str:
    """Names as a list in SQL, sorted."""
    return ", ".join("'" + name.replace("'", "''") + "'" for name in sorted(names))


REPEATING: Mapping[str, Callable[[Treatments, Column], str]] = {
    "contacts.attributes": attributes,
    "identifiers.value": identifier,
    "identifiers.value_folded": clear_identifier,
    "identifiers.digits": clear_identifier,
    "attributes.value_text": attribute,
    **{f"attributes.{name}": clear_attribute for name in TYPED},
    "field_provenance.value": provenance,
    "events.before": decided,
    "events.after": decided,
}
