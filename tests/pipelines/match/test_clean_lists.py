"""Lists in which nobody is there twice stay as long as they are, whatever people of one home or firm share."""

import random
from collections.abc import Callable, Iterator

import polars as pl
import pytest

from tests.resolved import resolve

GIVEN = [
    "Anna",
    "Bernd",
    "Carla",
    "Dieter",
    "Elke",
    "Frank",
    "Gisela",
    "Holger",
    "Irmgard",
    "Jochen",
    "Katrin",
    "Lars",
    "Monika",
    "Norbert",
    "Olga",
    "Peter",
    "Renate",
    "Stefan",
    "Ulrike",
    "Volker",
    "Wiebke",
    "Xaver",
    "Yvonne",
    "Zeno",
]
FAMILY = [
    "Abel",
    "Brandt",
    "Conrad",
    "Dietz",
    "Engel",
    "Fuchs",
    "Graf",
    "Hahn",
    "Ihde",
    "Jung",
    "Kuhn",
    "Ludwig",
    "Marx",
    "Nolte",
    "Ott",
    "Pohl",
    "Quast",
    "Reuter",
    "Sauer",
    "Thiel",
    "Uhl",
    "Vogt",
    "Winter",
    "Ziegler",
    "Albers",
    "Busch",
    "Dorn",
    "Ernst",
    "Funke",
    "Gross",
    "Horn",
    "Jahn",
    "Krause",
    "Lorenz",
    "Menzel",
    "Neumann",
    "Oswald",
    "Paulus",
    "Richter",
    "Schuster",
    "Tiedemann",
    "Urban",
    "Voss",
    "Wirth",
    "Zander",
]
TOWNS = ("Ulm", "Kiel", "Jena")
ROLES = {
    "given": "given_name", "family": "family_name", "phone": "phone", "email": "email", "street": "street",
    "city": "city", "company": "company", "year": "date_of_birth", "zip": "postcode",
}  # fmt: skip
Row = dict[str, str]


def families(chance: random.Random) -> Iterator[Row]:
    """Homes of two to five with one line, one mailbox and one address."""
    for home in range(350):
        family = chance.choice(FAMILY)
        shared = {
            "family": family, "phone": f"0{chance.randrange(10**9, 10**10)}", "street": f"Ahornweg {home}",
            "email": f"{family}{home}@example.com".lower(), "city": chance.choice(TOWNS),
        }  # fmt: skip
        yield from ({"given": given, **shared} for given in chance.sample(GIVEN, chance.randint(2, 5)))


def colleagues(chance: random.Random) -> Iterator[Row]:
    """Firms of three to twelve with one switchboard."""
    for firm in range(180):
        shared = {
            "company": f"{chance.choice(FAMILY)} {firm} GmbH", "phone": f"0{chance.randrange(10**9, 10**10)}",
            "city": chance.choice(TOWNS),
        }  # fmt: skip
        for _ in range(chance.randint(3, 12)):
            given, family = chance.choice(GIVEN), chance.choice(FAMILY)
            yield {"given": given, "family": family, "email": f"{given}.{family}@firm{firm}.example".lower(), **shared}


def residents(chance: random.Random) -> Iterator[Row]:
    """A town of families with the year of birth and nothing that identifies."""
    for home in range(520):
        shared = {"family": chance.choice(FAMILY), "street": f"Gasse {home}", "zip": f"4320{home % 9}"}
        for given in chance.sample(GIVEN, chance.randint(1, 5)):
            yield {"given": given, "year": str(chance.randint(1935, 2015)), **shared}


@pytest.mark.heavy
@pytest.mark.parametrize("kind", [families, colleagues, residents])
@pytest.mark.parametrize("seed", [1, 2])
def test_at_most_one_in_a_thousand_is_merged(kind: Callable[[random.Random], Iterator[Row]], seed: int) -> None:
    rows = list(
        {
            (row["given"], row["family"], row.get("phone", row.get("street"))): row for row in kind(random.Random(seed))
        }.values()
    )
    assert len(rows) > 1_000
    records = pl.DataFrame(rows, schema=dict.fromkeys(ROLES, pl.String)).with_row_index("record_id")

    merged = records.height - resolve(records, ROLES)["contact_id"].n_unique()

    assert merged <= records.height / 1_000
