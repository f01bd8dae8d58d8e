"""Finding contacts: by whatever somebody knows of them."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import polars as pl

from pipelines.normalise.search_words import Word, search_words
from pipelines.store.warehouse.connection import Connection, in_list, query
from pipelines.store.warehouse.search_text import SAID

SHOWN = "name, email, phone, last_interaction_at"


class Found(NamedTuple):
    """What a quick search finds: how many contacts, and the best of them."""

    number: int
    best: pl.DataFrame  # contact_id and SHOWN, the best one first


def find(connection: Connection, text: str) -> pl.Series:
    """Ids of the contacts a quick search finds, sorted: those that every word of the text hits.

    A word hits the name, an identifier that there is or was, a record id, a tag, a custom attribute or a note by any
    part of it, without regard to case, accents and spelt-out umlauts, and an id by its beginning; one that is no longer
    current by where its anchor went. Words that look like a phone number hit one by their digits, together or each
    alone.
    """
    words = search_words(text)
    if not words:
        return pl.Series("contact_id", [], pl.String)
    condition, parameters = hit_by(words)
    return query(
        connection, f"SELECT s.contact_id FROM published.search s WHERE {condition} ORDER BY s.contact_id", parameters
    )["contact_id"]


def ranked(connection: Connection, words: Sequence[Word], limit: int) -> Found:
    """Contacts that every word hits: those first whose name has the words whole, those last heard of among equals."""
    condition, parameters = hit_by(words)
    scores = " + ".join(rank_of(position) for position in range(len(words)))
    ranks: dict[str, Any] = {}
    for position, word in enumerate(words):
        forms = {"word": word.folded, "begins": f" {word.folded}", "whole": f" {word.folded} "}
        ranks |= {f"{name}{position}": form for name, form in forms.items()}
    named = {f"p{position}": each for position, each in enumerate(parameters)}
    numbered = iter(named)
    condition = re.sub(r"\?", lambda _: f"${next(numbered)}", condition)
    found = query(
        connection,
        f"""
        WITH hit AS MATERIALIZED (
            SELECT s.contact_id, {scores} AS rank FROM published.search s WHERE {condition}
        ),
        best AS MATERIALIZED (              -- what is shown is read of these alone
            SELECT h.contact_id, h.rank, c.last_interaction_at FROM hit h JOIN published.contacts c USING (contact_id)
            ORDER BY h.rank, c.last_interaction_at DESC NULLS LAST, h.contact_id {f"LIMIT {limit:d}" if limit else ""}
        )
        SELECT contact_id, {SHOWN}, (SELECT count(*) FROM hit) AS number
        FROM (SELECT contact_id, rank FROM best) JOIN published.contacts USING (contact_id)
        ORDER BY rank, last_interaction_at DESC NULLS LAST, contact_id""",
        named | ranks,
    )
    return Found(0 if found.is_empty() else int(found["number"][0]), found.drop("number"))


def hit_by(words: Sequence[Word]) -> tuple[str, list[str]]:
    """SQL over `published.search s`: whether every word hits, and its parameters in their order."""
    tests: list[str] = []
    parameters: list[str] = []
    for word in sorted(words, key=lambda each: -len(each.folded)):
        one = ["contains(s.text, ?)" for _ in word.looked_for]
        parameters += word.looked_for
        if word.begins_id:
            one.append(
                """s.contact_id IN (SELECT m.contact_id FROM membership m JOIN record r USING (record_key)
                                    WHERE starts_with(CAST(r.anchor_id AS VARCHAR), ?) AND m.run_to IS NULL)"""
            )
            parameters.append(word.begins_id)
        tests.append(f"({' OR '.join(one)})")
    return " AND ".join(tests), parameters


def rank_of(position: int) -> str:
    """SQL: how good a hit of a word is, 0 the best: whole or as a beginning in the name, then anywhere else."""
    word, begins, whole = f"$word{position}", f"$begins{position}", f"$whole{position}"
    return f"""CASE WHEN contains(s.names, {word})
                    THEN CASE WHEN contains(s.names, {whole}) THEN 0 WHEN contains(s.names, {begins}) THEN 1 ELSE 2 END
                    WHEN contains(s.text, {whole}) THEN 3 WHEN contains(s.text, {begins}) THEN 4 ELSE 5 END"""


def words_in_use(connection: Connection) -> pl.Series:
    """Every word that contacts are searched by and that has a letter in it, once, in no order."""
    return query(
        connection,
        """SELECT DISTINCT word FROM (SELECT unnest(string_split(names, ' ')) AS word FROM published.search)
           WHERE word <> ''""",
    )["word"]


def said_of(connection: Connection, contacts: pl.Series) -> pl.DataFrame:
    """What these contacts are searched by: contact_id, part (the name is 0), field, text; in order."""
    with in_list(connection, "contact_id", contacts) as are_among:
        said = query(connection, SAID.format(are_among=are_among))
    return said.drop_nulls("text").sort("contact_id", "part", "field", "text")


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


def best_match(connection: Connection, text: str) -> pl.Series:
    """Ids of the contacts that have precisely this name; where none has, those that a quick search finds."""
    named = query(
        connection, "SELECT contact_id FROM contact WHERE lower(name) = lower(trim(?)) ORDER BY contact_id", [text]
    )["contact_id"]
    return named if named.len() else find(connection, text)
