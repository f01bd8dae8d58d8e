"""A register of residents: name, year of birth, sex, street and postcode, and nothing that identifies anybody.

The people are those of pseudopeople's census, each of them once. Families share a name and a house, so that in a list
without duplicates much looks like one. In a list with them, some people are there again, with slips and after a move.
"""

import random
from collections.abc import Callable
from typing import Any

import polars as pl

from benchmarks.labelled.labelled import SEED, Labelled

ROLES = {
    "first_name": "given_name", "last_name": "family_name", "year": "date_of_birth", "sex": "category",
    "street": "street", "zipcode": "postcode",
}  # fmt: skip
SLIP, MOVE, MARRIAGE = 0.12, 0.15, 0.05  # of the records that are there again; slips, of each of their names
NAMED = ("first_name", "last_name", "street")
LETTERS = "aeioulnrst"


def register(residents: pl.DataFrame, again: float) -> Labelled:
    """Residents (`cluster_id` and the columns of ROLES), and again a share of them, with what befalls an entry."""
    chance = random.Random(SEED)
    copies = residents.sample(fraction=again, seed=SEED).to_dicts()
    others = residents.select(*NAMED).drop_nulls().to_dicts() or [dict.fromkeys(NAMED, "")]
    for row in copies:
        _befall(row, others, chance)
    return Labelled(pl.concat([residents, pl.DataFrame(copies, schema=residents.schema)]), ROLES)


def _befall(row: dict[str, Any], others: list[dict[str, Any]], chance: random.Random) -> None:
    for name in NAMED:
        if chance.random() < SLIP:
            row[name] = slipped(row[name], chance)
    if chance.random() < MOVE:
        row["street"] = chance.choice(others)["street"]
    if chance.random() < MARRIAGE:
        row["last_name"] = chance.choice(others)["last_name"]


def slipped(text: str | None, chance: random.Random) -> str | None:
    """A letter left out, two swapped, or one for another; the first one stays."""
    if text is None or len(text) < len("abc"):
        return text
    at = chance.randrange(1, len(text) - 1)
    ways: tuple[Callable[[], str], ...] = (
        lambda: text[:at] + text[at + 1 :],
        lambda: text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        lambda: text[:at] + chance.choice(LETTERS) + text[at + 1 :],
    )
    return chance.choice(ways)()
