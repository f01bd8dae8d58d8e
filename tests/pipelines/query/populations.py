"""Generated contacts with all that hurts engines in them, and filters of every kind, for laws about the compilers."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
from hypothesis import strategies as st

from pipelines.merge.published_values import Typing, attribute_values, folded_contacts, folded_identifiers
from pipelines.normalise.text import joined, search_form, split_cells
from pipelines.query.bind import Scope
from pipelines.query.operators import FITS, OPERATORS, Takes
from pipelines.query.to_polars import Frames
from schemas.attribute import Attribute
from schemas.fields import EVERY, FIELD_KINDS, RELATION_FIELDS, FieldKind, Kind, field_kinds
from schemas.filter import Relation
from schemas.published.views import VIEWS
from schemas.vocabulary import AttributeMerge, AttributeType, Channel

BERLIN = ZoneInfo("Europe/Berlin")
AS_OF = datetime(2026, 3, 31, 12, 30, tzinfo=BERLIN)
ATTRIBUTES = {
    "remark": Attribute(type=AttributeType.TEXT),
    "tier": Attribute(type=AttributeType.DROPDOWN, values=("Gold", "ſilver", "Ⅷ")),
    "seats": Attribute(type=AttributeType.NUMBER),
    "signup": Attribute(type=AttributeType.DATE),
    "news": Attribute(type=AttributeType.BOOLEAN),
    "topics": Attribute(type=AttributeType.TEXT, merge=AttributeMerge.UNION),
    "plans": Attribute(type=AttributeType.DROPDOWN, values=("Straße", "b"), merge=AttributeMerge.UNION),
}
FIELDS = {name: kind for name, kind in field_kinds(ATTRIBUTES).items() if name not in ("status", "status_reason")}
FIELDS |= {"status": FIELD_KINDS["status"]}
IDS = [str(UUID(int=number)) for number in range(6)]
ALIKE = [  # texts that are nearly one, or are when they are folded
    ["Straße", "STRASSE", "strase"],
    ["ﬁn", "fin", "Fin "],
    ["Ａｂ", "ab", "a b"],
    ["İx", "i\u0307x", "ix"],
    ["ς", "σ", "Σας"],
    ["1_000", "1000", " 1 ", "1"],
    ["infinity", "NaN", "nan"],
    ["O'Brien", '"', "'"],
    ["%", "_", "a%b"],
    ["\\", "\\n", "a\nb", "a b"],
    ["e\u0301", "é", "e"],
    ["ǅ", "dž", "Ⅷ", "viii"],
    ["ſ", "s", "K", "k"],
    ["", " ", "\u200b"],
    ["🙂", "🙂🙂", "x" * 13],
]
NUMBERS = ["1", "1_000", " 1 ", "infinity", "inf", "NaN", "-0", "0", "2.5", "1e3", "9007199254740993", "x", ""]
DAYS = ["2026-03-31", "2026-02-28", "2026/01/05", "2026-01-05 10:00", "infinity", "epoch", "2026-02-30", "44 BC", "x"]
MIDNIGHT = datetime(2026, 3, 29, tzinfo=BERLIN)  # of the day on which the clock is put forward
INSTANTS = [
    each.astimezone(UTC)
    for each in (
        *(AS_OF, AS_OF + timedelta(microseconds=1), AS_OF - timedelta(days=30), AS_OF - timedelta(days=31)),
        *(MIDNIGHT, MIDNIGHT - timedelta(microseconds=1), MIDNIGHT + timedelta(hours=20)),
        datetime(1970, 1, 1, tzinfo=UTC),
        *(datetime(2026, 2, 28, 12, 30, tzinfo=BERLIN), datetime(2025, 3, 31, 12, 30, tzinfo=BERLIN)),
    )
]  # fmt: skip
PHONES = ["+4930901820", "+491713920017", "+12025550123"]

ANY_TEXT = st.text(max_size=3).filter(lambda each: "\x00" not in each)
POOLS = st.builds(
    lambda one, other, more: [*one, *other, *more],
    st.sampled_from(ALIKE),
    st.sampled_from(ALIKE),
    st.lists(ANY_TEXT, max_size=2),
)  # of the texts that contacts have and filters ask for


def search_form_of(value: str) -> Any:
    return pl.select(search_form(pl.lit(value))).item()


NAMED = {  # sources and segments have names of small letters, digits and signs: they are what they are folded
    "source": st.sampled_from(["crm", "whats_app-2"]),
    "segment": st.sampled_from(["vip", "vip_2"]),
}


def column(kind: FieldKind, text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """What a column of a relation or of contacts may hold."""
    whole: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.TEXT: text,
        Kind.NUMBER: st.integers(0, 3),
        Kind.INSTANT: st.sampled_from(INSTANTS),
        Kind.BOOLEAN: st.booleans(),
        Kind.LIST: st.lists(text, max_size=2),
    }
    return st.none() | (st.sampled_from(kind.values) if kind.kind is Kind.CHOICE else whole[kind.kind])


def rows_of(relation: Relation, text: st.SearchStrategy[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows of a relation; of identifiers, those that contacts are reached by."""
    columns = {name: column(kind, NAMED.get(name, text)) for name, kind in RELATION_FIELDS[relation].items()}
    if relation is Relation.IDENTIFIERS:
        columns |= {
            "type": st.sampled_from(["phone", "email", "username"]),
            "value": st.sampled_from(PHONES) | text,
        }
    return st.lists(st.fixed_dictionaries({"contact_id": st.sampled_from(IDS[:4]), **columns}), max_size=6)


