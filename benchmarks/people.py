"""Invented people in a contact list, some of them twice: the same person with a slip, a nickname or fewer fields.

`python -m benchmarks.people --entities 55000 --seed 7 --out DIR` writes a large list with everything that makes
matching hard, `contacts.parquet`, and who is who in it, `truth.parquet`. The same arguments give the same bytes.
"""

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from benchmarks.crowd.sources import records
from benchmarks.crowd.truth import people as true_people

GIVEN = ("Anna", "Ben", "Clara", "David", "Elena", "Felix", "Greta", "Hugo", "Katharina", "Lukas", "Maria", "Noah")
SYLLABLES = [consonant + vowel for consonant in "bdfghklmnprstvw" for vowel in "aeo"]


def contact_list(people: int, seed: int = 7) -> pl.DataFrame:
    """A list of about 1.5 rows a person: id, first_name, last_name, email, phone. The same seed gives the same rows."""
    chance = random.Random(seed)
    rows: list[tuple[str, str, str | None, str | None]] = []
    for person in range(people):
        given = chance.choice(GIVEN)
        family = "".join(chance.choices(SYLLABLES, k=3)).capitalize()
        email, phone = f"{given}.{family}.{person}@example.org".lower(), f"+49151{person:08d}"
        rows.append((given, family, email, phone))
        if chance.random() < 0.5:
            slipped = family[:-1] + chance.choice("aeiou")
            rows.append(
                chance.choice(
                    [(given, slipped, email, None), (given[0], family, None, phone), (given, family, email, phone)]
                )
            )
    frame = pl.DataFrame(rows, schema=["first_name", "last_name", "email", "phone"], orient="row")
    return frame.with_row_index("id", offset=1)


WRITTEN = (  # ways of writing a number, its digits left out
    *("0151 2{}{}", "+49 151 2{} {}", "0049 170 {}{}", "030/9{} {}", "0221 {}-{}", "(089) {} {}"),
    *("+44 791 {}{}", "+1 (202) {}-{}", "+33 6 1{} {}", "+39 347 {}{}", "+43 664 {}{}", "+34 61{} {}"),
)


def typed_list(rows: int, seed: int = 7) -> pl.DataFrame:
    """A list as people have typed it: id, first_name, last_name, email, phone, city, tier.

    Numbers are those of several countries, written in a dozen ways. One address and one number in fifty are none. The
    same seed gives the same rows.
    """
    chance = random.Random(seed)

    def chosen(words: Sequence[object]) -> pl.Series:
        return pl.Series(chance.choices(words, k=rows))

    people = pl.DataFrame(
        {
            "id": range(1, rows + 1),
            "first_name": chosen(GIVEN),
            "last_name": chosen(["".join(chance.choices(SYLLABLES, k=4)).capitalize() for _ in range(20_000)]),
            "form": chosen(WRITTEN),
            "begin": chosen([f"{number:03}" for number in range(1_000)]),
            "end": chosen([f"{number:04}" for number in range(10_000)]),
            "city": chosen(["Berlin", "Wien", "Paris", "London", "Köln"]),
            "tier": chosen(["gold", "silver", "bronze", ""]),
            "dud": chosen(range(50)),
        }
    )
    number = pl.col("form").str.replace("{}", pl.col("begin"), literal=True)
    address = pl.format("{}.{}{}@example.org", "first_name", "last_name", "id")
    return people.select(
        *("id", "first_name", "last_name"),
        email=pl.when(pl.col("dud") == 0).then(pl.lit("none given")).otherwise(address),
        phone=pl.when(pl.col("dud") == 1)
        .then(pl.lit("on request"))
        .otherwise(number.str.replace("{}", pl.col("end"), literal=True)),
        city="city",
        tier="tier",
    )


def crowd(entities: int, seed: int = 7) -> tuple[pl.DataFrame, pl.DataFrame]:
    """About 1.85 records a person from five sources (`benchmarks/crowd`), and their truth. The same seed, same rows.

    Contacts: record_id, source, full_name, first_name, last_name, email, phone, city, company, country. Truth:
    record_id, cluster_id, kind (person, or made to be taken for one: spouse, junior, namesake).
    """
    return records(true_people(entities, seed), seed)


def main() -> None:
    """Write both files."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.people", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--entities", type=int, default=55_000, help="true people (55,000)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    given = parser.parse_args()
    contacts, truth = crowd(given.entities, given.seed)
    given.out.mkdir(parents=True, exist_ok=True)
    contacts.write_parquet(given.out / "contacts.parquet")
    truth.write_parquet(given.out / "truth.parquet")
    print(f"{contacts.height:,} records of {given.entities:,} people in {given.out}")


if __name__ == "__main__":
    main()
