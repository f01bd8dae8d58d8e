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
LINK = (  # to a chat with a number; `%2B` is a plus
    r"(?i)^\s*(?:(?:https?://)?(?:www\.)?wa\.me/(?:c/)?"
    r"|(?:https?://(?:[a-z]+\.)?|[a-z]+\.)?whatsapp(?:\.com/|://)send/?\?(?:[^#\s]*&)?phone=)"
    r"(?:\+|%2B|%20)*([0-9](?:[0-9 ().-]|%20)+[0-9])/?(?:[?&#]\S*)?\s*$"
)
BY_CARRIER = (  # xx stands for the carrier through whom one dials in Brazil; what follows is the whole number
    r"^\s*(\+\s*55\s*)?\(?\s*0?\s*(?:[xX]{2}|\*{2})\s*\)?[\s-]*\(?\s*([1-9]{2})\s*\)?[\s.-]*((?:[0-9][\s.-]*){7,8}[0-9])\s*$"
)
DECIMAL = r"^(\+?[0-9]{5,})[.,]0{1,2}$"  # a whole number that a program took for one with decimals
MASKED = r"[*•●∗＊█▪…]|\.{3}|[xXхХ]{2,}"  # digits that somebody has hidden


def undamaged(raw: pl.Expr) -> pl.Expr:
    """A number without the decimals that pandas, R or Excel gave it; an id or link of WhatsApp's with its plus."""
    linked = raw.str.to_lowercase().str.contains_any(["wa.me/", "whatsapp"])
    digits = "+" + raw.str.extract(LINK).str.replace_all("%20", " ", literal=True)
    plain = pl.coalesce(pl.when(linked).then(digits), raw.str.replace(DECIMAL, "${1}"))
    return pl.when(raw.str.contains("@", literal=True)).then(as_international(plain, JID)).otherwise(plain)


def without_carrier(text: pl.Expr, region: pl.Expr) -> pl.Expr:
    """A number of Brazil without the xx before its area code, as 0xx11 91234-5678; others as they are."""
    national = pl.when(region == "BR").then(text.str.replace(BY_CARRIER, "0${2} ${3}"))
    abroad = pl.when(text.str.contains(r"^\s*\+")).then(text.str.replace(BY_CARRIER, "+55 ${2} ${3}"))
    return pl.when(names_carrier(text)).then(pl.coalesce(abroad, national, text)).otherwise(text)


def names_carrier(text: pl.Expr) -> pl.Expr:
    """Whether a number is written with signs that stand for the carrier, not for digits somebody has hidden."""
    return text.str.contains(BY_CARRIER)


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
