"""Invented people in a contact list, some of them twice: the same person with a slip, a nickname or fewer fields."""

import random

import polars as pl

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
