"""A list that says who is who."""

from typing import NamedTuple

import polars as pl

SEED = 7


class Labelled(NamedTuple):
    """Records with a column `cluster_id` that says who is who, and the role of each column that plays one."""

    records: pl.DataFrame
    roles: dict[str, str]


def once(labelled: Labelled) -> Labelled:
    """One record of each person, drawn by a seed: in such a list every merge is wrong."""
    shuffled = labelled.records.sample(fraction=1, shuffle=True, seed=SEED)
    return labelled._replace(records=shuffled.unique("cluster_id", keep="first", maintain_order=True))
