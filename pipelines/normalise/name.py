"""Names of people: cleaned, parted into given and family name, and free of what only fills the field."""

import re
from functools import partial

import polars as pl

from pipelines.normalise.naming.no_names import PARTS, unmasked, without_program_words
from pipelines.normalise.naming.titles import BEHIND, GENERATION, HONORIFICS, ONLY_HONORIFICS
from pipelines.normalise.text import PLACEHOLDERS, clean, fold_case, match_form

# Pictures, and what is put behind them to colour, join or frame them.
PICTURE = r"\p{Extended_Pictographic}[\p{So}--\x{FFFD}]\x{1F3FB}-\x{1F3FF}\x{FE0F}\x{20E3}\x{E0020}-\x{E007F}"
PICTURES = rf"[{PICTURE}][{PICTURE}\x{{200D}}]*"
ADDRESS = r"<?[^\s<>@]+@[^\s<>@]+>?"
WRAPPING = "~\"' "  # WhatsApp puts a tilde before a name its bearer has chosen, mail programs put quotes around one

NOBODY = (
    *("fb user", "facebook user", "facebook-nutzer", "facebook nutzer", "utilisateur facebook", "usuario de facebook"),
    *("whatsapp", "whatsapp user", "whatsapp business", "instagram user", "messenger user", "deleted user", "user"),
)
NO_NAME = r"^(?:NaN|nan|NAN|<NA>|NaT)$"  # what programs write; Nan is a name
NAMESAKES = {  # placeholders that are names of people, too
    "first_name": ("test", "nil"),
    "last_name": ("null", "test", "none", "nil"),
}
REMARK = r", ?[^,]*$"
LAST_FIRST = r"^(?<family>[^,]*\p{L}[^,]*), ?(?<given>[^,]*\p{L}[^,]*)$"
COMPANY = r"(?i)&|,? (?:inc|llc|ltd|gmbh|co|corp|plc)\.?$"

OTHER = {"first_name": "last_name", "last_name": "first_name"}
SMALL = (  # particles that are written small where a writer knows the case
    *("van", "von", "vom", "der", "den", "de", "del", "della", "di", "da", "das", "dos", "du", "la", "af", "av"),
    *("zu", "zum", "zur", "ten", "ter", "bin", "ibn", "bint"),
)
BEFORE_FAMILY = (  # other words a family name begins with
    *("le", "al", "el", "abu", "san", r"st\.", "saint", "sankt", "ó", "ní", "nic", "mac", "mc", "ap", "ben", "bat"),
    *("las", "los", "dal", "dalla", "abd", "abdul", "abdel", "عبد", "بن", "ابن", "أبو", "بنت", "בן", "בת"),
)
PARTICLE = rf"(?:{'|'.join((*SMALL, *BEFORE_FAMILY))})"
FIRST_LAST = rf"(?i)^(?<given>.+?) (?<family>(?:{PARTICLE} )*\S+(?: {GENERATION})?)$"

# Names that nothing has to be done with: their words begin with a capital and end with a small letter, none is NOTABLE.
WORD = "[A-Z](?:['-]?[A-Za-z])*[a-z]"
PLAIN = rf"^{WORD}(?: {WORD})*$"
PLAIN_WHOLE = rf"^{WORD}(?: {WORD})?$"  # longer ones have to be parted with an eye on particles
NOTHING = "|".join(re.escape(word) for word in (*PLACEHOLDERS, *NOBODY))
NOTABLE = "|".join(
    f"(?:{each})" for each in (HONORIFICS, ONLY_HONORIFICS, BEHIND, COMPANY, rf"(?i)^(?:{NOTHING})$", NO_NAME, "^None ")
)


