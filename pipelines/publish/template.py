"""The template of a contact list: a header a source understands, one example row, and what each column takes."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import BinaryIO, NamedTuple

import phonenumbers
from babel.numbers import format_decimal

from pipelines.read.catalogue.registry import FORMATS
from pipelines.read.core.batch import Batch
from pipelines.read.tables.contact_table import IGNORE, meaning_of
from pipelines.read.tables.header_words import fold
from pipelines.read.tables.refusals import EXAMPLE
from schemas.attribute import Attribute
from schemas.contact_list import ContactTable
from schemas.project import Project
from schemas.vocabulary import AttributeType

EXAMPLE_CELL = "example: delete this row"
STANDARD = {  # a field and the header it has where a source has none of its own
    "record_id": "id",
    "name": "name",
    "first_name": "first name",
    "last_name": "last name",
    "email": "email",
    "phone": "phone",
    "tags": "tags",
    "notes": "notes",
}
ADVISED = "recommended: without it, a row is known by its phone, e-mail and name, and becomes another record with them"
SEPARATORS = ("; ", " ::: ")  # of several tags in a cell
NOTES = (
    "A blank cell says nothing and changes nothing; `\\N` says that the value is empty now. Columns can be left "
    f"out, and stand in any order. A row with something in `{EXAMPLE}` is never taken in."
)
REACHED = "one of phone, email, or id and name"


class Size(NamedTuple):
    """As much of `os.stat_result` as readers use."""

    st_size: int


class Written(NamedTuple):
    """A list in memory, as readers see files (`pipelines.read.core.batch.Delivered`)."""

    content: bytes
    name: str = "template.csv"
    stem: str = "template"
    suffix: str = ".csv"
    parent: PurePath = PurePath()

    def stat(self) -> Size:
        """Its size."""
        return Size(len(self.content))

    def open(self, _: str) -> BinaryIO:
        """Its content."""
        return io.BytesIO(self.content)


class Column(NamedTuple):
    """A column of the template. All but `meaning` are for people to read."""

    header: str
    meaning: str
    holds: str
    accepts: str
    required: str
    example: str


def template(project: Project, source: ContactTable | None) -> list[Column]:
    """The columns of a template: those a source names itself, then the usual ones, then every attribute."""
    region = (source and source.region) or project.default_region
    locale = source.locale if source else None
    own = {} if source is None else own_headers(source)
    means = meanings(source, [*own, *STANDARD.values(), *(each for name in project.attributes for each in spelt(name))])
    standard = {
        header: field for field, header in STANDARD.items() if field not in own.values() and means.get(header) == field
    }
    custom = {
        header: f"attr.{name}"
        for name in project.attributes
        if f"attr.{name}" not in own.values() and (header := reached_by(name, means))
    }
    between = "; " if source is None else separator(source, [*own, *standard])
    has_key = source is not None and source.key is not None
    return [
        Column(EXAMPLE, IGNORE, "marks a row that only shows how to fill the others", "nothing", "no", EXAMPLE_CELL),
        *(
            attribute_column(header, meaning, project.attributes[meaning.removeprefix("attr.")], locale)
            if meaning.startswith("attr.")
            else field_column(header, meaning, region, between, has_key=has_key)
            for header, meaning in (own | standard | custom).items()
        ),
    ]


def own_headers(source: ContactTable) -> dict[str, str]:
    """The headers a source names itself, with what they mean; not those it ignores."""
    named = {header: meaning_of(fold(header), folded(source), has_key=False) for header in source.columns}
    keyed = {source.key: "record_id"} if source.key else {}
    return keyed | {header: meaning for header, meaning in named.items() if meaning != IGNORE}


def folded(source: ContactTable) -> Mapping[str, str]:
    """What a source says of its columns, by folded header."""
    return {fold(header): meaning for header, meaning in source.told().items()}


def spelt(attribute: str) -> tuple[str, str]:
    """The headers that may mean an attribute: its name, and that with `attr.`, where the name means something else."""
    return attribute, f"attr.{attribute}"


def reached_by(attribute: str, means: Mapping[str, str]) -> str | None:
    """The header that means an attribute, if there is one."""
    return next((header for header in spelt(attribute) if means.get(header) == f"attr.{attribute}"), None)


def meanings(source: ContactTable | None, headers: Iterable[str]) -> Mapping[str, str]:
    """What headers mean to the format of a source, or to any list; of those that are alike the first is asked for."""
    once = list({fold(header): header for header in reversed(list(headers))}.values())
    if source is None:
        return {header: meaning_of(fold(header), {}, has_key=False) for header in once}
    return tried(source, dict.fromkeys(once, "x")).meanings


def separator(source: ContactTable, headers: Iterable[str]) -> str:
    """What parts several tags in a cell of this format."""
    for between in SEPARATORS:
        row = {header: f"vip{between}newsletter" if header == STANDARD["tags"] else "x" for header in headers}
        if any(tags == ["vip", "newsletter"] for tags in tried(source, row).contacts["tags"].to_list()):
            return between
    return SEPARATORS[0]


def tried(source: ContactTable, row: Mapping[str, str]) -> Batch:
    """What the reader of a source makes of a list of one row, by header."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([list(row), list(row.values())])
    return next(FORMATS[source.format].read(Written(text.getvalue().encode("utf-8-sig")), source), Batch())


