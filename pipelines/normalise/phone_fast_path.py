"""Numbering plans for whole columns: what `phonenumbers` would say of plainly written numbers, in its own patterns.

The expressions follow the library's algorithm step by step (country code, national prefix, possible lengths, types of
number, region), on the metadata it carries. Whatever is not plain digits and punctuation is left to the library itself.
"""

import re
from functools import cache
from typing import NamedTuple

import polars as pl
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, SUPPORTED_REGIONS, PhoneMetadata, country_code_for_region

from pipelines.normalise.numbering.library import SHORTEST
from schemas.vocabulary import Validity

# Digits as people group them, with at most one plus before them; the library sees nothing else in such a text.
PLAIN = r"^\(?\+?[0-9 ()./-]*[0-9]$"
SIGNS = "+ ()./-"
DIGITS = (5, 16)
LONGEST = 250  # what the library reads at all
WITH_PLUS = r"^\(?\+"
NATIONAL_DIGITS = (2, 17)  # what the library can hold
FEWEST = 200  # for fewer numbers of a country, building its expressions costs more than asking the library

TYPES = (
    *("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost"),
    *("personal_number", "voip", "pager", "uan", "voicemail"),
)
MAIN_REGION = {str(code): regions[0] for code, regions in COUNTRY_CODE_TO_REGION_CODE.items()}
DECIDED = pl.Schema({"normalised": pl.String, "validity": pl.String, "region": pl.String})


class Kind(NamedTuple):
    """Numbers of certain lengths that match a pattern; no lengths stand for any."""

    lengths: tuple[int, ...]
    pattern: str

    def holds(self, number: pl.Expr) -> pl.Expr:
        """Whether a national number is of this kind."""
        matches = number.str.contains(f"^(?:{self.pattern})$")
        return number.str.len_bytes().is_in(self.lengths) & matches if self.lengths else matches


class Plan(NamedTuple):
    """The numbering plan of one region."""

    calling_code: str
    region: str
    abroad: str  # what is dialled before a country code
    prefix: str  # what is dialled before a national number and is no part of it
    transform: str  # what a prefix that captures something becomes
    general: Kind  # every number
    local: tuple[int, ...]  # lengths of numbers without their area code
    kinds: tuple[Kind, ...]  # the numbers that were given out
    leading: str  # first digits that tell the region from others of its country code


@cache
def plan(calling_code: str, region: str) -> Plan:
    """The plan of a region, `001` standing for a country code that belongs to no region.

    Raises:
        LookupError: the library has no such plan.
    """
    known = PhoneMetadata.metadata_for_region_or_calling_code(int(calling_code), region)
    if known is None or known.general_desc is None:
        raise LookupError(f"there is no numbering plan of {region}")
    described = [each for name in TYPES if (each := getattr(known, name)) and each.national_number_pattern]
    patterns: dict[tuple[int, ...], list[str]] = {}
    for each in described:
        patterns.setdefault(tuple(each.possible_length), []).append(_ascii(each.national_number_pattern))
    return Plan(
        calling_code,
        region,
        _ascii(known.international_prefix),
        _ascii(known.national_prefix_for_parsing),
        re.sub(r"\\([0-9])", r"${\1}", known.national_prefix_transform_rule or ""),
        Kind(tuple(known.general_desc.possible_length), _ascii(known.general_desc.national_number_pattern)),
        tuple(known.general_desc.possible_length_local_only),
        tuple(Kind(lengths, "|".join(dict.fromkeys(each))) for lengths, each in patterns.items()),
        _ascii(known.leading_digits),
    )


