import traceback
from datetime import UTC, datetime
from typing import Any

import pandera.polars as pa
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.contracts import check
from pipelines.errors import ContractBroken
from schemas import received
from schemas.received import MAX_TEXT, AttributeRow, ContactRow, Frame, Message, column, column_types
from schemas.vocabulary import Pii

MOMENT = datetime(2026, 1, 2, tzinfo=UTC)
SECRET = "jane.doe@example.com"
RECEIVED = [each for each in vars(received).values() if isinstance(each, type) and issubclass(each, Frame)][1:]


class Person(Frame):
    row: pl.UInt32 = column("number", Pii.NONE, unique=True)
    tier: pl.String = column("tier", Pii.NONE, nullable=True, isin=["gold", "silver"])
    mail: pl.String = column("mail", Pii.DIRECT)

    @pa.check("mail", error="MAIL_TOO_LONG")
    def short(cls, data: Any) -> pl.LazyFrame:  # noqa: N805 -- Pandera makes a class method of it
        checked: pl.LazyFrame = data.lazyframe.select(pl.col("mail").str.len_chars() < 30)
        return checked


class Shouting(Frame):
    mail: pl.String = column("mail", Pii.DIRECT)

    @pa.check("mail")
    def explodes(cls, data: Any) -> pl.LazyFrame:  # noqa: N805 -- Pandera makes a class method of it
        raise ValueError(data.lazyframe.collect().item())


def people(*rows: tuple[int, str | None, str | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"row": pl.UInt32, "tier": pl.String, "mail": pl.String}, orient="row")


def told(error: pytest.ExceptionInfo[BaseException]) -> str:
    return (
        "".join(traceback.format_exception(error.value)) + repr(error.value.__context__) + repr(error.value.__cause__)
    )


def test_a_frame_that_keeps_its_contract_is_kept_whole() -> None:
    frame = people((1, "gold", SECRET), (2, None, SECRET))
    checked = check(Person, frame)
    assert_frame_equal(checked.kept, frame)
    assert_frame_equal(checked.refused, frame.clear())
    assert checked.broken.is_empty()


def test_rows_that_break_a_rule_are_parted_from_those_that_do_not_in_order() -> None:
    checked = check(Person, people((4, "gold", SECRET), (3, "lead", SECRET), (2, None, SECRET), (1, None, None)))
    assert checked.kept["row"].to_list() == [4, 2]
    assert checked.refused["row"].to_list() == [3, 1]


def test_what_is_broken_is_told_by_position_column_and_rule() -> None:
    broken = check(Person, people((4, "gold", SECRET), (3, "lead", SECRET), (1, None, None))).broken
    assert broken.sort("position").rows() == [(1, "tier", "isin(['gold', 'silver'])"), (2, "mail", "not_nullable")]
    assert broken.schema == {"position": pl.UInt32, "column": pl.String, "rule": pl.String}


def test_a_rule_with_an_error_text_is_told_by_it() -> None:
    assert check(Person, people((1, None, "m" * 30))).broken.rows() == [(0, "mail", "MAIL_TOO_LONG")]


def test_rows_that_share_a_unique_value_are_all_refused() -> None:
    assert check(Person, people((1, None, "a"), (2, None, "b"), (1, None, "c"))).kept["mail"].to_list() == ["b"]


def test_nothing_of_a_refused_row_is_in_what_is_broken() -> None:
    checked = check(Person, people((1, SECRET, SECRET * 2)))
    assert checked.broken.height == 2
    assert SECRET not in checked.broken.write_json()


