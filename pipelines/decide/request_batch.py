"""The requests of one file: each is applied as it comes, and contacts are derived once for many of them.

Deriving waits until a row depends on what an earlier one has done: it names a contact that may be made of other records
by then, or one that is only known since.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from pipelines.decide.apply import apply
from pipelines.decide.batch import DecisionBatch, Texts
from pipelines.decide.commit import Attribution
from pipelines.decide.request_rows import CLEAR, Request
from pipelines.decide.resolve_contact import contacts_meant, spellings
from pipelines.errors import RequestRefused
from pipelines.match.clusters.pooled_evidence import LIKELY
from pipelines.normalise.text import split_cells
from pipelines.project import OpenProject
from pipelines.store.contacts import clustering as store
from pipelines.store.decisions.change_requests import attribute_id_changes, last_change, records_about
from pipelines.store.decisions.decisions import Decision
from pipelines.store.warehouse.connection import Connection
from schemas.error_codes import ErrorCode
from schemas.vocabulary import DecisionKind

MOVING = {DecisionKind.MERGE, DecisionKind.UNMERGE, DecisionKind.DISMISS, DecisionKind.REVOKE}  # records to contacts
READING = {CLEAR, DecisionKind.UNTAG.value}  # what contacts have
POINTS = ("phone", "email")
LOOKS = "exactly one contact: by its id, a phone number, an e-mail address or `source:record id`"


class RequestBatch:
    """What was decided and is not derived yet, and which contacts the rows of a file mean."""

    def __init__(self, project: OpenProject, connection: Connection, run_id: str) -> None:
        self.project = project
        self.connection = connection
        self.run_id = run_id
        self.decided = DecisionBatch(project, connection)
        self.known: dict[str, list[str]] = {}  # contacts by the texts that mean them
        self.spellings: dict[str, set[str]] = {}  # how what is meant by a text may be kept
        self.touched: dict[str, str] = {}  # contacts that are not derived yet, each with the decision about it
        self.moved: set[str] = set()  # those of them that may be of other records, or gone
        self.new_identifiers: set[str] = set()  # that no contact is known by yet

    def prepare(self, rows: Iterable[Mapping[str, Any]], texts: Texts) -> None:
        """Find the contacts that some rows name, all at once. `texts`: what the values in these rows say."""
        self.decided.texts = texts
        named = {each for row in rows for each in (*contacts_named(row), *identifiers_stated(row))}
        asked = pl.DataFrame({"text": sorted(named)}, schema={"text": pl.String})
        region = self.project.settings.default_region
        self.known = contacts_meant(self.connection, asked["text"], region)
        self.spellings = {}
        for text, word in spellings(asked, region).iter_rows():
            self.spellings.setdefault(text, set()).add(word)

    def apply(self, request: Request, attribution: Attribution) -> Decision:
        """Commit the decision that a row asks for.

        Raises:
            RequestRefused: It cannot be; nothing of it is stored.
        """
        if request.withdraws:
            return self.withdraw(request, attribution)
        reads = request.kind in MOVING | READING or (request.kind == DecisionKind.PIN and "value" not in request.cells)

        def resolve(column: str, text: str) -> str:
            own = self.known.get(text, [])
            if len(own) != 1 or own[0] in self.moved or (reads and own[0] in self.touched) or self.is_new(text):
                self.derive()
            if text not in self.known:
                self.known |= contacts_meant(self.connection, [text], self.project.settings.default_region)
            found = self.known[text]
            if len(found) == 1:
                return found[0]
            code = ErrorCode.CONTACT_AMBIGUOUS if found else ErrorCode.CONTACT_UNKNOWN
            raise RequestRefused(code, column, LOOKS)

        decision = apply(self.project, self.connection, request, attribution, resolve, self.decided)
        self.note(request, decision)
        return decision

    def withdraw(self, request: Request, attribution: Attribution) -> Decision:
        """Take back that a contact was made: its record goes at once, so nothing may wait to be derived of it."""
        self.derive()
        self.known = {}
        return apply(self.project, self.connection, request, attribution, lambda _, text: text)

    def is_new(self, text: str) -> bool:
        """Whether a text names an identifier that somebody has got since contacts were derived."""
        return not self.new_identifiers.isdisjoint(self.spellings.get(text, ()))

    def note(self, request: Request, decision: Decision) -> None:
        """Note what a decision touches."""
        for text in identifiers_stated(request.cells):
            self.new_identifiers |= self.spellings.get(text, set())
        if request.kind in MOVING:
            about = records_about(self.connection, [decision.decision_id])
            reach = store.component_of(self.connection, about, LIKELY)
            moved = store.memberships(self.connection, reach)["contact_id"].to_list()
            self.moved.update(moved)
            self.touched |= dict.fromkeys(moved, decision.decision_id)
        for _, text in request.contacts:
            self.touched.setdefault(self.known[text][0], decision.decision_id)

    def derive(self) -> None:
        """Derive the contacts of all that was decided since the last time."""
        if not self.decided.decisions:
            return
        since = last_change(self.connection)
        self.decided.derive(self.run_id)
        attribute_id_changes(self.connection, since, self.touched)
        kept = {text: ids for text, ids in self.known.items() if len(ids) == 1 and ids[0] not in self.moved}
        self.known = {text: ids for text, ids in kept.items() if not self.is_new(text)}
        self.touched, self.moved, self.new_identifiers = {}, set(), set()


def contacts_named(row: Mapping[str, Any]) -> list[str]:
    """What a row calls contacts by."""
    return [*([row["contact"]] if row["contact"] else []), *(row["others"] or [])]


def identifiers_stated(row: Mapping[str, Any]) -> list[str]:
    """The identifiers that a row says somebody has."""
    cells = [row.get(point) for point in POINTS]
    if str(row.get("field") or "").strip().lower() in POINTS:
        cells.append(row.get("value"))
    written = pl.Series([cell for cell in cells if cell], dtype=pl.String)
    return [each for texts in split_cells(written, "[;,]").to_list() for each in texts]
