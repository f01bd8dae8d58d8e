"""Text as people write it: made clean for keeping, and folded for comparing. Expression in, expression out."""

from collections.abc import Callable

import polars as pl

# Controls, bidi marks, soft hyphen, zero-width space, word joiner, byte order mark. The joiners U+200C and U+200D stay:
# Persian and Indic words and emoji are spelt with them.
INVISIBLE = (
    r"[[\p{Cc}--\s]\x{00AD}\x{061C}\x{200B}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{2066}-\x{2069}\x{FEFF}]"
)
MARGIN = " \u200c\u200d"

# Letters that Unicode does not take apart into a plain letter and an accent, and what stands for them.
PLAIN = {
    "ß": "ss",
    "ς": "σ",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "ħ": "h",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
}
SAME_LETTER = {"ß": "ss", "ς": "σ", "i\u0307": "i", "ı": "i"}  # in lower case; a Turkish I may be ı, and İ is i
SPELT_OUT = {"ae": "a", "oe": "o", "ue": "u"}  # umlauts, as people write them who have no umlauts
TIDY_ASCII = "^[!-~]+(?: [!-~]+)*$"
ACCENT = r"[\x{0300}-\x{036F}]"
APOSTROPHE = r"['’‘ʼ`´\x{FFFD}]"  # and what stands for a letter that was lost
NO_WORD = r"[^\p{L}\p{M}\p{N}]+"

Rewrite = Callable[[pl.Expr], pl.Expr]

PLACEHOLDERS = (
    *("n/a", "n.a.", "#n/a", "null", "<null>", "(null)", "none", "(none)", "nil", "undefined", "tbd", "-1"),
    *("unknown", "unbekannt", "inconnu", "desconocido", "anonymous", "anonym", "anonymus"),
    *("test", "no name", "noname", "no email", "no phone", "not available", "not provided", "keine", "keine angabe"),
)

# What programs write where there is no value, exactly so. As names of people these may be meant.
NO_VALUE = (
    *("NaN", "nan", "NULL", "null", "None", "<NA>", "NaT", "N/A", "n/a", "N.A.", "n.a.", "<null>", "(null)", "[null]"),
    *("-", "--", "---", "–", "—", "undefined", "#N/A"),
)

NO_TAG = sorted({*map(str.lower, NO_VALUE), "nil", "none", "(none)", "[none]"})

# What stands, while a cell is taken apart, for a separator and for the signs that a backslash protects. These are
# no characters: Unicode keeps them for such work within a program.
PARTS = "\ufdd1"
HIDDEN = {
    "\\\\": "\ufdd2",
    "\\;": "\ufdd3",
    "\\,": "\ufdd4",
    "\\|": "\ufdd5",
    '\\"': "\ufdd6",
    "\\[": "\ufdd7",
    "\\{": "\ufdd8",
    "\\(": "\ufdd9",
}
SHOWN = {mark: sign[1] for sign, mark in HIDDEN.items()}


def clean(text: pl.Expr) -> pl.Expr:
    """One line of tidy text: NFC, nothing invisible, single spaces, none at the ends; null where nothing is left."""
    return _briefly(text, lambda line: line, any_clean)


def fold_case(text: pl.Expr) -> pl.Expr:
    """Clean text in which only case and compatibility forms (wide, ligatured) have been levelled. Accents stay."""
    return _briefly(text, lambda line: line.str.to_lowercase(), any_folded)


def match_form(text: pl.Expr) -> pl.Expr:
    """Text for comparing only: lower case, without accents or punctuation; null where nothing is left.

    An umlaut becomes its plain letter (Müller: muller, not mueller), as people abroad write it; the two spellings stay
    one edit apart. Apostrophes vanish (O'Brien: obrien), other punctuation parts words.
    """
    return _briefly(text, lambda line: _words(line.str.to_lowercase()), any_match_form)


def search_form(text: pl.Expr) -> pl.Expr:
    """Text that people look for a part of: lower case, without accents, umlauts as they are spelt without.

    Punctuation stays, so that an e-mail address is found by any part of it. Null where nothing is left.
    """
    return _briefly(text, lambda line: line.str.to_lowercase().str.replace_many(SPELT_OUT), any_search_form)


