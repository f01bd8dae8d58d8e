"""Which of several people of one name somebody is: junior, senior, the third. A fact of its own, no part of a name."""

import polars as pl

from pipelines.normalise.naming.titles import GENERATION, GENERATION_BEFORE, GENERATIONS, GENERATIONS_BEFORE

BEHIND = rf"(?i)\S,? ({GENERATION})(?:,|$)"
BEFORE = rf"(?i)^({GENERATION_BEFORE}) \S"
# Words that are family names, too, need a given and a family name in front of them.
AS_NAMES = r"(?i)^[^ ,]+ (?:neto|nieto|filho|hijo|sobrinho|sobrino|fils|junior|júnior)$"
NOTABLE = rf"(?i) {GENERATION} *(?:,|$)|^ *{GENERATION_BEFORE} "
KNOWN = {word: name for table in (GENERATIONS_BEFORE, GENERATIONS) for name, words in table.items() for word in words}


def generation(name: pl.Expr) -> pl.Expr:
    """What a full name as written says of a generation: `junior`, `senior`, `third` …; null where it says nothing."""
    word = pl.coalesce(name.str.extract(BEHIND), name.str.extract(BEFORE)).str.to_lowercase()
    told = word.replace_strict(KNOWN, default=None, return_dtype=pl.String)
    return pl.when(~name.str.contains(AS_NAMES)).then(told)


def without_generation(part: pl.Expr) -> pl.Expr:
    """A given or family name as kept without the word for a generation, unless it is made of nothing else."""
    return part.str.replace(rf"(?i)(\S),? {GENERATION}$", "${1}").str.replace(rf"(?i)^{GENERATION_BEFORE} (\S)", "${1}")


def generation_facts(written: pl.DataFrame) -> pl.DataFrame:
    """Generations of records: record, field, value.

    `written`: record, and columns of names, of which the first that tells counts.

    A given and a family name stand in columns of their own, each of which may tell; a whole name tells by itself.
    """
    columns = [column for column in written.columns if column != "record"]
    notable = written.filter(pl.any_horizontal(pl.col(columns).str.contains(NOTABLE).fill_null(value=False)))
    told = [generation(pl.col(column).str.strip_chars()) for column in columns]
    facts = notable.select("record", field=pl.lit("generation"), value=pl.coalesce(told))
    return facts.drop_nulls("value")