def parse_by_plan(asked: pl.DataFrame, fewest: int = FEWEST) -> pl.DataFrame:
    """The numbers on which the plans can pronounce, and what they say: exactly what `read_number` would.

    Args:
        asked: `text` (String, nullable) and `default_region` (String, nullable; two capital letters), anything else.
        fewest: numbers of one country that make its expressions worth their building.

    Returns:
        Rows of `asked`, in any order, with `normalised` (String: E.164, null for what is no number), `validity`
        (String: Validity) and `region` (String: of the number; for one that is not valid, the main one of its country
        code where its own cannot be told). Rows left out are for the library to decide.
    """
    none = pl.DataFrame(schema={**asked.schema, **DECIDED})
    if len(asked) < fewest:
        return none
    digits = pl.col("text").str.replace_many(dict.fromkeys(SIGNS, ""))
    plain = (
        asked.filter(pl.col("text").str.contains(PLAIN), pl.col("text").str.len_bytes() <= LONGEST)
        .with_columns(digits=digits, national=pl.lit(None, pl.String))
        .filter(pl.col("digits").str.len_bytes().is_between(*DIGITS))
    )
    with_plus = pl.col("text").str.contains(WITH_PLUS)
    written = [plain.filter(with_plus)]
    homely = plain.filter(~with_plus & pl.col("default_region").is_in(SUPPORTED_REGIONS))
    for region, numbers in _groups(homely, "default_region", fewest):
        written.append(_dialled_in(numbers, region))
    coded = pl.concat(written).with_columns(calling_code=_calling_code(pl.col("digits")))
    found = [_judged(numbers, code).select(none.columns) for code, numbers in _groups(coded, "calling_code", fewest)]
    return pl.concat([none, *found])


def _ascii(pattern: str | None) -> str:
    r"""A pattern of the library for digits that are known to be ASCII: with `\d` as Unicode has it, it is huge."""
    return (pattern or "").replace(r"\d", "[0-9]")


def _groups(numbers: pl.DataFrame, by: str, fewest: int = 1) -> list[tuple[str, pl.DataFrame]]:
    parts = numbers.drop_nulls(by).partition_by(by)
    return [(part.item(0, by), part) for part in parts if len(part) >= fewest]


def _calling_code(digits: pl.Expr) -> pl.Expr:
    """The country code at the beginning; no code is the beginning of another."""
    heads = [digits.str.head(length) for length in (1, 2, 3)]
    return pl.coalesce(pl.when(head.is_in(list(MAIN_REGION))).then(head) for head in heads)


def _dialled_in(numbers: pl.DataFrame, region: str) -> pl.DataFrame:
    """Numbers as dialled in a region: `digits` from the country code on, and `national` where that was not dialled."""
    home = plan(str(country_code_for_region(region)), region)
    digits, code = pl.col("digits"), home.calling_code
    # The prefix takes the digits it can, whatever follows: it is not cut shorter because no country code begins with 0.
    out = digits.str.extract(f"^(?:{home.abroad})(.*)$", re.compile(home.abroad).groups + 1)
    goes_out = out.is_not_null() & ~out.str.starts_with("0") if home.abroad else pl.lit(value=False)
    shorter = _stripped(digits.str.slice(len(code)), home)
    becomes_one = ~_matches(digits, home) & _matches(shorter, home)
    plus_forgotten = digits.str.starts_with(code) & (becomes_one | _is_too_long(digits, home))
    return numbers.with_columns(
        national=pl.when(~goes_out & ~plus_forgotten).then(_significant(digits, home)),
        digits=pl.when(goes_out).then(out).otherwise(code + pl.when(plus_forgotten).then(shorter).otherwise(digits)),
    )


def _stripped(digits: pl.Expr, home: Plan) -> pl.Expr:
    """A number without its national prefix, unless that would make no number of what is one."""
    shorter = _cut(digits, home)
    return pl.when(_matches(digits, home) & ~_matches(shorter, home)).then(digits).otherwise(shorter)


def _significant(digits: pl.Expr, home: Plan) -> pl.Expr:
    """A number as its country counts it: stripped, if that leaves it long enough."""
    shorter = _cut(digits, home)
    spoilt = _matches(digits, home) & ~_matches(shorter, home)
    long_enough = _is_possible(shorter, home) | _is_too_long(shorter, home)
    return pl.when(long_enough & ~spoilt).then(shorter).otherwise(digits)