def is_placeholder(text: pl.Expr) -> pl.Expr:
    """Whether a cell says in words or signs that there is nothing to say. Null stays null."""
    return fold_case(text).is_in(PLACEHOLDERS) | ~clean(text).str.contains(r"[\p{L}\p{N}]")


def without_no_tags(tags: pl.Expr) -> pl.Expr:
    """Lists of tags, clean, without blank ones and words of programs for none, however they are written."""
    tag = clean(pl.element())
    return tags.list.eval(tag.filter(~tag.str.to_lowercase().is_in(NO_TAG)))


def any_clean(text: pl.Expr) -> pl.Expr:
    """What `clean` makes of a text that may hold anything."""
    tidy = text.str.replace_all(INVISIBLE, "").str.replace_all(r"\s+", " ").str.strip_chars(MARGIN).str.normalize("NFC")
    return tidy.replace("", None)


def any_folded(text: pl.Expr) -> pl.Expr:
    """What `fold_case` makes of a text that may hold anything."""
    lowered = any_clean(text).str.normalize("NFKC").str.to_lowercase()
    return any_clean(lowered.str.replace_many(SAME_LETTER).str.normalize("NFKC"))


def any_match_form(text: pl.Expr) -> pl.Expr:
    """What `match_form` makes of a text that may hold anything."""
    plain = any_clean(text).str.normalize("NFKD").str.replace_all(ACCENT, "").str.to_lowercase().str.replace_many(PLAIN)
    return _words(plain.str.replace_all(r"[\x{200C}\x{200D}]", "")).str.normalize("NFKC")


def any_search_form(text: pl.Expr) -> pl.Expr:
    """What `search_form` makes of a text that may hold anything."""
    plain = any_clean(text).str.normalize("NFKD").str.replace_all(ACCENT, "").str.to_lowercase().str.replace_many(PLAIN)
    return any_clean(plain.str.normalize("NFKC")).str.replace_many(SPELT_OUT)


def _words(plain: pl.Expr) -> pl.Expr:
    """Words with single spaces between them; null where there are none."""
    return plain.str.replace_all(APOSTROPHE, "").str.replace_all(NO_WORD, " ").str.strip_chars(" ").replace("", None)


def _briefly(text: pl.Expr, brief: Rewrite, full: Rewrite) -> pl.Expr:
    """`full` of a text, by way of `brief`, which gives the same, for the lines of tidy ASCII that most texts are.

    A plain `when` would take the long way for every text before it chose.
    """

    def rewritten(texts: pl.Series) -> pl.Series:
        column = pl.col("text")
        lines = texts.alias("text").to_frame()
        others = (~texts.str.contains(TIDY_ASCII)).arg_true()
        result = lines.select(brief(column)).to_series()
        return result.scatter(others, lines[others].select(full(column)).to_series()) if len(others) else result

    return text.map_batches(rewritten, return_dtype=pl.String, is_elementwise=True)


def joined(texts: pl.Expr) -> pl.Expr:
    """Lists of texts as one cell each, parted by `; `; `split_cells` at `;` takes any of them apart again."""
    return texts.list.eval(pl.element().str.replace_all(r'([\\;,|"]|^[\[{(])', r"\${1}")).list.join("; ")


def split_cells(cells: pl.Series, separator: str) -> pl.Series:
    """The texts of cells that may hold several, trimmed, none of them blank; no texts where a cell is null.

    `separator` is a pattern. Where it is or includes `;`, signs behind a backslash are part of their text.
    """
    hides = ";" in separator and bool(cells.str.contains("\\", literal=True).any())
    whole = cells.str.replace_many(HIDDEN) if hides else cells
    if not whole.str.contains(separator).any():
        bare = whole.str.strip_chars()
        texts = pl.select(
            pl.when((bare != "").fill_null(value=False)).then(pl.concat_list(bare)).otherwise([])
        ).to_series()
    else:
        trimmed = pl.element().str.strip_chars()
        split = pl.col("cell").str.replace_all(separator, PARTS).str.split(PARTS).list.eval(trimmed)
        filled = split.list.eval(pl.element().filter(pl.element() != ""))
        texts = whole.to_frame("cell").select(filled.fill_null([])).to_series()
    return texts.list.eval(pl.element().str.replace_many(SHOWN)) if hides else texts
