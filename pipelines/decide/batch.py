"""The decisions of one file: each is stored as it comes, and contacts are derived once for many of them.

Deriving costs as much for one contact as for a thousand. So it waits until a row depends on what an earlier one has
done: it names a contact that may be made of other records by then, or one that is only known since.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from pipelines.decide.apply import grant
from pipelines.decide.commit import Ruling, derived_later
from pipelines.decide.request_rows import CLEAR, Asked
from pipelines.decide.resolve_contact import contacts_meant, spellings
from pipelines.derive.merge import rederive
from pipelines.errors import RequestRefused
from pipelines.match.clusters.pooled_evidence import LIKELY
from pipelines.project import OpenProject
from pipelines.read.tables.spreadsheet_cells import parted
from pipelines.store.contacts import contacts as store
from pipelines.store.decisions import decisions
from pipelines.store.decisions.change_requests import credit, last_change, records_about
from pipelines.store.decisions.decisions import Decision
from pipelines.store.runs import runs
from pipelines.store.warehouse.connection import Connection
from schemas.vocabulary import DecisionKind, ErrorCode

MOVING = {DecisionKind.MERGE, DecisionKind.UNMERGE, DecisionKind.DISMISS, DecisionKind.REVOKE}  # records to contacts
READING = {CLEAR, DecisionKind.UNTAG.value}  # what contacts have
POINTS = ("phone", "email")
LOOKS = "exactly one contact: by its id, a phone number, an e-mail address or `source:record id`"


class Docket:
    """What was decided and is not derived yet, and which contacts the rows of a file mean."""

    def __init__(self, project: OpenProject, connection: Connection, run_id: str) -> None:
        self.project = project
        self.connection = connection
        self.run_id = run_id
        self.known: dict[str, list[str]] = {}  # contacts by the texts that mean them
        self.words: dict[str, set[str]] = {}  # how what is meant by a text may be kept
        self.touched: dict[str, str] = {}  # contacts that are not derived yet, each with the decision about it
        self.moved: set[str] = set()  # those of them that may be of other records, or gone
        self.stated: set[str] = set()  # identifiers that are not known yet
        self.taken: list[str] = []  # ids of the decisions that are not derived yet

    def look_up(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Find the contacts that rows name, all at once."""
        texts = {each for row in rows for each in (*named(row), *stated(row))}
        asked = pl.DataFrame({"text": sorted(texts)}, schema={"text": pl.String})
        region = self.project.settings.default_region
        self.known = contacts_meant(self.connection, asked["text"], region)
        self.words = {}
        for text, word in spellings(asked, region).iter_rows():
            self.words.setdefault(text, set()).add(word)

    def grant(self, asked: Asked, ruling: Ruling) -> Decision:
        """Take a decision that is asked for.

        Raises:
            RequestRefused: It cannot be; nothing of it is stored.
        """
        if asked.withdraws:
            return self.withdraw(asked, ruling)
        reads = asked.kind in MOVING | READING or (asked.kind == DecisionKind.PIN and "value" not in asked.said)

        def meant(column: str, text: str) -> str:
            own = self.known.get(text, [])
            if len(own) != 1 or own[0] in self.moved or (reads and own[0] in self.touched) or self.is_news(text):
                self.settle()
            if text not in self.known:
                self.known |= contacts_meant(self.connection, [text], self.project.settings.default_region)
            found = self.known[text]
            if len(found) == 1:
                return found[0]
            code = ErrorCode.CONTACT_AMBIGUOUS if found else ErrorCode.CONTACT_UNKNOWN
            raise RequestRefused(code, column, LOOKS)

        with derived_later():
            decision = grant(self.project, self.connection, asked, ruling, meant)
        self.enter(asked, decision)
        return decision

    def withdraw(self, asked: Asked, ruling: Ruling) -> Decision:
        """Take back that a contact was made: its record goes at once, so nothing may wait to be derived of it."""
        self.settle()
        self.known = {}
        return grant(self.project, self.connection, asked, ruling, lambda _, text: text)

    def is_news(self, text: str) -> bool:
        """Whether a text names an identifier that somebody has got since contacts were derived."""
        return not self.stated.isdisjoint(self.words.get(text, ()))

    def enter(self, asked: Asked, decision: Decision) -> None:
        """Note what a decision touches."""
        self.taken.append(decision.decision_id)
        for text in stated(asked.said):
            self.stated |= self.words.get(text, set())
        if asked.kind in MOVING:
            about = records_about(self.connection, [decision.decision_id])
            reach = store.component_of(self.connection, about, LIKELY)
            moved = store.memberships(self.connection, reach)["contact_id"].to_list()
            self.moved.update(moved)
            self.touched |= dict.fromkeys(moved, decision.decision_id)
        for _, text in asked.names:
            self.touched.setdefault(self.known[text][0], decision.decision_id)

    def settle(self) -> None:
        """Derive the contacts of all that was decided since the last time."""
        as_of = runs.last_as_of(self.connection)
        if not self.taken or as_of is None:
            return
        run_id = f"decision:{self.taken[0]}" if len(self.taken) == 1 else self.run_id
        since = last_change(self.connection)
        records = records_about(self.connection, self.taken)
        rederive(self.project, self.connection, records, run_id, as_of)
        decisions.note_set_aside(self.connection)
        credit(self.connection, since, self.touched)
        kept = {text: ids for text, ids in self.known.items() if len(ids) == 1 and ids[0] not in self.moved}
        self.known = {text: ids for text, ids in kept.items() if not self.is_news(text)}
        self.touched, self.moved, self.stated, self.taken = {}, set(), set(), []


def named(row: Mapping[str, Any]) -> list[str]:
    """What a row calls contacts by."""
    return [*([row["contact"]] if row["contact"] else []), *(row["others"] or [])]


def stated(row: Mapping[str, Any]) -> list[str]:
    """The identifiers that a row says somebody has."""
    cells = [row.get(point) for point in POINTS]
    if str(row.get("field") or "").strip().lower() in POINTS:
        cells.append(row.get("value"))
    written = pl.Series([cell for cell in cells if cell], dtype=pl.String)
    return [each for texts in parted(written, "[;,]").to_list() for each in texts]
