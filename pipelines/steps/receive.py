"""Draining the landing area: each file is read, checked, normalised and stored in one transaction of its own."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl

from pipelines import quality
from pipelines.errors import DeliveryError, DeliveryHeld, DeliveryRefused, WrongIdentityKey
from pipelines.ids import Keyed
from pipelines.landing import Landed, landed
from pipelines.normalise.problems import PROBLEMS
from pipelines.normalise.rows import Origin, records
from pipelines.progress import progress
from pipelines.project import OpenProject, digest
from pipelines.read.batch import Batch, Format
from pipelines.read.frames import well_formed
from pipelines.read.registry import FORMATS
from pipelines.store import deliveries, interactions, runs
from pipelines.store import records as store
from pipelines.store.connection import STORE_FAILURES, Connection
from pipelines.store.warehouse import transaction
from schemas import received
from schemas.vocabulary import Action, DeliveryState, ErrorCode, Outcome, Severity


class Taken(NamedTuple):
    """What became of one file. Neither its name nor anything in it: this is shown by the orchestrator."""

    source: str
    delivery_id: str
    state: str
    outcomes: Counter[Outcome]
    code: str | None = None
    known: bool = False
    outdated: bool = False  # taken in before its source was configured as it is now, and kept as it was read then


def receive(project: OpenProject, connection: Connection, run_id: str) -> list[Taken]:
    """Take in everything in the landing area that is new, or was held or refused under other settings of its source."""
    ids = project.ids()
    own = one_id(ids, "identity key")
    if runs.identity_fingerprint(connection, own) != own:
        raise WrongIdentityKey(
            "the warehouse was made with another identity key: set `keys: identity:` to the one it has now"
        )
    arrived = [
        file
        for name, source in sorted(project.settings.sources.items())
        for file in landed(connection, project.folder, name, source)
    ]
    taken = []
    for number, file in enumerate(arrived):
        progress(f"reading {file.source}", number, len(arrived))
        taken.append(take(project, connection, file, ids, run_id))
    return taken


def take(project: OpenProject, connection: Connection, file: Landed, ids: Keyed, run_id: str) -> Taken:
    """Take in one file, or say that it is known. What is wrong with it as a whole is kept as the delivery's state."""
    options = project.settings.sources[file.source]
    attributes = project.settings.attributes
    delivery = deliveries.Delivery(
        delivery_id=one_id(ids, "delivery", file.source, file.sha256, file.stated_at),
        source=file.source,
        format=options.format,
        file_name=well_formed(file.path.name),
        file_sha256=file.sha256,
        size_bytes=file.size,
        declared_at=file.declared_at,
        declared_from=file.declared_from,
        config_digest=digest(options, sorted(attributes.items())),
    )
    before = deliveries.earlier(connection, delivery.delivery_id)
    if before and not worth_another_try(before, delivery.config_digest):
        outdated = before.config_digest != delivery.config_digest
        return Taken(file.source, delivery.delivery_id, before.state, Counter(), before.code, True, outdated)
    origin = Origin(file.source, options, file.declared_at, attributes, ids)
    try:
        with transaction(connection):
            deliveries.begin_delivery(connection, delivery)
            outcomes = keep(connection, delivery, FORMATS[options.format], file.path, origin)
            deliveries.finish_delivery(
                connection, delivery, outcomes, DeliveryState.ACCEPTED, run_id, datetime.now(UTC)
            )
        return Taken(file.source, delivery.delivery_id, DeliveryState.ACCEPTED, outcomes)
    except DeliveryError as refusal:
        problem = refusal
    except (*STORE_FAILURES, OSError, MemoryError):
        raise  # the warehouse or the machine, not the file
    except Exception as failure:  # noqa: BLE001 -- a reader's bug costs its file, not the run; no value leaves it
        problem = DeliveryRefused(
            ErrorCode.READER_FAILED,
            f"the reader {options.format} failed with {type(failure).__name__}; please report it",
        )
    state = DeliveryState.HELD if isinstance(problem, DeliveryHeld) else DeliveryState.REFUSED
    with transaction(connection):
        deliveries.begin_delivery(connection, delivery)
        deliveries.finish_delivery(
            connection, delivery, Counter(), state, run_id, datetime.now(UTC), problem.code, problem.way_out
        )
    return Taken(file.source, delivery.delivery_id, state, Counter(), problem.code)


def worth_another_try(before: deliveries.Earlier, settings: str) -> bool:
    """Whether a file that did not get in may get in now: its source is configured otherwise, or the reader failed."""
    if before.state == DeliveryState.ACCEPTED:
        return False
    return before.config_digest != settings or before.code == ErrorCode.READER_FAILED


def keep(
    connection: Connection, delivery: deliveries.Delivery, form: Format, path: Path, origin: Origin
) -> Counter[Outcome]:
    """Store a file batch by batch; count what became of its entries."""
    outcomes: Counter[Outcome] = Counter()
    unread: set[str] = set()
    for batch in form.read(path, origin.options):
        kept = records(batch, origin, refuse=form.holds == "contacts")
        stored = store.keep_records(connection, delivery, kept.kept, kept.identifiers)
        rejected = pl.concat([kept.rejected, batch.refused.select("row", "line", "outcome", "raw")])
        deliveries.keep_rejected(connection, delivery, rejected)
        unknown = [column for column in kept.unread if column not in unread]
        unread.update(unknown)
        deliveries.keep_problems(
            connection, delivery, pl.concat([kept.problems, refusals(batch.refused), headers(unknown)])
        )
        entries = list(keep_conversations(connection, delivery, batch, origin))
        counted = [stored] if form.holds == "contacts" else entries
        for frame in (*counted, rejected):
            outcomes.update(Outcome(outcome) for outcome in frame["outcome"])
        progress(f"reading {delivery.source}", outcomes.total())
    return outcomes


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


def headers(unread: list[str]) -> pl.DataFrame:
    """Columns that mean nothing in this project, so that nobody believes they were read."""
    return (
        pl.DataFrame({"field": unread}, schema={"field": pl.String})
        .select(
            row=pl.lit(None),
            line=pl.lit(None),
            field="field",
            code=pl.lit(ErrorCode.HEADER_UNKNOWN.value),
            severity=pl.lit(Severity.INFO.value),
            action=pl.lit(Action.FIELD_DROPPED.value),
            expected=pl.lit("a known header, one in `columns:`, or the name of an attribute in onecontact.yaml"),
            suggestion=pl.lit(None),
        )
        .cast(PROBLEMS)
    )


def one_id(ids: Keyed, kind: str, *parts: str) -> str:
    """One id out of a natural key."""
    return str(pl.select(ids(kind, *(pl.lit(part) for part in parts))).item())
