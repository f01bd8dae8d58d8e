"""What is written into a name by whoever masks it, and by programs where there is no name."""

import polars as pl

from pipelines.normalise.text import clean

PARTS = ("name", "first_name", "last_name")
PROGRAMS = r"(?:NaN|nan|NULL|null|<NA>|NaT|N/A|n/a|<null>|\(null\)|\[null\]|undefined)"  # no part, in a whole name
NO_PARTS = (  # such words, and None, with which a program has joined the parts that there are
    (rf"^(?:{PROGRAMS}|[Nn]one)(?: (?:{PROGRAMS}|[Nn]one))*$", ""),
    (rf"^(?:{PROGRAMS}|None) (.*\p{{L}})", "${1}"),
    (rf" (?:{PROGRAMS}|None) ", " "),
    (rf"(\p{{L}}.*) {PROGRAMS}$", "${1}"),
)
STARS = "[*•●∗＊█▪]"
MASKED = (  # words of which somebody has hidden all but a few letters; those with stars around them are decorated
    rf"(?:^|\s)(?:\p{{L}}{{1,2}}{STARS}{{2,}}\S*|\p{{L}}{{3}}{STARS}{{3,}}\S*|{STARS}{{2,}}\p{{L}}{{0,2}}[.,]?(?:\s|$))"
)


def unmasked(written: pl.DataFrame) -> pl.DataFrame:
    """Names without words that are hidden, and without initials beside such words."""
    hidden = written.select(pl.any_horizontal(pl.col(PARTS).str.contains(MASKED))).to_series().fill_null(value=False)
    if not hidden.any():
        return written
    left = pl.col(PARTS).str.replace_all(r"\s+", "  ").str.replace_all(MASKED, " ")
    return written.with_columns(pl.when(~hidden).then(pl.col(PARTS)).when(left.str.contains(r"\p{L}{2}")).then(left))


def without_program_words(tidy: pl.DataFrame) -> pl.DataFrame:
    """Names without what a program writes into a whole name for a part that there is not, unless all is in one case.

    What is behind None or null, where a given name stands, is the family name.
    """
    name = pl.col("name")
    shorter = name
    for pattern, rest in NO_PARTS:
        shorter = shorter.str.replace_all(pattern, rest)
    in_one_case = (name == name.str.to_uppercase()) | (name == name.str.to_lowercase())
    odd = pl.any_horizontal(name.str.contains(pattern) for pattern, _ in NO_PARTS)
    odd &= ~in_one_case | name.str.contains(NO_PARTS[0][0])
    alone = odd & name.str.contains(NO_PARTS[1][0]) & pl.all_horizontal(pl.col(PARTS[1:]).is_null())
    return tidy.with_columns(
        name=pl.when(~odd).then(name).when(~alone).then(clean(shorter)),
        last_name=pl.when(alone).then(clean(shorter)).otherwise("last_name"),
    )
