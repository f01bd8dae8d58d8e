"""Events as bytes: their canonical JSON (RFC 8785) and the hash of each as a leaf of the tree, a column at a time.

Polars writes JSON without spaces, escapes what RFC 8785 escapes and keeps the order of the fields, which are sorted and
hold texts and lists alone: that is all there is to canonical JSON here. A test holds it equal to `rfc8785`.
"""

from hashlib import sha256

import polars as pl

from pipelines.audit.events import EVENT

LEAF = "\x00"  # before the bytes of a leaf: RFC 9162, section 2.1.1
MOMENT = "%Y-%m-%dT%H:%M:%S%.6fZ"


def canonical(events: pl.DataFrame) -> pl.Series:
    """Canonical JSON of each event (columns EVENT), as text; commitments are hexadecimal, times end in Z."""
    hexadecimal = pl.element().bin.encode("hex")
    shown = events.select(
        pl.struct(
            pl.col(name).list.eval(hexadecimal)
            if name in ("before", "after")
            else pl.col(name).dt.strftime(MOMENT)
            if name == "recorded_at"
            else pl.col(name)
            for name in EVENT
        ).struct.json_encode()
    )
    return shown.to_series().alias("event")


def leaf_hashes(events: pl.DataFrame) -> list[bytes]:
    """The leaf of each event, 32 bytes."""
    marked = canonical(events).to_frame().select(pl.lit(LEAF) + pl.col("event")).to_series()
    return [sha256(leaf).digest() for leaf in marked.cast(pl.Binary).to_list()]