def names(frame: pl.DataFrame) -> pl.DataFrame:
    """Replace names as written by names as kept, and add what they are compared by.

    Parts that a source gives are taken as they are. Only where it gives none, or a `Last, First` in the field of one,
    the whole name is parted: at that comma, else before the last word and the particles (van der, de la, bin) in front
    of it. One word alone is a given name. Pictures, push-name tildes and e-mail addresses go, and so does what is
    masked (D***) or stands for a part that there is not (None Smith); what names nobody (a phone number, a placeholder,
    `Facebook user`, a lone `Mr.`) becomes null, which is no problem to report: the row says as much without it. Titles
    and remarks stay in `name`, but are no part. Names all in capitals or all small get capitals as names have them.

    Args:
        frame: `name`, `first_name`, `last_name` (String, nullable), and anything else.

    Returns:
        The frame with `name` (made of the parts, where there is none), `first_name`, `last_name` (String, nullable) and
        `name_tokens` (List[String]: the words of both parts in `text.match_form`, sorted, empty without a name).
    """
    kept = kept_names(frame)
    words = kept.select(match_form(_joined("first_name", "last_name"))).to_series()
    return frame.with_columns(kept.with_columns(_tokens(words)))


def kept_names(frame: pl.DataFrame) -> pl.DataFrame:
    """What `names` makes of `name`, `first_name` and `last_name`, without what they are compared by."""
    written = frame.select("name", "first_name", "last_name").with_row_index("nth")
    plain = written.select(is_plain()).to_series()
    return pl.concat([plain_names(written.filter(plain)), any_names(written.filter(~plain))]).sort("nth").drop("nth")


def is_plain() -> pl.Expr:
    """Whether the parts of a row that are not null are ASCII words with capitals as names have them, and no more."""
    name, *parts = (pl.col(part) for part in ("name", "first_name", "last_name"))
    shapes = [name.str.contains(PLAIN_WHOLE), *(part.str.contains(PLAIN) for part in parts)]
    notable = [part.str.contains(NOTABLE) for part in (name, *parts)]
    return pl.all_horizontal((shape & ~odd).fill_null(value=True) for shape, odd in zip(shapes, notable, strict=True))


def plain_names(written: pl.DataFrame) -> pl.DataFrame:
    """What `any_names` makes of rows of which `is_plain` holds, at a fraction of its cost."""
    whole = pl.col("name").str.splitn(" ", 2).struct
    full = _joined("first_name", "last_name")
    return written.with_columns(
        name=pl.coalesce("name", full),
        first_name=pl.when(full.is_null()).then(whole.field("field_0")).otherwise("first_name"),
        last_name=pl.when(full.is_null()).then(whole.field("field_1")).otherwise("last_name"),
    )


def any_names(written: pl.DataFrame) -> pl.DataFrame:
    """Names as kept (`name`, `first_name`, `last_name`), whatever is written; other columns stay."""
    tidy = without_program_words(unmasked(written).select(_unwrapped(pl.col(part)) for part in PARTS))
    said = _parted(_whole(tidy.select(_of_somebody(part) for part in tidy.columns)))
    said = said.with_columns(first_name=_bare(pl.col("first_name")), last_name=_bare(pl.col("last_name")))
    said = said.with_columns(full=_joined("first_name", "last_name"))
    said = said.with_columns(flat=_is_flat("name"), flat_full=_is_flat("full"), none_given=pl.col("full").is_null())
    said = said.with_columns(better=pl.when(pl.col("flat") & ~pl.col("flat_full")).then("full"))
    first, last = (
        pl.when("none_given")
        .then(_cased(own, pl.col("flat") | _is_flat(own), opening=opening))
        .otherwise(_cased(part, pl.col("flat_full") | _is_flat(part), opening=opening))
        for own, part, opening in (("given", "first_name", False), ("family", "last_name", True))
    )
    cased = said.select(
        name=pl.when(_same_letters("name", "better")).then("better").otherwise(_cased("name", pl.col("flat"))),
        first_name=first,
        last_name=last,
    )
    return written.with_columns(cased.with_columns(name=pl.coalesce("name", _joined("first_name", "last_name"))))


