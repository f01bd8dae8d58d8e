import traceback
from typing import Any

import pandera.polars as pa
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.contracts import check
from pipelines.errors import ContractBroken
from schemas.received import Frame, column
from schemas.vocabulary import Pii

SECRET = "jane.doe@example.com"


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
        check(Person, people((1, None, SECRET)))
    assert SECRET not in told(error)
