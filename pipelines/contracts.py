"""Check a frame against its contract. Apart from the rows themselves, nothing that leaves here holds a value of one."""

from collections.abc import Mapping
from typing import NamedTuple

import pandera.polars as pa
import polars as pl

from pipelines.errors import ContractBroken

BROKEN = pl.Schema({"position": pl.UInt32, "column": pl.String, "rule": pl.String})
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
    failures = _failures(contract, frame)
    if failures.is_empty():
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
