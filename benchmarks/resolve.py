"""The matcher alone on one file: who is the same person?

`python -m benchmarks.resolve RECORDS.parquet --roles roles.yaml --out PREDICTED.parquet` reads a Parquet or CSV file,
takes the roles of its columns from YAML (see `benchmarks/roles.py`), and writes `record_id, contact_id`.
"""

import argparse
import json
import resource
import sys
import time
from pathlib import Path

import polars as pl

from benchmarks.roles import RECORD_ID, RolesInvalid, read_roles


def read_records(path: Path, roles_file: Path) -> tuple[pl.DataFrame, dict[str, str]]:
    """What `scan_records` finds, read."""
    records, roles = scan_records(path, roles_file)
    return records.collect(), roles


def scan_records(path: Path, roles_file: Path) -> tuple[pl.LazyFrame, dict[str, str]]:
    """Records as the matcher takes them, `record_id` and one text column for each value, and the role of each column.

    Only columns with a role are read. A column of lists becomes as many columns as the longest list has values. Without
    a column that tells them apart, records are numbered from 0. ValueError if two records have the same id, or none.
    """
    table = pl.scan_csv(path, infer_schema=False) if path.suffix.lower() == ".csv" else pl.scan_parquet(path)
    roles = read_roles(roles_file, table.collect_schema().names())
    if RECORD_ID in roles.columns:
        raise RolesInvalid(f"{roles_file}: `{RECORD_ID}` tells records apart, and can play no other role")
    values, played = {}, {}
    for name, role in roles.columns.items():
        for column, text in _texts(table, name).items():
            values[column], played[column] = text, role
    if roles.record_id is None:
        records = table.select(**values).with_row_index(RECORD_ID).with_columns(pl.col(RECORD_ID).cast(pl.Int64))
        return records, played
    ids = pl.col(roles.record_id)
    if table.select((ids.null_count() > 0) | (ids.n_unique() < pl.len())).collect(engine="streaming").item():
        raise ValueError(f"{path}: `{roles.record_id}` should tell each record apart, but is empty or there twice")
    return table.select(ids.alias(RECORD_ID), **values), played


def _texts(table: pl.LazyFrame, name: str) -> dict[str, pl.Expr]:
    """Text as it is; a date as 2026-01-31; 60601.0 as `60601`; a list as columns of its own."""
    value, dtype = pl.col(name), table.collect_schema()[name]
    if isinstance(dtype, pl.List):
        longest = table.select(value.list.len().max()).collect(engine="streaming").item() or 0
        parts = {f"{name} {place + 1}": value.list.get(place, null_on_oob=True) for place in range(longest)}
        return {part: _text(table, each, pl.Series(dtype=dtype.inner).dtype) for part, each in parts.items()}
    return {name: _text(table, value, dtype)}


def _text(table: pl.LazyFrame, value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype.is_float() and table.select((value % 1 == 0).all()).collect(engine="streaming").item():
        value = value.cast(pl.Int64)
    return value.cast(pl.String)


def compared(records: pl.DataFrame, roles: dict[str, str]) -> int:
    """How many pairs of these records the matcher looks at."""
    from pipelines.match import kernel
    from pipelines.match.comparison.listed import prepare_list

    return kernel.pairs(kernel.usable_blocks(kernel.keys(*prepare_list(records, roles)))).height


def matched(records: pl.LazyFrame, roles: dict[str, str], given: argparse.Namespace) -> tuple[pl.DataFrame, int]:
    """The contact of each record (record_id, contact_id: the id of its first record); how many pairs wait for review.

    These are pairs of contacts, whatever number of their records ties them.
    """
    from pipelines.match.comparison.listed import by_role
    from pipelines.match.resolve import resolve_list
    from pipelines.steps.match_list import engine_named
    from schemas.project import Matching

    matching = (
        Matching() if given.auto is None else Matching(auto=given.auto, review=min(given.auto, Matching().review))
    )
    listed = by_role(records.with_row_index("record"), roles)
    with engine_named(given.engine, given.memory_limit) as engine:
        rows = engine.frame(listed.collect_batches(), listed.collect_schema())
        found = resolve_list(engine, rows, matching, region=given.region)
        clusters = engine.collect(found.clusters).sort("record")["cluster"]
        ties = engine.collect(found.edges.select("lo", "hi"))
    ends = pl.DataFrame([clusters.gather(ties["lo"]).alias("one"), clusters.gather(ties["hi"]).alias("other")])
    apart = ends.filter(pl.col("one") != pl.col("other"))
    waiting = apart.select(pl.min_horizontal("one", "other"), pl.max_horizontal("one", "other").alias("to")).n_unique()
    ids = records.select("record_id").collect()["record_id"]
    return pl.DataFrame({"record_id": ids, "contact_id": ids.gather(clusters)}), waiting


def main(arguments: list[str] | None = None) -> int:
    """Read, match, write, and print what it took: the whole process, from its start."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.resolve", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("records", type=Path, help="Parquet or CSV")
    parser.add_argument("--roles", type=Path, required=True, help="YAML: `column: role` or `role: [columns]`")
    parser.add_argument("--out", type=Path, help="Parquet to write: record_id, contact_id")
    parser.add_argument("--auto", type=float, help="probability from which two records are one (the matcher's default)")
    parser.add_argument("--engine", choices=["polars", "duckdb"], default="polars", help="duckdb: larger than memory")
    parser.add_argument("--memory-limit", default="2GB", help="from which on duckdb spills; batches come on top (2GB)")
    parser.add_argument("--region", help="country of numbers without a country code (default: digits are compared)")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    parser.add_argument("--count", action="store_true", help="count the pairs that would be compared, and do no more")
    given = parser.parse_args(arguments)
    if not (given.out or given.count):
        parser.error("--out says where to write the clusters")
    began = time.perf_counter()
    try:
        records, roles = scan_records(given.records, given.roles)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    if given.count:
        print(compared(records.collect(), roles))
        return 0
    clusters, waiting = matched(records, roles, given)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    clusters.write_parquet(given.out)
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures = {
        "records": clusters.height,
        "contacts": clusters["contact_id"].n_unique(),
        "review": waiting,
        "seconds": round(time.perf_counter() - began, 2),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
        "peak_mib": round(used.ru_maxrss / 1024),
    }
    print(json.dumps(figures) if given.json else "\n".join(f"{name:12}{each:>14,}" for name, each in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
