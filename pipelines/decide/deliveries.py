"""Decisions in bulk: files of change requests in landing/decisions, each applied in one transaction, row by row."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import polars as pl

from pipelines.decide.commit import MOMENT, Attribution
from pipelines.decide.request_batch import RequestBatch
from pipelines.decide.request_rows import parse_request, stated_values
from pipelines.decide.validate import parse_texts
from pipelines.errors import RequestRefused
from pipelines.ids import Keyed
from pipelines.ingest.corrections import ARRIVED, as_retry, claimed_corrections
from pipelines.ingest.ingest_files import DeliveryResult, Store, delivery_of, ingest_file
from pipelines.ingest.receive import should_retry
from pipelines.ingest.records import REJECTED, as_json
from pipelines.ingest.store_delivery import StoredDelivery, refusals
from pipelines.landing.arrivals import Arrivals, LandedFile, every_source, list_arrivals
from pipelines.normalise.problems import PROBLEMS
from pipelines.progress import progress
from pipelines.project import OpenProject, digest
from pipelines.read.change_requests.change_requests import Requests, read
from pipelines.read.core.batch import Batch
from pipelines.read.tables.table import both
from pipelines.store.audit.decision_events import record_decisions_of
from pipelines.store.decisions import change_requests
from pipelines.store.ingest import deliveries, rejected_rows
from pipelines.store.runs.runs import keep_identity
from pipelines.store.warehouse.connection import Connection
from schemas.error_codes import ErrorCode
from schemas.project import DECISIONS
from schemas.vocabulary import Action, Outcome, Severity

PLACE = ("row", "line", "request")


class Answer(NamedTuple):
    """What became of a request, and if it was refused, why."""

    row: int
    line: int | None
    outcome: Outcome
    refusal: RequestRefused | None = None


def decide(
    project: OpenProject, connection: Connection, run_id: str, there: Arrivals | None = None
) -> list[DeliveryResult]:
    """Ingest all files of change requests that are new, or could not be read before.

    `there` is what lies in the landing area, if somebody has looked already.
    """
    ids = project.ids()
    keep_identity(connection, ids)
    there = there or list_arrivals(connection, project.folder, {DECISIONS: every_source(project.settings)[DECISIONS]})
    files = [file for file in there.files if file.source == DECISIONS]
    taken = []
    for number, file in enumerate(files):
        progress("reading change requests", number, len(files))
        taken.append(ingest(project, connection, file, ids, run_id))
    return taken


def ingest(project: OpenProject, connection: Connection, file: LandedFile, ids: Keyed, run_id: str) -> DeliveryResult:
    """Ingest one file, or say that it is known."""
    delivery = request_of(project, file, ids)
    before = deliveries.earlier_delivery(connection, [delivery.delivery_id]).get(delivery.delivery_id)
    if before and not should_retry(before, outdated=before.config_digest != delivery.config_digest):
        return DeliveryResult(file.source, delivery.delivery_id, before.state, Counter(), before.code, known=True)
    return ingest_file(connection, delivery, request_store(project, file, ids, run_id), run_id)


def request_of(project: OpenProject, file: LandedFile, ids: Keyed) -> deliveries.Delivery:
    """A file of change requests as a delivery, before it is read: its columns may be any attribute there is."""
    attributes = [(name, each.model_dump(mode="json")) for name, each in sorted(project.settings.attributes.items())]
    return delivery_of(project, file, ids)._replace(config_digest=digest(attributes))


def request_store(project: OpenProject, file: LandedFile, ids: Keyed, run_id: str) -> Store:
    """How a file of change requests is taken in: each of its rows is granted or refused, in their order."""

    def store(connection: Connection, delivery: deliveries.Delivery, _: bool) -> StoredDelivery:
        outcomes: Counter[Outcome] = Counter()
        text_rows: int | None = None
        applied, granted = RequestBatch(project, connection, run_id), set[str]()
        began = datetime.now(UTC)
        for batch in read(file.path, project.settings.attributes):
            claims = claimed_corrections(connection, delivery, batch.batch)
            delivery = as_retry(delivery, claims)
            asked, late = without_corrected(connection, with_request_id(batch, ids), claims)
            rows = asked.to_dicts()
            applied.prepare(rows, parse_texts(project, stated_values(rows, list(project.settings.attributes)), began))
            answers = list(decide_rows(applied, delivery, asked, granted, began))
            outcomes.update(keep_answers(connection, delivery, batch.batch, claims, answers, late))
            text_rows = both(text_rows, batch.batch.text_rows)
            progress("deciding", outcomes.total())
        applied.derive()
        record_decisions_of(connection, delivery.delivery_id, run_id)
        return StoredDelivery(delivery, outcomes, text_rows)

    return store


def with_request_id(batch: Requests, ids: Keyed) -> pl.DataFrame:
    """Requests with `request`: what tells one that says the same again, in whatever columns."""
    said = sorted(set(batch.rows.columns) - set(PLACE))
    cells = [pl.format(f"{name}={{}}", as_text(batch.rows, name)) for name in said]
    return batch.rows.with_columns(request=ids("request", pl.concat_str(cells, separator="\x1f", ignore_nulls=True)))


def as_text(rows: pl.DataFrame, column: str) -> pl.Expr:
    """A column as text, null where it is blank."""
    cell = pl.col(column)
    return cell.list.join("\x1e").replace("", None) if isinstance(rows.schema[column], pl.List) else cell


def without_corrected(
    connection: Connection, asked: pl.DataFrame, claims: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Requests without those that another correction of their row has settled, and those: row, line."""
    known = [
        rejected_rows.corrected_row_numbers(connection, delivery)
        .to_frame("place")
        .with_columns(retry_of=pl.lit(delivery))
        for delivery in claims["retry_of"].drop_nulls().unique()
    ]
    if not known:
        return asked, asked.select("row", "line").clear()
    settled = claims.join(pl.concat(known).cast({"place": pl.UInt32}), on=["retry_of", "place"], how="semi")
    late = asked.select("row", "line").join(settled, on="row", how="semi")
    return asked.join(late, on="row", how="anti", maintain_order="left"), late


