"""E-mail addresses: one spelling each, what stands in for an address but is none, and mailboxes that many share."""

import re
from types import MappingProxyType
from typing import NamedTuple

import polars as pl
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from pipelines.normalise.text import clean, is_placeholder
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Validity

WRAPPING = r"""^(?:mailto:|['"<\s])+|['">\s]+$"""

# People who have to fill in an address and will not: test@test.com, none@none.de. Not example.com, which demos live on.
STOPGAPS = (
    *("test", "tests", "none", "no", "na", "null", "nobody", "nomail", "noemail", "unknown", "anonymous", "dummy"),
    *("fake", "email", "mail", "asdf", "abc", "a", "aa", "aaa", "x", "xx", "xxx", "foo", "keine", "unbekannt"),
)
STOPGAP = rf"^(?:{'|'.join(f'{word}@{word}' for word in STOPGAPS)})[.]"
NO_ADDRESS = ("noemail", "nomail", "noaddress", "donthaveone", "keineemail", "keinemail", "emailnotprovided")
MASKED = "[*•●∗＊█▪…]"  # a star may stand in an address, but hides one nearly always
FACEBOOK_ID = r"^[0-9]+@facebook\.com$"  # how Facebook's interfaces fill the field: the id of a person on a page

# Compared without dots, hyphens and underscores.
ROLES = (
    *("info", "sales", "office", "contact", "support", "hello", "service", "help", "helpdesk", "mail", "team", "admin"),
    *(
        "administrator",
        "billing",
        "accounts",
        "accounting",
        "invoice",
        "invoices",
        "orders",
        "order",
        "marketing",
        "hr",
    ),
    *("jobs", "press", "privacy", "legal", "webmaster", "postmaster", "hostmaster", "abuse", "security", "reception"),
    *("noreply", "donotreply", "mailerdaemon", "bounce", "newsletter", "notifications", "enquiries", "feedback"),
    *("kontakt", "verkauf", "vertrieb", "buero", "büro", "rechnung", "buchhaltung", "bewerbung", "datenschutz"),
    *("hallo", "empfang", "zentrale", "contacto", "ventas", "contacts", "accueil", "contatto", "amministrazione"),
)

# Domains that nobody means, and the one that was meant. None of them is a known provider of its own.
MISSPELT = MappingProxyType(
    {
        typed: meant
        for meant, slips in {
            "gmail.com": "gmial.com gmal.com gmai.com gmil.com gmaill.com gamil.com gnail.com gmail.cm gmail.co",
            "googlemail.com": "googlmail.com googelmail.com goglemail.com googlemail.co",
            "hotmail.com": "hotmial.com hotmal.com hotmai.com hotmil.com hotnail.com hotmail.co hotmail.cm",
            "yahoo.com": "yaho.com yahooo.com yhoo.com yahho.com yaoo.com yahoo.cm yahoo.co",
            "outlook.com": "outlok.com outloo.com outlook.co outlook.cm outllook.com otulook.com",
            "icloud.com": "iclod.com icoud.com icloud.co icloud.cm iclould.com",
            "gmx.de": "gmx.d gmx.ed gxm.de",
            "web.de": "wbe.de web.d web.ed",
            "t-online.de": "tonline.de t-onlin.de t-online.d",
        }.items()
        for typed in slips.split()
    }
)
MISSPELT_COM = r"\.(?:con|cmo|ocm|comm|coom|cpm|vom|xom)$"  # no registry runs any of these

# Ordinary addresses, well inside what the validator allows: in all no longer than one label of a domain may be, no two
# hyphens in a row (`xn--`), nothing that `_lowered` would take off.
PLAIN = r"^(?i-u:[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]+)$"
SPECIAL_USE = rf"(?i)\.(?:{'|'.join(re.escape(name) for name in SPECIAL_USE_DOMAIN_NAMES)})$"
LONGEST_PLAIN = 63


class Address(NamedTuple):
    """What the validator says of one address; the order is that of the columns."""

    normalised: str | None
    validity: str
    code: str | None


ADDRESS = pl.Schema(dict.fromkeys(Address._fields, pl.String))


