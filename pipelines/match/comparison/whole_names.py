"""Full names word by word: which words of one stand in the other, whatever part of the name they were taken for.

Carmen Ruiz is María del Carmen Ruiz Ortega, and An Nguyen is Nguyễn Văn An, though no given and no family name of
theirs are equal. Every word of the shorter name has to be found in the longer one, each in another place.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.match.comparison.judged import INDEX, MANY, Compared
from pipelines.match.comparison.name_words import judged_words
from pipelines.match.comparison.names.scripts import latin_keys
from pipelines.match.comparison.records import NAMES, Records

PARTICLES = (
    *("de", "del", "de la", "la", "las", "los", "da", "das", "do", "dos", "di", "du", "des", "le", "van", "von", "vom"),
    *("der", "den", "zu", "zur", "af", "av", "al", "el", "bin", "ibn", "bint", "ben", "e", "y", "i", "und", "and"),
)
AGREE = ("exact", "nickname", "typo")  # levels at which words are one word
SLOTS = {part: nth for nth, part in enumerate(NAMES)}
GIVEN, MIDDLE, FAMILY = SLOTS.values()
JOINED = 100  # added to the place of the first of two words that are looked at as one
FEWEST, MOST = 2, 8  # words
BEGINNING = 2  # letters that words which are one begin with
SHARED_BITS = 3  # two words that two names share set four bits in the marks of both, but for some that fall together


def rearrange(
    records: Records, lo: NDArray[np.uint32], hi: NDArray[np.uint32], compared: Mapping[str, Compared]
) -> NDArray[np.bool_]:
    """Put right the levels of pairs whose full names share all words of the shorter one; which they are.

    Only names that differ in a part, and that are written in three words or more, can be told apart by this.
    """
    found = np.zeros(len(lo), bool)
    codes = np.stack([records.fields[part].first for part in NAMES])
    rows = _doubtful(records, codes, lo, hi, compared)
    if not len(rows):
        return found
    names, place = np.unique(codes[:, np.concatenate([lo[rows], hi[rows]])], axis=1, return_inverse=True)
    one, other = place.reshape(2, -1).astype(np.int64)
    pairs = pl.DataFrame({"row": rows, "pair": np.minimum(one, other) * MANY + np.maximum(one, other)})
    told = _agreement(pairs["pair"].unique(), _words(records.fields["given_name"].values, names))
    agreeing = pairs.join(told, on="pair")
    rows = agreeing["row"].to_numpy()
    found[rows] = True
    for part, slot in (("given_name", GIVEN), ("family_name", FAMILY)):
        compared[part].level[rows] = agreeing[part].replace_strict(INDEX[part], return_dtype=pl.UInt8)
        own = names[slot][agreeing["shorter"].to_numpy()]
        compared[part].lo[rows] = compared[part].hi[rows] = own
    return found


def _doubtful(
    records: Records,
    codes: NDArray[np.int32],
    lo: NDArray[np.uint32],
    hi: NDArray[np.uint32],
    compared: Mapping[str, Compared],
) -> NDArray[np.intp]:
    """Pairs of which a part differs or is not known, of names of two words or more that seem to share two of them."""
    apart = [
        np.isin(compared[part].level, (0, INDEX[part]["distant"], INDEX[part]["different"]))
        for part in ("given_name", "family_name")
    ]
    rows = np.flatnonzero((apart[0] | apart[1]) & (codes[GIVEN][lo] >= 0) & (codes[GIVEN][hi] >= 0))
    used = np.unique(codes[:, np.concatenate([lo[rows], hi[rows]])])
    used = used[used >= 0]
    counts, marks = _counted(_words_of(records.fields["given_name"].values, used), records.fields["given_name"].values)
    number = counts[codes].sum(axis=0)
    marked = np.bitwise_or.reduce(marks[codes])
    fewer, more = np.minimum(number[lo[rows]], number[hi[rows]]), np.maximum(number[lo[rows]], number[hi[rows]])
    share = np.bitwise_count(marked[lo[rows]] & marked[hi[rows]]) >= SHARED_BITS
    initial = (counts[codes[GIVEN]] == 0) & (codes[MIDDLE] >= 0)
    several = (more > FEWEST) | initial[lo[rows]] | initial[hi[rows]]
    return np.asarray(rows[share & several & (fewer >= FEWEST) & (more <= MOST)])


def _words_of(values: pl.Series, codes: NDArray[np.int32]) -> pl.DataFrame:
    """Words that tell somebody apart, in their order: code of the name they are part of, word.

    No initial does, and no particle, unless it stands alone: Văn may be all of a middle name.
    """
    split = pl.DataFrame({"code": codes, "word": values.gather(codes).str.split(" ")})
    words = split.with_columns(alone=pl.col("word").list.len() == 1).explode("word", empty_as_null=True)
    whole = (pl.col("word").str.len_bytes() > 1) & (pl.col("alone") | ~pl.col("word").is_in(PARTICLES))
    return words.filter(whole).drop("alone")


def _counted(words: pl.DataFrame, values: pl.Series) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Of each value the number of its words, and a mark of 64 bits, two for the beginning of each word.

    What stands behind the last value is for those without one.
    """
    counts, marks = np.zeros(values.len() + 1, np.int64), np.zeros(values.len() + 1, np.uint64)
    code = words["code"].to_numpy()
    np.add.at(counts, code, 1)
    distinct = words.select("word").unique()
    begin = latin_keys(distinct["word"]).str.head(BEGINNING)
    keys = distinct.with_columns(bit=begin.hash() % 64, other=begin.hash(seed=1) % 64)
    bits = words.join(keys, on="word", how="left", maintain_order="left").select("bit", "other")
    for bit in bits.iter_columns():
        np.bitwise_or.at(marks, code, np.uint64(1) << bit.to_numpy())
    return counts, marks


