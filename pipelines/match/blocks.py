"""What a block says about the value its records share: one person's, several people's, nobody's in particular."""

import polars as pl

from pipelines.match.keys import NAME
from pipelines.match.names import CONTRADICTORY, name_levels

CAP = 200  # records; a larger block is no evidence and makes no pairs
GENERIC_RECORDS = 5
COMMON_NAME = 5  # records; a person is seldom known to more sources without an identifier in common


def block_states(members: pl.DataFrame) -> pl.DataFrame:
    """Judge whole blocks: `key`, `records`, `state`.

    `members`: key, record_key, tokens (List[String]), is_role; every member of each block. States, strongest first:

    - capped: more than CAP records share the key;
    - generic: the value is a shared mailbox by its name (info@), or at least GENERIC_RECORDS records share it, among
      them three names each of which contradicts the others: a switchboard, a front desk;
    - contested: two contradictory names share it: a couple, a family line;
    - common: the key is a name, and more than COMMON_NAME records bear it;
    - plain: nothing speaks against its being one person's.
    """
    sizes = members.group_by("key").agg(records=pl.len(), is_role=pl.col("is_role").any())
    names = (
        members.join(sizes.filter(pl.col("records") <= CAP), on="key", how="semi")
        .filter(~pl.col("key").str.starts_with(f"{NAME}:"), pl.col("tokens").list.len() > 0)
        .select("key", tokens=pl.col("tokens"))
        .unique()
        .with_columns(name_id=pl.col("tokens").list.join(" "))
    )
    pairs = names.join(names, on="key", suffix="_hi").filter(pl.col("name_id") < pl.col("name_id_hi"))
    levels = name_levels(pairs.rename({"tokens": "tokens_lo"}))
    against = levels.filter(pl.col("name").is_in(CONTRADICTORY)).select("key", "name_id", "name_id_hi")
    other_way = against.rename({"name_id": "name_id_hi", "name_id_hi": "name_id"})
    crowded = _crowds(pl.concat([against, other_way], how="diagonal"))
    large = pl.col("records") >= GENERIC_RECORDS
    is_name = pl.col("key").str.starts_with(f"{NAME}:")
    return sizes.select(
        "key",
        pl.col("records").cast(pl.UInt32),
        state=pl.when(pl.col("records") > CAP)
        .then(pl.lit("capped"))
        .when(pl.col("is_role") | (large & pl.col("key").is_in(crowded.implode())))
        .then(pl.lit("generic"))
        .when(pl.col("key").is_in(against["key"].implode()))
        .then(pl.lit("contested"))
        .when(is_name & (pl.col("records") > COMMON_NAME))
        .then(pl.lit("common"))
        .otherwise(pl.lit("plain")),
    )


def _crowds(against: pl.DataFrame) -> pl.Series:
    """Keys of blocks in which the most contradicted name stands against two that contradict each other, too.

    `against`: key, name_id, name_id_hi; each pair both ways.
    """
    counted = against.group_by("key", "name_id").agg(others=pl.len())
    most = counted.sort("others", "name_id", descending=[True, False]).unique("key", keep="first", maintain_order=True)
    rivals = against.join(most, on=["key", "name_id"], how="semi").select("key", "name_id_hi")
    among = against.join(rivals, on=["key", "name_id_hi"], how="semi").join(
        rivals, left_on=["key", "name_id"], right_on=["key", "name_id_hi"], how="semi"
    )
    return among["key"].unique()
