"""Phone numbers: E.164, how far to trust it, and the spellings that reach the same subscriber."""

from collections.abc import Callable
from string import ascii_uppercase
from typing import NamedTuple

import phonenumbers
import polars as pl
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType, ValidationResult

from pipelines.normalise.phone_fast_path import parse_by_plan
from pipelines.normalise.text import clean, is_placeholder
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Validity

# `p:`, `tel:`, `whatsapp:`, `Mobile:`; quotes and `=` with which spreadsheets keep a number from being reckoned with.
LABEL = r"""^['"=\s]*(?:\p{L}[\p{L} ]*:)?['"=\s]*"""
REMARK = r"""\s*(?:\([^0-9()]*\))?['"\s]*$"""
EXTENSION = r"(?i)(?:;ext=|[;,]?\s*(?:ext(?:ensio)?n?|xtn|x|#|int|anexo)[:.]?)\s*[0-9]{1,7}#?$"
SCIENTIFIC = r"(?i)^\+?[0-9]+(?:[.,][0-9]+)?E\+?[0-9]+$"
NOTHING = r"^[[^\p{L}\p{N}]0]*$"  # zeros and signs at most
JID = r"@(?:s\.whatsapp\.net|c\.us)$"  # how WhatsApp itself writes an id
WA_ID = r"^\+[1-9][0-9]{4,14}$"
WITH_COUNTRY = r"^[^0-9+]*\+"
LETTER = r"\p{L}"
VANITY = r"^\(?\+?(?:[0-9][ ().-]*){2,}[0-9][ ().-]+[A-Z](?:[ -]?[A-Z]){3,}$"
NORTH_AMERICA = 1
SOLD = (PhoneNumberType.TOLL_FREE, PhoneNumberType.SHARED_COST, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.UAN)
BY = ("raw", "default_region")

# A subscriber's two spellings in E.164: each pattern's numbers become its partner's, and back.
VARIANTS = (
    (r"^\+55([1-9]{2})9([6-9][0-9]{7})$", "+55${1}${2}"),  # Brazil: mobiles got a ninth digit, landlines begin 2 to 5
    (r"^\+55([1-9]{2})([6-9][0-9]{7})$", "+55${1}9${2}"),
    (r"^\+521([2-9][0-9]{9})$", "+52${1}"),  # Mexico: the 1 of mobiles was given up in 2019
    (r"^\+52([2-9][0-9]{9})$", "+521${1}"),
    (r"^\+549([1-3][0-9]{9})$", "+54${1}"),  # Argentina: the 9 of mobiles is dialled from abroad only
    (r"^\+54([1-3][0-9]{9})$", "+549${1}"),
    (r"^\+390([124-9][0-9]{4,9})$", "+39${1}"),  # Italy: a landline keeps its 0; without it 3… is somebody's mobile
    (r"^\+39([124-9][0-9]{4,9})$", "+390${1}"),
)
VARIED = r"^\+(?:39|5[245])"

phonenumbers.enable_pattern_cache()  # its patterns outnumber what `re` remembers: a list of all countries compiles anew


class Number(NamedTuple):
    """What is known of one number; the order is that of the columns."""

    normalised: str | None = None
    validity: str | None = None
    region: str | None = None
    extension: str | None = None
    code: str | None = None


NUMBER = pl.Schema(dict.fromkeys(Number._fields, pl.String))


