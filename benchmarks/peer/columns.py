"""Records as a careful user of Splink would clean them, whatever the list."""

import polars as pl

from benchmarks.crowd.truth import without_accents

COMMON = 20  # records, beyond which nobody's own address or number is behind a value
SEVERAL = ("exact_id", "category", "text")  # roles of which each column says something else
DAY_FIRST, MONTH_FIRST = r"^(\d\d?)\D(\d\d?)\D(\d{4})$", 12


def cleaned(records: pl.DataFrame, roles: dict[str, str]) -> pl.DataFrame:
    """Small letters without accents; the last 9 digits of phones; dates as 2026-01-31 where their order can be told.

    One column a role, its first value that is there. Roles of SEVERAL have as many columns as the list has: `exact_id`,
    `exact_id_2` … A full name is left out where it is also given in parts, and an address or a number that more than
    COMMON records have.
    """
    wanted = set(roles.values())
    if wanted >= {"given_name", "family_name"}:
        wanted.discard("full_name")
    columns = {}
    for role in sorted(wanted):
        played = [name for name, each in roles.items() if each == role]
        groups = [[name] for name in played] if role in SEVERAL else [played]
        for nth, names in enumerate(groups, start=1):
            columns[role if nth == 1 else f"{role}_{nth}"] = _clean(pl.coalesce(names), role)
    frame = records.select(pl.col("record_id").alias("unique_id"), **columns)
    return frame.with_columns(
        pl.when(pl.len().over(role) <= COMMON).then(role).alias(role) for role in ("email", "phone") if role in wanted
    )


def role_of(column: str) -> str:
    """The role that a column of `cleaned` plays."""
    return next((role for role in SEVERAL if column.startswith(role)), column)


def _clean(value: pl.Expr, role: str) -> pl.Expr:
    text = without_accents(value).str.to_lowercase().str.strip_chars()
    if role in ("phone", "exact_id", "postcode"):
        text = text.str.replace_all(r"[^a-z0-9]", "")
    if role == "phone":
        text = text.str.replace_all(r"\D", "").str.tail(9)
    if role == "date_of_birth":
        text = _date(text)
    return pl.when(text != "").then(text)


def _date(text: pl.Expr) -> pl.Expr:
    """The first of day and month is the month, unless it cannot be one."""
    first, second, year = (text.str.extract(DAY_FIRST, nth).str.zfill(2) for nth in (1, 2, 3))
    is_day = first.cast(pl.Int32, strict=False) > MONTH_FIRST
    day, month = pl.when(is_day).then(first).otherwise(second), pl.when(is_day).then(second).otherwise(first)
    whole = text.str.replace(r"^(\d{4})(\d{2})(\d{2})$", "$1-$2-$3")
    return pl.when(year.is_null()).then(whole).otherwise(pl.concat_str(year, month, day, separator="-"))
