"""A list through `onecontact run`, as its user sets it up: who is the same person then?

`python -m benchmarks.project RECORDS.parquet --roles roles.yaml --out PREDICTED.parquet` writes the list as a CSV into
a project of its own, runs it, and reads `record_id, contact_id`. The project states its region and nothing else, and so
matches by names, numbers and addresses; with `--tuned` every other column is an attribute with its role.
"""

import argparse
import contextlib
import io
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from benchmarks.resolve import read_records
from pipelines.project import open_project
from pipelines.store.warehouse.connection import query
from schemas.vocabulary import MatchRole

REGION = "US"
KEY = "record_id"
MEANINGS = {  # what a role is to a contact list
    "full_name": "name",
    "given_name": "first_name",
    "family_name": "last_name",
    "phone": "phone",
    "email": "email",
}


def settings(roles: Mapping[str, str], region: str, *, tuned: bool) -> dict[str, Any]:
    """What onecontact.yaml says. `roles`: the role of each column beside KEY."""
    columns = {column: MEANINGS.get(role, "ignore") for column, role in roles.items()}
    attributes: dict[str, dict[str, str]] = {}
    if tuned:
        others = {column: role for column, role in roles.items() if role in set(MatchRole)}
        named = {column: f"attribute_{nth}" for nth, column in enumerate(others)}
        columns |= named
        attributes = {named[column]: {"type": "text", "role": role} for column, role in others.items()}
    source = {"format": "contacts_csv", "path": "landing/list/*.csv", "key": KEY, "columns": columns}
    return {"project": "measured", "default_region": region, "sources": {"list": source}, "attributes": attributes}


def contacts(records: pl.DataFrame, roles: Mapping[str, str], region: str, *, tuned: bool) -> pl.DataFrame:
    """The contact of each record that a run takes in: record_id, contact_id."""
    from console.cli import main as onecontact

    with tempfile.TemporaryDirectory(prefix="onecontact-") as scratch:
        folder = Path(scratch)
        (folder / "landing/list").mkdir(parents=True)
        made = settings(roles, region, tuned=tuned)
        (folder / "onecontact.yaml").write_text(yaml.safe_dump(made, sort_keys=False), encoding="utf-8")
        records.select(KEY, *roles).write_csv(folder / "landing/list/list.csv")
        for command in (["init", scratch], ["run", "--project", scratch]):
            with contextlib.redirect_stdout(io.StringIO()) as said:
                code = onecontact(command)
            if code:
                raise SystemExit(f"onecontact {command[0]} ended with {code}\n{said.getvalue()}")
        found = contacts_in(folder, ["list"])
    return found.select(pl.col("record_id").cast(records[KEY].dtype), "contact_id")


def contacts_in(folder: Path, sources: Sequence[str]) -> pl.DataFrame:
    """The contact of each record that a project has taken in from some sources: record_id, contact_id."""
    with open_project(folder).warehouse(read_only=True) as connection:
        return query(
            connection,
            """SELECT r.record_id, m.contact_id FROM membership m JOIN record r USING (record_key)
               WHERE m.run_to IS NULL AND r.source IN (SELECT unnest($1::VARCHAR[]))""",
            [list(sources)],
        )


def main() -> int:
    """Read, run, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.project", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("records", type=Path)
    parser.add_argument("--roles", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--region", default=REGION, help=f"default_region of the project ({REGION})")
    parser.add_argument("--tuned", action="store_true", help="every column with a role is an attribute of that role")
    given = parser.parse_args()
    contacts(*read_records(given.records, given.roles), given.region, tuned=given.tuned).write_parquet(given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
