"""A sample of candidate pairs for fitting. What records say decides which these are, not where they stand."""

from collections.abc import Collection

import narwhals as nw
import numpy as np
import polars as pl

from pipelines.match.blocking import rules as blocking
from pipelines.match.comparison.records import NAMES, POINTS, TEXTS
from pipelines.match.engines.engine import Engine, Frame

SAMPLE = 150_000  # candidate pairs that are looked at, about
CONTENT_HASHES = pl.Schema({"record": pl.UInt32, "said": pl.UInt64})
BLOCK_PAIRS = pl.Schema({"pairs": pl.Int64})


def sampled_pairs(engine: Engine, content: Frame, keys: Frame, fields: Collection[str]) -> tuple[pl.DataFrame, int]:
    """Candidate pairs of one record in so many, and in how many: lo, hi, `without <field>`.

    A pair is `without` a field that was found by what leaves the field open. `content`: the `content_hashes` of
    every record. `keys` as `rules.in_blocks` gives them.
    """
    blocks = engine.collect(engine.map_groups([keys], "key", pairs_of_blocks, BLOCK_PAIRS))
    every = max(1, -(-int(blocks["pairs"].sum()) // SAMPLE))
    found = engine.collect(_of_chosen(engine.checkpoint(keys), content, every))
    on = [blocking.fields_of(rule) for rule in blocking.RULES]
    without = {
        f"without {field}": pl.col("rule").replace_strict(dict(enumerate(field not in each for each in on)))
        for field in fields
    }
    order = ["said", "said_other", "lo", "hi"]
    pairs = found.with_columns(**without).drop("rule").group_by(order).agg(pl.all().any()).sort(order)
    return pairs.drop("said", "said_other"), every


def _of_chosen(keys: Frame, content: Frame, every: int) -> Frame:
    """Pairs of each chosen record with those that come after it in the order of what they say."""
    chosen = keys.join(content.filter(nw.col("said") % every == 0), on="record")
    others = keys.select("rule", "key", nw.col("record").alias("other"))
    met = chosen.join(others, on=["rule", "key"]).filter(nw.col("record") != nw.col("other"))
    both = met.join(content.select(nw.col("record").alias("other"), nw.col("said").alias("said_other")), on="other")
    same = nw.col("said") == nw.col("said_other")
    after = (nw.col("said") < nw.col("said_other")) | (same & (nw.col("record") < nw.col("other")))
    return both.filter(after).select(
        "rule", "said", "said_other", nw.col("record").alias("lo"), nw.col("other").alias("hi")
    )


def pairs_of_blocks(keys: pl.DataFrame) -> pl.DataFrame:
    """How many pairs whole blocks make, one that shares several blocks counted in each: pairs."""
    sizes = [own["key"].sort().rle().struct.field("len").cast(pl.Int64) for own in keys.partition_by("rule")]
    return pl.DataFrame({"pairs": [int((each * (each - 1) // 2).sum()) for each in sizes]}, schema=BLOCK_PAIRS)


def content_hashes(names: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """A number for what each record says: record, said. Records that say the same have the same."""
    record = names["record"]
    total = np.zeros(int(record.max() or 0) + 1, np.uint64)  # type: ignore[arg-type]  # a number
    columns = {part: names.select("record", value=part).drop_nulls() for part in NAMES}
    columns |= {str(field): stated for (field,), stated in facts.group_by("field")}
    for nth, field in enumerate((*NAMES, *POINTS, *TEXTS)):
        if field in columns:
            np.add.at(total, columns[field]["record"].to_numpy(), columns[field]["value"].hash(seed=nth).to_numpy())
    return pl.DataFrame({"record": record, "said": total[record.to_numpy()]}, schema=CONTENT_HASHES)