def field_column(header: str, field: str, region: str, between: str, *, has_key: bool) -> Column:
    """A column of one of the fields every contact has."""
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL) if number else ""
    columns = {
        "record_id": ("your own id of the record", "text", ADVISED if has_key else "no", "1001"),
        "name": ("full name", "text", REACHED, "Jane Doe"),
        "first_name": ("given name", "text", "no", "Jane"),
        "last_name": ("family name", "text", "no", "Doe"),
        "email": ("e-mail address", "several are parted by ; or ,", REACHED, "jane.doe@example.com"),
        "phone": ("phone number", f"without a country code it is one of {region}; several by ;", REACHED, phone),
        "wa_id": ("WhatsApp number", "with its country code; several by ;", "no", phone),
        "messenger_thread": ("Messenger thread", "its number", "no", "janedoe_1234567890"),
        "external_id": ("id of the record in another system", "text", "no", "C-1001"),
        "tags": ("tags", f"several are parted by {between.strip()}", "no", f"vip{between}newsletter"),
        "notes": ("free text", "text", "no", "Met at the fair"),
        "observed_at": ("when the row was last changed", "2026-01-31 or 2026-01-31 09:30", "no", "2026-01-31 09:30"),
        "channel": ("channel of the contact", "whatsapp, email or facebook", "no", "email"),
    }
    return Column(header, field, *columns[field])


def attribute_column(header: str, meaning: str, attribute: Attribute, locale: str | None) -> Column:
    """A column of a custom attribute."""
    number = format_decimal(12.5, locale=locale) if locale else "12.5"
    accepts, example = {
        AttributeType.TEXT: ("text", "some text"),
        AttributeType.NUMBER: (f"a number such as {number}", number),
        AttributeType.DATE: ("a date such as 2026-01-31", "2026-01-31"),
        AttributeType.DROPDOWN: (f"one of {', '.join(attribute.values)}", next(iter(attribute.values), "")),
        AttributeType.BOOLEAN: ("true or false, yes or no", "true"),
    }[attribute.type]
    if attribute.pattern:
        accepts, example = f"text that matches {attribute.pattern}", ""
    return Column(
        header, meaning, f"attribute, {attribute.type}", accepts, "yes" if attribute.required else "no", example
    )


def unreached(project: Project, columns: list[Column]) -> Iterator[str]:
    """Attributes that no header means: a source has to name a column for them."""
    there = {column.meaning for column in columns}
    return (name for name in project.attributes if f"attr.{name}" not in there)


def as_csv(columns: list[Column]) -> str:
    """The template itself: a header and the example row."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[column.header for column in columns], [column.example for column in columns]])
    return text.getvalue()


def as_markdown(columns: list[Column], notes: str = NOTES) -> str:
    """Columns, as a page."""
    rows = [("column", "what it holds", "what it takes", "required", "example"), ("---",) * 5]
    rows += [(each.header, each.holds, each.accepts, each.required, each.example) for each in columns]
    table = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
    return f"# Columns\n\n{table}\n\n{notes}\n"
