"""What matching keeps instead of values that it only has to find again: hashes under the project's secret."""

import polars as pl

from pipelines.project import OpenProject

KEYS, IDENTIFIERS = "blocking key", "shared identifier"  # kinds, each with a key of its own


def hidden_keys(project: OpenProject, keys: pl.DataFrame) -> pl.DataFrame:
    """Blocking keys as they are stored: `key` (UInt64) is hidden, the other columns are as they were."""
    return keys.with_columns(project.hidden_numbers(KEYS)(keys["key"]))


def with_digests(project: OpenProject, identifiers: pl.DataFrame) -> pl.DataFrame:
    """Identifiers (field, value, perhaps more) with `digest` and `digest_2` (Int64), which together are one's own.

    Of 128 bits no two values will ever have the same.
    """
    hide, text = project.hidden_numbers(IDENTIFIERS), pl.concat_str("field", pl.lit("="), "value")
    hashes = identifiers.select(digest=text.hash(seed=1), digest_2=text.hash(seed=2))
    return identifiers.with_columns(hide(each).reinterpret(signed=True) for each in hashes.iter_columns())
