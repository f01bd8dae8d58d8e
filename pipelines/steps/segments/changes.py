"""What has changed in a segment since a publication: who entered it, who left, whose values are others."""

from collections.abc import Sequence
from enum import StrEnum

import polars as pl

from pipelines.publish.writers.columns import CHANGE
from pipelines.store.reads import exports as store
from pipelines.store.warehouse.connection import Connection
from schemas.segment import Segment
from schemas.settings.publication import Content

KEPT = pl.Schema({"contact_id": pl.String, "change": pl.String, "fingerprint": pl.UInt64})


class Change(StrEnum):
    """What became of a contact."""

    ENTERED = "entered"
    CHANGED = "changed"  # it is in the segment as before, with other values
    LEFT = "left"  # of it only the id is in the file
    UNCHANGED = "unchanged"  # not in the file


class Changes:
    """Tells what became of contacts since they were `before`: contact_id, fingerprint of those who were in it."""

    def __init__(self, before: pl.DataFrame) -> None:
        self.counts = dict.fromkeys(map(str, Change), 0)
        self._before = before.select("contact_id", was_in=True, was=pl.col("fingerprint"))
        self._members = [pl.Series("contact_id", [], pl.String)]

    def of(self, contacts: pl.DataFrame, columns: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Of contacts of the segment those that are in the file, with CHANGE; and what is kept of all of them."""
        now = contacts.with_columns(fingerprint=fingerprint(contacts, columns))
        known = now.join(self._before, on="contact_id", how="left", maintain_order="left")
        is_same = (pl.col("was") == pl.col("fingerprint")).fill_null(value=False)
        told = known.with_columns(
            pl.when(pl.col("was_in").is_null())
            .then(pl.lit(Change.ENTERED.value))
            .when(is_same)
            .then(pl.lit(Change.UNCHANGED.value))
            .otherwise(pl.lit(Change.CHANGED.value))
            .alias(CHANGE)
        )
        for kind, number in told[CHANGE].value_counts().iter_rows():
            self.counts[kind] += number
        self._members.append(contacts["contact_id"])
        return told.filter(pl.col(CHANGE) != Change.UNCHANGED.value), told.select(*KEPT)

    def left(self, like: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Those who were in it and are not, with CHANGE and without values but their id, in order; what is kept.

        `like` has the columns of the file.
        """
        now = pl.concat(self._members)
        gone = self._before.filter(~pl.col("contact_id").is_in(now.implode())).select("contact_id").sort("contact_id")
        told = gone.with_columns(pl.lit(Change.LEFT.value).alias(CHANGE))
        self.counts[Change.LEFT] += told.height
        kept = told.with_columns(fingerprint=pl.lit(None, pl.UInt64)).select(*KEPT)
        return pl.concat([like.clear(), told], how="diagonal"), kept


def changes_since(connection: Connection, since: store.Publication | None) -> Changes:
    """Tells what became of contacts since a publication; without one, all have entered."""
    if since is None:
        return Changes(pl.DataFrame(schema=KEPT))
    return Changes(was_member(store.members_of(connection, since.export_id)))


def was_member(members: pl.DataFrame) -> pl.DataFrame:
    """Of those who are kept of a publication, those who were in the segment then."""
    return members.filter(pl.col("change").is_null() | (pl.col("change") != Change.LEFT.value))


def is_nothing_new(segment: Segment, counts: dict[str, int]) -> bool:
    """Whether a file of changes would have none."""
    return segment.content is Content.CHANGES and not any(
        counts[each] for each in (Change.ENTERED, Change.CHANGED, Change.LEFT)
    )


def fingerprint(contacts: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """A number for the values of each contact in these columns, that is another one when any of them changes."""
    cells = [
        (pl.col(name).list.join("\x1e") if isinstance(contacts.schema[name], pl.List) else pl.col(name).cast(pl.String))
        for name in columns
    ]
    missing = "\x00"
    texts = contacts.select(pl.concat_str(*(each.fill_null(missing) for each in cells), separator="\x1f").alias("text"))
    return texts["text"].hash()
