"""Given, middle and family name as they are compared, out of names as they are kept.

What is written into a field of names and is none goes: words for relatives and offices beside a name, handles, the
word for a generation, and a husband's name with the ending that makes it his wife's. A name in one word of Han or
Hangul is parted.
"""

import polars as pl

from pipelines.match.comparison.names.generation import without_generation
from pipelines.match.comparison.names.scripts import known_family_names, own_form, parted, script_of
from pipelines.match.comparison.names.word_lists import listed
from pipelines.match.comparison.records import NAMES
from pipelines.normalise.naming.titles import GENERATION, GENERATION_BEFORE
from pipelines.normalise.text import match_form

RELATION = rf"(?i)^(?:{'|'.join(sorted(listed('relation'), key=len, reverse=True))})(?: |$)"
OF_HUSBAND = rf"(?i)(?:^| )(?:{'|'.join(listed('husband'))})né$"
HANDLE = r"^@?[\p{L}\d._-]*(?:_|\p{L}\d)[\p{L}\d._-]*$"  # one word with an underscore, or with digits behind letters
SERVANT = r"(?i)\b(abd(?:[aeiu]l)?) (?:[ae]l[ -])?(\p{L}{4,})"  # Abd el Rahman is one name, and so is Abdul Rahman
SERVANT_IN_ARABIC = r"\b(عبد) (\p{L})"
SAINT = r"(?i)\b(?:saint|sainte|sankt|ste)\.? "
# Vietnamese names begin with the family's, of which a few are nearly everybody's. Signs tell short ones from others.
VIETNAMESE = "nguyen|tran|pham|huynh|hoang|phan|dang|duong|truong|trinh|dinh|luong"
SHORT_VIETNAMESE = "le|vu|vo|bui|do|ho|ngo|ly|lam|mai|cao|ta|to|thai"
VIETNAMESE_SIGNS = r"(?i)[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]"
NOTABLE = (  # what a name that is compared as it stands has not got
    rf"(?i)[^\x00-\x7F]|[\d_]|^(?:{'|'.join(word for word in listed('relation') if word.isascii())})(?: |$)"
    rf"|^(?:{VIETNAMESE})(?: |$)|(?:^| ){GENERATION}$|^{GENERATION_BEFORE} |abd|\b(?:saint|sainte|sankt|ste)\.? "
)
SYLLABLES = r"^[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]+$"


def compared_names(named: pl.DataFrame) -> pl.DataFrame:
    """Names as they are compared: record, given_name, middle_name, family_name (String, folded).

    `named`: record, first_name, last_name, perhaps middle. What follows the first word of a given name is a middle
    name, unless there is one.
    """
    middle = pl.col("middle") if "middle" in named.columns else pl.lit(None, dtype=pl.String)
    own = named.with_columns(_repaired(named.select("first_name", "last_name")))
    words = match_form(pl.col("first_name")).str.splitn(" ", 2).struct
    folded_names = own.select(
        "record",
        given_name=words.field("field_0"),
        middle_name=pl.coalesce(middle.replace("", None), words.field("field_1")),
        family_name=match_form(pl.col("last_name")),
    )
    return folded_names.with_columns(pl.col(NAMES).replace("", None)).cast({"record": pl.UInt32})


def _repaired(kept: pl.DataFrame) -> pl.DataFrame:
    """First and last names without what is none, in their places."""
    notable = pl.any_horizontal(pl.col("first_name", "last_name").str.contains(NOTABLE).fill_null(value=False))
    rows = kept.select(notable).to_series().arg_true()
    if not len(rows):
        return kept
    names = _in_place(_vietnamese_turned(_told(kept[rows])))
    return pl.DataFrame([kept[part].scatter(rows, names[part]) for part in kept.columns])


def _told(names: pl.DataFrame) -> pl.DataFrame:
    """Names without words that are no names."""
    first, last = pl.col("first_name"), pl.col("last_name")
    handle = first.str.contains(HANDLE) & last.is_null()
    said = names.with_columns(
        pl.when(~handle.fill_null(value=False)).then(without_generation(first)).alias("first_name"),
        without_generation(last).str.replace(OF_HUSBAND, "").str.replace(SAINT, "St "),
        wife=last.str.contains(OF_HUSBAND).fill_null(value=False),
    ).with_columns(_unrelated(first, last).str.replace(SERVANT, "${1}${2}").str.replace(SERVANT_IN_ARABIC, "${1}${2}"))
    said = said.with_columns(pl.col("first_name", "last_name").str.strip_chars().replace("", None))
    alone = pl.col("wife") & last.is_null()  # Kovács Péterné: what was taken for the given name is the family's
    return said.select(
        first_name=pl.when(~alone).then("first_name"),
        last_name=pl.when(alone).then("first_name").otherwise("last_name"),
    )


def _unrelated(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    """A first name without a word for a relative; Mama alone stays, to be compared with nothing."""
    rest = first.str.replace(RELATION, "")
    return pl.when(last.is_null() & (rest.str.strip_chars() == "")).then(first).otherwise(rest)


def _vietnamese_turned(names: pl.DataFrame) -> pl.DataFrame:
    """Names that begin with a Vietnamese family name, with what stands last as the given name."""
    first, last = pl.col("first_name"), pl.col("last_name")
    signs = pl.concat_str(first, pl.lit(" "), last).str.contains(VIETNAMESE_SIGNS)
    words = match_form(first).str.splitn(" ", 2).struct
    family, others = words.field("field_0"), words.field("field_1")
    begins = family.str.contains(f"^(?:{VIETNAMESE})$")
    begins |= family.str.contains(f"^(?:{SHORT_VIETNAMESE})$") & signs
    turned = begins & ~match_form(last).str.contains(f"^(?:{VIETNAMESE})$")
    given, before = last.str.extract(r"(\S+)$"), last.str.extract(r"^(.+) \S+$")
    return names.with_columns(
        first_name=pl.when(turned)
        .then(pl.concat_str(given, others, before, separator=" ", ignore_nulls=True))
        .otherwise(first),
        last_name=pl.when(turned).then(family).otherwise(last),
    )


def _in_place(names: pl.DataFrame) -> pl.DataFrame:
    """Names in Han and Hangul parted and put where given and family name stand, in each row."""
    rows = names.select(pl.col("first_name").str.contains(SYLLABLES).fill_null(value=False)).to_series().arg_true()
    if not len(rows):
        return names
    distinct = names[rows].unique()
    placed = [_placed(first, last) for first, last in distinct.iter_rows()]
    known = distinct.with_columns(
        given=pl.Series([given for given, _ in placed], dtype=pl.String),
        family=pl.Series([family for _, family in placed], dtype=pl.String),
    )
    found = names.join(known, on=["first_name", "last_name"], how="left", nulls_equal=True, maintain_order="left")
    parted_here = pl.any_horizontal(pl.col("given", "family").is_not_null())
    return found.select(
        first_name=pl.when(parted_here).then("given").otherwise("first_name"),
        last_name=pl.when(parted_here).then("family").otherwise("last_name"),
    )


def _placed(first: str, last: str | None) -> tuple[str | None, str | None]:
    if last is None:
        return parted(first) or (first, None)
    known = known_family_names()
    families = [own_form(name, script_of(name)) in known or name in known for name in (first, last)]
    return (last, first) if families == [True, False] else (first, last)
