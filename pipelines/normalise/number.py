"""Numbers as people write them: what they are worth, and when the signs alone cannot say."""

import re
from collections.abc import Iterator

import polars as pl

from pipelines.normalise.locale import Convention
from pipelines.normalise.text import clean
from schemas.error_codes import ErrorCode

LONGEST_NUMBER = 38  # characters: what a decimal of the warehouse holds
SAME = {"’": "'", "−": "-"}  # an apostrophe and a minus as typesetters write them
SPREADSHEET = r"^[+-]?[0-9]+(?:[.,][0-9]+)?[Ee][+-]?[0-9]+$"  # 1.23E+11: digits are lost, and nobody knows which
FLOAT = r"^\s*([+-]?[0-9]+)\.0\s*$"
PLAIN = r"^\s*[+-]?[0-9]+(?:[.,][0-9]+)?\s*$"
UNCERTAIN = r"^(-?[1-9][0-9]{0,2}\.[0-9]{3})$"

ANYWHERE = "a number such as 1234.5, or a `locale:` for the source in onecontact.yaml"
CUT = "all digits; a spreadsheet has cut them: format the column as a number"


def whole_numbers(cells: pl.Series, digits: int = 3) -> pl.Series:
    """Texts of one column (String) without the .0 that pandas, R or Excel put behind each of its whole numbers.

    All the numbers among them end in .0 then, and one has `digits` before it or more: 1.0 may be a version, 24103.0 is
    none. Where any number is written otherwise, all of them stay as they are.
    """
    written = cells.filter(cells.str.contains(PLAIN))
    if (
        written.is_empty()
        or not written.str.contains(FLOAT).all()
        or not written.str.contains(f"[0-9]{{{digits}}}\\.").any()
    ):
        return cells
    return cells.str.replace(FLOAT, "${1}")


def numbers(frame: pl.DataFrame, convention: Convention | None) -> pl.DataFrame:
    """Add the number that each `raw` writes, as canonical text: no separators, exponent, or zeros that mean nothing.

    With a convention only its signs are understood. Without one, a number is certain unless one who takes the point for
    the decimal sign and one who takes the comma for it would read two different numbers: 1234.5, 1,5 and 1.234,56 are,
    1.234 is not. Spaces and apostrophes part thousands for everybody.

    Args:
        frame: `raw` (String, nullable), and anything else.
        convention: That of the source's locale, if it states one.

    Returns:
        The frame, with `value` (String, or null), `code` (String: NUMBER_AMBIGUOUS, ATTR_TYPE or null) and `expected`
        (String: what would have been right, or null).
    """
    read = frame.select(text=clean(pl.col("raw")).str.normalize("NFKC").str.replace_many(SAME))
    if convention:
        plain = pl.col("text").str.replace_many(dict(convention.plain)) if convention.plain else pl.col("text")
        groups = {convention.group, " ", "'"}
        readings = [_read(read.select(plain), convention.decimal, groups, indian=convention.indian)]
    else:
        readings = [_read(read, ".", {",", " ", "'"}), _read(read, ",", {".", " ", "'"})]
    uncertain = (pl.col("one") != pl.col("other")).fill_null(value=False)
    told = read.with_columns(one=readings[0], other=readings[-1]).select(
        value=pl.when(~uncertain).then(pl.coalesce("one", "other")),
        uncertain=uncertain,
        cut=pl.col("text").str.contains(SPREADSHEET),
    )
    wrong = pl.when("uncertain").then(pl.lit(ErrorCode.NUMBER_AMBIGUOUS.value))
    return frame.with_columns(
        told.select(
            "value",
            code=wrong.when(pl.col("value").is_null()).then(pl.lit(ErrorCode.ATTR_TYPE.value)),
            expected=pl.when("cut").then(pl.lit(CUT)).otherwise(pl.lit(_expected(convention))),
        )
    )


def spelt(value: pl.Expr, convention: Convention | None = None) -> pl.Expr:
    """Canonical numbers as a source of this convention may write them: `numbers` reads them back as they are.

    Without one, a zero is put behind exactly three decimals that could be taken for thousands: 1.125 becomes 1.1250.
    """
    if convention:
        return value.str.replace(".", convention.decimal, literal=True)
    return value.str.replace(UNCERTAIN, "${1}0")


def _read(written: pl.DataFrame, decimal: str, groups: set[str], *, indian: bool = False) -> pl.Series:
    """The canonical number that each `text` writes with these signs, or null."""
    text, point = pl.col("text"), re.escape(decimal)
    grouped = [form for sign in sorted(groups) for form in _grouped(re.escape(sign), indian=indian)]
    whole = f"(?:{'|'.join(['[0-9]+', *grouped])})"
    pattern = f"^[+-]?(?:{whole}(?:{point}[0-9]+)?|{point}[0-9]+)$"
    signs = dict.fromkeys(sorted(groups), "") | {decimal: "."}
    plain = written.select(plain=pl.when(text.str.contains(pattern)).then(text.str.replace_many(signs)))
    digits = pl.col("plain").str.extract(r"^[+-]?0*([0-9]*)").replace("", "0")
    decimals = pl.col("plain").str.extract(r"(\.[0-9]*[1-9])0*$").fill_null("")
    sized = plain.with_columns(size=pl.concat_str(digits, decimals))
    negative = pl.col("plain").str.starts_with("-") & (pl.col("size") != "0")
    value = pl.when(negative).then("-" + pl.col("size")).otherwise("size")
    return sized.select(value=pl.when(pl.col("size").str.len_chars() <= LONGEST_NUMBER).then(value)).to_series()


def _grouped(sign: str, *, indian: bool) -> Iterator[str]:
    """How digits are parted by a sign: 1,234,567, and 12,34,567 in India."""
    yield f"[1-9][0-9]{{0,2}}(?:{sign}[0-9]{{3}})+"
    if indian:
        yield f"[1-9][0-9]?(?:{sign}[0-9]{{2}})+{sign}[0-9]{{3}}"


def _expected(convention: Convention | None) -> str:
    if convention is None:
        return ANYWHERE
    example = f"1{convention.group}234{convention.decimal}5"
    return f"a number as the source's locale {convention.locale} writes it, such as {example}"
