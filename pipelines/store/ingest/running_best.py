"""What was there when a delivery came, of which several are stored at once."""

import polars as pl


def running_best(ranked: pl.DataFrame, key: str) -> pl.DataFrame:
    """The best there was of each key before each of its turns: key, turn, rank. First turns are left out.

    `ranked`: key, turn (deliveries in the order in which they come), rank (the lowest is the best).
    """
    best = ranked.group_by(key, "turn").agg(pl.col("rank").min()).sort("turn")
    return best.with_columns(pl.col("rank").cum_min().shift().over(key)).drop_nulls("rank")
