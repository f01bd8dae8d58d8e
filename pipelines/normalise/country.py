"""Countries as lists name them, as the two letters by which numbering plans are known."""

from functools import cache
from importlib.resources import files

import polars as pl

from pipelines.normalise.text import fold_case

NAMES = "country_names.tsv"  # beside this module: name, region (tests.golden.country_names)
USUAL = {
    "england": "GB", "scotland": "GB", "wales": "GB", "great britain": "GB", "northern ireland": "GB", "uk": "GB",
    "u.k.": "GB", "u.s.": "US", "u.s.a.": "US", "america": "US", "united states of america": "US", "holland": "NL",
    "brd": "DE", "d": "DE", "schweiz / suisse": "CH", "czech republic": "CZ", "turkey": "TR",
}  # fmt: skip
# Columns that say where the person is, the one that is asked first in front. Folded headers, or names of attributes.
COLUMNS = (
    *("country", "country code", "country/region", "country name", "land", "staat", "pays", "país", "pais", "paese"),
    *("nazione", "kraj", "země", "ország", "țara", "ülke", "страна", "країна", "χώρα", "negara", "国家", "国", "国名"),
    *("home country", "mailing country", "billing country", "billing_country", "address country", "cc", "landcode"),
)


def stated_regions(attributes: pl.DataFrame) -> pl.DataFrame:
    """The region that each row states in a column of its own: row, region.

    Args:
        attributes: As in `schemas.received.AttributeRow`.
    """
    name = pl.col("attribute").str.replace_all("_", " ", literal=True)
    rank = name.replace_strict({column: nth for nth, column in enumerate(COLUMNS)}, default=None, return_dtype=pl.UInt8)
    told = attributes.select("row", "raw", rank=rank).drop_nulls("rank")
    if told.is_empty():
        return pl.DataFrame(schema={"row": pl.UInt32, "region": pl.String})
    words = told.select("raw").unique()
    region = fold_case(pl.col("raw")).replace_strict(regions_by_name(), default=None, return_dtype=pl.String)
    known = told.join(words.with_columns(region=region), on="raw").drop_nulls("region")
    return known.sort("row", "rank").unique("row", keep="first", maintain_order=True).select("row", "region")


@cache
def regions_by_name() -> dict[str, str]:
    """Regions by their codes of two and three letters and by their names in 28 languages, folded."""
    table = files("pipelines.normalise").joinpath(NAMES).read_bytes()
    named = pl.read_csv(table, separator="\t", quote_char=None, null_values=[], schema_overrides=[pl.String] * 2)
    return {**dict(named.iter_rows()), **USUAL}