def _tokens(words: pl.Series) -> pl.Series:
    """Each text's distinct words, sorted; an empty list for null. Sorting list by list takes ten times as long."""
    each = words.str.split(" ").alias("name_tokens").to_frame().with_row_index("nth").explode("name_tokens")
    lists = each.sort("nth", "name_tokens").group_by("nth", maintain_order=True)
    return lists.agg(pl.col("name_tokens").drop_nulls().unique(maintain_order=True))["name_tokens"]


def _unwrapped(cell: pl.Expr) -> pl.Expr:
    """A cell without what is not part of a name."""
    bare = clean(cell.str.replace_all(PICTURES, "").str.replace_all(ADDRESS, " "))
    return clean(bare.str.strip_chars(WRAPPING))


def _somebody(name: pl.Expr) -> pl.Expr:
    """A name; null where nobody is named."""
    nobody = fold_case(name).is_in((*PLACEHOLDERS, *NOBODY)) | name.str.contains(ONLY_HONORIFICS)
    return pl.when(name.str.contains(r"\p{L}") & ~nobody & ~name.str.contains(NO_NAME)).then(name)


def _of_somebody(part: str) -> pl.Expr:
    """A name or part of one; null where it names nobody. Beside another part, a placeholder that is a name may stay.

    It does where it is written as the other part is: Jennifer Null, JENNIFER NULL; but not Jennifer null, nor None
    Smith, for nobody is given that name.
    """
    own = pl.col(part)
    if part not in OTHER:
        return _somebody(own)
    other = _somebody(pl.col(OTHER[part]))
    alike = own.str.contains(r"^\p{Lu}\p{Ll}+$") | pl.any_horizontal(
        (own == form(own)) & (other == form(other)) for form in (_in_capitals, _in_small)
    )
    is_namesake = fold_case(own).is_in(NAMESAKES[part]) & alike & other.is_not_null()
    return pl.when(is_namesake).then(own).otherwise(_somebody(own)).alias(part)


def _in_capitals(text: pl.Expr) -> pl.Expr:
    return text.str.to_uppercase()


