from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipelines.errors import FilterFault
from pipelines.query.literals import before, nearest, number, offered, values_of
from schemas.fields import FieldKind, Kind
from schemas.filter import Condition, Span

BERLIN = ZoneInfo("Europe/Berlin")
AS_OF = datetime(2026, 3, 31, 12, 30, tzinfo=BERLIN)
DAY = date(2026, 3, 31)
BEGINS, ENDS = datetime(2026, 3, 30, 22, tzinfo=UTC), datetime(2026, 3, 31, 21, 59, 59, 999_999, tzinfo=UTC)
INSTANT = datetime(2026, 3, 31, 12, tzinfo=UTC)
MOMENT = datetime(2026, 3, 31, 10, 30, tzinfo=UTC)  # as of which is asked


def asked(op: str, value: Any) -> Condition:
    return Condition.model_validate({"field": "it", "op": op, "value": value})


def values(kind: Kind, op: str, value: Any = None, offers: tuple[str, ...] = ()) -> tuple[Any, ...]:
    """What a field is compared with."""
    return values_of(asked(op, value), FieldKind(kind, offers), AS_OF, "where.value")


def fault(kind: Kind, op: str, value: Any = None, offers: tuple[str, ...] = ()) -> str:
    with pytest.raises(FilterFault) as error:
        values(kind, op, value, offers)
    return str(error.value).removeprefix("where.value: ")


# Days and instants


@pytest.mark.parametrize(
    ("op", "value", "compared"),
    [
        # a day is all of it, in the zone of the project
        ("gt", DAY, (ENDS,)),
        ("lte", DAY, (ENDS,)),
        ("after", DAY, (ENDS,)),
        ("gte", DAY, (BEGINS,)),
        ("lt", DAY, (BEGINS,)),
        ("before", DAY, (BEGINS,)),
        ("on", DAY, (BEGINS, ENDS)),
        ("on", "2026-03-31", (BEGINS, ENDS)),
        ("between", [DAY, DAY], (BEGINS, ENDS)),
        ("between", ["2026-03-31", date(2026, 4, 1)], (BEGINS, ENDS + timedelta(days=1))),
        # an instant is itself, and is compared in UTC
        ("gt", INSTANT, (INSTANT,)),
        ("gte", "2026-03-31T14:00:00+02:00", (INSTANT,)),
        ("between", [INSTANT, INSTANT], (INSTANT, INSTANT)),
        ("between", [DAY, INSTANT], (BEGINS, INSTANT)),
        ("within_last", {"days": 1}, (MOMENT - timedelta(days=1), MOMENT)),
    ],
)
def test_an_instant_is_compared_with_instants_and_with_whole_days(
    op: str, value: Any, compared: tuple[datetime, ...]
) -> None:
    found = values(Kind.INSTANT, op, value)
    assert found == compared
    assert {each.tzinfo for each in found} == {UTC}


@pytest.mark.parametrize(("of", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (DAY, 24)])
def test_a_day_on_which_the_clock_is_put_is_shorter_or_longer(of: date, hours: int) -> None:
    begins, ends = values(Kind.INSTANT, "on", of)
    assert ends - begins == timedelta(hours=hours, microseconds=-1)


@pytest.mark.parametrize(
    ("op", "value", "compared"),
    [
        ("gt", DAY, (DAY,)),
        ("lte", "2026-03-31", (DAY,)),
        ("eq", datetime(2026, 3, 31, 23, 30, tzinfo=UTC), (DAY,)),
        ("eq", "2026-03-31T08:00", (DAY,)),
        ("in", [DAY, "2026-04-01"], (DAY, date(2026, 4, 1))),
        ("on", DAY, (DAY, DAY)),
        ("between", [DAY, DAY], (DAY, DAY)),
        ("between", [DAY, date(2026, 4, 1)], (DAY, date(2026, 4, 1))),
        ("within_last", {"weeks": 2}, (date(2026, 3, 17), DAY)),
    ],
)
def test_a_date_is_compared_with_days(op: str, value: Any, compared: tuple[date, ...]) -> None:
    found = values(Kind.DATE, op, value)
    assert found == compared
    assert {type(each) for each in found} == {date}


