from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from pipelines.merge.golden_record import attribute_entries, golden_records, interaction_fields
from schemas.attribute import Attribute
from schemas.vocabulary import AttributeMerge, AttributeType

DECEMBER = datetime(2025, 12, 1, tzinfo=UTC)
JANUARY, MARCH = datetime(2026, 1, 5, 9, 30, 0, 125, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
PLACE: dict[str, pl.DataType | type[pl.DataType]] = {
    "record_key": pl.String,
    "delivery_id": pl.String,
    "row_number": pl.UInt32,
    "line_number": pl.UInt32,
}
INSTANT = pl.Datetime("us", "UTC")
FIELDS = pl.Schema({"contact_id": pl.String, "field": pl.String, "value": pl.String, **PLACE})
AT = ("a", "delivery", 1, 2)


def told(kind: str, at: datetime, channel: str, contact: str = "c") -> tuple[Any, ...]:
    return contact, kind, at, channel, *AT


def of_interactions(*interactions: tuple[Any, ...]) -> list[tuple[str, str, str]]:
    """Field, value and rule that interactions give contact `c`, whose record came with the crm in January."""
    return decided_by(*interactions).select("field", "value", "rule").sort("field").rows()


def decided_by(*interactions: tuple[Any, ...]) -> pl.DataFrame:
    """The same with all that is kept of the choice."""
    return interaction_fields(
        pl.DataFrame(
            interactions,
            schema=pl.Schema(
                {"contact_id": pl.String, "kind": pl.String, "happened_at": INSTANT, "channel": pl.String, **PLACE}
            ),
            orient="row",
        ),
        pl.DataFrame(
            [("c", "crm", JANUARY, *AT)],
            schema=pl.Schema({"contact_id": pl.String, "source": pl.String, "first_seen_at": INSTANT, **PLACE}),
            orient="row",
        ),
    )


def golden(fields: Mapping[str, str], **attributes: Attribute) -> dict[str, Any]:
    """The golden record of contact `c` with these fields, as of March."""
    return golden_of(list(fields.items()), **attributes)


def golden_of(fields: Sequence[tuple[str, str]], **attributes: Attribute) -> dict[str, Any]:
    """The same, of fields that may have several values."""
    chosen = pl.DataFrame([("c", field, value, *AT) for field, value in fields], schema=FIELDS, orient="row")
    members = pl.DataFrame(
        [("c", 2, ["email"], False, None)],
        schema={
            "contact_id": pl.String,
            "records": pl.UInt32,
            "channels": pl.List(pl.String),
            "has_open_conversation": pl.Boolean,
            "blocked_since": INSTANT,
        },
        orient="row",
    )
    return golden_records(chosen, members, attributes, MARCH, 90).row(0, named=True)


def entries(*values: str, merge: AttributeMerge, kind: AttributeType = AttributeType.NUMBER) -> str:
    fields = pl.DataFrame(
        [("c", "attr.x", value, str(nth), "delivery", 1, 2) for nth, value in enumerate(values)],
        schema=FIELDS,
        orient="row",
    )
    found = attribute_entries(fields, {"x": Attribute(type=kind, merge=merge)})
    [entry] = found["attributes"].item()
    return str(entry["value"])


def test_the_first_interaction_says_where_a_contact_comes_from() -> None:
    found = of_interactions(told("first", MARCH, "email"), told("last", MARCH, "email"))

    assert ("source", "email", "first_interaction") in found
    assert ("last_interaction_at", "2026-03-01T00:00:00.000000Z", "last_interaction") in found


@pytest.mark.parametrize(
    ("wrote", "seen"),
    [
        (MARCH, ("first_seen_at", "2026-01-05T09:30:00.000125Z", "first_record")),
        (DECEMBER, ("first_seen_at", "2025-12-01T00:00:00.000000Z", "first_interaction")),
    ],
)
def test_a_contact_was_first_seen_when_it_wrote_or_was_listed(wrote: datetime, seen: tuple[str, str, str]) -> None:
    assert seen in of_interactions(told("first", wrote, "email"))


def test_a_contact_that_never_wrote_comes_from_the_source_that_had_it_first() -> None:
    assert of_interactions() == [
        ("first_seen_at", "2026-01-05T09:30:00.000125Z", "first_record"),
        ("source", "import:crm", "first_record"),
    ]


def test_inbound_and_outbound_are_kept_apart() -> None:
    found = of_interactions(
        told("first", JANUARY, "email"), told("last_inbound", JANUARY, "email"), told("last_outbound", MARCH, "email")
    )

    assert [field for field, *_ in found] == ["first_seen_at", "last_inbound_at", "last_outbound_at", "source"]


def test_a_moment_is_kept_to_the_microsecond() -> None:
    found = golden({"source": "email", "first_seen_at": "2026-01-05T09:30:00.000125Z"})

    assert found["first_seen_at"] == JANUARY


def test_fields_that_nobody_states_are_empty() -> None:
    found = golden({"source": "import:crm"})

    assert [found[field] for field in ("name", "phone", "email", "last_inbound_at")] == [None] * 4
    assert (found["tags"], found["attributes"]) == ([], [])


def test_attributes_are_listed_by_name() -> None:
    text = Attribute(type=AttributeType.TEXT)

    found = golden({"source": "email", "attr.tier": "gold", "attr.region": "Hamburg"}, tier=text, region=text)

    assert found["attributes"] == [{"key": "region", "value": "Hamburg"}, {"key": "tier", "value": "gold"}]


@pytest.mark.parametrize(("values", "total"), [(("2", "3"), "5"), (("1.5", "2"), "3.5"), (("-2", "2"), "0")])
def test_the_values_of_a_sum_are_added_up(values: tuple[str, ...], total: str) -> None:
    assert entries(*values, merge=AttributeMerge.SUM) == total


def test_a_sum_of_decimals_has_no_trace_of_binary_fractions() -> None:
    assert entries("0.1", "0.2", merge=AttributeMerge.SUM) == "0.3"


def test_a_sum_loses_no_digit_of_large_and_small_numbers() -> None:
    assert entries("100000000000000000000000000000", "1", merge=AttributeMerge.SUM) == "100000000000000000000000000001"
    assert entries("0.00000000049", "0.00000000049", merge=AttributeMerge.SUM) == "0.00000000098"


def test_the_values_of_a_union_stand_side_by_side() -> None:
    assert entries("Hamburg", "Berlin", merge=AttributeMerge.UNION, kind=AttributeType.TEXT) == "Berlin; Hamburg"


def test_the_tags_of_a_contact_are_sorted_however_they_come() -> None:
    tags = [("tags", tag) for tag in ("vip", "fair", "new")]

    assert golden_of(tags)["tags"] == golden_of(tags[::-1])["tags"] == ["fair", "new", "vip"]


def test_what_interactions_decide_has_one_candidate_and_its_place() -> None:
    found = decided_by(told("first", DECEMBER, "email"), told("last", MARCH, "email"))

    assert found.drop("contact_id", "field", "value", "rule").unique().rows() == [(*AT, 1, None)]


def test_the_message_or_the_record_that_came_first_speaks_for_the_first_sight() -> None:
    wrote = ("c", "first", DECEMBER, "email", "b", "chats", 5, 6)
    [first] = decided_by(wrote).filter(pl.col("field") == "first_seen_at").select(*PLACE).rows()

    assert first == ("b", "chats", 5, 6)


def test_of_a_message_and_a_record_of_one_moment_the_message_was_first() -> None:
    assert ("first_seen_at", "2026-01-05T09:30:00.000125Z", "first_interaction") in of_interactions(
        told("first", JANUARY, "email")
    )


def test_each_contact_has_its_own_moments() -> None:
    other = told("last_inbound", DECEMBER, "email", contact="d")
    found = decided_by(told("last_inbound", MARCH, "email"), other).filter(pl.col("field") == "last_inbound_at")

    assert dict(found.select("contact_id", "value").iter_rows()) == {
        "c": "2026-03-01T00:00:00.000000Z",
        "d": "2025-12-01T00:00:00.000000Z",
    }


def test_a_contact_has_each_text_that_survived() -> None:
    texts = {"name": "Anna Berg", "first_name": "Anna", "last_name": "Berg", "phone": "+49301", "email": "a@b.example"}
    found = golden(texts | {"source": "email"})

    assert {field: found[field] for field in (*texts, "source")} == texts | {"source": "email"}


def test_a_contact_has_each_moment_that_was_decided() -> None:
    moments = ("first_seen_at", "last_interaction_at", "last_inbound_at", "last_outbound_at")
    days = {field: f"2026-02-0{day}T00:00:00.000000Z" for day, field in enumerate(moments, 1)}
    found = golden(days)

    assert [found[field].day for field in moments] == [1, 2, 3, 4]


def test_attributes_of_several_contacts_stay_apart() -> None:
    sold = [
        (contact, "attr.x", value, value, "delivery", 1, 2) for contact, value in (("c", "1"), ("c", "2"), ("d", "5"))
    ]
    fields = pl.DataFrame(sold, schema=FIELDS, orient="row")
    number = Attribute(type=AttributeType.NUMBER, merge=AttributeMerge.SUM)
    found = dict(attribute_entries(fields, {"x": number}).iter_rows())

    assert found == {"c": [{"key": "x", "value": "3"}], "d": [{"key": "x", "value": "5"}]}
