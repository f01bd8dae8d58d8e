"""Storing one file batch by batch: its rows, its conversations, what was refused, what was wrong."""

from collections import Counter
from difflib import get_close_matches
from typing import NamedTuple

import polars as pl

from pipelines.ingest.corrections import as_retry, claimed, without_corrected
from pipelines.ingest.reading_settings import definitions, spoken_of
from pipelines.ingest.records import REJECTED, Origin, Records, records
from pipelines.ingest.reused_ids import reused_ids
from pipelines.ingest.row_precedence import dated, standing
from pipelines.ingest.source_merges import keep_merged_rows
from pipelines.ingest.store_interactions import keep_interactions, untimed
from pipelines.normalise.problems import PROBLEMS
from pipelines.progress import progress
from pipelines.publish.rejected_rows import DELIVERY
from pipelines.read.core.batch import Batch, Delivered, Format
from pipelines.read.tables.contact_table import IGNORE, fold
from pipelines.store.ingest import deliveries, rejected_rows
from pipelines.store.ingest import records as store
from pipelines.store.warehouse.connection import Connection
from schemas.contact_list import ContactList, ContactTable, Mode, Update
from schemas.vocabulary import Action, ErrorCode, Outcome, Severity

LEFT_OUT = {
    ErrorCode.ROW_KNOWN: "a record that is not known yet: the source says `mode: add_only`",
    ErrorCode.ROW_UNKNOWN: "a record, phone or address that is known already: the source says `mode: update_only`",
}


class Kept(NamedTuple):
    """What became of a file, and as which delivery: it may have turned out to correct another."""

    delivery: deliveries.Delivery
    outcomes: Counter[Outcome]


def keep(
    connection: Connection,
    delivery: deliveries.Delivery,
    form: Format,
    path: Delivered,
    origin: Origin,
    *,
    hold: bool = False,
) -> Kept:
    """Store a file batch by batch; count what became of its entries.

    With `hold` nothing of it is taken in: rows that are refused are kept as such, all others as quarantined.
    """
    outcomes: Counter[Outcome] = Counter()
    told: set[tuple[str, str]] = set()  # what is said once a file: field and code
    attributes: set[str] = set()
    corrected = rejected_rows.corrected(connection, delivery.delivery_id)
    for each in form.read(path, origin.options):
        batch = each if corrected.is_empty() else without_corrected(each, corrected)
        attributes |= spoken_of(batch)
        claims = claimed(connection, delivery, batch)
        delivery = as_retry(delivery, claims)
        read = records(batch, origin, refuse=form.holds == "contacts")
        arriving, doubtful = dated(standing(read.kept, batch, origin, claims), is_list=form.holds == "contacts")
        left = set_apart(connection, arriving, read.identifiers, origin, hold=hold)
        arriving = arriving.join(left, on="row", how="anti")
        if form.holds == "contacts":
            doubtful = pl.concat([doubtful, reused_ids(connection, arriving, read.identifiers)])
        merged = keep_merged_rows(connection, delivery, batch, origin, hold=hold)
        stored = pl.concat([store.keep_records(connection, delivery, arriving, read.identifiers), merged.stored])
        aside = pl.concat(
            [read.rejected, batch.refused.select(REJECTED.names()), left.select(REJECTED.names()), merged.held]
        )
        claimed_places = claims.drop_nulls("place").select("row", "retry_of", "place")
        deliveries.keep_rejected(connection, delivery, aside.join(claimed_places, on="row", how="left"))
        once = said_once(read, batch, origin, claims, told)
        problems = [
            read.problems,
            doubtful,
            refusals(batch.refused),
            refusals(left.drop_nulls("code")),
            once,
            untimed(batch),
        ]
        deliveries.keep_problems(connection, delivery, pl.concat(problems))
        if not hold:
            skipped = aside.filter(pl.col("outcome") == Outcome.SKIPPED.value)
            settled = pl.concat([stored.select("row"), skipped.select("row")])
            rejected_rows.keep_corrected(connection, delivery, claimed_places.join(settled, on="row", how="semi"))
        entries = list(keep_interactions(connection, delivery, batch, origin))
        for frame in (*([stored] if form.holds == "contacts" else entries), aside):
            outcomes.update({Outcome(outcome): rows for outcome, rows in frame["outcome"].value_counts().iter_rows()})
        progress(f"reading {delivery.source}", outcomes.total())
    deliveries.keep_attributes(connection, delivery, definitions(attributes, origin.attributes))
    return Kept(delivery, outcomes)