A_DAY, A_TIME = "a day such as 2026-03-31", "a time such as 2026-03-31T12:00:00Z, or a day"


@pytest.mark.parametrize(
    ("kind", "op", "value", "says"),
    [
        (Kind.INSTANT, "on", INSTANT, f"it is compared with {A_DAY}"),
        (Kind.DATE, "on", INSTANT, f"it is compared with {A_DAY}"),
        (Kind.INSTANT, "before", "2026-03-31T12:00:00Z", f"it is compared with {A_DAY}"),
        (Kind.INSTANT, "gt", datetime(2026, 3, 31, 12), f"it is compared with {A_TIME}"),
        (Kind.INSTANT, "gt", "2026-02-30", f"it is compared with {A_TIME}"),
        (Kind.INSTANT, "gt", 2026, f"it is compared with {A_TIME}"),
        (Kind.DATE, "in", [DAY, "soon"], "it is compared with a date such as 2026-03-31"),
        (Kind.DATE, "between", [date(2026, 4, 1), DAY], "between has its earlier value first"),
        (Kind.INSTANT, "between", [date(2026, 4, 1), DAY], "between has its earlier value first"),
        (Kind.INSTANT, "between", [ENDS + timedelta(hours=1), DAY], "between has its earlier value first"),
    ],
)
def test_what_is_no_time_to_compare_with_is_told(kind: Kind, op: str, value: Any, says: str) -> None:
    assert fault(kind, op, value) == says


MONTHS_BEFORE = [
    *(date(2026, 11, 30), date(2026, 10, 31), date(2026, 9, 30), date(2026, 8, 31), date(2026, 7, 31)),
    *(date(2026, 6, 30), date(2026, 5, 31), date(2026, 4, 30), date(2026, 3, 31), date(2026, 2, 28)),
    *(date(2026, 1, 31), date(2025, 12, 31), date(2025, 11, 30)),
]


@pytest.mark.parametrize(
    ("as_of", "span", "since"),
    [
        *((date(2026, 12, 31), {"months": nth + 1}, each) for nth, each in enumerate(MONTHS_BEFORE)),
        (date(2026, 3, 15), {"months": 1}, date(2026, 2, 15)),
        (date(2026, 1, 15), {"months": 1}, date(2025, 12, 15)),
        (date(2024, 3, 30), {"months": 1}, date(2024, 2, 29)),
        (date(2024, 2, 29), {"years": 1}, date(2023, 2, 28)),
        (date(2026, 12, 1), {"years": 2}, date(2024, 12, 1)),
        (date(2026, 3, 1), {"days": 1}, date(2026, 2, 28)),
        (date(2026, 3, 1), {"weeks": 1}, date(2026, 2, 22)),
    ],
)
def test_a_month_before_ends_on_the_last_day_of_a_shorter_one(as_of: date, span: dict[str, int], since: date) -> None:
    moment = datetime(as_of.year, as_of.month, as_of.day, 12, 30, tzinfo=BERLIN)
    assert before(moment, Span(**span)) == datetime(since.year, since.month, since.day, 12, 30, tzinfo=BERLIN)


# Numbers, texts and choices


@pytest.mark.parametrize(
    ("kind", "op", "value", "compared"),
    [
        (Kind.NUMBER, "eq", 2, (2.0,)),
        (Kind.NUMBER, "in", [2, 0.5], (2.0, 0.5)),
        (Kind.NUMBER, "between", [2, 2], (2.0, 2.0)),
        (Kind.NUMBER, "between", [-2, 2], (-2.0, 2.0)),
        (Kind.NUMBER, "lt", float("inf"), (float("inf"),)),
        (Kind.TEXT, "eq", " ＡＢ c", ("ab c",)),
        (Kind.TEXT, "in", ["A", 7], ("a", "7")),
        (Kind.TEXT, "matches", "^A+", ("(?i)^A+",)),
        (Kind.LIST, "has_any", ["VIP"], ("vip",)),
        (Kind.BOOLEAN, "eq", False, (False,)),
        (Kind.BOOLEAN, "is_true", None, (True,)),
        (Kind.BOOLEAN, "is_false", None, (False,)),
        (Kind.TEXT, "is_set", None, ()),
    ],
)
def test_a_value_is_compared_as_its_kind_is(kind: Kind, op: str, value: Any, compared: tuple[Any, ...]) -> None:
    assert values(kind, op, value) == compared


