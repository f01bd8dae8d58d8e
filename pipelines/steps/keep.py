"""Storing one file batch by batch: its rows, its conversations, what was refused, what was wrong."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from pipelines import quality
from pipelines.normalise.problems import PROBLEMS
from pipelines.normalise.rows import REJECTED, Origin, Records, records
from pipelines.progress import progress
from pipelines.publish.rejected import DELIVERY, NUMBER
from pipelines.read.batch import Batch, Delivered, Format
from pipelines.steps.merged_rows import keep_merged_rows
from pipelines.steps.standing import dated, standing
from pipelines.store import deliveries, given_back, interactions
from pipelines.store import records as store
from pipelines.store.connection import Connection
from schemas import received
from schemas.contact_list import ContactList, Mode
from schemas.vocabulary import Action, ErrorCode, Outcome, Severity

LEFT_OUT = {
    ErrorCode.ROW_KNOWN: "a record that is not known yet: the source says `mode: add_only`",
    ErrorCode.ROW_UNKNOWN: "a record, phone or address that is known already: the source says `mode: update_only`",
}
NO_CLAIMS = pl.Schema(
    {"row": pl.UInt32(), "retry_of": pl.String(), "declared_at": pl.Datetime("us", "UTC"), "place": pl.UInt32()}
)


class Kept(NamedTuple):
    """What became of a file, and as which delivery: one that corrects another has the declared time of that one."""

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
    for nth, batch in enumerate(form.read(path, origin.options)):
        claims = claimed(connection, delivery.source, batch)
        if nth == 0:
            delivery, origin = as_retry(delivery, origin, claims)
        read = records(batch, origin, refuse=form.holds == "contacts")
        arriving, late = dated(standing(read.kept, batch, origin, claims), origin, is_list=form.holds == "contacts")
        left = set_apart(connection, arriving, read.identifiers, origin, hold=hold)
        arriving = arriving.join(left, on="row", how="anti")
        merged = keep_merged_rows(connection, delivery, batch, origin, hold=hold)
        stored = pl.concat([store.keep_records(connection, delivery, arriving, read.identifiers), merged.stored])
        aside = pl.concat(
            [read.rejected, batch.refused.select(REJECTED.names()), left.select(REJECTED.names()), merged.held]
        )
        claimed_places = claims.drop_nulls("place")
        deliveries.keep_rejected(connection, delivery, aside.join(claimed_places, on="row", how="left"))
        once = said_once(read, claims, told)
        problems = [read.problems, late, refusals(batch.refused), refusals(left.drop_nulls("code")), once]
        deliveries.keep_problems(connection, delivery, pl.concat(problems))
        if not hold:
            given_back.keep_corrected(connection, delivery, claimed_places.join(stored, on="row", how="semi"))
        entries = list(keep_conversations(connection, delivery, batch, origin))
        for frame in (*([stored] if form.holds == "contacts" else entries), aside):
            outcomes.update(Outcome(outcome) for outcome in frame["outcome"])
        progress(f"reading {delivery.source}", outcomes.total())
    return Kept(delivery, outcomes)


def claimed(connection: Connection, source: str, batch: Batch) -> pl.DataFrame:
    """Which refused rows the rows of a batch say they correct (`given_back.named`)."""
    columns = {name: f"c.{name}" for name in (DELIVERY, NUMBER)}
    if not set(columns.values()) <= set(batch.original.columns) or batch.meanings.get(DELIVERY, "ignore") != "ignore":
        return NO_CLAIMS.to_frame()
    claims = batch.original.select("row", delivery=columns[DELIVERY], number=columns[NUMBER])
    claims = claims.filter(pl.col("delivery").str.strip_chars() != "")
    return given_back.named(connection, source, claims).cast(NO_CLAIMS) if claims.height else NO_CLAIMS.to_frame()


def as_retry(delivery: deliveries.Delivery, origin: Origin, claims: pl.DataFrame) -> tuple[deliveries.Delivery, Origin]:
    """A file that brings back rows of a delivery is as old as that one: it must not win over what came in between."""
    known = claims.drop_nulls("retry_of")
    if known.is_empty():
        return delivery, origin
    first = known.row(0, named=True)
    delivery = delivery._replace(retry_of=first["retry_of"], declared_at=first["declared_at"], declared_from="retry_of")
    return delivery, origin._replace(declared_at=first["declared_at"])


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


def keep_conversations(
    connection: Connection, delivery: deliveries.Delivery, batch: Batch, origin: Origin
) -> Iterator[pl.DataFrame]:
    """Store threads, messages and events of a batch; what became of each message and event."""
    if batch.conversations.is_empty() and batch.messages.is_empty() and batch.events.is_empty():
        return
    for contract, frame in (
        (received.Conversation, batch.conversations),
        (received.Message, batch.messages),
        (received.Event, batch.events),
    ):
        quality.require(contract, frame)
    source, ids = pl.lit(delivery.source), origin.ids
    thread = ids("conversation", source, pl.col("conversation")).alias("conversation_id")
    interactions.keep_conversations(
        connection,
        delivery,
        batch.conversations.select(
            ids("conversation", source, pl.col("key")).alias("conversation_id"),
            "channel",
            "title",
            "is_group",
            "status",
        ).unique("conversation_id", keep="last", maintain_order=True),
    )
    person = pl.when(pl.col("person").is_not_null()).then(ids("record", source, pl.col("person"))).alias("record_key")
    yield interactions.keep_messages(
        connection,
        delivery,
        batch.messages.with_columns(ids("message", source, pl.col("key")).alias("message_id"), thread, person),
    )
    yield interactions.keep_events(
        connection,
        delivery,
        batch.events.with_columns(ids("event", source, pl.col("key")).alias("event_id"), thread),
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


def said_once(read: Records, claims: pl.DataFrame, told: set[tuple[str, str]]) -> pl.DataFrame:
    """What is true of a whole file and told for the first time: columns that mean nothing here, a strange `_delivery`.

    Nobody shall believe that such a column was read, or that such a file was taken for a correction.
    """
    unread = "a known header, one in `columns:`, or the name of an attribute in onecontact.yaml"
    found = [(column, ErrorCode.HEADER_UNKNOWN, Action.FIELD_DROPPED, unread) for column in read.unread]
    if claims["retry_of"].null_count():
        own = "the id of a delivery of this source, as rejected/ gives it back; these rows are taken as new ones"
        found.append((DELIVERY, ErrorCode.RETRY_UNKNOWN, Action.KEPT_WITH_WARNING, own))
    fresh = [each for each in found if each[:2] not in told]
    told.update(each[:2] for each in fresh)
    return pl.DataFrame(
        [
            (None, None, column, code.value, Severity.INFO.value, action.value, expected, None)
            for column, code, action, expected in fresh
        ],
        schema=PROBLEMS,
        orient="row",
    )