def _in_small(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase()


def _bare(name: pl.Expr) -> pl.Expr:
    """A name without titles, degrees and remarks in brackets, unless it is made of nothing else."""
    return pl.coalesce(clean(name.str.replace(HONORIFICS, "").str.replace(BEHIND, "")), name)


def _whole(said: pl.DataFrame) -> pl.DataFrame:
    """Names with a `Last, First` that was written into the field of one part moved to where whole names stand."""
    alone = pl.col("name").is_null() & (pl.col("first_name").is_null() | pl.col("last_name").is_null())
    part = pl.coalesce("first_name", "last_name")
    misplaced = alone & part.str.contains(LAST_FIRST)
    return said.with_columns(
        name=pl.when(misplaced).then(part).otherwise("name"),
        first_name=pl.when(~misplaced.fill_null(value=False)).then("first_name"),
        last_name=pl.when(~misplaced.fill_null(value=False)).then("last_name"),
    )


def _parted(said: pl.DataFrame) -> pl.DataFrame:
    """Names with `given` and `family` as the name itself shows them, `Last, First` turned round.

    Parts that are stated say which is which, whatever commas there are in the name: it is turned if that makes it the
    two of them, and what is behind a comma is no part of it (Wei Li, Sales Manager) unless it is a degree.
    """
    bare = _bare(pl.col("name")).str.replace(rf"(?i), ?({GENERATION})$", " ${1}")
    said = said.with_columns(bare=bare, company=bare.str.contains(COMPANY))
    person = pl.when(~pl.col("company")).then("bare")
    stated = pl.col("first_name").is_not_null() & pl.col("last_name").is_not_null()
    own = pl.concat_str("first_name", pl.lit(" "), "last_name")
    as_stated = pl.concat_str("last_name", pl.lit(", "), "first_name") == person
    remarked = (person.str.replace(BEHIND, "").str.replace(REMARK, "") == own) & (person != own)
    said = said.with_columns(name=pl.when(stated & remarked & ~person.str.contains(BEHIND)).then(own).otherwise("name"))
    in_order = (stated & ~as_stated).fill_null(value=False)
    said = said.with_columns(
        turned=pl.when(~in_order).then(person).str.extract_groups(LAST_FIRST),
        straight=person.str.extract_groups(FIRST_LAST),
    )
    turned, straight = pl.col("turned").struct, pl.col("straight").struct
    first, last = _bare(turned.field("given")), clean(turned.field("family"))
    title = pl.concat_str(_title(pl.col("name")), _title(turned.field("given")))
    return said.with_columns(
        name=pl.coalesce(pl.concat_str(title, first, pl.lit(" "), last), "name"),
        given=pl.coalesce(first, _bare(straight.field("given")), "bare"),
        family=pl.coalesce(last, straight.field("family")),
    )


def _title(name: pl.Expr) -> pl.Expr:
    """Titles a name begins with, and the space behind them."""
    return name.str.extract(HONORIFICS).fill_null("")


def _joined(first: str, last: str) -> pl.Expr:
    """Both parts, or the one there is."""
    return pl.concat_str(first, last, separator=" ", ignore_nulls=True).replace("", None)


def _same_letters(one: str, other: str) -> pl.Expr:
    return (fold_case(pl.col(one)) == fold_case(pl.col(other))).fill_null(False)


def _is_flat(column: str) -> pl.Expr:
    """Whether a text is all in capitals, more of them than initials are, or all small."""
    text = pl.col(column)
    large, small = text.str.to_uppercase(), text.str.to_lowercase()
    shouted = (text == large) & text.str.contains(r"\p{L}.*\p{L}.*\p{L}")
    return ((large != small) & (shouted | (text == small))).fill_null(False)


def _cased(column: str, flat: pl.Expr, *, opening: bool = False) -> pl.Expr:
    """A text, where it is `flat` with capitals as names have them; `opening`: it may begin with a small particle.

    What follows a hyphen, an apostrophe or Mc is a beginning, too: Anne-Marie, O'Neill, McCoy.
    """
    text = pl.col(column)
    cased = pl.when(flat).then(text).map_batches(partial(_capitals, opening=opening), return_dtype=pl.String)
    return pl.coalesce(cased, text)


def _capitals(texts: pl.Series, *, opening: bool) -> pl.Series:
    """Texts with the capitals names have. The words of all of them stand in one column while they are looked at."""
    written = texts.drop_nulls().alias("word").to_frame().with_row_index("nth")
    turkish = pl.col("word").str.contains("[İıĞğ]")
    small = pl.when(turkish).then(pl.col("word").str.replace_many({"I": "ı", "İ": "i"})).otherwise("word")
    marked = small.str.to_lowercase().str.replace_all(r"\b(mc)(\p{L}{2})", "${1}\x01${2}")
    words = written.with_columns(marked.str.split(" "), turkish=turkish).explode("word")
    word, nth = pl.col("word"), pl.col("nth")
    begins, ends = ((nth != nth.shift(by)).fill_null(value=True) for by in (1, -1))
    cased = (
        pl.when(word.is_in(SMALL) & ~ends & (pl.lit(opening) | ~begins))
        .then(word)
        .when(word.is_in(("ii", "iii", "iv")))
        .then(word.str.to_uppercase())
        .when("turkish")
        .then(word.str.replace_all(r"\bi", "İ").str.to_titlecase())
        .otherwise(word.str.to_titlecase())
    )
    lines = words.with_columns(cased).group_by("nth", maintain_order=True).agg("word")["word"].list.join(" ")
    return texts.scatter(texts.is_not_null().arg_true(), lines.str.replace_all("\x01", "", literal=True))