@pytest.mark.parametrize(
    ("frame", "name"),
    [
        (people((1, SECRET, SECRET)).drop("mail"), "column mail breaks column_in_dataframe"),
        (people((1, SECRET, SECRET)).with_columns(extra=1), "column extra breaks column_in_schema"),
        (people((1, SECRET, SECRET)).with_columns(row=pl.lit(SECRET)), "column row breaks dtype('UInt32')"),
        (people((1, SECRET, SECRET)).select("mail", "tier", "row"), "breaks column_ordered"),
    ],
    ids=["missing", "extra", "type", "order"],
)
def test_a_frame_that_is_not_made_as_agreed_is_a_defect_told_without_values(frame: pl.DataFrame, name: str) -> None:
    with pytest.raises(ContractBroken) as error:
        check(Person, frame)
    assert "Person: " in str(error.value)
    assert name in str(error.value)
    assert SECRET not in told(error)


def test_a_rule_that_fails_itself_is_a_defect_told_without_values() -> None:
    with pytest.raises(ContractBroken, match="Shouting: column mail breaks explodes") as error:
        check(Shouting, pl.DataFrame({"mail": [SECRET]}))
    assert SECRET not in told(error)


def test_whatever_else_goes_wrong_while_checking_is_told_without_values(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError(SECRET)

    monkeypatch.setattr(Person, "validate", fail)
    with pytest.raises(ContractBroken, match=r"Person: cannot be checked \(KeyError\)") as error:
        check(Person, people((1, SECRET, SECRET)))
    assert SECRET not in told(error)


def sample(kind: pl.DataType, nth: int) -> Any:
    """A value of a type."""
    samples = {pl.String: f"v{nth}", pl.UInt32: nth, pl.Boolean: True, pl.List: [], pl.Datetime: MOMENT}
    return next(value for like, value in samples.items() if kind == like)


def rows_of(contract: type[Frame]) -> pl.DataFrame:
    """Two rows that keep every rule of one value."""
    asked = {name: each.checks for name, each in contract.to_schema().columns.items()}
    allowed = {
        name: checks[0].statistics["allowed_values"][0] for name, checks in asked.items() if said(checks, "isin")
    }
    allowed["scope"] = ""
    types = column_types(contract)
    return pl.DataFrame(
        {name: [allowed.get(name, sample(kind, nth)) for nth in (1, 2)] for name, kind in types.items()}, schema=types
    )


def said(checks: list[pa.Check], name: str) -> bool:
    return any(each.name == name for each in checks)


@pytest.mark.parametrize("contract", RECEIVED)
def test_what_keeps_a_contract_is_kept_without_asking_pandera(
    contract: type[Frame], monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = rows_of(contract)
    assert contract.validate(frame, lazy=True).height == 2
    monkeypatch.setattr(contract, "validate", lambda *_, **__: pytest.fail("Pandera was asked"))
    assert check(contract, frame).kept.height == 2


@pytest.mark.parametrize("contract", RECEIVED)
def test_a_value_is_refused_exactly_where_pandera_refuses_it(contract: type[Frame]) -> None:
    frame = rows_of(contract)
    for name, kind in frame.schema.items():
        for spoilt in (None, *spoilt_values(kind)):
            spoiled = frame.with_columns(pl.Series(name, [spoilt, frame[name][1]], dtype=kind))
            assert check(contract, spoiled).refused.height == refused_by_pandera(contract, spoiled), name


def spoilt_values(kind: pl.DataType) -> tuple[Any, ...]:
    """Values of a type that some contract refuses."""
    return ("", "x" * (MAX_TEXT + 1)) if kind == pl.String else (0,) if kind == pl.UInt32 else ()


def refused_by_pandera(contract: type[Frame], frame: pl.DataFrame) -> int:
    """How many of two rows Pandera refuses, of which the second is right."""
    try:
        contract.validate(frame, lazy=True)
    except pa.errors.SchemaErrors:
        return 1
    return 0


@pytest.mark.parametrize("contract", [ContactRow, Message, AttributeRow])
def test_what_is_there_twice_is_refused_where_it_has_to_be_unique(contract: type[Frame]) -> None:
    frame = rows_of(contract)
    assert check(contract, pl.concat([frame, frame.head(1)])).kept.height == 1
