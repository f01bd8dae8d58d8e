"""Names of people: cleaned, parted into given and family name, and free of what only fills the field."""

import polars as pl

from pipelines.normalise.text import clean, fold_case, is_placeholder, match_form

# Pictures, and what is put behind them to colour, join or frame them.
PICTURE = r"\p{Extended_Pictographic}\p{So}\x{1F3FB}-\x{1F3FF}\x{FE0F}\x{20E3}\x{E0020}-\x{E007F}"
PICTURES = rf"[{PICTURE}][{PICTURE}\x{{200D}}]*"
ADDRESS = r"<?[^\s<>@]+@[^\s<>@]+>?"
WRAPPING = "~\"' "  # WhatsApp puts a tilde before a name its bearer has chosen, mail programs put quotes around one

NOBODY = (
    *("fb user", "facebook user", "facebook-nutzer", "facebook nutzer", "utilisateur facebook", "usuario de facebook"),
    *("whatsapp", "whatsapp user", "whatsapp business", "instagram user", "messenger user", "deleted user", "user"),
)
HONORIFIC = (
    r"(?:(?:mr|mrs|ms|miss|mx|sir|dr|prof|professor|rev|herr|frau|hr|sra|srta|mme|mlle|monsieur|madame)\.?"
    r"|(?:fr|sr|ing|mag|dipl\.-ing)\.)"
)
HONORIFICS = rf"(?i)^((?:{HONORIFIC} )+)"
ONLY_HONORIFICS = rf"(?i)^(?:{HONORIFIC} ?)+$"
DEGREE = r"(?:, ?(?:m\.?d|m\.?a|b\.?a|dds|cpa)\.?|,? (?:ph\.? ?d|m\.?b\.?a|m\.?sc|b\.?sc|ll\.?m|esq)\.?)"
BEHIND = rf"(?i)(?:{DEGREE}|, ?{HONORIFIC}| ?\([^()]*\))+$"
GENERATION = r"(?:jr|sr|ii|iii|iv)\.?"
LAST_FIRST = r"^(?<family>[^,]*\p{L}[^,]*), ?(?<given>[^,]*\p{L}[^,]*)$"
COMPANY = r"(?i)&|,? (?:inc|llc|ltd|gmbh|co|corp|plc)\.?$"

SMALL = (  # particles that are written small where a writer knows the case
    *("van", "von", "vom", "der", "den", "de", "del", "della", "di", "da", "das", "dos", "du", "la", "af", "av"),
    *("zu", "zum", "zur", "ten", "ter", "bin", "ibn", "bint"),
)
PARTICLE = rf"(?:{'|'.join(SMALL)}|le|al|el|abu|san|st\.)"
FIRST_LAST = rf"(?i)^(?<given>.+?) (?<family>(?:{PARTICLE} )*\S+(?: {GENERATION})?)$"


def names(frame: pl.DataFrame) -> pl.DataFrame:
    """Replace names as written by names as kept, and add what they are compared by.

    Parts that a source gives are taken as they are. Only where it gives none, or a `Last, First` in the field of one,
    the whole name is parted: at that comma, else before the last word and the particles (van der, de la, bin) in front
    of it. One word alone is a given name. Pictures, push-name tildes and e-mail addresses go; what names nobody (a
    phone number, a placeholder, `Facebook user`, a lone `Mr.`) becomes null, which is no problem to report: the row
    says as much without it. Titles and remarks stay in `name`, but are no part. Names all in capitals or all small get
    capitals as names have them.

    Args:
        frame: `name`, `first_name`, `last_name` (String, nullable), and anything else.

    Returns:
        The frame with `name` (made of the parts, where there is none), `first_name`, `last_name` (String, nullable) and
        `name_tokens` (List[String]: the words of both parts in `text.match_form`, sorted, empty without a name).
    """
    tidy = frame.select(_unwrapped(pl.col(part)) for part in ("name", "first_name", "last_name"))
    said = _parted(_whole(tidy.select(_somebody(pl.col(part)) for part in tidy.columns)))
    said = said.with_columns(first_name=_bare(pl.col("first_name")), last_name=_bare(pl.col("last_name")))
    said = said.with_columns(full=_joined("first_name", "last_name"))
    flat, flat_full, none_given = _is_flat("name"), _is_flat("full"), pl.col("full").is_null()
    cased = said.select(
        name=pl.when(flat & ~flat_full & _same_letters("name", "full")).then("full").otherwise(_cased("name", flat)),
        first_name=pl.when(none_given)
        .then(_cased("given", flat | _is_flat("given")))
        .otherwise(_cased("first_name", flat_full | _is_flat("first_name"))),
        last_name=pl.when(none_given)
        .then(_cased("family", flat | _is_flat("family"), opening=True))
        .otherwise(_cased("last_name", flat_full | _is_flat("last_name"), opening=True)),
    )
    full = _joined("first_name", "last_name")
    words = match_form(full).str.split(" ").list.unique().list.sort().fill_null([])
    return frame.with_columns(cased.with_columns(name=pl.coalesce("name", full), name_tokens=words))


def _unwrapped(cell: pl.Expr) -> pl.Expr:
    """A cell without what is not part of a name."""
    bare = clean(cell.str.replace_all(PICTURES, "").str.replace_all(ADDRESS, " "))
    return clean(bare.str.strip_chars(WRAPPING))


def _somebody(name: pl.Expr) -> pl.Expr:
    """A name; null where nobody is named."""
    nobody = is_placeholder(name) | fold_case(name).is_in(NOBODY) | name.str.contains(ONLY_HONORIFICS)
    return pl.when(name.str.contains(r"\p{L}") & ~nobody).then(name)


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
    """Names with `given` and `family` as the name itself shows them, `Last, First` turned round."""
    bare = _bare(pl.col("name")).str.replace(rf"(?i), ?({GENERATION})$", " ${1}")
    said = said.with_columns(bare=bare, company=bare.str.contains(COMPANY))
    person = pl.when(~pl.col("company")).then("bare")
    said = said.with_columns(
        turned=person.str.extract_groups(LAST_FIRST), straight=person.str.extract_groups(FIRST_LAST)
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
    shouted = (text == large) & (text.str.count_matches(r"\p{L}") > 2)
    return ((large != small) & (shouted | (text == small))).fill_null(False)


def _cased(column: str, flat: pl.Expr, *, opening: bool = False) -> pl.Expr:
    """A text, where it is `flat` with capitals as names have them; `opening`: it may begin with a small particle.

    What follows a hyphen, an apostrophe or Mc is a beginning, too: Anne-Marie, O'Neill, McCoy.
    """
    text, word, position = pl.col(column), pl.element(), pl.int_range(pl.len())
    marked = text.str.to_lowercase().str.replace_all(r"\b(mc)(\p{L}{2})", "${1}\x01${2}")
    written = (
        pl.when(word.is_in(SMALL) & ((position > 0) | opening) & (position < pl.len() - 1))
        .then(word)
        .when(word.is_in(("ii", "iii", "iv")))
        .then(word.str.to_uppercase())
        .otherwise(word.str.to_titlecase())
    )
    cased = marked.str.split(" ").list.eval(written).list.join(" ").str.replace_all("\x01", "", literal=True)
    return pl.when(flat).then(cased).otherwise(text)
