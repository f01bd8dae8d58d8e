"""Deliveries made by hand, for tests of what the store keeps of them."""

from datetime import UTC, datetime

from pipelines.store.ingest import deliveries
from pipelines.store.ingest.deliveries import Delivery
from schemas.vocabulary import DeliveryState, Outcome
from tests.small_project import SmallProject

ID = "00000000-0000-0000-0000-00000000000{}"


def delivery(number: int, source: str = "crm", form: str = "contacts_csv") -> Delivery:
    """A delivery declared for a day of June."""
    when = datetime(2026, 6, number, tzinfo=UTC)
    return Delivery(ID.format(number), source, form, f"{number}.csv", f"sha{number}", 3, when, "file_name", "digest")


def finish(project: SmallProject, each: Delivery, **outcomes: int) -> None:
    """Write a delivery as accepted, with these counts."""
    counted = {Outcome(name): count for name, count in outcomes.items()}
    finished = deliveries.Finished(each, counted, DeliveryState.ACCEPTED, each.declared_at)
    deliveries.finish(project.connection, [finished], "run1")
