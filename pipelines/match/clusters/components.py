"""Connected components: which records hang together, whatever number of edges lies between them."""

import narwhals as nw
import numpy as np
import polars as pl

from pipelines.match.engines.engine import Engine, Frame, distinct

COMPONENTS = pl.Schema({"record": pl.UInt32, "component": pl.UInt32})
ON_DRIVER = 20_000_000  # edges, of eight bytes each
ROUNDS = 50  # far more than any component needs: each round takes long ways to a fraction of their length


def components(engine: Engine, edges: Frame, on_driver: int = ON_DRIVER) -> Frame:
    """The component of each record at an end of edges (lo, hi): record, component (its smallest record)."""
    if engine.rows(edges) <= on_driver:
        return engine.frame([components_of(engine.collect(edges.select("lo", "hi")))], COMPONENTS)
    return components_by_joins(engine, edges)


def components_of(edges: pl.DataFrame) -> pl.DataFrame:
    """`components` in memory, sorted: every record takes the smallest label beside it until nothing changes."""
    ends = pl.concat([edges["lo"], edges["hi"]]).unique().sort().to_numpy()
    lo, hi = (np.searchsorted(ends, edges[end].to_numpy()) for end in ("lo", "hi"))
    label = np.arange(len(ends))
    while len(lo):
        low, high = np.minimum(label[lo], label[hi]), np.maximum(label[lo], label[hi])
        np.minimum.at(label, high, low)
        while not np.array_equal(label, further := label[label]):
            label = further
        apart = label[lo] != label[hi]
        lo, hi = lo[apart], hi[apart]
    return pl.DataFrame({"record": ends, "component": ends[label]}, schema=COMPONENTS)


def components_of_keys(edges: pl.DataFrame) -> pl.DataFrame:
    """Connected components: record_key, component (its smallest record key)."""
    ends = pl.concat([edges["record_lo"], edges["record_hi"]]).unique().sort().alias("record_key").to_frame()
    numbers = ends.with_row_index("record")
    one, other = (numbers.rename({"record_key": f"record_{end}", "record": end}) for end in ("lo", "hi"))
    numbered = edges.select("record_lo", "record_hi").join(one, on="record_lo").join(other, on="record_hi")
    found = components_of(numbered).sort("record")["component"]
    return ends.with_columns(component=ends["record_key"].gather(found))


def components_by_joins(engine: Engine, edges: Frame) -> Frame:
    """`components` by joins alone, in turns of large and small stars (Kiveris and others, 2014).

    Raises:
        RuntimeError: After ROUNDS there are still ways of more than one edge, which would be a mistake in here.
    """
    stars = engine.checkpoint(distinct(edges.select("lo", "hi")))
    for _ in range(ROUNDS):
        stars = engine.checkpoint(_small_stars(engine.checkpoint(_large_stars(stars))))
        inner = stars.join(stars.select(hi="lo"), on="hi", how="semi")
        if not engine.rows(inner) and engine.rows(stars) == engine.rows(distinct(stars.select("hi"))):
            leaves = stars.select(record="hi", component="lo")
            return nw.concat([leaves, distinct(stars.select(record="lo", component="lo"))])
    raise RuntimeError(f"connected components did not settle in {ROUNDS} rounds")


def _large_stars(edges: Frame) -> Frame:
    """Each record ties its larger neighbours to the smallest of all of them and itself."""
    both = nw.concat([edges.select(one="lo", other="hi"), edges.select(one="hi", other="lo")])
    smallest = both.group_by("one").agg(nw.col("other").min().alias("smallest"))
    larger = both.filter(nw.col("other") > nw.col("one")).join(smallest, on="one")
    return distinct(larger.select(lo=nw.min_horizontal("smallest", "one"), hi="other"))


def _small_stars(edges: Frame) -> Frame:
    """Each record ties its smaller neighbours and itself to the smallest of them."""
    smallest = edges.group_by("hi").agg(nw.col("lo").min().alias("smallest"))
    neighbours = edges.join(smallest, on="hi").filter(nw.col("lo") > nw.col("smallest"))
    tied = neighbours.select(lo="smallest", hi="lo")
    return distinct(nw.concat([tied, smallest.select(lo="smallest", hi="hi")]))
