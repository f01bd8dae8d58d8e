"""Phone numbers: E.164, how far to trust it, and the spellings that reach the same subscriber."""

from collections.abc import Callable

import phonenumbers
import polars as pl
from phonenumbers import SUPPORTED_REGIONS, country_code_for_region

from pipelines.normalise.numbering.changes import COUNTRIES, VARIED, match_keys, number_of_today
from pipelines.normalise.numbering.fillers import filler_rows
from pipelines.normalise.numbering.library import NUMBER, Number, read_number, refused
from pipelines.normalise.numbering.written import (
    EXTENSION,
    NOTHING,
    SCIENTIFIC,
    is_decimal,
    is_masked,
    names_carrier,
    undamaged,
    without_carrier,
    written_number,
)
from pipelines.normalise.phone_fast_path import SIGNS, parse_by_plan
from pipelines.normalise.text import clean, is_placeholder
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Validity

PLAIN = r"^\(?\+?(?:[ ()./-]*[0-9]){5,}$"  # nothing is written around the digits
BARE_ID = r"^\+?[1-9][0-9]{4,14}$"
NATIONAL = r"^\(?0"
WITH_COUNTRY = r"^[^0-9+]*\+"
BEFORE_COUNTRY = r"^\(?[1-9]"  # how a number begins that has neither a plus nor what is dialled before other digits
LETTER = r"\p{L}"
VANITY = r"^\(?\+?(?:[0-9][ ().-]*){2,}[0-9][ ().-]+[A-Z](?:[ -]?[A-Z]){3,}$"
CALLING_CODES = {region: str(country_code_for_region(region)) for region in SUPPORTED_REGIONS}
LONGEST_AT_HOME = 11  # digits of numbers that can be taken for one dialled at home without its first zero
BY = ("raw", "default_region")
READ = pl.Schema(dict.fromkeys((*BY, "text", *NUMBER), pl.String))


def phones(frame: pl.DataFrame) -> pl.DataFrame:
    """Add what is known of each number of `raw`, read as one of `default_region` where it has no country code.

    A number that is possible but not valid is kept, with a code; so is one whose extension had to be cut off. An area
    code alone (0171) is unparseable, and so is a number that lacks it, for it reaches different people from different
    towns. So are words in a number: read as the letters on a dial (as `phonenumbers` would) they would make it somebody
    else's. Only a number spelt to be remembered, such as 1-800-FLOWERS, is read that way: four capitals or more behind
    three digits or more, where the digits alone are no number and the whole is a valid one, in North America or of a
    kind that is sold to firms (free, shared cost, premium rate, company-wide).

    A number that begins with the country code of its region, without a plus, is one from abroad if that makes it valid;
    with a code if it could be dialled at home as well. One in a spelling that its country has given up becomes the one
    of today. A link to a WhatsApp chat is its number, and the xx of a Brazilian 0xx11 91234-5678 is no digit that is
    hidden. Repeated or running digits are kept with a code and without match keys: many people share them.

    Args:
        frame: `raw` and `default_region` (String, nullable; a region is two capital letters), and anything else.

    Returns:
        The frame, in its order, with `normalised` (String: E.164 without extension, or null), `validity` (String:
        Validity, null for a blank cell), `region` (String: country of the number), `extension` (String), `code`
        (String: ErrorCode or null) and `match_keys` (List[String]: the number and its variants, empty without one).
    """
    text = without_carrier(undamaged(pl.col("raw")), pl.col("default_region"))
    asked = frame.select(BY).unique().with_columns(text=text)
    is_plain = (pl.col("text").str.contains(PLAIN) & pl.col("text").str.contains("[1-9]")).fill_null(value=False)
    plain, other = asked.filter(is_plain), asked.filter(~is_plain).with_columns(text=written_number(pl.col("text")))
    plain, other = (each.with_columns(text=_dialled_out(pl.col("text"))) for each in (plain, other))
    text = pl.col("text")
    words = text.str.replace(EXTENSION, "").str.contains(LETTER) & ~text.str.contains(VANITY)
    homeless = pl.col("default_region").is_null() & ~text.str.contains(WITH_COUNTRY)
    no_region = pl.lit(ErrorCode.PHONE_NO_REGION.value)
    plain = plain.with_columns(code=pl.when(homeless).then(no_region))
    other = other.with_columns(code=_refusal(words).when(homeless).then(no_region).otherwise(None))
    known = _with_keys(_renumbered(_read(pl.concat([plain, other]))))
    return frame.join(known, on=BY, how="left", nulls_equal=True, maintain_order="left")


