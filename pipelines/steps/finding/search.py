"""Quick search: contacts by whatever somebody knows of them, with a reason for each, and what may have been meant."""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipelines.normalise.search_words import Word, search_words, searched
from pipelines.store.reads import search as store
from pipelines.store.warehouse.connection import Connection

SHORTEST = 4  # of a word that may be misspelt; one letter of a shorter one makes it another word
LONG = 6  # of a word in which two letters may be wrong
TRIED = 4  # spellings of a word that are tried at most


class Answer(NamedTuple):
    """What a search finds."""

    number: int
    contacts: pl.DataFrame  # contact_id, name, email, phone, last_interaction_at, why (lists of texts); the best first
    instead: tuple[tuple[str, str], ...] = ()  # words that nobody has, and the ones that were looked for instead


def search(connection: Connection, text: str, limit: int) -> Answer:
    """The contacts that every word of a text hits, the best first, each with what was hit.

    Where there are none, words are looked for as somebody is spelt who is there: with a letter missing, too many, wrong
    or in the wrong place, in a long word two of them.
    """
    words = search_words(text)
    if not words:
        return Answer(0, no_contacts())
    found = store.ranked(connection, words, limit)
    instead: tuple[tuple[str, str], ...] = ()
    if not found.number:
        words, instead = respelt(connection, words)
        if instead:
            found = store.ranked(connection, words, limit)
    return Answer(found.number, with_reasons(connection, found.best, words), instead)


def respelt(connection: Connection, words: Sequence[Word]) -> tuple[tuple[Word, ...], tuple[tuple[str, str], ...]]:
    """The words, those that nobody has replaced by the nearest ones that somebody has, and which were replaced."""
    used = store.words_in_use(connection)
    chosen, instead = [], []
    for word in words:
        near = nearest_words(word, used)
        if near and not store.ranked(connection, [word], 1).number:
            chosen.append(Word(near[0], near[0]))
            instead.append((word.text, near[0]))
        else:
            chosen.append(word)
    return tuple(chosen), tuple(instead)


def nearest_words(word: Word, used: pl.Series) -> list[str]:
    """Words in use that this one may have been meant to be, the nearest first."""
    length = len(word.folded)
    if length < SHORTEST or word.digits:
        return []
    most = 2 if length >= LONG else 1
    lengths = used.str.len_chars()
    near = used.filter((lengths >= length - most) & (lengths <= length + most)).sort().to_list()
    found = process.extract(word.folded, near, scorer=OSA.distance, score_cutoff=most, limit=TRIED)
    return [each for each, *_ in found]


def with_reasons(connection: Connection, contacts: pl.DataFrame, words: Sequence[Word]) -> pl.DataFrame:
    """Contacts with `why`: of each word the first value that it hits, as `field: value`, each once."""
    if contacts.is_empty():
        return no_contacts()
    said = store.said_of(connection, contacts["contact_id"])
    folded = said.with_columns(folded=pl.Series(searched(said["text"].to_list()), dtype=pl.String))
    why: dict[str, list[str]] = {}
    for word in words:
        is_hit = pl.any_horizontal(pl.col("folded").str.contains(each, literal=True) for each in word.looked_for)
        first = folded.filter(is_hit).unique("contact_id", keep="first", maintain_order=True)
        for contact_id, field, value in first.select("contact_id", "field", "text").iter_rows():
            reasons = why.setdefault(contact_id, [])
            if (reason := f"{field}: {value}") not in reasons:
                reasons.append(reason)
    lists = [why.get(contact_id, ["id"]) for contact_id in contacts["contact_id"]]
    return contacts.with_columns(why=pl.Series(lists, dtype=pl.List(pl.String)))


def no_contacts() -> pl.DataFrame:
    """Nobody, in the columns of an answer."""
    texts = dict.fromkeys(("contact_id", "name", "email", "phone"), pl.String)
    return pl.DataFrame(schema={**texts, "last_interaction_at": pl.Datetime("us", "UTC"), "why": pl.List(pl.String)})
