"""Whether the number of contacts is one that can be published, or moved so far that somebody has to look first."""

from typing import NamedTuple

from pipelines.project import OpenProject
from pipelines.store.contacts import count_history as store
from pipelines.store.contacts.count_history import ContactCount
from pipelines.store.reads import health
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction
from pipelines.wording import plural

FEWEST = 100  # contacts; below, a single delivery moves any share of them


class ContactCounts(NamedTuple):
    """How many contacts there are, how many there were in the last accepted run, and whether that is accepted."""

    before: ContactCount | None
    now: ContactCount
    allowed: float  # share of the contacts by which their number may move
    is_accepted: bool

    @property
    def share(self) -> float:
        """By which share of what it was the number of contacts has moved."""
        if self.before is None or not self.before.contacts:
            return 0.0
        return abs(self.now.contacts - self.before.contacts) / self.before.contacts

    @property
    def verdict(self) -> str:
        """What has happened and, where it is not accepted, the way out."""
        if self.before is None:
            return f"{plural(self.now.contacts, 'contact')}; there is no earlier run to compare with"
        are = "is" if self.before.contacts == 1 else "are"
        moved = (
            f"{plural(self.before.contacts, 'contact')} ({plural(self.before.records, 'record')}) in the last "
            f"accepted run {are} {self.now.contacts:,} ({plural(self.now.records, 'record')}) now"
        )
        if self.is_accepted:
            return moved
        return (
            f"{moved}: {self.share:.0%} of them, and `health: max_change` allows {self.allowed:.0%}, so nothing was "
            "published. `onecontact match report` shows what joins records; if this is right, `onecontact run "
            "--accept-change` accepts it once, and a higher `max_change` in onecontact.yaml always"
        )


def count(project: OpenProject, connection: Connection, run_id: str, *, accept: bool) -> ContactCounts:
    """Compare the number of contacts with that of the last accepted run, and keep it if it is accepted too.

    It is in a first run, where there were fewer than `FEWEST`, where it moved by no more than the project allows, and
    where somebody says so (`accept`).
    """
    before, allowed = store.last_accepted(connection, run_id), project.settings.health.max_change
    now = ContactCount(health.count(connection, "record"), health.count(connection, "contact"))
    found = ContactCounts(before, now, allowed, is_accepted=True)
    judged = before is not None and before.contacts >= FEWEST
    if judged and not accept and found.share > allowed:
        return found._replace(is_accepted=False)
    with transaction(connection):
        store.accept(connection, run_id, now)
    return found