def wa_ids(frame: pl.DataFrame) -> pl.DataFrame:
    """Add what is known of each WhatsApp id of `raw`: digits that begin with a country code, with or without a plus.

    WhatsApp's own numbers are not always dialable ones (older accounts in Brazil and Mexico), so five to fifteen
    digits are never refused: what the numbering plan does not know is `possible`. A number that begins with 0 is one of
    `default_region`, and so are digits that are no number of any country but one of that region.

    Args:
        frame: `raw` (String, nullable), `default_region` (String, nullable) if it is known, and anything else.

    Returns:
        The frame, in its order, with the columns that `phones` adds.
    """
    home = pl.col("default_region") if "default_region" in frame.columns else pl.lit(None, pl.String)
    asked = frame.select("raw", default_region=home).unique()
    asked = asked.with_columns(text=without_carrier(undamaged(pl.col("raw")), pl.col("default_region")))
    is_id = pl.col("text").str.contains(BARE_ID).fill_null(value=False)
    other = asked.filter(~is_id).with_columns(text=written_number(pl.col("text")).str.replace("^00", "+"))
    is_national = pl.col("text").str.contains(NATIONAL).fill_null(value=False)
    no_region = pl.when(pl.col("default_region").is_null()).then(pl.lit(ErrorCode.PHONE_NO_REGION.value))
    told = other.filter(~is_national).with_columns(code=_refusal(pl.col("text").str.contains(LETTER)).otherwise(None))
    dialled = other.filter(is_national).with_columns(
        code=_refusal(pl.col("text").str.contains(LETTER)).otherwise(no_region)
    )
    known = pl.concat([_ids(asked.filter(is_id)), _numbers(told, _wa_id), _renumbered(_read(dialled))])
    known = _with_keys(known)
    if "default_region" not in frame.columns:
        return frame.join(known.drop("default_region"), on="raw", how="left", nulls_equal=True, maintain_order="left")
    return frame.join(known, on=BY, how="left", nulls_equal=True, maintain_order="left")


def _ids(asked: pl.DataFrame) -> pl.DataFrame:
    """Ids of WhatsApp that are digits alone, as READ."""
    told = _dialled(
        asked.with_columns(text=pl.col("text").str.replace(r"^\+?", "+"), default_region=pl.lit(None, pl.String))
    )
    told = asked.join(told.drop("default_region", "text"), on="raw", how="left").select(READ.names())
    valid = pl.col("validity") == Validity.VALID.value
    short = pl.col("text").str.len_bytes() <= LONGEST_AT_HOME
    foreign = (pl.col("validity") == Validity.INVALID.value) & short & ~pl.col("text").str.starts_with("+")
    home = _dialled(told.filter(foreign & pl.col("default_region").is_not_null()).select(*BY, "text")).filter(valid)
    home = home.with_columns(code=pl.lit(ErrorCode.PHONE_COUNTRY_ASSUMED.value))
    rest = told.join(home, on=BY, how="anti", nulls_equal=True).with_columns(
        normalised=pl.when(valid).then("normalised").otherwise(pl.col("text").str.replace(r"^\+?", "+")),
        validity=pl.when(valid).then("validity").otherwise(pl.lit(Validity.POSSIBLE.value)),
        code=pl.lit(None, pl.String),
    )
    return pl.concat([home, rest])


def _with_keys(numbers: pl.DataFrame) -> pl.DataFrame:
    """Add `match_keys`, none where digits only fill the field, and the codes of such and of damaged numbers."""
    filler = pl.int_range(pl.len()).is_in(filler_rows(numbers["normalised"]).implode())
    damaged = is_decimal(pl.col("raw")) & pl.col("normalised").is_not_null()
    numbers = numbers.drop("text").with_columns(
        validity=pl.when(filler).then(pl.lit(Validity.POSSIBLE.value)).otherwise("validity"),
        code=pl.when(filler)
        .then(pl.lit(ErrorCode.PHONE_PLACEHOLDER.value))
        .otherwise(pl.coalesce("code", pl.when(damaged).then(pl.lit(ErrorCode.PHONE_FROM_SPREADSHEET.value)))),
        keyed=pl.when(~filler).then("normalised"),
    )
    varied = pl.col("keyed").str.contains(VARIED).fill_null(value=False)
    itself = pl.when(pl.col("keyed").is_not_null()).then(pl.concat_list("keyed")).otherwise([])
    alone = numbers.filter(~varied).with_columns(match_keys=itself)
    return pl.concat([alone, numbers.filter(varied).with_columns(match_keys=match_keys(pl.col("keyed")))]).drop("keyed")


def _dialled_out(text: pl.Expr) -> pl.Expr:
    """Where nobody says from where it is dialled, 00 is the way abroad."""
    return pl.when(pl.col("default_region").is_null()).then(text.str.replace("^00", "+")).otherwise(text)


