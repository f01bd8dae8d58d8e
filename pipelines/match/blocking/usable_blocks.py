"""Usable blocks by joins: what `rules.in_blocks` does in memory, for keys that lie in a store."""

import narwhals as nw

from pipelines.match.engines.engine import Frame, distinct


def usable_blocks(keys: Frame, subjects: Frame, caps: Frame) -> Frame:
    """Members of every block a subject is in, unless it is alone or there are more than its rule allows.

    `keys`: rule, key, record_key. `subjects`: record_key. `caps`: rule, cap. Result: as `keys`.
    """
    own = distinct(keys.join(subjects, on="record_key", how="semi").select("rule", "key"))
    touched = keys.join(own, on=["rule", "key"], how="semi")
    sizes = touched.group_by("rule", "key").agg(nw.len().alias("size")).join(caps, on="rule")
    usable = sizes.filter((nw.col("size") > 1) & (nw.col("size") <= nw.col("cap")))
    return keys.join(usable, on=["rule", "key"], how="semi").select("rule", "key", "record_key")
