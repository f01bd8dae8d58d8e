"""Finding contacts: by whatever somebody knows of them."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from unicodedata import category

import polars as pl

from pipelines.store.warehouse.connection import Connection, in_list, query

FEWEST_DIGITS = 4  # of a phone number somebody looks for; fewer stand in every number
PHONE_LIKE = re.compile(r"[+0-9()/.\-]*[0-9][+0-9()/.\-]*")
CUT = re.compile("(?<=[aou])")  # folding may take an e away behind these
SEARCHABLE = ("L", "N", "So")  # categories of characters: letters, digits, and signs such as emoji
TEXTS = """concat_ws(chr(31), name, first_name, last_name, array_to_string(tags, chr(31)),
                                  array_to_string(map_values(attributes), chr(31)))"""  # of a contact


def find(connection: Connection, text: str) -> pl.Series:
    """Ids of the contacts a quick search finds, sorted: those that every word of the text hits.

    A word hits the name, an identifier that there is or was, a tag or a custom attribute by any part of it, without
    regard to case, accents and spelt-out umlauts, and an id by its beginning; one that is no longer current by where
    its anchor went. Words that look like a phone number hit one by their digits, together or each alone.
    """
    words = words_of(text).group_by("number", "word", maintain_order=True).agg("digits")
    found: pl.Series | None = None
    for _, word, digits in sorted(words.iter_rows(), key=lambda each: -len(each[1])):
        found = hit_by(connection, word, [each for each in digits if each], found)
    return pl.Series("contact_id", [], pl.String) if found is None else found


def hit_by(connection: Connection, word: str, digits: Sequence[str], among: pl.Series | None) -> pl.Series:
    """Ids of the contacts that a word hits, or one of these digits, sorted; `among` these or everybody.

    Of texts those alone are folded that have the longest part of the word which folding leaves as it is.
    """
    [(plain, looked_for)] = connection.execute(f"SELECT lower($1), {folded('$1')}", [word]).fetchall()
    unfolded = max(CUT.split(looked_for), key=len)
    numbers = {f"digits{place}": each for place, each in enumerate(digits)}
    with in_list(connection, "contact_id", among) as are_among:
        return query(
            connection,
            f"""
            WITH texts AS (SELECT contact_id, {TEXTS} AS said FROM contact WHERE {are_among}),
            named AS (
                SELECT record_key FROM identifier WHERE {hits("normalised", numbers)}
                UNION ALL
                SELECT record_key FROM record WHERE starts_with(anchor_id::VARCHAR, $plain)
            ),
            hit AS (
                SELECT contact_id FROM texts
                WHERE CASE WHEN contains(lower(strip_accents(said)), $unfolded)
                           THEN contains({folded("said")}, $folded) ELSE FALSE END
                UNION ALL
                SELECT contact_id FROM contact_identifier WHERE {hits("value", numbers)}
                UNION ALL
                SELECT contact_id FROM membership SEMI JOIN named USING (record_key) WHERE run_to IS NULL
            )
            SELECT DISTINCT contact_id FROM hit SEMI JOIN contact USING (contact_id) WHERE {are_among}
            ORDER BY contact_id""",
            {"plain": plain, "unfolded": unfolded, "folded": looked_for, **numbers},
        )["contact_id"]


def hits(column: str, numbers: Iterable[str]) -> str:
    """SQL: whether an identifier has the word `$plain` in it, or is a phone number with the digits of a parameter."""
    dialled = " OR ".join(f"contains({column}, ${each})" for each in numbers)
    word = f"contains(lower({column}), $plain)"
    return f"({word} OR type IN ('phone', 'wa_id') AND ({dialled}))" if dialled else word


def last_heard_of(
    connection: Connection, columns: Sequence[str], among: pl.Series | None, limit: int = 0
) -> pl.DataFrame:
    """Contacts in these columns, those last heard of first: `among` these or everybody, so many or all."""
    with in_list(connection, "contact_id", among) as are_among:
        return query(
            connection,
            f"""SELECT {", ".join(columns)} FROM contact WHERE {are_among}
                ORDER BY last_interaction_at DESC NULLS LAST, contact_id {f"LIMIT {limit:d}" if limit else ""}""",
        )


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
