"""Check a frame against its contract. Apart from the rows themselves, nothing that leaves here holds a value of one.

Nearly every frame keeps its contract, and Pandera takes tens of passes to find that out. So the rules are asked all at
once first, and Pandera only for what they do not hold of, to say which rows they are and why.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import pandera.polars as pa
import polars as pl

from pipelines.errors import ContractBroken

BROKEN = pl.Schema({"position": pl.UInt32, "column": pl.String, "rule": pl.String})
ASKED: Mapping[str, Callable[[pl.Expr, Mapping[str, Any]], pl.Expr]] = {  # what checks ask of a value, by their names
    "isin": lambda value, asked: value.is_in(asked["allowed_values"]),
    "greater_than_or_equal_to": lambda value, asked: value >= asked["min_value"],
    "str_length": lambda value, asked: value.str.len_chars() >= asked["min_value"],
    "str_matches": lambda value, asked: value.str.contains(asked["pattern"]),
}
NAMES_A_COLUMN = ("column_in_dataframe", "column_in_schema", "column_ordered")  # rules whose failure case is a header


class CheckedFrame(NamedTuple):
    """A frame, parted by its contract.

    `broken` holds one row per broken rule: the `position` of the row in the frame that was checked (from 0), the
    `column` (for a rule on whole rows, the contract's name) and the `rule`, by its `error=` text where it has one.
    """

    kept: pl.DataFrame
    refused: pl.DataFrame
    broken: pl.DataFrame


def check(contract: type[pa.DataFrameModel], frame: pl.DataFrame) -> CheckedFrame:
    """Part the rows that keep a contract from those that do not, in their order.

    Of rows that share a value which has to be unique, all are refused: which one to keep is for the caller to say.

    Raises:
        ContractBroken: the frame itself is wrong (a column missing, too many or of another type), or a rule cannot
            be evaluated on it. Its text names the contract, the column and the rule.
    """
    if _is_kept(contract, frame) or (failures := _failures(contract, frame)).is_empty():
        return CheckedFrame(frame, frame.clear(), BROKEN.to_frame())
    of_frame = failures.filter(pl.col("index").is_null())
    if not of_frame.is_empty():
        raise ContractBroken(f"{contract.__name__}: {_describe(of_frame)}. Please report it")
    broken = failures.select(position="index", column="column", rule="check").cast(BROKEN)
    bad = pl.int_range(pl.len(), dtype=pl.UInt32).is_in(broken["position"].unique().implode())
    return CheckedFrame(frame.filter(~bad), frame.filter(bad), broken)


def require(contract: type[pa.DataFrameModel], frame: pl.DataFrame) -> None:
    """Raise ContractBroken unless every row keeps the contract: for frames that onecontact itself has made."""
    broken = check(contract, frame).broken
    if not broken.is_empty():
        rules = sorted(f"{column}: {rule}" for column, rule in broken.select("column", "rule").unique().iter_rows())
        raise ContractBroken(f"{contract.__name__} breaks {', '.join(rules)}. Please report it")


def require_rules(made: str, rules: Mapping[str, pl.Expr], frame: pl.DataFrame) -> None:
    """Raise ContractBroken unless every row keeps every rule; `made`: what the rows are, `rules` by their words."""
    kept = frame.select(rule.fill_null(value=False).all().alias(words) for words, rule in rules.items()).row(0)
    if not all(kept):
        broken = [words for words, holds in zip(rules, kept, strict=True) if not holds]
        raise ContractBroken(f"{made} break a rule: {', '.join(broken)}. Please report it")


class _Rules(NamedTuple):
    """What a contract asks: the types of its columns in their order, and what has to be true of the whole frame."""

    columns: list[tuple[str, pl.DataType]]
    holds: pl.Expr
    of_rows: list[pa.Check]


@lru_cache
def _rules(contract: type[pa.DataFrameModel]) -> _Rules | None:
    """The rules of a contract; None if it has one that only Pandera can ask."""
    schema = contract.to_schema()
    columns = list(schema.columns.values())
    asked = [(pl.col(column.name), check) for column in columns for check in column.checks]
    if not all(_is_known(check) for _, check in asked) or not (schema.strict and schema.ordered):
        return None
    unique = [[column.name] for column in columns if column.unique] + ([schema.unique] if schema.unique else [])
    holds = pl.all_horizontal(
        pl.lit(value=True),
        *(pl.col(column.name).null_count() == 0 for column in columns if not column.nullable),
        *(ASKED[str(check.name)](value, check.statistics or {}).all() for value, check in asked),
        *(pl.struct(names).n_unique() == pl.len() for names in unique),
    )
    return _Rules([(column.name, column.dtype.type) for column in columns], holds, list(schema.checks))


def _is_known(check: pa.Check) -> bool:
    """Whether `ASKED` asks all that a check does."""
    asked = check.statistics or {}
    anchored = str(asked.get("pattern", "^")).startswith("^")
    return check.name in ASKED and anchored and asked.get("max_value") is None and asked.get("exact_value") is None


def _is_kept(contract: type[pa.DataFrameModel], frame: pl.DataFrame) -> bool:
    """Whether every row keeps a contract for sure; False where Pandera has to say."""
    rules = _rules(contract)
    if rules is None or [*frame.schema.items()] != rules.columns:
        return False
    if frame.is_empty():
        return True
    rows = frame.lazy()
    return bool(frame.select(rules.holds).item()) and all(
        check(rows).check_passed.collect().item() for check in rules.of_rows
    )


def _failures(contract: type[pa.DataFrameModel], frame: pl.DataFrame) -> pl.DataFrame:
    """Pandera's failure cases. They hold values of rows, as do its exceptions, so neither may travel any further."""
    try:
        contract.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases: pl.DataFrame = errors.failure_cases
        return cases
    except Exception as error:  # noqa: BLE001 -- raised again below, without its text and without itself as context
        unforeseen = type(error).__name__
    else:
        return pl.DataFrame(schema={"index": pl.UInt32})
    raise ContractBroken(f"{contract.__name__}: cannot be checked ({unforeseen}). Please report it")


def _describe(of_frame: pl.DataFrame) -> str:
    """What is wrong with a frame as a whole, in words without values."""
    header = pl.when(pl.col("check").is_in(NAMES_A_COLUMN)).then(pl.col("failure_case")).otherwise(pl.col("column"))
    described = of_frame.select(pl.format("column {} breaks {}", header, "check")).to_series()
    return ", ".join(described.unique(maintain_order=True))