def _refusal(words: pl.Expr) -> pl.expr.whenthen.ChainedThen:
    """Why a number need not be parsed, as the beginning of a chain."""
    text = pl.col("text")
    return (
        pl.when(is_placeholder(pl.col("raw")) | text.str.contains(NOTHING))
        .then(pl.lit(ErrorCode.IDENTIFIER_BLOCKED_VALUE.value))
        .when(is_masked(pl.col("raw")) & ~(names_carrier(pl.col("raw")) & text.str.contains(PLAIN)))
        .then(pl.lit(ErrorCode.IDENTIFIER_MASKED.value))
        .when(text.str.contains(SCIENTIFIC))
        .then(pl.lit(ErrorCode.PHONE_SCIENTIFIC_NOTATION.value))
        .when(words | (text.is_null() & clean(pl.col("raw")).is_not_null()))
        .then(pl.lit(ErrorCode.PHONE_UNPARSEABLE.value))
    )


def _read(asked: pl.DataFrame) -> pl.DataFrame:
    """What is known of numbers (BY, `text`, and `code`: why one is refused unread), as READ."""
    sound = asked.filter(pl.col("code").is_null()).drop("code")
    digits = pl.col("text").str.replace_many(dict.fromkeys(SIGNS, ""))
    calling_code = pl.col("default_region").replace_strict(CALLING_CODES, default=None, return_dtype=pl.String)
    is_bare = pl.col("text").str.contains(BEFORE_COUNTRY) & pl.col("text").str.contains(PLAIN)
    coded = sound.filter(is_bare).filter(digits.str.starts_with(calling_code))
    abroad = _dialled(coded.with_columns(text="+" + digits)).filter(pl.col("validity") == Validity.VALID.value)
    short = abroad.filter(pl.col("text").str.len_bytes() <= 1 + LONGEST_AT_HOME)
    at_home = _dialled(short.select(*BY, text=pl.col("text").str.slice(1))).filter(
        pl.col("validity") == Validity.VALID.value
    )
    either = abroad.join(at_home.select(*BY, home="normalised"), on=BY, how="left").with_columns(
        code=pl.when(pl.col("home") != pl.col("normalised")).then(pl.lit(ErrorCode.PHONE_COUNTRY_ASSUMED.value))
    )
    rest = _dialled(sound if abroad.is_empty() else sound.join(abroad, on=BY, how="anti", nulls_equal=True))
    return pl.concat([either.select(READ.names()), rest, _numbers(asked.drop_nulls("code"), read_number)])


def _renumbered(known: pl.DataFrame) -> pl.DataFrame:
    """Numbers (READ) with those of today for those in spellings that their country has given up."""
    digits = pl.col("text").str.replace_many(dict.fromkeys(SIGNS, ""))
    calling_code = pl.col("default_region").replace_strict(CALLING_CODES, default=None, return_dtype=pl.String)
    national = pl.when(~pl.col("text").str.contains(WITH_COUNTRY)).then("+" + calling_code)
    old = ("+" + digits, national + digits, national + digits.str.strip_prefix("0"))
    poor = known.filter(pl.col("validity") != Validity.VALID.value).filter(pl.col("text").str.contains(PLAIN))
    poor = poor.filter(pl.any_horizontal(each.str.contains(COUNTRIES) for each in old[:2]))
    if poor.is_empty():
        return known
    today = poor.select(*BY, text=pl.coalesce(number_of_today(each) for each in old)).drop_nulls("text")
    found = _dialled(today).filter(pl.col("validity") == Validity.VALID.value)
    if found.is_empty():
        return known
    return pl.concat([known.join(found, on=BY, how="anti", nulls_equal=True), found])


def _dialled(asked: pl.DataFrame) -> pl.DataFrame:
    """What is known of numbers (BY, `text`), by numbering plans or else by the library, as READ."""
    if asked.is_empty():
        return READ.to_frame()
    decided = _decided(asked)
    left = asked.join(decided, on=BY, how="anti", nulls_equal=True)
    return pl.concat([decided, _numbers(left.with_columns(code=pl.lit(None, pl.String)), read_number)])


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
    if asked.is_empty():
        return READ.to_frame()
    found = [
        refused(ErrorCode(code)) if code else parse(text, region) if text else Number()
        for text, region, code in asked.select("text", "default_region", "code").iter_rows()
    ]
    return asked.select(*BY, "text").hstack(pl.DataFrame(found, schema=NUMBER, orient="row"))


def _wa_id(text: str, _: str | None) -> Number:
    digits = phonenumbers.normalize_digits_only(text)
    if not 5 <= len(digits) <= 15:
        return refused(ErrorCode.PHONE_UNPARSEABLE)
    known = read_number(text if "+" in text else f"+{digits}", None)._replace(extension=None, code=None)
    if known.validity == Validity.VALID:
        return known
    return known._replace(normalised=f"+{digits}", validity=Validity.POSSIBLE.value)
