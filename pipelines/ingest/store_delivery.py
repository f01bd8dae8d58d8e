"""Storing files, batch by batch or several at once: rows, conversations, what was refused, what was wrong."""

from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

import polars as pl

from pipelines.ingest.chunk import Chunk, DeliveriesDepend, combine_deliveries, single_chunk
from pipelines.ingest.corrections import CLAIMS, as_retry, claimed_corrections, stated_claims, without_corrected
from pipelines.ingest.people.reused_ids import tell_apart
from pipelines.ingest.people.suppressed import without_suppressed
from pipelines.ingest.reading_settings import attributes_in_batch, definitions
from pipelines.ingest.records import REJECTED, Origin, Records, records
from pipelines.ingest.row_precedence import cap_future_dates, with_precedence
from pipelines.ingest.source_merges import store_source_merges
from pipelines.ingest.store_interactions import doubtful_times, store_interactions
from pipelines.landing.arrivals import LandedFile
from pipelines.normalise.problems import PROBLEMS
from pipelines.progress import progress
from pipelines.publish.rejected_rows import DELIVERY
from pipelines.read.core.batch import Batch, Delivered, Format
from pipelines.read.tables.contact_table import IGNORE
from pipelines.read.tables.header_words import fold, shown
from pipelines.read.tables.table import both
from pipelines.store.ingest import deliveries, rejected_rows
from pipelines.store.ingest import records as store
from pipelines.store.warehouse.connection import Connection
from schemas.contact_list import ContactList, ContactTable, Mode, Update
from schemas.error_codes import ErrorCode
from schemas.vocabulary import Action, Outcome, Severity

LEFT_OUT = {
    ErrorCode.ROW_KNOWN: "a record that is not known yet: the source says `mode: add_only`",
    ErrorCode.ROW_UNKNOWN: "a record, phone or address that is known already: the source says `mode: update_only`",
}


ReportedProblems = set[tuple[str, str, str]]  # what is said once a file: delivery, field and code


# Problems that no row has, placed.
OF_A_FILE = pl.Schema({"delivery_id": pl.String(), "row_number": pl.UInt32(), **dict([*PROBLEMS.items()][1:])})


class StoredDelivery(NamedTuple):
    """What became of a file, and as which delivery: it may have turned out to correct another.

    `text_rows`: how many rows were counted in its text, apart from reading them; null where nothing can be counted.
    """

    delivery: deliveries.Delivery
    outcomes: Counter[Outcome]
    text_rows: int | None = None


def store_delivery(
    connection: Connection,
    delivery: deliveries.Delivery,
    form: Format,
    path: Delivered,
    origin: Origin,
    *,
    hold: bool = False,
) -> StoredDelivery:
    """Store a file batch by batch; count what became of its entries.

    With `hold` nothing of it is taken in: rows that are refused are kept as such, all others as quarantined.
    """
    outcomes: Counter[Outcome] = Counter()
    told: ReportedProblems = set()
    text_rows: int | None = None
    attributes: set[str] = set()
    corrected = rejected_rows.corrected_row_numbers(connection, delivery.delivery_id)
    for each in form.read(path, origin.options):
        batch = each if corrected.is_empty() else without_corrected(each, corrected)
        attributes |= attributes_in_batch(batch)
        claims = claimed_corrections(connection, delivery, batch)
        delivery = as_retry(delivery, claims)
        [became] = keep_chunk(connection, single_chunk(delivery, batch), claims, form, origin, told, hold=hold)
        outcomes.update(became)
        text_rows = both(text_rows, each.text_rows)
        progress(f"reading {delivery.source}", outcomes.total())
    deliveries.keep_attributes(connection, {delivery.delivery_id: definitions(attributes, origin.attributes)})
    return StoredDelivery(delivery, outcomes, text_rows)


