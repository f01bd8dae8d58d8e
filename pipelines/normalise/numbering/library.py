"""One phone number at a time, by the library `phonenumbers`."""

from string import ascii_uppercase
from typing import NamedTuple

import phonenumbers
import polars as pl
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType, ValidationResult

from schemas.error_codes import ErrorCode
from schemas.vocabulary import Validity

NORTH_AMERICA = 1
SHORTEST = 6  # digits behind the country code of a number that is possible and not valid; area codes have up to five
SOLD = (PhoneNumberType.TOLL_FREE, PhoneNumberType.SHARED_COST, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.UAN)

phonenumbers.enable_pattern_cache()  # its patterns outnumber what `re` remembers: a list of all countries compiles anew


class Number(NamedTuple):
    """What is known of one number; the order is that of the columns."""

    normalised: str | None = None
    validity: str | None = None
    region: str | None = None
    extension: str | None = None
    code: str | None = None


NUMBER = pl.Schema(dict.fromkeys(Number._fields, pl.String))


def read_number(text: str, region: str | None) -> Number:
    """What is known of a number as dialled in a region."""
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return refused(ErrorCode.PHONE_UNPARSEABLE)
    if text[-1] in ascii_uppercase and not is_vanity(number, text, region):
        return refused(ErrorCode.PHONE_UNPARSEABLE)
    if phonenumbers.is_valid_number(number):
        return accepted(number, Validity.VALID)
    if is_whole(number) and is_steady(number) and not is_prefix(number):
        return accepted(number, Validity.POSSIBLE)._replace(code=ErrorCode.PHONE_POSSIBLE_NOT_VALID.value)
    return refused(ErrorCode.PHONE_UNPARSEABLE)


def is_vanity(number: phonenumbers.PhoneNumber, text: str, region: str | None) -> bool:
    """Whether letters were meant as those on a dial, not as a remark behind a number or an area code."""
    try:
        remarked = is_whole(phonenumbers.parse(text.rstrip(ascii_uppercase + " -"), region))
    except NumberParseException:
        remarked = False
    sold = number.country_code == NORTH_AMERICA or phonenumbers.number_type(number) in SOLD
    return sold and not remarked and phonenumbers.is_valid_number(number)


def is_whole(number: phonenumbers.PhoneNumber) -> bool:
    """Whether a number has a length that numbers of its country have."""
    return phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE


def is_prefix(number: phonenumbers.PhoneNumber) -> bool:
    """Whether a number that nobody was given is so short that it is what is dialled before others, such as 0171."""
    return len(phonenumbers.national_significant_number(number)) < SHORTEST


def is_steady(number: phonenumbers.PhoneNumber) -> bool:
    """Whether E.164 is read back as itself; zeros that the plan cannot place make it another number each time."""
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return phonenumbers.format_number(phonenumbers.parse(written), PhoneNumberFormat.E164) == written


def refused(code: ErrorCode) -> Number:
    """What is known of a number that is none."""
    return Number(validity=Validity.INVALID.value, code=code.value)


def accepted(number: phonenumbers.PhoneNumber, validity: Validity) -> Number:
    """What is known of a number that the library has read."""
    main_region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    return Number(
        normalised=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        validity=validity.value,
        region=phonenumbers.region_code_for_number(number) or main_region,
        extension=number.extension,
        code=ErrorCode.PHONE_EXTENSION_DROPPED.value if number.extension else None,
    )
