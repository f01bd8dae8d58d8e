"""A column called "name" beside one of given names: the family name, unless it holds the given names as well."""

from collections.abc import Sequence

import polars as pl

PLAIN = ("name", "naam")  # words for a name of a person, whole or family; French `nom` is the latter by itself
WORD = r"[\pL\pM'’\-]+"


def only_family_name(words: Sequence[str], meanings: Sequence[str | None]) -> int | None:
    """The place of the column that is the family name by the columns of its list; None where there is none such.

    Its header is the plain word for a name, another column is a given name, and none is a family name.

    Args:
        words: The folded headers.
        meanings: What each means by itself: a field of contact lists.
    """
    plain = [place for place, word in enumerate(words) if word in PLAIN and meanings[place] == "name"]
    return plain[0] if len(plain) == 1 and "first_name" in meanings and "last_name" not in meanings else None


def hold_given_names(names: pl.Series, given: pl.Series) -> bool:
    """Whether most of these names are more than a word and have a given name of the same list among them."""
    known = words_of(given).explode().drop_nulls().unique()
    said = words_of(names.drop_nulls())
    said = said.filter(said.list.len() > 0)
    whole = (said.list.len() > 1) & said.list.eval(pl.element().is_in(known.implode())).list.any()
    return 2 * int(whole.sum()) > said.len()


def words_of(names: pl.Series) -> pl.Series:
    """The words of each name, without regard to case."""
    return names.cast(pl.String).str.to_lowercase().str.extract_all(WORD)