def keep_together(
    connection: Connection, files: Sequence[tuple[deliveries.Delivery, Batch]], form: Format, origin: Origin
) -> list[StoredDelivery]:
    """Store small files of a source at once: each becomes what it would have if they had come one after the other.

    Raises:
        Entangled: That cannot be said of them.
    """
    chunk = combine_deliveries([delivery for delivery, _ in files], [batch for _, batch in files])
    if not stated_claims(chunk.batch).is_empty():
        raise DeliveriesDepend
    claims = CLAIMS.to_frame()
    became = keep_chunk(connection, chunk, claims, form, origin, set())
    attributes = {file.delivery_id: definitions(attributes_in_batch(batch), origin.attributes) for file, batch in files}
    deliveries.keep_attributes(connection, attributes)
    counted = [batch.text_rows for _, batch in files]
    return [StoredDelivery(*each) for each in zip(chunk.deliveries, became, counted, strict=True)]


def keep_chunk(
    connection: Connection,
    chunk: Chunk,
    claims: pl.DataFrame,
    form: Format,
    origin: Origin,
    told: ReportedProblems,
    *,
    hold: bool = False,
) -> list[Counter[Outcome]]:
    """Store the entries of a chunk, with what was wrong with them; what became of them, by delivery."""
    is_list = form.holds == "contacts"
    read = records(chunk.batch, origin._replace(declared_at=None), refuse=is_list)
    chunk, read, suppressed = without_suppressed(connection, chunk, read, origin, is_list=is_list)
    batch = chunk.batch
    arriving, doubtful = cap_future_dates(
        with_precedence(chunk.placed(read.kept), batch, origin, claims), is_list=is_list
    )
    left = rows_not_ingested(connection, arriving, read.identifiers, origin, hold=hold)
    arriving = arriving.join(left, on="row", how="anti")
    if is_list:
        people = tell_apart(connection, arriving, read.identifiers, origin.ids)
        people.keep(connection)
        arriving, doubtful = people.arriving, pl.concat([doubtful, people.problems])
    merged = store_source_merges(connection, chunk, origin, hold=hold)
    stored = pl.concat([store.keep_records(connection, arriving, read.identifiers), merged.stored])
    aside = pl.concat(
        [read.rejected, batch.refused.select(REJECTED.names()), left.select(REJECTED.names()), merged.held]
    )
    claimed_places = claims.drop_nulls("place").select("row", "retry_of", "place")
    deliveries.keep_rejected(connection, chunk.placed(aside.join(claimed_places, on="row", how="left")))
    problems = [
        read.problems,
        doubtful,
        refusals(batch.refused),
        refusals(left.drop_nulls("code")),
        doubtful_times(batch),
    ]
    deliveries.keep_problems(connection, chunk.placed(pl.concat(problems)))
    deliveries.keep_problems(connection, new_file_problems(chunk, read, origin, claims, told))
    if not hold:
        skipped = aside.filter(pl.col("outcome") == Outcome.SKIPPED.value)
        settled = pl.concat([stored.select("row"), skipped.select("row")])
        arrived = claimed_places.join(settled, on="row", how="semi")
        rejected_rows.keep_corrected(connection, chunk.deliveries[0], arrived)
    entries = list(store_interactions(connection, chunk, origin))
    return counted(chunk, [*([stored] if is_list else entries), aside, suppressed])


def counted(chunk: Chunk, entries: Sequence[pl.DataFrame]) -> list[Counter[Outcome]]:
    """What became of entries (row, outcome), by delivery."""
    outcomes: dict[str, Counter[Outcome]] = {each.delivery_id: Counter() for each in chunk.deliveries}
    every = chunk.placed(pl.concat([frame.select("row", "outcome") for frame in entries]))
    for delivery_id, outcome, rows in every.group_by("delivery_id", "outcome").len().iter_rows():
        outcomes[delivery_id][Outcome(outcome)] = rows
    return list(outcomes.values())


