"""Text as people write it: made clean for keeping, and folded for comparing. Expression in, expression out."""

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
ACCENT = r"[\x{0300}-\x{036F}]"
APOSTROPHE = r"['’‘ʼ`´]"
NO_WORD = r"[^\p{L}\p{M}\p{N}]+"

PLACEHOLDERS = (
    *("n/a", "n.a.", "#n/a", "null", "<null>", "(null)", "none", "(none)", "nil", "undefined", "tbd", "-1"),
    *("unknown", "unbekannt", "inconnu", "desconocido", "anonymous", "anonym", "anonymus"),
    *("test", "no name", "noname", "no email", "no phone", "not available", "not provided", "keine", "keine angabe"),
)


def clean(text: pl.Expr) -> pl.Expr:
    """One line of tidy text: NFC, nothing invisible, single spaces, none at the ends; null where nothing is left."""
    tidy = text.str.replace_all(INVISIBLE, "").str.replace_all(r"\s+", " ").str.strip_chars(MARGIN).str.normalize("NFC")
    return tidy.replace("", None)


def fold_case(text: pl.Expr) -> pl.Expr:
    """Clean text in which only case and compatibility forms (wide, ligatured) have been levelled. Accents stay."""
    lowered = clean(text).str.normalize("NFKC").str.to_lowercase()
    return clean(lowered.str.replace_many({"ß": "ss", "ς": "σ"}).str.normalize("NFKC"))


def match_form(text: pl.Expr) -> pl.Expr:
    """Text for comparing only: lower case, without accents or punctuation; null where nothing is left.

    An umlaut becomes its plain letter (Müller: muller, not mueller), as people abroad write it; the two spellings stay
    one edit apart. Apostrophes vanish (O'Brien: obrien), other punctuation parts words.
    """
    plain = clean(text).str.normalize("NFKD").str.replace_all(ACCENT, "").str.to_lowercase().str.replace_many(PLAIN)
    words = plain.str.replace_all(r"[\x{200C}\x{200D}]", "").str.replace_all(APOSTROPHE, "")
    return words.str.replace_all(NO_WORD, " ").str.strip_chars(" ").str.normalize("NFKC").replace("", None)


def is_placeholder(text: pl.Expr) -> pl.Expr:
    """Whether a cell says in words or signs that there is nothing to say. Null stays null."""
    return fold_case(text).is_in(PLACEHOLDERS) | ~clean(text).str.contains(r"[\p{L}\p{N}]")
