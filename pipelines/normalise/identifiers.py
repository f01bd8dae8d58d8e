"""Identifiers as written become what people can be reached or known by, each read as what it is."""

from collections.abc import Callable

import polars as pl

from pipelines.normalise.email import emails
from pipelines.normalise.phone import phones, wa_ids
from pipelines.normalise.record_id import MASKED, whole
from pipelines.normalise.text import clean
from schemas.error_codes import ErrorCode
from schemas.vocabulary import IdentifierType, Validity

IDENTIFIERS = pl.Schema(
    {
        "row": pl.UInt32(),
        "type": pl.String(),
        "scope": pl.String(),
        "raw": pl.String(),
        "normalised": pl.String(),
        "validity": pl.String(),
        "is_role": pl.Boolean(),
        "match_keys": pl.List(pl.String),
        "field": pl.String(),
        "position": pl.UInt32(),
    }
)
JUDGED = pl.Schema({**IDENTIFIERS, "code": pl.String(), "suggestion": pl.String()})
REACHES = [str(kind) for kind in IdentifierType if kind is not IdentifierType.EXTERNAL_ID]


def identifiers(
    stated: pl.DataFrame, source: str, region: str | None, regions: pl.DataFrame | None = None
) -> pl.DataFrame:
    """What is known of each identifier, in their order; of those that are the same on one row, the first.

    Args:
        stated: As in `schemas.received.IdentifierRow`.
        source: Where ids of a source's own hold.
        region: Where numbers without a country code are dialled.
        regions: Where those of some rows are (`country.stated_regions`), unless only the source's region makes them
            valid.

    Returns:
        JUDGED: IDENTIFIERS, `code` (ErrorCode, or null) and `suggestion` (a repaired value to offer, or null).
    """
    written = stated.with_row_index("nth").with_columns(source_region=pl.lit(region, pl.String))
    if regions is None or regions.is_empty():
        written = written.with_columns(default_region="source_region")
    else:
        written = written.join(regions, on="row", how="left", maintain_order="left")
        written = written.with_columns(default_region=pl.coalesce("region", "source_region")).drop("region")
    kinds = written.partition_by("type", as_dict=True).items()
    read = [normalise_type(IdentifierType(kind), placed(points), source) for (kind,), points in kinds]
    told = pl.concat([pl.DataFrame(schema={"nth": pl.UInt32, **JUDGED}), *read]).sort("nth").drop("nth")
    return distinct(told, "row", "type", "scope", "normalised", "code")


def placed(points: pl.DataFrame) -> pl.DataFrame:
    """Identifiers of one type, with the position of each among those of its row."""
    nth = pl.int_range(pl.len(), dtype=pl.UInt32)
    begins = pl.when(pl.col("row") != pl.col("row").shift()).then(nth).forward_fill().fill_null(0)
    return points.sort("row", maintain_order=True).with_columns(position=nth - begins)


def normalise_type(kind: IdentifierType, points: pl.DataFrame, source: str) -> pl.DataFrame:
    """What is known of identifiers of one type: nth, and JUDGED."""
    read = READERS.get(kind, _channel_ids)(points)
    if kind is IdentifierType.EXTERNAL_ID:
        read = read.with_columns(scope=pl.lit(source))
    return read.select("nth", *(pl.col(name).cast(dtype) for name, dtype in JUDGED.items()))


def unreachable(named: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    """Rows to give back: no identifier that works, and one that does not, or no record id with a name instead."""
    reaching = points.filter(pl.col("type").is_in(REACHES))
    working = reaching.filter(pl.col("normalised").is_not_null()).select("row").unique()
    without = named.join(working, on="row", how="anti")
    offered = pl.col("row").is_in(reaching["row"].implode())
    nameless = pl.col("record_id").is_null() | pl.col("name").is_null()
    return without.filter(offered | nameless).select("row")


def valid_identifiers(points: pl.DataFrame) -> pl.DataFrame:
    """The identifiers that are kept (IDENTIFIERS): those that have a normal form, each once a row."""
    good = points.filter(pl.col("normalised").is_not_null()).select(IDENTIFIERS.names())
    return distinct(good, "row", "type", "scope", "normalised")


def distinct(points: pl.DataFrame, *by: str) -> pl.DataFrame:
    """The first of the rows that are equal in some columns. `DataFrame.unique` takes twice as long."""
    return points.filter(pl.struct(by).is_first_distinct())


def _phones(points: pl.DataFrame) -> pl.DataFrame:
    return _numbers(points, phones)


def _wa_ids(points: pl.DataFrame) -> pl.DataFrame:
    return _numbers(points, wa_ids)


def _numbers(points: pl.DataFrame, read: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """Numbers as those of their row's region, or else of their source's if they are valid there."""
    found = read(points)
    valid = pl.col("validity") == Validity.VALID.value
    elsewhere = pl.col("source_region") != pl.col("default_region")
    doubtful = points.join(found.filter(elsewhere & ~valid), on="nth", how="semi")
    if not doubtful.is_empty():
        again = read(doubtful.with_columns(default_region="source_region")).filter(valid)
        found = pl.concat([found.join(again, on="nth", how="anti"), again])
    return found.with_columns(is_role=pl.lit(value=False), suggestion=pl.lit(None))


def _emails(points: pl.DataFrame) -> pl.DataFrame:
    return emails(points).with_columns(match_keys=pl.concat_list("normalised"))


def _threads(points: pl.DataFrame) -> pl.DataFrame:
    """Threads of Messenger and Instagram, known by their number; the name before it may change."""
    number = clean(pl.col("raw")).str.extract("([^_]+)$")
    return _of_a_channel(points.with_columns(normalised=number))


def _channel_ids(points: pl.DataFrame) -> pl.DataFrame:
    return _of_a_channel(points.with_columns(normalised=clean(pl.col("raw"))))


def _of_a_channel(points: pl.DataFrame) -> pl.DataFrame:
    """Ids that are somebody's only together with their kind and scope."""
    key = pl.format("{}/{}/{}", "type", "scope", "normalised")
    return _as_it_is(points).with_columns(match_keys=pl.concat_list(key))


def _external_ids(points: pl.DataFrame) -> pl.DataFrame:
    return _as_it_is(points.with_columns(normalised=whole(clean(pl.col("raw"))))).with_columns(match_keys=pl.lit([]))


def _as_it_is(points: pl.DataFrame) -> pl.DataFrame:
    """Identifiers of which a source knows best, but for those of which a part is hidden."""
    hidden = pl.col("raw").str.contains(MASKED)
    return points.with_columns(
        normalised=pl.when(~hidden).then("normalised"),
        code=pl.when(hidden).then(pl.lit(ErrorCode.IDENTIFIER_MASKED.value)),
        suggestion=pl.lit(None),
        validity=pl.when(hidden).then(pl.lit(Validity.INVALID.value)).otherwise(pl.lit(Validity.VALID.value)),
        is_role=pl.lit(value=False),
    )


READERS = {
    IdentifierType.PHONE: _phones,
    IdentifierType.WA_ID: _wa_ids,
    IdentifierType.EMAIL: _emails,
    IdentifierType.MESSENGER_THREAD: _threads,
    IdentifierType.INSTAGRAM_THREAD: _threads,
    IdentifierType.EXTERNAL_ID: _external_ids,
}