def test_a_choice_is_one_that_is_offered_however_it_is_written() -> None:
    assert values(Kind.CHOICE, "in", ["GOLD", "Straße", 7], ("Gold", "Straße", "7")) == ("Gold", "Straße", "7")
    assert values(Kind.CHOICE, "eq", "gold", ("Gold", "gold")) == ("Gold",)
    assert values(Kind.LIST, "has_any", ["STRASSE"], ("Straße",)) == ("strasse",)
    assert fault(Kind.CHOICE, "eq", "golden", ("Gold", "Iron")) == "it is one of Gold, Iron; did you mean Gold?"
    assert fault(Kind.LIST, "has_any", ["tin"], ("Gold", "Iron")) == "it is one of Gold, Iron"


@pytest.mark.parametrize(
    ("kind", "op", "value", "says"),
    [
        (Kind.NUMBER, "between", [2, 1], "between has its lower value first"),
        (Kind.NUMBER, "between", [2], "between needs two values, the lower one first"),
        (Kind.NUMBER, "between", [1, 2, 3], "between needs two values, the lower one first"),
        (Kind.NUMBER, "between", 2, "between needs two values, the lower one first"),
        (Kind.NUMBER, "in", 2, "in needs a list of values"),
        (Kind.NUMBER, "in", {"days": 2}, "in needs a list of values"),
        (Kind.NUMBER, "eq", "2", "it is compared with a number"),
        (Kind.NUMBER, "in", [2, "2"], "it is compared with a number"),
        (Kind.TEXT, "eq", " ", "it is compared with a text"),
        (Kind.LIST, "has_any", [" "], "it is compared with texts"),
        (Kind.BOOLEAN, "eq", 1, "it is compared with true or false"),
        (Kind.TEXT, "eq", None, "eq needs one value"),
        (Kind.TEXT, "eq", ["a"], "eq needs one value"),
        (Kind.TEXT, "eq", {"days": 1}, "eq needs one value"),
        (Kind.TEXT, "is_set", 0, "is_set takes no value"),
        (Kind.DATE, "within_last", 30, "within_last needs a length of time such as {days: 30}"),
        (Kind.DATE, "within_last", None, "within_last needs a length of time such as {days: 30}"),
        (Kind.TEXT, "matches", "a**", "the pattern nothing stands before * that could be repeated"),
        (Kind.TEXT, "matches", r"(?:\p{L}{100}){10}", "the pattern is no regular expression"),
    ],
)
def test_what_a_field_cannot_be_compared_with_is_told(kind: Kind, op: str, value: Any, says: str) -> None:
    assert fault(kind, op, value) == says


@pytest.mark.parametrize("value", [True, "1", None, float("nan"), 10**400])
def test_what_is_no_number_to_count_with_is_none(value: object) -> None:
    assert number(value) is None


# What was meant


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [
        ("Prss", ["VIP", "Press"], "Press"),
        ("vpi", ["VIP", "Press"], "VIP"),
        # whatever stands before a colon or a dot
        ("crn", ["whatsapp", "import:crm"], "import:crm"),
        ("tire", ["name", "attr.tier"], "attr.tier"),
        # something around it, or within it: the shortest
        ("berlin", ["the office in Berlin, Mitte, 2nd floor, left", "the office in Berlin, Mitte"],
         "the office in Berlin, Mitte"),
        ("the office in Berlin, Mitte, 2nd floor, left", ["Berlin", "Bonn"], "Berlin"),
        ("zzz", ["VIP", "Press"], None),
        ("", ["VIP"], None),
        ("vip", [], None),
    ],
)  # fmt: skip
def test_the_nearest_word_is_what_was_probably_meant(word: str, known: list[str], near: str | None) -> None:
    assert nearest(word, known) == near


@pytest.mark.parametrize(("words", "more"), [(1, ""), (12, ""), (13, " and 1 more"), (1013, " and 1,001 more")])
def test_of_many_words_a_dozen_are_offered(words: int, more: str) -> None:
    known = [f"word {nth:04}" for nth in range(words)]
    assert offered(known[::-1]) == ", ".join(known[:12]) + more
