"""Which of the five types a column's values have, told from the first of them."""

import re

import polars as pl
from pydantic import ValidationError

from pipelines.normalise.attribute import values
from schemas.attribute import Attribute
from schemas.error_codes import ErrorCode
from schemas.vocabulary import AttributeMerge, AttributeType

NEARLY_ALL = 0.95
LABEL = re.compile(r"(?:.* )?\w*(?:id|no|nr|number|nummer|zip|plz|postal|postcode|code|phone|fax|key)")
ASKS = re.compile(r"\b(?:is|has|do|does|not|opt in|opt out|opted)\b")
AGREES = re.compile(  # to being written to, or to what is done with data
    r"newsletter|mailing list|opt(?:ed)? ?in\b|\baccepts\b|\bagree[sd]?\b|\bsubscribed?\b|\bconsent|\bgdpr\b"
    r"|\bmarketing (?:ok|allowed|permission)\b|\bpermission to\b|\bemail permission\b"
    r"|\bdsgvo\b|einwilligung|zustimmung|abonniert\b|werbung erlaubt|\bconsentement|\babonnée?\b|\brgpd\b"
    r"|\bconsentimiento|\bsuscrit[oa]\b|\bconsenso\b|\biscritt[oa]\b|\bconsentimento|\binscrit[oa]\b|\blgpd\b"
    r"|toestemming|\bingeschreven\b"
)
REFUSES = re.compile(
    r"opt(?:ed)? ?out|\bunsubscribed?\b|\bdo not (?:call|contact|e?mail|sms|text|write)\b|blacklist"
    r"|\bno (?:e?mail|newsletter|marketing)|\bkeine? (?:werbung|newsletter)|abgemeldet|widersprochen|widerspruch"
    r"|widerruf|désabonné|\bdisiscritt[oa]\b|\bafgemeld\b"
)
OF_IT = re.compile(r"\b(?:count|number|anzahl|frequency|rating|id|list|type|version)$")  # no answer, but may be 0 or 1
DECIMAL_COMMA = r"^[+-]?(?:\d{1,3}(?:[. ']\d{3})+|\d+),(?:\d{1,2}|\d{4,})$"  # nobody parts thousands so
DECIMAL_POINT = r"\.(?:\d{1,2}|\d{4,})$"
LEADING_ZERO = r"^[+]?0\d"
MOST_VALUES = 12  # of a dropdown
REPEATED = 4  # times that each of its values occurs on average
TELLING = r"@|\d{5}|(?:\S+\s+){3}\S|.{31}"  # an address, a long number, a sentence: nothing one picks from a list


def guessed_attribute(header: str, cells: pl.Series, locale: str | None = None) -> Attribute:
    """An attribute that takes the values of a column (String, no nulls); text where nothing narrower fits.

    `header` is folded, and `locale` is how numbers are written, if that is known. A boolean needs both its values or a
    header that asks, a number a header that names no id, a dropdown values that repeat. Where people agree to be
    written to, one "no" is enough; where they object, one "yes".
    """
    distinct = cells.unique(maintain_order=True)
    if (merge := answer(header)) and not cells.is_empty() and reads_as(AttributeType.BOOLEAN, distinct, share=1):
        return Attribute(type=AttributeType.BOOLEAN, merge=merge)
    if (distinct.len() > 1 or ASKS.search(header)) and reads_as(AttributeType.BOOLEAN, distinct):
        return Attribute(type=AttributeType.BOOLEAN)
    is_label = LABEL.fullmatch(header) is not None
    counts = not is_label and not distinct.str.contains(LEADING_ZERO).any()
    if counts and reads_as(AttributeType.NUMBER, distinct, locale):
        return Attribute(type=AttributeType.NUMBER)
    if not is_label and reads_as(AttributeType.DATE, distinct):
        return Attribute(type=AttributeType.DATE)
    return listed(cells, distinct) or Attribute(type=AttributeType.TEXT)


def answer(header: str) -> AttributeMerge | None:
    """How answers to what a header (folded) asks of consent become one; None where it asks for none."""
    if OF_IT.search(header):
        return None
    if REFUSES.search(header):
        return AttributeMerge.ANY_TRUE
    return AttributeMerge.MOST_RESTRICTIVE if AGREES.search(header) else None


def has_decimal_commas(cells: pl.Series) -> bool:
    """Whether the numbers of a column (String) are written with a decimal comma, and none with a point."""
    return bool(cells.str.contains(DECIMAL_COMMA).any()) and not cells.str.contains(DECIMAL_POINT).any()


def reads_as(kind: AttributeType, distinct: pl.Series, locale: str | None = None, share: float = NEARLY_ALL) -> bool:
    """Whether this share of values is of a type; a date that is open between day and month is one."""
    frame = (
        pl.DataFrame({"raw": distinct})
        .with_row_index("row")
        .select("row", "raw", attribute=pl.lit("a"), field=pl.lit("a"))
    )
    read = values(frame, {"a": Attribute(type=kind)}, locale)
    open_dates = read.problems.filter(pl.col("code") == ErrorCode.DATE_AMBIGUOUS.value).height
    return read.kept.height + open_dates >= share * distinct.len()


def listed(cells: pl.Series, distinct: pl.Series) -> Attribute | None:
    """A dropdown of the values of a column, where they are few, short and often repeated."""
    few = 1 < distinct.len() <= MOST_VALUES and cells.len() >= REPEATED * distinct.len()
    if not few or distinct.str.contains(TELLING).any():
        return None
    try:
        return Attribute(type=AttributeType.DROPDOWN, values=tuple(sorted(distinct)))
    except ValidationError:  # two that differ in case alone
        return None