def emails(frame: pl.DataFrame) -> pl.DataFrame:
    """Add what is known of each address of `raw`.

    Normalised is: trimmed, NFKC, lower case on both sides of the @, the domain in its ASCII form. Nothing is asked of
    the network. An address whose domain looks like a slip of the keyboard, or that only works inside a company
    (`.local`), is kept as `possible`; the former with a code and a suggestion.

    Args:
        frame: `raw` (String, nullable), and anything else.

    Returns:
        The frame, in its order, with `normalised` (String or null), `validity` (String: Validity, null for a blank
        cell), `code` (String: ErrorCode or null), `suggestion` (String: the address as it was probably meant, or null)
        and `is_role` (Boolean: a mailbox that many share, weak evidence for who somebody is).
    """
    known = frame.select("raw").unique()
    plain = known.select(is_plain(pl.col("raw")).fill_null(value=False)).to_series()
    known = pl.concat([plain_addresses(known.filter(plain)), any_addresses(known.filter(~plain))])
    known = known.with_columns(
        pl.col("normalised").str.splitn("@", 2).struct.rename_fields(["local", "domain"]).struct.unnest()
    )
    known = known.with_columns(bare=_bare(), suggestion=_meant()).with_columns(refused=_is_no_address())
    refused, slip = pl.col("refused"), pl.col("suggestion").is_not_null()
    placeholder, misspelt = ErrorCode.EMAIL_PLACEHOLDER.value, ErrorCode.EMAIL_DOMAIN_MISSPELT.value
    masked = pl.col("raw").str.contains(MASKED)
    known = known.select(
        "raw",
        normalised=pl.when(~refused & ~masked).then("normalised"),
        validity=_first(
            (refused | masked, Validity.INVALID.value), (slip, Validity.POSSIBLE.value), otherwise="validity"
        ),
        code=_first(
            (masked, ErrorCode.IDENTIFIER_MASKED.value), (refused, placeholder), (slip, misspelt), otherwise="code"
        ),
        suggestion=pl.when(~refused & ~masked).then("suggestion"),
        is_role=(~refused & ~masked & pl.col("bare").is_in(ROLES)).fill_null(False),
    )
    return frame.join(known, on="raw", how="left", nulls_equal=True, maintain_order="left")


def _first(*cases: tuple[pl.Expr, str], otherwise: str) -> pl.Expr:
    """The word of the first case that holds, else what the column says."""
    words = [pl.when(case).then(pl.lit(word)) for case, word in cases]
    return pl.coalesce(*words, otherwise)


def is_plain(raw: pl.Expr) -> pl.Expr:
    """Whether an address is so ordinary that the validator would only lower its case. Null stays null."""
    return (raw.str.len_bytes() <= LONGEST_PLAIN) & raw.str.contains(PLAIN) & ~raw.str.contains(SPECIAL_USE)


def plain_addresses(known: pl.DataFrame) -> pl.DataFrame:
    """What `any_addresses` says of addresses of which `is_plain` holds, at a fraction of its cost."""
    return known.with_columns(
        normalised=pl.col("raw").str.to_lowercase(),
        validity=pl.lit(Validity.VALID.value),
        code=pl.lit(None, pl.String),
        placeholder=pl.lit(value=False),
    )


def any_addresses(known: pl.DataFrame) -> pl.DataFrame:
    """What the validator says of the addresses in `raw`.

    Returns:
        `raw`, the columns of Address, and `placeholder` (Boolean: the cell says in words that there is none).
    """
    known = known.with_columns(text=_lowered(), placeholder=is_placeholder(pl.col("raw")).fill_null(value=False))
    texts = known["text"].unique().drop_nulls()
    addresses = pl.DataFrame([_address(text) for text in texts], schema=ADDRESS, orient="row").with_columns(text=texts)
    return known.join(addresses, on="text", how="left").select("raw", *ADDRESS, "placeholder")


def _lowered() -> pl.Expr:
    """An address as it is compared; lower case and NFKC each undo a little of what the other has done."""
    raw = clean(pl.col("raw"))
    bare = raw.str.normalize("NFKC").str.to_lowercase().str.replace_all(WRAPPING, "")
    return pl.coalesce(clean(bare.str.normalize("NFKC")), raw)


def _address(text: str) -> Address:
    """One distinct address. The validator refuses special-use domains, so those stand below .test while it looks."""
    special = "." in text.rpartition("@")[2] and text.rpartition(".")[2] in SPECIAL_USE_DOMAIN_NAMES
    below = ".test" if special else ""
    try:
        found = validate_email(text + below, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return Address(None, Validity.INVALID.value, ErrorCode.EMAIL_SYNTAX.value)
    domain = found.ascii_domain.removesuffix(below)
    inside = special and not domain.endswith(".test")
    return Address(f"{found.local_part}@{domain}", Validity.POSSIBLE if inside else Validity.VALID, None)


def _is_no_address() -> pl.Expr:
    """Whether a cell holds something that only fills the place of an address."""
    stopgap = pl.col("normalised").str.contains(STOPGAP) | pl.col("bare").is_in(NO_ADDRESS)
    return pl.col("placeholder") | (stopgap | pl.col("normalised").str.contains(FACEBOOK_ID)).fill_null(value=False)


def _bare() -> pl.Expr:
    """The local part without its tag and its punctuation."""
    return pl.col("local").str.splitn("+", 2).struct.field("field_0").str.replace_all("[._-]", "")


def _meant() -> pl.Expr:
    """The address as it was probably meant; null where nothing looks wrong."""
    domain = pl.col("domain")
    meant = domain.str.replace(MISSPELT_COM, ".com").replace(dict(MISSPELT))
    return pl.when(meant != domain).then(pl.format("{}@{}", "local", meant))