def phones(frame: pl.DataFrame) -> pl.DataFrame:
    """Add what is known of each number of `raw`, read as one of `default_region` where it has no country code.

    A number that is possible but not valid is kept, with a code; so is one whose extension had to be cut off. A number
    that lacks its area code is unparseable, for it reaches different people from different towns. So are words in a
    number: read as the letters on a dial (as `phonenumbers` would) they would make it somebody else's. Only a number
    spelt to be remembered, such as 1-800-FLOWERS, is read that way: four capitals or more behind three digits or more,
    where the digits alone are no number and the whole is a valid one, in North America or of a kind that is sold to
    firms (free, shared cost, premium rate, company-wide).

    Args:
        frame: `raw` and `default_region` (String, nullable; a region is two capital letters), and anything else.

    Returns:
        The frame, in its order, with `normalised` (String: E.164 without extension, or null), `validity` (String:
        Validity, null for a blank cell), `region` (String: country of the number), `extension` (String), `code`
        (String: ErrorCode or null) and `match_keys` (List[String]: the number and its variants, empty without one).
    """
    asked = frame.select(BY).unique()
    plain = _decided(asked.filter(pl.col("raw").str.contains("[1-9]")).with_columns(text=_dialled_out(pl.col("raw"))))
    rest = asked.join(plain, on=BY, how="anti", nulls_equal=True).with_columns(text=_dialled_out(_written()))
    text = pl.col("text")
    homeless = pl.col("default_region").is_null() & ~text.str.contains(WITH_COUNTRY)
    words = text.str.replace(EXTENSION, "").str.contains(LETTER) & ~text.str.contains(VANITY)
    code = _refusal(words).when(homeless).then(pl.lit(ErrorCode.PHONE_NO_REGION.value)).otherwise(None)
    rest = rest.with_columns(code=code)
    cleaned = _decided(rest.filter(pl.col("code").is_null()))
    left = rest.join(cleaned, on=BY, how="anti", nulls_equal=True)
    known = _with_keys(pl.concat([plain, cleaned, _numbers(left, _phone)]))
    return frame.join(known, on=BY, how="left", nulls_equal=True, maintain_order="left")


def wa_ids(frame: pl.DataFrame) -> pl.DataFrame:
    """Add what is known of each WhatsApp id of `raw`: digits that begin with a country code, with or without a plus.

    WhatsApp's own numbers are not always dialable ones (older accounts in Brazil and Mexico), so five to fifteen
    digits are never refused: what the numbering plan does not know is `possible`. No region is assumed.

    Args:
        frame: `raw` (String, nullable), and anything else.

    Returns:
        The frame, in its order, with the columns that `phones` adds.
    """
    asked = frame.select("raw", default_region=pl.lit(None, pl.String)).unique()
    bare = asked.with_columns(text=pl.col("raw").str.replace(JID, "").str.replace(r"^\+?", "+"))
    plain = _decided(bare.filter(pl.col("text").str.contains(WA_ID)))
    valid = pl.col("validity") == Validity.VALID.value
    plain = plain.with_columns(
        normalised=pl.when(valid).then("normalised").otherwise("text"),
        validity=pl.when(valid).then("validity").otherwise(pl.lit(Validity.POSSIBLE.value)),
        code=pl.lit(None, pl.String),
    )
    rest = asked.join(plain, on="raw", how="anti", nulls_equal=True)
    rest = rest.with_columns(text=_written().str.replace(JID, ""))
    rest = rest.with_columns(code=_refusal(pl.col("text").str.contains(LETTER)).otherwise(None))
    known = _with_keys(pl.concat([plain, _numbers(rest, _wa_id)])).drop("default_region")
    return frame.join(known, on="raw", how="left", nulls_equal=True, maintain_order="left")


def match_keys(number: pl.Expr) -> pl.Expr:
    """Spellings in E.164 under which the subscriber of a number may be found, the number itself first.

    Variants are for finding candidates: that two numbers share one says less than that they are equal.
    """
    variant = pl.coalesce(
        pl.when(number.str.contains(pattern)).then(number.str.replace(pattern, partner))
        for pattern, partner in VARIANTS
    )
    return pl.concat_list(number, variant).list.drop_nulls()


def _with_keys(numbers: pl.DataFrame) -> pl.DataFrame:
    """Add `match_keys`; few numbers have variants to look for."""
    numbers = numbers.drop("text")
    varied = pl.col("normalised").str.contains(VARIED).fill_null(value=False)
    itself = pl.when(pl.col("normalised").is_not_null()).then(pl.concat_list("normalised")).otherwise([])
    alone = numbers.filter(~varied).with_columns(match_keys=itself)
    return pl.concat([alone, numbers.filter(varied).with_columns(match_keys=match_keys(pl.col("normalised")))])


def _written() -> pl.Expr:
    """The number in a cell, without what is written around it."""
    return clean(clean(pl.col("raw")).str.normalize("NFKC").str.replace(LABEL, "").str.replace(REMARK, ""))


def _dialled_out(text: pl.Expr) -> pl.Expr:
    """Where nobody says from where it is dialled, 00 is the way abroad."""
    return pl.when(pl.col("default_region").is_null()).then(text.str.replace("^00", "+")).otherwise(text)


