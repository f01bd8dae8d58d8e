"""What a person is found by, and the texts in which it is.

Two levels. An address, a number or another identifier is proof: `find`. A full name, or the whole text of a message
that the person wrote, is a hint: `find_names`. Others may bear the name, and nothing of a namesake may be deleted.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import polars as pl

from pipelines.normalise.text import clean, match_form
from pipelines.privacy.spellings import (
    address_spellings,
    cleaned_all,
    folded,
    folded_all,
    is_without_spaces,
    name_spellings,
    phone_spellings,
)

SHORTEST_TEXT = 12  # characters of a message that nobody else is likely to have written
SHORTEST_TOKEN = 8  # characters of an identifier that is found within a text, where it has a digit or a sign as well
AT_ONCE = 200  # needles in one expression
GAP = r"[ .\-/()+\x{2010}-\x{2015}\x{2212}]"  # what stands between the digits of one number, once a text is folded
ENDINGS = "csv|tsv|txt|eml|msg|mbox|vcf|json|jsonl|xlsx?|parquet|xml|html?|pdf|docx?|jpe?g|png|zip|gz|tar|tgz"
BEHIND = rf"\.(?:$|[^\p{{L}}\p{{N}}]|(?:{ENDINGS})(?:$|[^\p{{L}}\p{{N}}]))"  # a full stop, or the ending of a file
NOT_IN_ADDRESS = (r"(?:^|[^\p{L}\p{N}._%+\-])", rf"(?:$|[^\p{{L}}\p{{N}}.\-]|{BEHIND})")
NOT_IN_TOKEN = (r"(?:^|[^\p{L}\p{N}._\-])", rf"(?:$|[^\p{{L}}\p{{N}}._\-]|{BEHIND})")
NOT_IN_WORD = (r"(?:^|[^\p{L}\p{N}])", r"(?:$|[^\p{L}\p{N}])")
NO_DIGIT = (r"(?:^|[^0-9])", r"(?:$|[^0-9])")
WORD = re.compile(r"[^\W_]+")
E164 = re.compile(r"\+[0-9]{7,15}")
BARE_ID = re.compile(r"[\w.-]*\d[\w.-]*")
TELLING = re.compile(r"[0-9/:@#]")


class Needles(NamedTuple):
    """What one person, or several at once, are found by; `needles` makes it.

    `addresses`: e-mail addresses, folded. `digits`: phone numbers in every spelling, digits alone. `names`: full names
    in match form, in both orders. `handles`: other identifiers, folded: ids of channels and accounts, user names,
    links. `record_ids`: ids that sources use, which are compared whole. `texts`: whole texts that the person wrote.
    """

    addresses: frozenset[str] = frozenset()
    digits: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    handles: frozenset[str] = frozenset()
    record_ids: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()


def needles(
    *,
    emails: Iterable[str] = (),
    phones: Iterable[str] = (),
    names: Iterable[str] = (),
    handles: Iterable[str] = (),
    record_ids: Iterable[str] = (),
    texts: Iterable[str] = (),
) -> Needles:
    """What a person is found by, out of values as they are stored.

    Args:
        emails: Addresses, as written or normalised.
        phones: Numbers in E.164, with or without their plus (a WhatsApp id has none).
        names: Full names as written; single words are left out.
        handles: Other identifiers, as written; one in E.164, as WhatsApp ids are, counts as a number too.
        record_ids: Ids of the person's records. Of one with a prefix (zendesk:user:1001), what its source has as well.
        texts: What the person wrote; what is shorter than SHORTEST_TEXT is left out.
    """
    others = list(handles)
    dialled = [*phones, *(each for each in others if E164.fullmatch(each.strip()))]
    numbers = (f"+{number.strip().removeprefix('+')}" for number in dialled if number.strip())
    return Needles(
        addresses=address_spellings(emails),
        digits=frozenset().union(*map(phone_spellings, numbers)),
        names=name_spellings(names),
        handles=folded_all(others),
        record_ids=frozenset(bare for each in cleaned_all(record_ids) for bare in (each, _at_source(each))),
        texts=frozenset(text for text in cleaned_all(texts) if len(text) >= SHORTEST_TEXT),
    )


def together(several: Iterable[Needles]) -> Needles:
    """The needles of several people as those of one, to look for all of them at once."""
    whole = list(several)
    return Needles(*(frozenset().union(*(getattr(each, field) for each in whole)) for field in Needles._fields))


def find(needles: Needles, texts: pl.Series) -> pl.Series:
    """Which texts hold an identifier: an address, a phone number in any spelling, or a handle. False for null.

    Neither is found within a longer one: anna@x.org not in johanna@x.org, and no digits among further digits, however
    they are spaced. Handles are whole texts; long ones with a digit or sign (SHORTEST_TOKEN) are also found in a text.
    """
    found = _nowhere(texts)
    if not (needles.addresses or needles.digits or needles.handles):
        return found
    searched = folded(texts.cast(pl.String))
    found |= _among(searched.str.strip_chars(), needles.handles)
    found |= _within(searched, needles.addresses, NOT_IN_ADDRESS)
    tokens = [each for each in needles.handles if len(each) >= SHORTEST_TOKEN and TELLING.search(each)]
    found |= _within(searched, (each for each in tokens if not each.isdecimal()), NOT_IN_TOKEN)
    found |= _within(searched, (each for each in tokens if each.isdecimal()), NOT_IN_WORD)
    return (found | _numbers(searched, needles.digits)).rename(texts.name)


def find_names(needles: Needles, texts: pl.Series) -> pl.Series:
    """Which texts hold a full name of the person, or are the whole of what the person wrote. False for null.

    A hint only: see `find`.
    """
    spaced = {f" {name} " for name in needles.names if not is_without_spaces(name)}
    others = needles.names - {name.strip(" ") for name in spaced}
    found = find_texts(needles, texts)
    if needles.names:
        form = _formed(texts, pl.format(" {} ", match_form(pl.col("text"))))
        found |= _holds(form, spaced | others)
    return found


def find_texts(needles: Needles, texts: pl.Series) -> pl.Series:
    """Which texts are, but for spaces and what is invisible, the whole of a text that the person wrote."""
    if not needles.texts:
        return _nowhere(texts)
    return _among(_formed(texts, clean(pl.col("text"))), needles.texts)


def find_record_ids(needles: Needles, texts: pl.Series) -> pl.Series:
    """Which texts are, whole, an id of a record of the person. A hint only: another source may use the same ids."""
    if not needles.record_ids:
        return _nowhere(texts)
    return _among(_formed(texts, clean(pl.col("text"))), needles.record_ids)


def mentions_id(needles: Needles, texts: pl.Series) -> pl.Series:
    """Which texts hold an id of a record anywhere: those that are worth a closer look, and no more than that."""
    return _holds(texts.cast(pl.String), needles.record_ids)


def mentions_handle(needles: Needles, texts: pl.Series) -> pl.Series:
    """Which texts hold a handle anywhere, be it within another word: those that are worth a closer look."""
    return _holds(folded(texts.cast(pl.String)), needles.handles)


def mentions_text(needles: Needles, texts: pl.Series) -> pl.Series:
    """Which texts may hold a text of the person somewhere: those that are worth a closer look."""
    words = frozenset(max(WORD.findall(text), key=len, default=text[:1]) for text in needles.texts)
    return _holds(texts.cast(pl.String), words)


def find_whole_names(needles: Needles, texts: pl.Series) -> pl.Series:
    """Which texts are a full name of the person and nothing else. A hint only."""
    if not needles.names:
        return _nowhere(texts)
    return _among(_formed(texts, match_form(pl.col("text"))), needles.names)


def is_name(needles: Needles, text: str) -> bool:
    """Whether a text is a full name of the person and nothing else."""
    return bool(find_whole_names(needles, pl.Series([text])).any())


def _at_source(record_id: str) -> str:
    """An id without the prefix that a reader gave it."""
    bare = record_id.rpartition(":")[2]
    return bare if BARE_ID.fullmatch(bare) else record_id


def _numbers(searched: pl.Series, digits: frozenset[str]) -> pl.Series:
    """Which texts hold one of these numbers: each digit run of the text is part of it as a whole, or not at all."""
    found = _holds(searched.str.replace_all(GAP, ""), digits)
    places = found.arg_true()
    if not len(places):
        return found
    spaced = searched.gather(places).str.replace_all(f"{GAP}+", " ")
    return found.scatter(places, _fits(spaced, (" ?".join(each) for each in digits), NO_DIGIT))


def _within(searched: pl.Series, wanted: Iterable[str], edges: tuple[str, str]) -> pl.Series:
    """Which texts hold one of these between the edges."""
    literal = frozenset(wanted)
    found = _holds(searched, literal)
    places = found.arg_true()
    if not len(places):
        return found
    return found.scatter(places, _fits(searched.gather(places), map(pl.escape_regex, literal), edges))


def _fits(texts: pl.Series, patterns: Iterable[str], edges: tuple[str, str]) -> pl.Series:
    found = _nowhere(texts)
    for some in _in_parts(sorted(patterns)):
        found |= texts.str.contains(f"{edges[0]}(?:{'|'.join(some)}){edges[1]}")
    return found


def _in_parts(patterns: list[str]) -> Iterator[list[str]]:
    return (patterns[start : start + AT_ONCE] for start in range(0, len(patterns), AT_ONCE))


def _holds(texts: pl.Series, wanted: frozenset[str] | set[str]) -> pl.Series:
    if not wanted:
        return _nowhere(texts)
    return texts.str.contains_any(sorted(wanted)).fill_null(value=False)


def _among(texts: pl.Series, wanted: frozenset[str]) -> pl.Series:
    if not wanted:
        return _nowhere(texts)
    return texts.is_in(sorted(wanted)).fill_null(value=False)


def _formed(texts: pl.Series, form: pl.Expr) -> pl.Series:
    return texts.cast(pl.String).alias("text").to_frame().select(form).to_series().rename(texts.name)


def _nowhere(texts: pl.Series) -> pl.Series:
    return pl.repeat(value=False, n=len(texts), dtype=pl.Boolean, eager=True).rename(texts.name)
