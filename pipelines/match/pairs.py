"""Candidate pairs: records that share a blocking key, each pair once."""

import polars as pl


def candidate_pairs(keys: pl.DataFrame, subjects: pl.Series) -> pl.DataFrame:
    """Pairs of records that share a key, at least one of them a subject.

    `keys`: key, record_key, of every block a subject is in, without capped blocks. Result: record_lo, record_hi with
    record_lo < record_hi, distinct.
    """
    own = keys.filter(pl.col("record_key").is_in(subjects.implode()))
    return (
        own.join(keys, on="key", suffix="_other")
        .filter(pl.col("record_key") != pl.col("record_key_other"))
        .select(
            record_lo=pl.min_horizontal("record_key", "record_key_other"),
            record_hi=pl.max_horizontal("record_key", "record_key_other"),
        )
        .unique()
        .sort("record_lo", "record_hi")
    )
