"""Names and facts as they are compared: one form for all ways of writing them."""

from functools import cache

import polars as pl
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from pipelines.match.comparison.name_words import known_aliases
from pipelines.match.comparison.records import NAMES
from pipelines.normalise.email import STOPGAP
from pipelines.normalise.text import PLACEHOLDERS, match_form

LEGAL_FORM = r" (?:inc|incorporated|ltd|limited|llc|llp|plc|corp|corporation|co|company|gmbh|ag|kg|ug|sa|srl|bv|oy|ab)$"
STREET_WORDS = {
    "street": "st", "avenue": "ave", "av": "ave", "road": "rd", "boulevard": "blvd", "drive": "dr", "lane": "ln",
    "court": "ct", "place": "pl", "square": "sq", "parkway": "pkwy", "highway": "hwy", "strasse": "str",
    "north": "n", "south": "s", "east": "e", "west": "w",
}  # fmt: skip


NAMED = pl.Schema({"record": pl.UInt32, **dict.fromkeys(NAMES, pl.String)})
FACTS = pl.Schema({"record": pl.UInt32, "field": pl.String, "value": pl.String})


def comparison_form(field: str, stated: pl.DataFrame) -> pl.DataFrame:
    """Values of one field (record, value) as they are compared: record, field, value. What says nothing is left out."""
    value = pl.col("value")
    if field == "email":
        value = _one_mailbox(value.str.strip_chars().str.to_lowercase())
        value = pl.when(value.str.contains(r"^[^@\s]+@[^@\s]+$") & ~value.str.contains(STOPGAP)).then(value)
    elif field == "phone":
        value = _dialled(value)
    elif field == "date_of_birth":
        value = _date(value)
    elif field != "channel_id":  # of which every sign counts
        value = match_form(value)
        if field == "company":
            value = value.str.replace(LEGAL_FORM, "")
        elif field == "street":
            value = value.str.split(" ").list.eval(pl.element().replace(STREET_WORDS)).list.join(" ")
    kept = stated.select("record", field=pl.lit(field), value=value).filter(pl.col("value").str.len_chars() > 0)
    return kept.filter(~pl.col("value").is_in(PLACEHOLDERS)).cast(FACTS)


def folded_facts(stated: pl.DataFrame) -> pl.DataFrame:
    """Facts (record, field, value) as they are compared; a number with its country code tells the country as well."""
    folds = [comparison_form(str(field), own.select("record", "value")) for (field,), own in stated.group_by("field")]
    facts = pl.concat([pl.DataFrame(schema=FACTS), *folds])
    named = facts.filter(pl.col("field") == "country")["record"].implode()
    numbers = stated.filter(pl.col("field") == "phone", ~pl.col("record").is_in(named))
    return pl.concat([facts, told_countries(numbers)]).unique().sort(FACTS.names())


def told_countries(numbers: pl.DataFrame) -> pl.DataFrame:
    """The country of each phone number (record, value) that is written with its code: record, field, value."""
    digits = pl.col("value").str.replace_all(r"[\s().-]", "").str.extract(r"^(?:\+|00)(\d{3})")
    country = digits.replace_strict(countries(), default=None, return_dtype=pl.String)
    return comparison_form("country", numbers.select("record", value=country))


@cache
def countries() -> dict[str, str]:
    """Country by the first three digits of an international number, for calling codes of one country alone."""
    found: dict[str, str] = {}
    for code, regions in COUNTRY_CODE_TO_REGION_CODE.items():
        for rest in range(10 ** (3 - len(str(code)))):
            digits = f"{code}{rest:0{3 - len(str(code))}}" if len(str(code)) < 3 else str(code)
            if regions[0] != "001":
                found.setdefault(digits, regions[0].lower())
    return found


def _one_mailbox(address: pl.Expr) -> pl.Expr:
    """An address of Gmail as its provider reads it: without dots and what follows a plus, in one of its two domains."""
    box, is_gmail = address.str.extract("^([^@+]+)"), address.str.contains(r"@(?:gmail|googlemail)\.com$")
    return (
        pl.when(is_gmail)
        .then(pl.concat_str(box.str.replace_all(".", "", literal=True), pl.lit("@gmail.com")))
        .otherwise(address)
    )


def _dialled(value: pl.Expr) -> pl.Expr:
    """A number's digits without what only says how it is dialled; null for what is none."""
    digits = value.str.replace(r"(?i)\s*(?:x|ext\.?)\s*\d+$", "").str.replace_all(r"[^0-9]", "").str.replace("^0+", "")
    fewer = digits.str.len_chars() < FEWEST_DIGITS
    return pl.when(~fewer & ~digits.str.contains(NO_NUMBER)).then(digits)


FEWEST_DIGITS = 7
NO_NUMBER = r"^(?:0+|1?1+|2+|3+|4+|5+|6+|7+|8+|9+|1?5{6,}|0?1?23456789?0?)$"


def _date(value: pl.Expr) -> pl.Expr:
    """A date as YYYYMMDD where its order can be told, else its digits."""
    parts = value.str.extract_all(r"\d+")
    first, second, third = (parts.list.get(nth, null_on_oob=True) for nth in range(3))
    padded = [part.str.zfill(2) for part in (first, second, third)]
    digits = value.str.replace_all(r"\D", "")
    return (
        pl.when(first.str.len_chars() == 4)
        .then(pl.concat_str(padded))
        .when(third.str.len_chars() == 4)
        .then(pl.concat_str(third, padded[0], padded[1]))
        .otherwise(digits)
        .fill_null(digits)
    )


def named_by_mailbox(names: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Names with the family name that a mailbox tells where there is a given name only: Bob, robert.smith@ → smith.

    `names` and `facts` as `records.encode` takes them. The other word of the mailbox has to be the given name, or what
    people make of it.
    """
    words = pl.col("value").str.extract_groups(r"^([a-z]{2,})[._-]([a-z]{2,})\d*@").struct
    alone = names.filter(pl.col("given_name").str.len_chars() > 1, pl.col("family_name").is_null())
    boxes = facts.filter(pl.col("field") == "email").select("record", one=words.field("1"), other=words.field("2"))
    told = alone.select("record", "given_name").join(boxes.drop_nulls(), on="record")
    nick = {
        word: pl.Series([pair in known_aliases() for pair in told.select("given_name", word).rows()], dtype=pl.Boolean)
        for word in ("one", "other")
    }
    family = told.select(
        "record",
        family=pl.when((pl.col("given_name") == pl.col("one")) | nick["one"])
        .then("other")
        .when((pl.col("given_name") == pl.col("other")) | nick["other"])
        .then("one"),
    )
    first = family.drop_nulls().group_by("record").agg(pl.col("family").min())
    return (
        names.join(first, on="record", how="left", maintain_order="left")
        .with_columns(family_name=pl.coalesce("family_name", "family"))
        .drop("family")
    )