def _refusal(words: pl.Expr) -> pl.expr.whenthen.ChainedThen:
    """Why a number need not be parsed, as the beginning of a chain."""
    text = pl.col("text")
    return (
        pl.when(is_placeholder(pl.col("raw")) | text.str.contains(NOTHING))
        .then(pl.lit(ErrorCode.IDENTIFIER_BLOCKED_VALUE.value))
        .when(text.str.contains(SCIENTIFIC))
        .then(pl.lit(ErrorCode.PHONE_SCIENTIFIC_NOTATION.value))
        .when(words | (text.is_null() & clean(pl.col("raw")).is_not_null()))
        .then(pl.lit(ErrorCode.PHONE_UNPARSEABLE.value))
    )


def _decided(asked: pl.DataFrame) -> pl.DataFrame:
    """What numbering plans say of the numbers that are written plainly enough for them."""
    codes = {Validity.INVALID: ErrorCode.PHONE_UNPARSEABLE, Validity.POSSIBLE: ErrorCode.PHONE_POSSIBLE_NOT_VALID}
    code = pl.col("validity").replace_strict(
        {str(validity): code.value for validity, code in codes.items()}, default=None, return_dtype=pl.String
    )
    return parse_by_plan(asked.select(*BY, "text")).select(
        *BY, "text", "normalised", "validity", "region", extension=pl.lit(None, pl.String), code=code
    )


def _numbers(asked: pl.DataFrame, parse: Callable[[str, str | None], Number]) -> pl.DataFrame:
    """Parse the numbers that nothing speaks against, one by one."""
    found = [
        _refused(ErrorCode(code)) if code else parse(text, region) if text else Number()
        for text, region, code in asked.select("text", "default_region", "code").iter_rows()
    ]
    return asked.select(*BY, "text").hstack(pl.DataFrame(found, schema=NUMBER, orient="row"))


def _phone(text: str, region: str | None) -> Number:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return _refused(ErrorCode.PHONE_UNPARSEABLE)
    if text[-1] in ascii_uppercase and not _is_vanity(number, text, region):
        return _refused(ErrorCode.PHONE_UNPARSEABLE)
    if phonenumbers.is_valid_number(number):
        return _accepted(number, Validity.VALID)
    if _is_whole(number) and _is_steady(number):
        return _accepted(number, Validity.POSSIBLE)._replace(code=ErrorCode.PHONE_POSSIBLE_NOT_VALID.value)
    return _refused(ErrorCode.PHONE_UNPARSEABLE)


def _is_vanity(number: phonenumbers.PhoneNumber, text: str, region: str | None) -> bool:
    """Whether letters were meant as those on a dial, not as a remark behind a number or an area code."""
    try:
        remarked = _is_whole(phonenumbers.parse(text.rstrip(ascii_uppercase + " -"), region))
    except NumberParseException:
        remarked = False
    sold = number.country_code == NORTH_AMERICA or phonenumbers.number_type(number) in SOLD
    return sold and not remarked and phonenumbers.is_valid_number(number)


def _is_whole(number: phonenumbers.PhoneNumber) -> bool:
    return phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE


def _is_steady(number: phonenumbers.PhoneNumber) -> bool:
    """Whether E.164 is read back as itself; zeros that the plan cannot place make it another number each time."""
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return phonenumbers.format_number(phonenumbers.parse(written), PhoneNumberFormat.E164) == written


def _wa_id(text: str, _: str | None) -> Number:
    digits = phonenumbers.normalize_digits_only(text)
    if not 5 <= len(digits) <= 15:
        return _refused(ErrorCode.PHONE_UNPARSEABLE)
    known = _phone(text if "+" in text else f"+{digits}", None)._replace(extension=None, code=None)
    if known.validity == Validity.VALID:
        return known
    return known._replace(normalised=f"+{digits}", validity=Validity.POSSIBLE.value)


def _refused(code: ErrorCode) -> Number:
    return Number(validity=Validity.INVALID.value, code=code.value)


def _accepted(number: phonenumbers.PhoneNumber, validity: Validity) -> Number:
    main_region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    return Number(
        normalised=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        validity=validity.value,
        region=phonenumbers.region_code_for_number(number) or main_region,
        extension=number.extension,
        code=ErrorCode.PHONE_EXTENSION_DROPPED.value if number.extension else None,
    )