def decide_rows(
    applied: RequestBatch, delivery: deliveries.Delivery, asked: pl.DataFrame, granted: set[str], began: datetime
) -> Iterator[Answer]:
    """Grant or refuse requests in their order. `granted`: those of this file that were, earlier."""
    known = change_requests.applied_requests(applied.connection, asked["request"])
    for row in asked.iter_rows(named=True):
        place, request = (row["row"], row["line"]), row["request"]
        if request in known | granted and change_requests.still_holds(applied.connection, request):
            yield Answer(*place, Outcome.DUPLICATE_IN_FILE if request in granted else Outcome.UNCHANGED)
            continue
        cells = {column: cell for column, cell in row.items() if cell and column not in PLACE}
        try:
            wanted = parse_request(applied.project, applied.connection, cells)
            attribution = Attribution(
                actor=wanted.cells["by"],
                reason=wanted.cells["reason"],
                decided_at=began + row["row"] * MOMENT,
                delivery_id=delivery.delivery_id,
                row_number=row["row"],
            )
            decision = applied.apply(wanted, attribution)
        except RequestRefused as refusal:
            yield Answer(*place, Outcome.REJECTED, refusal)
            continue
        change_requests.keep_applied(applied.connection, request, decision.decision_id)
        granted.add(request)
        yield Answer(*place, Outcome.CREATED)


def keep_answers(
    connection: Connection,
    delivery: deliveries.Delivery,
    batch: Batch,
    claims: pl.DataFrame,
    answers: list[Answer],
    late: pl.DataFrame,
) -> Counter[Outcome]:
    """Store what is given back or skipped of a batch, why, and which refused rows have come in; count all outcomes."""
    raw = as_json(batch.original)
    rejected = pl.DataFrame(
        [(each.row, each.line, each.outcome.value) for each in answers if each.refusal],
        schema={name: REJECTED[name] for name in ("row", "line", "outcome")},
        orient="row",
    )
    skipped = late.with_columns(outcome=pl.lit(Outcome.SKIPPED.value))
    aside = pl.concat([pl.concat([rejected, skipped]).join(raw, on="row"), batch.refused.select(REJECTED.names())])
    claimed_places = claims.drop_nulls("place").select("row", "retry_of", "place")
    rejected = aside.join(claimed_places, on="row", how="left")
    deliveries.keep_rejected(connection, deliveries.placed(delivery, rejected))
    problems = pl.concat([refused(batch.meanings, answers), refusals(batch.refused), superseded(late)])
    deliveries.keep_problems(connection, deliveries.placed(delivery, problems))
    good = [each.row for each in answers if not each.refusal]
    rejected_rows.keep_corrected(connection, delivery, claimed_places.filter(pl.col("row").is_in(good)))
    outcomes = Counter(each.outcome for each in answers if not each.refusal)
    outcomes.update(Outcome(each) for each in aside["outcome"])
    return outcomes


def refused(meanings: Mapping[str, str], answers: list[Answer]) -> pl.DataFrame:
    """Why requests were refused, as PROBLEMS, by the header that their file has for the column."""
    headers = {meaning: header for header, meaning in meanings.items()}
    return pl.DataFrame(
        [problem(each, each.refusal, headers) for each in answers if each.refusal], schema=PROBLEMS, orient="row"
    )


def problem(answer: Answer, refusal: RequestRefused, headers: Mapping[str, str]) -> tuple[Any, ...]:
    """A refusal as a row of PROBLEMS."""
    return (
        answer.row,
        answer.line,
        headers.get(refusal.column, refusal.column),
        refusal.code.value,
        Severity.ERROR.value,
        Action.ROW_REJECTED.value,
        refusal.expected,
        refusal.suggestion,
    )


def superseded(late: pl.DataFrame) -> pl.DataFrame:
    """Rows of which another correction has arrived before, as PROBLEMS."""
    return late.select(
        "row",
        "line",
        field=pl.lit(""),
        code=pl.lit(ErrorCode.ROW_CORRECTED.value),
        severity=pl.lit(Severity.INFO.value),
        action=pl.lit(Action.ROW_SKIPPED.value),
        expected=pl.lit(ARRIVED),
        suggestion=pl.lit(None),
    ).cast(PROBLEMS)
