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

from benchmarks.roles import RECORD_ID, Roles, RolesInvalid, read_roles


def read_records(path: Path, roles_file: Path) -> tuple[pl.DataFrame, dict[str, str]]:
    """Records as the matcher takes them, `record_id` and one text column for each value, and the role of each column.

    Only columns with a role are read. A column of lists becomes as many columns as the longest list has values. Without
    a column that tells them apart, records are numbered from 0. ValueError if two records have the same id, or none.
    """
    table = pl.scan_csv(path, infer_schema=False) if path.suffix.lower() == ".csv" else pl.scan_parquet(path)
    roles = read_roles(roles_file, table.collect_schema().names())
    records = table.select(_record_id(roles, roles_file), *roles.columns).collect()
    ids = records[RECORD_ID]
    if ids.null_count() or ids.n_unique() < ids.len():
        raise ValueError(f"{path}: `{roles.record_id}` should tell each record apart, but is empty or there twice")
    values, played = {}, {}
    for name, role in roles.columns.items():
        for column, text in _texts(records[name]).items():
            values[column], played[column] = text, role
    return records.select(RECORD_ID).with_columns(**values), played


def _texts(values: pl.Series) -> dict[str, pl.Series]:
    """Text as it is; a date as 2026-01-31; 60601.0 as `60601`; a list as columns of its own."""
    if values.dtype == pl.List:
        longest = int(values.list.len().max() or 0)  # type: ignore[arg-type]
        parts = {f"{values.name} {place + 1}": values.list.get(place, null_on_oob=True) for place in range(longest)}
        return {name: text for part, each in parts.items() for name, text in _texts(each.alias(part)).items()}
    if values.dtype.is_float() and (values.drop_nulls() % 1 == 0).all():
        values = values.cast(pl.Int64)
    return {values.name: values.cast(pl.String)}


def _record_id(roles: Roles, file: Path) -> pl.Expr:
    if RECORD_ID in roles.columns:
        raise RolesInvalid(f"{file}: `{RECORD_ID}` tells records apart, and can play no other role")
    return (pl.int_range(pl.len()) if roles.record_id is None else pl.col(roles.record_id)).alias(RECORD_ID)


def compared(records: pl.DataFrame, roles: dict[str, str]) -> int:
    """How many pairs of these records the matcher looks at."""
    from pipelines.match.blocking import blocking_keys, candidate_pairs, in_blocks
    from pipelines.match.prepare import prepared

    return candidate_pairs(in_blocks(blocking_keys(*prepared(records, roles)))).height


def main(arguments: list[str] | None = None) -> int:
    """Read, match, write, and print what it took: the whole process, from its start."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.resolve", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("records", type=Path, help="Parquet or CSV")
    parser.add_argument("--roles", type=Path, required=True, help="YAML: `column: role` or `role: [columns]`")
    parser.add_argument("--out", type=Path, help="Parquet to write: record_id, contact_id")
    parser.add_argument("--auto", type=float, help="probability from which two records are one (the matcher's default)")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    parser.add_argument("--count", action="store_true", help="count the pairs that would be compared, and do no more")
    given = parser.parse_args(arguments)
    if not (given.out or given.count):
        parser.error("--out says where to write the clusters")
    began = time.perf_counter()
    try:
        records, roles = read_records(given.records, given.roles)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    if given.count:
        print(compared(records, roles))
        return 0
    from pipelines.match.resolve import resolve

    clusters = resolve(records, roles, given.auto).select("record_id", "contact_id")
    given.out.parent.mkdir(parents=True, exist_ok=True)
    clusters.write_parquet(given.out)
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures = {
        "records": clusters.height,
        "contacts": clusters["contact_id"].n_unique(),
        "seconds": round(time.perf_counter() - began, 2),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
        "peak_mib": round(used.ru_maxrss / 1024),
    }
    print(json.dumps(figures) if given.json else "\n".join(f"{name:12}{each:>14,}" for name, each in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