def set_apart(
    connection: Connection, arriving: pl.DataFrame, identifiers: pl.DataFrame, origin: Origin, *, hold: bool
) -> pl.DataFrame:
    """Good rows that are not taken in, as REJECTED with code and expected: all, or those the mode leaves out."""
    options = origin.options
    if hold:
        left = arriving.select("row", code=pl.lit(None, pl.String))
    elif isinstance(options, ContactList) and options.mode is not Mode.UPSERT:
        left = store.left_out(connection, options.mode, arriving, identifiers)
    else:
        left = arriving.clear().select("row", code=pl.lit(None, pl.String))
    outcome = Outcome.QUARANTINED if hold else Outcome.SKIPPED
    return arriving.join(left, on="row").select(
        "row",
        "line",
        "raw",
        "code",
        outcome=pl.lit(outcome.value),
        expected=pl.col("code").replace_strict(LEFT_OUT, default=None, return_dtype=pl.String),
    )


def refusals(refused: pl.DataFrame) -> pl.DataFrame:
    """Refused entries as problems."""
    skipped = pl.col("outcome") == Outcome.SKIPPED.value
    return refused.select(
        "row",
        "line",
        field=pl.lit(""),
        code="code",
        severity=pl.when(skipped).then(pl.lit(Severity.INFO.value)).otherwise(pl.lit(Severity.ERROR.value)),
        action=pl.when(skipped).then(pl.lit(Action.ROW_SKIPPED.value)).otherwise(pl.lit(Action.ROW_REJECTED.value)),
        expected="expected",
        suggestion=pl.lit(None),
    ).cast(PROBLEMS)


def said_once(
    read: Records, batch: Batch, origin: Origin, claims: pl.DataFrame, told: set[tuple[str, str]]
) -> pl.DataFrame:
    """What is true of a whole file and told for the first time.

    Columns that mean nothing here, columns that its source speaks of and it has not, a strange `_delivery`: nobody
    shall believe that such a column was read, or that such a file was taken for a correction.
    """
    unread = "a known header, one in `columns:`, or the name of an attribute in onecontact.yaml"
    found = [(column, ErrorCode.HEADER_UNKNOWN, Action.FIELD_DROPPED, unread) for column in read.unread]
    found += [
        (header, ErrorCode.HEADER_NOT_FOUND, Action.KEPT_WITH_WARNING, f"a column of this name, as {option} says")
        for header, option in not_found(batch, origin)
    ]
    if claims["retry_of"].null_count():
        own = "the id of a delivery of this source, as rejected/ gives it back; these rows are taken as new ones"
        found.append((DELIVERY, ErrorCode.RETRY_UNKNOWN, Action.KEPT_WITH_WARNING, own))
    fresh = [each for each in found if each[:2] not in told]
    told.update(each[:2] for each in fresh)
    return pl.DataFrame(
        [
            (None, None, column, code.value, Severity.INFO.value, action.value, expected, alike(column, code, batch))
            for column, code, action, expected in fresh
        ],
        schema=PROBLEMS,
        orient="row",
    )


def not_found(batch: Batch, origin: Origin) -> list[tuple[str, str]]:
    """The headers that a source's options give a meaning or a rule, and a file has not, each with the option."""
    options = origin.options
    if not isinstance(options, ContactTable) or not batch.meanings:
        return []
    there = {fold(header) for header in batch.meanings}
    named = [(header, "`columns:`") for header, meaning in options.columns.items() if meaning != IGNORE]
    named += [(header, "`update:`") for header, update in options.update.items() if update is not Update.IGNORE]
    return [(header, option) for header, option in named if fold(header) not in there]


def alike(header: str, code: ErrorCode, batch: Batch) -> str | None:
    """The header of the file that was probably meant by one that it has not."""
    own = {fold(each): each for each in batch.meanings}
    close = get_close_matches(fold(header), own, n=1) if code == ErrorCode.HEADER_NOT_FOUND else []
    return own[close[0]] if close else None