def contact(text: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """What is known of a contact."""
    return st.fixed_dictionaries(
        {
            "name": st.none() | text,
            "first_name": st.none() | text,
            "last_name": st.none() | text,
            "email": st.none() | text,
            "phone": st.none() | st.sampled_from(PHONES),
            "source": st.sampled_from(["whatsapp", "import:crm"]),
            "status": st.sampled_from(["active", "inactive", "blocked"]),
            "tags": st.none() | st.lists(text, max_size=3),
            "channels": st.none() | st.lists(st.sampled_from([*Channel][:3]), max_size=2),
            "records": st.integers(1, 3),
            "search": st.lists(text, max_size=3),
            **dict.fromkeys(
                [name for name, kind in FIELD_KINDS.items() if kind.kind is Kind.INSTANT],
                st.none() | st.sampled_from(INSTANTS),
            ),
            "attributes": st.fixed_dictionaries(
                {},
                optional={
                    "remark": text,
                    "tier": st.sampled_from(["Gold", "ſilver", "Ⅷ", "gold", "x"]),
                    "seats": st.sampled_from(NUMBERS),
                    "signup": st.sampled_from(DAYS),
                    "news": st.sampled_from(["true", "false", "yes", ""]),
                    "topics": st.lists(text, max_size=2),
                    "plans": st.lists(st.sampled_from(["Straße", "b", "x"]), max_size=2),
                },
            ),
        }
    )  # fmt: skip


class Population(NamedTuple):
    """Contacts as the reference sees them, what they have beside, and the published views of both."""

    contacts: pl.DataFrame
    frames: Frames
    published: Mapping[str, pl.DataFrame]

    def existing(self, relation: Relation | None, field: str) -> Sequence[str]:
        rows = self.contacts if relation is None else self.frames.relations[relation]
        values = rows[field].explode() if rows.schema[field] == pl.List(pl.String) else rows[field]
        return values.drop_nulls().unique().to_list()


POLARS_TYPES = {
    "UUID": pl.String,
    "VARCHAR": pl.String,
    "VARCHAR[]": pl.List(pl.String),
    "TIMESTAMP WITH TIME ZONE": pl.Datetime("us", "UTC"),
    "UINTEGER": pl.UInt32,
    "BIGINT": pl.Int64,
    "BOOLEAN": pl.Boolean,
    "DOUBLE": pl.Float64,
    "DATE": pl.Date,
}


def schema_of(view: str) -> dict[str, Any]:
    """Columns of a published view as a frame has them; those of compound types left out."""
    return {each.name: POLARS_TYPES[each.type] for each in VIEWS[view].columns if each.type in POLARS_TYPES}


def population(people: list[dict[str, Any]], related: dict[Relation, list[dict[str, Any]]]) -> Population:
    """Contacts made of what was drawn, twice: for the reference as they are stored, and as they are published."""
    ids = IDS[: len(people)]
    relations = {
        relation: pl.DataFrame(
            [row for row in rows if row["contact_id"] in ids], schema=schema_of(VIEW_OF.get(relation, relation))
        )
        for relation, rows in related.items()
    }
    stored = stored_contacts(ids, people)
    identifiers = relations[Relation.IDENTIFIERS]
    every = {
        several: identifiers.filter(type=kind).group_by("contact_id").agg(pl.col("value").alias(several))
        for several, kind in (("phones", "phone"), ("emails", "email"))
    }
    contacts = stored.drop("attributes").with_columns(attribute_columns(stored))
    for several, frame in every.items():
        contacts = contacts.join(frame, on="contact_id", how="left").with_columns(pl.col(several).fill_null([]))
    search = pl.DataFrame(
        {
            "contact_id": ids,
            "text": [" ".join(search_form_of(each) or "" for each in person["search"]) for person in people],
        },
        schema={"contact_id": pl.String, "text": pl.String},
    )
    folded = folded_contacts(stored).with_columns(
        pl.coalesce("email_folded", "email").alias("email_folded"),
        pl.coalesce("tags_folded", "tags").alias("tags_folded"),
    )
    published = {
        "contacts": folded.drop("attributes"),
        "attributes": attribute_values(folded, Typing.of(ATTRIBUTES)).with_columns(
            pl.coalesce("value_folded", "value_text").alias("value_folded")
        ),
        "search": search,
        **{VIEW_OF.get(relation, relation.value): rows for relation, rows in relations.items()},
    }
    folded_values = folded_identifiers(identifiers.drop("value_folded"))
    published["identifiers"] = folded_values.with_columns(pl.coalesce("value_folded", "value").alias("value_folded"))
    return Population(contacts, Frames(relations, search), published)


VIEW_OF = {Relation.EXPORTS: "export_members"}


def stored_contacts(ids: list[str], people: list[dict[str, Any]]) -> pl.DataFrame:
    """Golden records: attributes as a list of key and value, several values of one as one cell."""
    schema = {name: kind for name, kind in schema_of("contacts").items() if not name.endswith("_folded")}
    schema = {name: kind for name, kind in schema.items() if name not in (*EVERY, "phone_digits")}
    entries = [
        [{"key": name, "value": cell(value)} for name, value in person["attributes"].items() if cell(value) is not None]
        for person in people
    ]
    rows = [{**person, "contact_id": contact_id} for contact_id, person in zip(ids, people, strict=True)]
    return pl.DataFrame(rows, schema=schema).with_columns(
        pl.Series("attributes", entries, dtype=pl.List(pl.Struct({"key": pl.String, "value": pl.String})))
    )


def cell(value: Any) -> Any:
    """A value of an attribute as it is stored."""
    return pl.select(joined(pl.lit(value, dtype=pl.List(pl.String)))).item() if isinstance(value, list) else value


def attribute_columns(stored: pl.DataFrame) -> list[pl.Series]:
    """Custom attributes as the columns that the reference asks."""
    entries = [{each["key"]: each["value"] for each in row} for row in stored["attributes"].to_list()]
    columns = {name: pl.Series([row.get(name) for row in entries], dtype=pl.String) for name in ATTRIBUTES}
    return [
        (split_cells(column, ";") if ATTRIBUTES[name].is_list else column).alias(f"attr.{name}")
        for name, column in columns.items()
    ]


VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.NUMBER: st.sampled_from([0, 1, 2, 2.5, 1000, float("inf"), -1]),
    Kind.DATE: st.sampled_from([date(2026, 3, 31), date(2026, 2, 28), "2026-01-05", AS_OF]),
    Kind.INSTANT: st.sampled_from([*INSTANTS, date(2026, 3, 29), date(2026, 3, 31), "2026-02-28"]),
    Kind.BOOLEAN: st.booleans(),
}
SPANS = st.sampled_from([{"days": 30}, {"weeks": 2}, {"months": 1}, {"years": 1}])
PATTERNS = st.sampled_from(
    [
        *("^[a-s]", "s{2}", "[^a-z0-9]", r"\p{L}\p{N}?$", "(?:x|fin)+", "Σ", "^.$", r"[\p{L}-]+ ", r"\p{Lu}"),
        *("STRASSE", r"[%\\_]"),
    ]
)  # fmt: skip


