"""Decisions that are stored one by one, and the contacts of all of them derived at once.

Deriving costs as much for one contact as for a thousand.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from pipelines.derive.merge import rederive
from pipelines.project import OpenProject
from pipelines.store.decisions import decisions
from pipelines.store.decisions.change_requests import records_about
from pipelines.store.decisions.decisions import Decision
from pipelines.store.runs import runs
from pipelines.store.warehouse.connection import Connection


class ParsedText(NamedTuple):
    """What a text says as it is kept, or what is wrong with it."""

    values: list[str]
    wrong: str


Texts = Mapping[tuple[str, str], ParsedText]  # by field and text


class DecisionBatch:
    """Decisions of one transaction. Whoever decides something that depends on an earlier one calls `derive` before."""

    def __init__(self, project: OpenProject, connection: Connection, texts: Texts = MappingProxyType({})) -> None:
        """`texts`: what values of these decisions say, parsed together (`validate.parse_texts`)."""
        self.project = project
        self.connection = connection
        self.texts = texts
        self.decisions: list[str] = []  # ids of those whose contacts are not derived yet

    def add(self, decision: Decision) -> None:
        """Leave the contacts of a stored decision to the next `derive`."""
        self.decisions.append(decision.decision_id)

    def derive(self, run_id: str) -> None:
        """Derive the contacts of all that was decided since the last time; of one decision alone, in its name."""
        as_of = runs.last_as_of(self.connection)
        if not self.decisions or as_of is None:
            return
        run_id = f"decision:{self.decisions[0]}" if len(self.decisions) == 1 else run_id
        rederive(self.project, self.connection, records_about(self.connection, self.decisions), run_id, as_of)
        decisions.keep_suppressed(self.connection)
        self.decisions = []