def _cut(digits: pl.Expr, home: Plan) -> pl.Expr:
    if home.prefix.isdigit() or not home.prefix:
        return digits.str.strip_prefix(home.prefix)
    prefix = f"^(?:{home.prefix})"
    shorter = digits.str.replace(prefix, "")
    if not home.transform:
        return shorter
    captured = digits.str.extract(prefix, re.compile(home.prefix).groups).is_not_null()
    return pl.when(captured).then(digits.str.replace(prefix, home.transform)).otherwise(shorter)


def _matches(national: pl.Expr, home: Plan) -> pl.Expr:
    return national.str.contains(f"^(?:{home.general.pattern})$")


def _is_possible(national: pl.Expr, home: Plan) -> pl.Expr:
    return national.str.len_bytes().is_in(sorted(set(home.general.lengths) - set(home.local)))


def _is_too_long(national: pl.Expr, home: Plan) -> pl.Expr:
    length = national.str.len_bytes()
    return (length > max(home.general.lengths)) & ~length.is_in(home.local)


def _is_given_out(home: Plan) -> pl.Expr:
    national = pl.col("national")
    return home.general.holds(national) & pl.any_horizontal(kind.holds(national) for kind in home.kinds)


def _judged(numbers: pl.DataFrame, code: str) -> pl.DataFrame:
    """The numbers of one country code, with what is known of them."""
    main = plan(code, MAIN_REGION[code])
    national = pl.col("national")
    numbers = numbers.with_columns(
        national=pl.coalesce(national, _significant(pl.col("digits").str.slice(len(code)), main))
    ).filter(national.str.len_bytes().is_between(*NATIONAL_DIGITS))
    told = _regions(numbers, code)
    # A number whose E.164 is read back as another one is none: the library finds a prefix in it again.
    steady = _significant(national, main) == national
    possible = _is_possible(national, main) & steady & (national.str.len_bytes() >= SHORTEST)
    good, other = told.filter("valid"), told.filter(~pl.col("valid"))
    told = pl.concat([good.with_columns(possible=pl.lit(value=True)), other.with_columns(possible=possible)])
    return told.with_columns(
        normalised=pl.when("possible").then(pl.lit(f"+{code}") + national),
        validity=pl.when("valid")
        .then(pl.lit(Validity.VALID.value))
        .when("possible")
        .then(pl.lit(Validity.POSSIBLE.value))
        .otherwise(pl.lit(Validity.INVALID.value)),
        region=pl.when("possible").then("region"),
    )


def _regions(numbers: pl.DataFrame, code: str) -> pl.DataFrame:
    """Add `region`, the first of the country code's that claims a number or the main one, and whether it is `valid`."""
    main, *others = (plan(code, region) for region in COUNTRY_CODE_TO_REGION_CODE[int(code)])
    if not others:
        return numbers.with_columns(region=pl.lit(main.region), valid=_is_given_out(main))
    told = numbers.with_columns(region=_if_claimed(main))
    left = told.filter(pl.col("region").is_null()).with_columns(
        region=pl.coalesce(_if_claimed(each) for each in others)
    )
    found = [
        left.filter(pl.col("region").is_null()).with_columns(region=pl.lit(main.region), valid=pl.lit(value=False))
    ]
    for region, its in _groups(pl.concat([told.filter(pl.col("region").is_not_null()), left]), "region"):
        home = plan(code, region)
        found.append(its.with_columns(valid=_is_given_out(home) if home.leading else pl.lit(value=True)))
    return pl.concat(found)


def _if_claimed(home: Plan) -> pl.Expr:
    """The region's name where a number is its own: by the first digits, or else by being one it has given out."""
    claimed = pl.col("national").str.contains(f"^(?:{home.leading})") if home.leading else _is_given_out(home)
    return pl.when(claimed).then(pl.lit(home.region))