@st.composite
def condition(draw: st.DrawFn, fields: Mapping[str, FieldKind], text: st.SearchStrategy[str]) -> dict[str, Any]:
    """A question that can be asked of one of these fields."""
    name = draw(st.sampled_from(sorted(fields)))
    kind = fields[name]
    op = draw(st.sampled_from(sorted(FITS[kind.kind])))
    takes = OPERATORS[op].takes
    one = st.sampled_from(kind.values) if kind.values else VALUES.get(kind.kind, text)
    if name in ("phone", "phones"):
        one = st.sampled_from([*PHONES, "030 901820"] if op not in ("contains", "not_contains") else ["901", "+49"])
    if op == "matches":
        one = PATTERNS
    stated: dict[Takes, st.SearchStrategy[Any]] = {
        Takes.NOTHING: st.none(),
        Takes.SPAN: SPANS,
        Takes.DAY: st.sampled_from([date(2026, 3, 29), date(2026, 3, 31), "2026-02-28"]),
        Takes.ONE: one,
        Takes.MANY: st.lists(one, min_size=1, max_size=3),
        Takes.TWO: st.lists(one, min_size=2, max_size=2),
    }
    value = draw(stated[takes])
    if takes is Takes.TWO:
        with suppress(TypeError):
            value = sorted(value)
    asked: dict[str, Any] = {"field": name, "op": op}
    return asked if value is None else {**asked, "value": value}


