"""`python -m tests.golden.country_names` writes the names of countries anew that `pipelines.normalise.country` reads.

They are those of Unicode's CLDR, as Babel has them; loading that many languages takes half a second in each run.
"""

from pathlib import Path

import polars as pl
from babel import Locale
from babel.core import get_global
from phonenumbers import SUPPORTED_REGIONS

from pipelines.normalise.country import NAMES
from pipelines.normalise.text import fold_case

LANGUAGES = (
    *("en", "de", "fr", "es", "pt", "it", "nl", "pl", "cs", "hu", "ro", "sv", "da", "nb", "fi", "tr", "el", "ru", "uk"),
    *("ar", "he", "hi", "id", "vi", "th", "ja", "ko", "zh"),
)


def country_names() -> pl.DataFrame:
    """Regions by their codes of two and three letters and by their names, folded: name, region."""
    codes = get_global("territory_aliases")
    longer = {alias: names[0] for alias, names in codes.items() if len(alias) == len("DEU") and alias.isalpha()}
    named = [(name, code) for tongue in LANGUAGES for code, name in Locale(tongue).territories.items()]
    short = [(code, code) for code in SUPPORTED_REGIONS]
    pairs = [(name, code) for name, code in [*named, *longer.items(), *short] if code in SUPPORTED_REGIONS]
    folded = pl.DataFrame(pairs, schema=["name", "region"], orient="row").with_columns(fold_case(pl.col("name")))
    return folded.unique("name", keep="last").sort("name")


if __name__ == "__main__":
    country_names().write_csv(Path("pipelines/normalise") / NAMES, separator="\t")
