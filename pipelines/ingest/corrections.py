"""Rows that come back corrected: which refused rows they say they are, and what that makes of those."""

import polars as pl

from pipelines.ingest.records import as_json
from pipelines.publish.rejected_rows import DELIVERY, NUMBER
from pipelines.read.core.batch import Batch
from pipelines.store.ingest import rejected_rows
from pipelines.store.ingest.deliveries import Delivery
from pipelines.store.warehouse.connection import Connection
from schemas import received
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Outcome

CLAIMS = pl.Schema(
    {
        "row": pl.UInt32(),
        "retry_of": pl.String(),
        "declared_at": pl.Datetime("us", "UTC"),
        "place": pl.UInt32(),
        "correction": pl.String(),
    }
)
STATED = pl.Schema({"row": pl.UInt32(), "delivery": pl.String(), "number": pl.String(), "is_shapeless": pl.Boolean()})
ARRIVED = "already corrected by an earlier file"


def claimed_corrections(connection: Connection, delivery: Delivery, batch: Batch) -> pl.DataFrame:
    """Which refused rows the rows of a batch say they correct (CLAIMS).

    Those are `rejected_rows.claimed_rows`, and `correction`: what of two corrections of one row puts the later first.
    It is made of the time that the file itself declares, of its delivery and of the row. Rows that are refused for
    their shape keep what they claim, if it can still be read.
    """
    claims = stated_claims(batch)
    if claims.is_empty():
        return CLAIMS.to_frame()
    order = pl.format(
        "{} {} {}",
        pl.lit(delivery.declared_at).dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S.%6f"),
        pl.lit(delivery.delivery_id),
        pl.col("row").cast(pl.String).str.zfill(10),
    )
    found = rejected_rows.claimed_rows(connection, delivery.source, claims.drop("is_shapeless"))
    found = found.with_columns(correction=pl.when(pl.col("retry_of").is_not_null()).then(order))
    shapeless = claims.filter("is_shapeless")["row"].implode()
    unknown = pl.col("row").is_in(shapeless) & pl.col("retry_of").is_null()
    return found.filter(~unknown).select(CLAIMS.names()).cast(CLAIMS)


def stated_claims(batch: Batch) -> pl.DataFrame:
    """Rows that name a delivery they correct: row, delivery, number (as written), is_shapeless (refused as a row)."""
    if batch.meanings.get(DELIVERY, "ignore") != "ignore":  # the source has a column of its own by that name
        return pl.DataFrame(schema=STATED)
    columns = [f"c.{DELIVERY}", f"c.{NUMBER}"]
    shapeless = batch.refused.select(
        "row",
        delivery=pl.col("raw").str.json_path_match(f"$.{DELIVERY}"),
        number=pl.col("raw").str.json_path_match(f"$.{NUMBER}"),
        is_shapeless=True,
    )
    parts = [shapeless]
    if set(columns) <= set(batch.original.columns):
        whole = batch.original.select("row", delivery=columns[0], number=columns[1], is_shapeless=False)
        parts = [whole, shapeless.join(whole, on="row", how="anti")]
    return pl.concat(parts).filter(pl.col("delivery").str.strip_chars() != "")


def as_retry(delivery: Delivery, claims: pl.DataFrame) -> Delivery:
    """A file is the retry of the first delivery that a row of it names."""
    known = claims["retry_of"].drop_nulls()
    return delivery if known.is_empty() or delivery.retry_of else delivery._replace(retry_of=known[0])


def without_corrected(batch: Batch, corrected: pl.Series) -> Batch:
    """A batch in which the rows of these numbers are skipped: their corrections count, in whatever order they came."""
    gone = pl.col("row").is_in(corrected.implode())
    lines = pl.concat([frame.select("row", "line") for frame in (batch.contacts, batch.merges)])
    own = lines.join(as_json(batch.original), on="row").filter(gone).unique("row")
    rows = pl.concat([own, batch.refused.filter(gone).select("row", "line", "raw")]).unique("row", keep="first")
    if rows.is_empty():
        return batch
    skipped = rows.with_columns(
        outcome=pl.lit(Outcome.SKIPPED.value), code=pl.lit(ErrorCode.ROW_CORRECTED.value), expected=pl.lit(ARRIVED)
    )
    columns = received.empty(received.Refusal).schema
    return batch._replace(
        contacts=batch.contacts.filter(~gone),
        identifiers=batch.identifiers.filter(~gone),
        attributes=batch.attributes.filter(~gone),
        merges=batch.merges.filter(~gone),
        refused=pl.concat([batch.refused.filter(~gone), skipped.select(columns.names()).cast(columns)]).sort("row"),
    )