@st.composite
def related(draw: st.DrawFn, text: st.SearchStrategy[str]) -> dict[str, Any]:
    """A question about what a contact has any number of."""
    relation = draw(st.sampled_from([*Relation]))
    asked = draw(
        st.sampled_from([{"exists": relation}, {"none": relation}])
        | st.builds(
            lambda op, value: {"count": relation, "op": op, "value": value},
            st.sampled_from(["eq", "ne", "gt", "gte", "lt", "lte"]),
            st.integers(0, 3),
        )
    )
    where = draw(st.none() | combined(condition(RELATION_FIELDS[relation], text)))
    return asked if where is None else {**asked, "where": where}


def combined(leaf: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Questions, and all, any and not of them."""
    return st.recursive(
        leaf,
        lambda inner: (
            st.lists(inner, max_size=3).map(lambda parts: {"all": parts})
            | st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts})
            | inner.map(lambda part: {"not": part})
        ),
        max_leaves=4,
    )


class Case(NamedTuple):
    """Contacts, and filters as they stand in YAML to ask them."""

    asked: Population
    filters: list[dict[str, Any]]


@st.composite
def cases(draw: st.DrawFn, number: int, fields: tuple[str, ...] = ()) -> Case:
    """Contacts, and so many filters, whose texts are of one pool: so that some are found and others are not.

    With `fields` they ask of these alone.
    """
    text = st.sampled_from(draw(POOLS))
    people = draw(st.lists(contact(text), min_size=3, max_size=5))
    asked = population(people, {relation: draw(rows_of(relation, text)) for relation in Relation})
    some_text = text.filter(lambda each: bool(search_form_of(each))) | st.just("1")
    leaf = condition({name: FIELDS[name] for name in fields}, some_text) if fields else any_leaf(some_text)
    return Case(asked, draw(st.lists(combined(leaf), min_size=number, max_size=number)))


def any_leaf(text: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Questions of any form, with these texts."""
    searched = st.lists(text, min_size=1, max_size=2).map(lambda words: {"search": " ".join(words)})
    return condition(FIELDS, text) | related(text) | searched


@st.composite
def filters(draw: st.DrawFn) -> dict[str, Any]:
    """A filter of any form, as it stands in YAML."""
    text = st.sampled_from(draw(POOLS)).filter(lambda each: bool(search_form_of(each))) | st.just("1")
    said: dict[str, Any] = draw(combined(any_leaf(text)))
    return said


def scope_of(asked: Population) -> Scope:
    """What filters are asked of."""
    return Scope(FIELDS, AS_OF, region="DE")


def publish(connection: duckdb.DuckDBPyConnection, published: Mapping[str, pl.DataFrame]) -> None:
    """Let a connection see these frames as the published views.

    They are tables, for comparisons with a registered frame are made by pyarrow, not by the engine.
    """
    connection.execute("CREATE SCHEMA IF NOT EXISTS published")
    for name, frame in published.items():
        connection.register(f"frame_{name}", frame.to_arrow())
        connection.execute(
            f"CREATE OR REPLACE TABLE published.{name} AS "
            f"SELECT * REPLACE (contact_id::UUID AS contact_id) FROM frame_{name}"
        )
