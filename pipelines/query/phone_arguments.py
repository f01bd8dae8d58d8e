"""Phone numbers as people write them into a filter, as they are stored."""

import re

from pipelines.errors import FilterFault
from schemas.filter import Condition, Operator

PHONES = frozenset({(None, "phone"), (None, "phones")})
WHOLE = frozenset(
    {
        *(Operator.EQ, Operator.NE, Operator.IN, Operator.NOT_IN),
        *(Operator.HAS_ANY, Operator.HAS_ALL, Operator.HAS_NONE),
    }
)
PART = frozenset({Operator.CONTAINS, Operator.NOT_CONTAINS, Operator.STARTS_WITH, Operator.ENDS_WITH})
SPACING = re.compile(r"[\s()./-]+")
INTERNATIONAL = re.compile(r"\+[0-9]{5,17}")
DIGITS = re.compile(r"\+?[0-9]+")


def dialled(asked: Condition, region: str | None, place: str) -> Condition:
    """A question about phone numbers, with those it states in E.164, or the digits of a part of one.

    Raises FilterFault for what is no phone number: nobody would have it.
    """
    if asked.op not in WHOLE | PART or asked.value is None:
        return asked
    read = whole if asked.op in WHOLE else part
    if isinstance(asked.value, tuple):
        return asked.model_copy(update={"value": tuple(read(each, asked, region, place) for each in asked.value)})
    return asked.model_copy(update={"value": read(asked.value, asked, region, place)})


def whole(value: object, asked: Condition, region: str | None, place: str) -> str:
    """A phone number in E.164."""
    written = SPACING.sub("", str(value))
    if INTERNATIONAL.fullmatch(written):
        return written
    from pipelines.normalise.numbering.library import read_number  # half a second, and few filters ask for a number

    number = read_number(str(value), region).normalised
    if number is None:
        raise FilterFault(place, f"{asked.field} is compared with a phone number such as +4930901820")
    return number


def part(value: object, asked: Condition, region: str | None, place: str) -> str:
    """Digits of a phone number, the code of its country in place of a first zero where it has to begin with them."""
    written = SPACING.sub("", str(value))
    if not DIGITS.fullmatch(written):
        raise FilterFault(place, f"{asked.field} is compared with digits of a phone number")
    if asked.op is Operator.STARTS_WITH and written.startswith("00"):
        return f"+{written[2:]}"
    if asked.op is Operator.STARTS_WITH and written.startswith("0") and region:
        from phonenumbers import country_code_for_region

        return f"+{country_code_for_region(region)}{written[1:]}"
    return written if asked.op in (Operator.STARTS_WITH, Operator.ENDS_WITH) else written.lstrip("0") or written
