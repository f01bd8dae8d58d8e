"""Finding contacts: by whatever somebody knows of them."""

import re
from itertools import groupby
from unicodedata import category

import polars as pl

from pipelines.store.warehouse.connection import Connection, query, register

FEWEST_DIGITS = 4  # of a phone number somebody looks for; fewer stand in every number
PHONE_LIKE = re.compile(r"[+0-9()/.\-]*[0-9][+0-9()/.\-]*")
SEARCHABLE = ("L", "N", "So")  # categories of characters: letters, digits, and signs such as emoji
TEXTS = """concat_ws(chr(31), name, first_name, last_name, array_to_string(tags, chr(31)),
                                  array_to_string(map_values(attributes), chr(31)))"""  # of a contact


def find(connection: Connection, text: str) -> pl.Series:
    """Ids of the contacts a quick search finds, sorted: those that every word of the text hits.

    A word hits the name, an identifier that there is or was, a tag or a custom attribute by any part of it, without
    regard to case, accents and spelt-out umlauts, and an id by its beginning; one that is no longer current by where
    its anchor went. Words that look like a phone number hit one by their digits, together or each alone.
    """
    with register(connection, asked=words_of(text)):
        return query(
            connection,
            f"""
            WITH word AS (SELECT *, lower(word) AS plain, {folded("word")} AS folded FROM asked),
            known AS (
                SELECT m.contact_id, i.type, i.normalised AS value
                FROM identifier i JOIN membership m USING (record_key) WHERE m.run_to IS NULL
                UNION ALL
                SELECT contact_id, type, value FROM contact_identifier
            ),
            hit AS (
                SELECT number, contact_id FROM contact, word
                WHERE contains({folded(TEXTS)}, folded)
                UNION
                SELECT number, contact_id FROM known, word
                WHERE contains(lower(value), plain)
                   OR (digits <> '' AND type IN ('phone', 'wa_id') AND contains(value, digits))
                UNION
                SELECT number, m.contact_id FROM record r JOIN membership m USING (record_key), word
                WHERE m.run_to IS NULL AND starts_with(r.anchor_id::VARCHAR, plain)
            )
            SELECT contact_id FROM hit JOIN contact USING (contact_id)
            GROUP BY contact_id HAVING count(DISTINCT number) = (SELECT max(number) FROM word) ORDER BY contact_id""",
        )["contact_id"]


def words_of(text: str) -> pl.DataFrame:
    """The words somebody looks for, numbered: those with a letter, a digit or a sign in them.

    Result: number, word, digits. `digits` are those of the phone number that a word is, or is written in together with
    its neighbours: two rows where these differ. Empty for a word that is no part of a phone number.
    """
    written = [word for word in text.replace(",", " ").split() if is_searchable(word)]
    runs = [list(run) for _, run in groupby(written, key=lambda word: bool(PHONE_LIKE.fullmatch(word)))]
    together = [phone_digits(" ".join(run)) for run in runs for _ in run]
    rows = [
        (number, word, digits)
        for number, (word, of_the_run) in enumerate(zip(written, together, strict=True), 1)
        for digits in sorted({of_the_run, phone_digits(word)})
    ]
    return pl.DataFrame(rows, schema={"number": pl.UInt32, "word": pl.String, "digits": pl.String}, orient="row")


def is_searchable(text: str) -> bool:
    """Whether there is anything in a text that can be looked for."""
    return any(category(character).startswith(SEARCHABLE) for character in text)


def phone_digits(text: str) -> str:
    """The digits of a phone number however it is written, without what stands before a country or area code.

    Empty for what is no phone number, or too little of one.
    """
    if not all(PHONE_LIKE.fullmatch(word) for word in text.split()):
        return ""
    digits = "".join(character for character in text if character.isdigit()).lstrip("0")
    return digits if len(digits) >= FEWEST_DIGITS else ""


def folded(sql: str) -> str:
    """An SQL expression for a text as it is looked for: small, without accents, umlauts as they are spelt without."""
    bare = f"lower(strip_accents(trim(coalesce({sql}, ''))))"
    return f"replace(replace(replace({bare}, 'ae', 'a'), 'oe', 'o'), 'ue', 'u')"


def best_match(connection: Connection, text: str) -> pl.Series:
    """Ids of the contacts that have precisely this name; where none has, those that a quick search finds."""
    named = query(
        connection, "SELECT contact_id FROM contact WHERE lower(name) = lower(trim(?)) ORDER BY contact_id", [text]
    )["contact_id"]
    return named if named.len() else find(connection, text)