def rows_not_ingested(
    connection: Connection, arriving: pl.DataFrame, identifiers: pl.DataFrame, origin: Origin, *, hold: bool
) -> pl.DataFrame:
    """Good rows that are not taken in, as REJECTED with code and expected: all, or those the mode leaves out."""
    options = origin.options
    if hold:
        left = arriving.select("row", code=pl.lit(None, pl.String))
    elif isinstance(options, ContactList) and options.mode is not Mode.UPSERT:
        require_independent_deliveries(arriving, identifiers)
        own = tell_apart(connection, arriving, identifiers, origin.ids).arriving
        left = store.excluded_by_mode(connection, options.mode, own, identifiers)
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


def require_independent_deliveries(arriving: pl.DataFrame, identifiers: pl.DataFrame) -> None:
    """Raise Entangled where somebody whom one delivery brings may be known by another."""
    points = identifiers.join(arriving.select("row", "delivery_id"), on="row")
    known_by = [arriving.select("delivery_id", key="record_key"), points.select("delivery_id", key="normalised")]
    if not pl.concat(known_by).filter(pl.col("delivery_id").n_unique().over("key") > 1).is_empty():
        raise DeliveriesDepend


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


def new_file_problems(
    chunk: Chunk, read: Records, origin: Origin, claims: pl.DataFrame, told: ReportedProblems
) -> pl.DataFrame:
    """What is true of whole files and told for the first time, placed.

    Columns that mean nothing here, columns that its source speaks of and it has not, a strange `_delivery`: nobody
    shall believe that such a column was read, or that such a file was taken for a correction.
    """
    unread = "a known header, one in `columns:`, or the name of an attribute in onecontact.yaml"
    columns = chunk.placed(read.unread).select("delivery_id", "field").unique(maintain_order=True).iter_rows()
    names = dict(zip(chunk.batch.meanings, shown(list(chunk.batch.meanings)), strict=True))
    found = [
        (delivery_id, names.get(header, header), ErrorCode.HEADER_UNKNOWN, Action.FIELD_DROPPED, unread)
        for delivery_id, header in columns
    ]
    for header, option in not_found(chunk.batch, origin):
        missing = (ErrorCode.HEADER_NOT_FOUND, Action.KEPT_WITH_WARNING, f"a column of this name, as {option} says")
        found += [(each.delivery_id, header, *missing) for each in chunk.deliveries]
    if chunk.batch.assumed_encoding:
        assumed = (
            f"`encoding:` in the source: nothing says which one it is, so {chunk.batch.assumed_encoding} was assumed"
        )
        about = (ErrorCode.ENCODING_ASSUMED, Action.KEPT_WITH_WARNING, assumed)
        found += [(each.delivery_id, "", *about) for each in chunk.deliveries]
    if claims["retry_of"].null_count():
        own = "the id of a delivery of this source, as rejected/ gives it back; these rows are taken as new ones"
        delivery_id = chunk.deliveries[0].delivery_id
        found.append((delivery_id, DELIVERY, ErrorCode.RETRY_UNKNOWN, Action.KEPT_WITH_WARNING, own))
    fresh = [each for each in found if each[:3] not in told]
    told.update(each[:3] for each in fresh)
    return pl.DataFrame(
        [
            (delivery, None, None, column, code.value, Severity.INFO.value, action.value, expected, suggestion)
            for delivery, column, code, action, expected in fresh
            for suggestion in [alike(column, code, chunk.batch)]
        ],
        schema=OF_A_FILE,
        orient="row",
    )


def misdated(files: Sequence[tuple[LandedFile, deliveries.Delivery]]) -> pl.DataFrame:
    """The problems, placed, of files whose names state a time that has not come."""
    expected = "a date in the file name that has come; the file counts as of when it was modified"
    said = (ErrorCode.DATE_IN_FUTURE.value, Severity.WARNING.value, Action.KEPT_WITH_WARNING.value, expected, None)
    return pl.DataFrame(
        [(delivery.delivery_id, None, None, "", *said) for file, delivery in files if file.is_misdated],
        schema=OF_A_FILE,
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
