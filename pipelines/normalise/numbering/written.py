"""What is written in a cell of a phone number around its digits, and what programs have done to the digits."""

import polars as pl

from pipelines.normalise.text import clean

# `p:`, `tel:`, `whatsapp:`, `Mobile:`; quotes and `=` with which spreadsheets keep a number from being reckoned with.
LABEL = r"""^['"=\s]*(?:\p{L}[\p{L} ]*:)?['"=\s]*"""
REMARK = r"""\s*(?:\([^0-9()]*\))?['"\s]*$"""
EXTENSION = r"(?i)(?:;ext=|[;,]?\s*(?:ext(?:ensio)?n?|xtn|x|#|int|anexo)[:.]?)\s*[0-9]{1,7}#?$"
EXTENSION_WORDS = (
    *("ext", "extn", "extension", "xtn", "durchwahl", "durchw", "dw", "nebenstelle", "nst", "poste", "int", "interno"),
    *("interne", "anexo", "ramal", "toestel", "tst", "wewn", "wew", "klapka", "kl", "linka", "mellék", "dahili"),
    *("доб", "добавочный", "вн", "внутр", "внутренний", "anknytning", "ankn", "lokal", "alanumero", "εσωτ"),
    *("内線", "分机", "分機", "내선", "שלוחה", "تحويلة"),
)
OTHER_EXTENSION = rf"(?i)[\s,;/-]*(?:{'|'.join(EXTENSION_WORDS)})[.:]?\s*([0-9]{{1,7}})$"
SCIENTIFIC = r"(?i)^\+?[0-9]+(?:[.,][0-9]+)?E\+?[0-9]+$"
NOTHING = r"^[[^\p{L}\p{N}]0]*$"  # zeros and signs at most
JID = r"(?:\.[0-9]+)?(?::[0-9]+)?@(?:s\.whatsapp\.net|c\.us)$"  # how WhatsApp itself writes an id, of a device too
DECIMAL = r"^(\+?[0-9]{5,})[.,]0{1,2}$"  # a whole number that a program took for one with decimals
MASKED = r"[*•●∗＊█▪…]|\.{3}|[xXхХ]{2,}"  # digits that somebody has hidden


def undamaged(raw: pl.Expr) -> pl.Expr:
    """A number without the decimals that pandas, R or Excel gave it; an id of WhatsApp's with its plus."""
    plain = raw.str.replace(DECIMAL, "${1}")
    return pl.when(raw.str.contains("@", literal=True)).then(as_international(plain, JID)).otherwise(plain)


def as_international(text: pl.Expr, ending: str) -> pl.Expr:
    """A text that ends so as the number before its ending, with a plus."""
    return (
        pl.when(text.str.contains(ending))
        .then("+" + text.str.replace(ending, "").str.strip_prefix("+"))
        .otherwise(text)
    )


def is_decimal(raw: pl.Expr) -> pl.Expr:
    """Whether a number was written with decimals that mean nothing."""
    return raw.str.contains(DECIMAL)


def is_masked(raw: pl.Expr) -> pl.Expr:
    """Whether digits of a number are hidden behind other signs."""
    return raw.str.contains(MASKED)


def written_number(text: pl.Expr) -> pl.Expr:
    """The number in a cell, without what is written around it; its extension as the library understands it."""
    bare = clean(text).str.normalize("NFKC").str.replace(LABEL, "").str.replace(REMARK, "")
    return clean(bare.str.replace(OTHER_EXTENSION, ";ext=${1}"))