def _words(values: pl.Series, names: NDArray[np.int32]) -> pl.DataFrame:
    """Words of full names (codes by part and name): name, nth, slot, word, whole; two words in one are not whole."""
    stacked = pl.concat(
        [
            pl.DataFrame({"name": np.arange(names.shape[1]), "code": names[slot]}).with_columns(slot=pl.lit(slot))
            for slot in SLOTS.values()
        ]
    ).filter(pl.col("code") >= 0)
    words = _words_of(values, stacked["code"].unique().to_numpy())
    single = stacked.join(words.with_row_index("order"), on="code").sort("name", "slot", "order")
    single = single.select("name", "slot", "word", nth=pl.int_range(pl.len()).over("name"), whole=pl.lit(value=True))
    after = pl.all().shift(-1).over("name").name.suffix("_after")
    joined = single.with_columns(after).filter(pl.col("word_after").is_not_null())
    middle = pl.col("slot") == MIDDLE
    both = joined.select(
        "name",
        slot=pl.when(middle).then("slot_after").otherwise("slot"),
        word=pl.col("word") + pl.col("word_after"),
        nth=pl.col("nth") + JOINED,
        whole=pl.lit(value=False),
    )
    return pl.concat([single, both])


def _agreement(pairs: pl.Series, words: pl.DataFrame) -> pl.DataFrame:
    """Pairs of names that agree word by word: pair, shorter (a name), given_name and family_name (levels).

    Of two of as many words the shorter one is that whose given name is more than an initial.
    """
    number = words.filter("whole").group_by("name").agg(number=pl.len(), given=(pl.col("slot") == GIVEN).any())
    sides = pairs.alias("pair").to_frame().with_columns(one=pl.col("pair") // MANY, other=pl.col("pair") % MANY)
    for side in ("one", "other"):
        sides = sides.join(
            number.select(pl.col("name").alias(side), pl.exclude("name").name.suffix(f"_{side}")), on=side
        )
    first = (pl.col("number_one") < pl.col("number_other")) | (
        (pl.col("number_one") == pl.col("number_other")) & (pl.col("given_one") | ~pl.col("given_other"))
    )
    sides = sides.select(
        "pair",
        shorter=pl.when(first).then("one").otherwise("other"),
        longer=pl.when(first).then("other").otherwise("one"),
        same_number=pl.col("number_one") == pl.col("number_other"),
        number=pl.min_horizontal("number_one", "number_other"),
    )
    met = sides.join(words.filter("whole").drop("whole"), left_on="shorter", right_on="name").join(
        words.drop("whole"), left_on="longer", right_on="name", suffix="_longer"
    )
    judged = met.join(_judged(met.select("slot", "word", "word_longer").unique()), on=["slot", "word", "word_longer"])
    best = judged.sort("pair", "nth", "rank", pl.col("slot") != pl.col("slot_longer"), "nth_longer").unique(
        ["pair", "nth"], keep="first", maintain_order=True
    )
    every = best.filter(
        (pl.len().over("pair") == pl.col("number")) & (pl.col("nth_longer").n_unique().over("pair") == pl.col("number"))
    )
    given, family = (
        every.filter(pl.col("slot") == slot).sort("pair", "rank").unique("pair", keep="last")
        for slot in (GIVEN, FAMILY)
    )
    both = given.join(family.select("pair", family="level", place="slot_longer"), on="pair")
    other_place = (pl.col("place") != MIDDLE) & (pl.col("place") != pl.col("slot_longer"))
    later = (pl.col("slot_longer") == MIDDLE) & ~pl.col("same_number") & (pl.col("level") == "exact")
    return both.select(
        "pair",
        "shorter",
        given_name=pl.when(later).then(pl.lit("short")).otherwise("level"),
        family_name=pl.when(other_place | pl.col("same_number")).then("family").otherwise(pl.lit("part")),
    )


def _judged(words: pl.DataFrame) -> pl.DataFrame:
    """Words (slot, word, word_longer) that are one word, with their level and its rank."""
    levels = []
    for part, own in (
        ("family_name", words.filter(pl.col("slot") == FAMILY)),
        ("given_name", words.filter(pl.col("slot") != FAMILY)),
    ):
        same = pl.col("word") == pl.col("word_longer")
        level = judged_words(part, own.filter(~same).select(lo="word", hi="word_longer"))
        levels += [own.filter(~same).with_columns(level=level), own.filter(same).with_columns(level=pl.lit("exact"))]
    rank = pl.col("level").replace_strict({level: nth for nth, level in enumerate(AGREE)}, return_dtype=pl.Int64)
    return pl.concat(levels).filter(pl.col("level").is_in(AGREE)).with_columns(rank=rank)
