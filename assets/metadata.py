"""What Dagster is told of our tables: columns with their PII class, counts, small tables of counts. Never a row."""

from collections.abc import Sequence

import dagster as dg
import polars as pl

from pipelines.publish.chart import signed_bar
from pipelines.store.reads.health import Finding
from schemas.received import Frame


def column_schema(contract: type[Frame], more: Sequence[dg.TableColumn] = ()) -> dict[str, dg.TableSchema]:
    """Asset metadata with the columns of a contract, and perhaps more."""
    columns = [
        dg.TableColumn(
            name,
            type=str(column.dtype),
            description=column.description,
            constraints=dg.TableColumnConstraints(nullable=column.nullable, unique=column.unique),
            tags={"pii": str(column.metadata["pii"])},
        )
        for name, column in contract.to_schema().columns.items()
    ]
    return {"dagster/column_schema": dg.TableSchema(columns=[*columns, *more])}


def table(frame: pl.DataFrame) -> dg.TableMetadataValue:
    """A small table of counts."""
    columns = [dg.TableColumn(name, type=str(dtype)) for name, dtype in frame.schema.items()]
    return dg.MetadataValue.table(
        [dg.TableRecord(row) for row in frame.to_dicts()], schema=dg.TableSchema(columns=columns)
    )


def bars(frame: pl.DataFrame, label: str, number: str) -> dg.MarkdownMetadataValue:
    """A bar chart of counts, for reading at a glance."""
    largest = max(frame[number].to_list(), default=1)
    rows = [
        f"| {name} | {'█' * max(1, round(24 * size / largest))} {size:,} |"
        for name, size in frame.select(label, number).iter_rows()
    ]
    return dg.MetadataValue.md("\n".join([f"| {label} | {number} |", "|---|---|", *rows]))


def stacked(frame: pl.DataFrame, label: str, part: str, number: str) -> dg.MarkdownMetadataValue:
    """A bar chart of counts, of which each label has one for every part."""
    named = frame.select(pl.format("{} {}", label, part).alias(label), number)
    return bars(named, label, number)


def signed_bars(frame: pl.DataFrame, labels: list[str], number: str) -> dg.MarkdownMetadataValue:
    """A bar chart of numbers that may be below zero: those go to the left."""
    numbers = frame[number].to_list()
    reach = (min(numbers, default=0.0), max(numbers, default=0.0))
    rows = [
        f"| {' '.join(names).replace('_', ' ')} | {size:+.1f} | `{signed_bar(size, reach, 32)}` |"
        for *names, size in frame.select(*labels, number).iter_rows()
    ]
    return dg.MetadataValue.md("\n".join([f"| {' '.join(labels)} | {number} | |", "|---|---|---|", *rows]))


def verdict(
    name: str, finding: Finding, severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR
) -> dg.AssetCheckResult:
    """A finding as the result of a check."""
    return dg.AssetCheckResult(
        check_name=name,
        passed=finding.broken == 0,
        severity=severity,
        metadata={"checked": finding.checked, "broken": finding.broken},
    )
