"""Fitting the match model anew because somebody asks for it, or only saying what that would change."""

from math import log2
from typing import NamedTuple

import polars as pl

from pipelines.derive.fit import fit_model, refit
from pipelines.derive.match import compare_all
from pipelines.derive.whole_list import load_whole_list
from pipelines.match.model.model import Model, shipped_m
from pipelines.match.priors import FEWEST
from pipelines.project import OpenProject
from pipelines.steps.preview import RUN, Preview, preview
from pipelines.store.matching import all_records, changed_edges, evidence, models
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction

RATES = ("duplicates", "household", "one_line", "colleagues")


class Moved(NamedTuple):
    """A level of which true pairs show another share than the model before said."""

    field: str
    level: str
    before: float
    after: float
    bits: float  # by which its weight rises or falls


class Refitted(NamedTuple):
    """What a fit has changed, or would change."""

    before: str  # version of the model in use until now
    version: str | None  # of the one fitted; None if it was not kept
    records: int
    is_small: bool  # fewer records than teach more than the shipped priors know
    rates: dict[str, tuple[float, float]]  # other records that a record has, before and after
    moved: list[Moved]  # furthest first
    edges: list[dict[str, object]]  # before, after (zone or none), pairs: only for a preview
    preview: Preview | None


def refit_now(project: OpenProject, connection: Connection, run_id: str) -> Refitted:
    """Fit the model to all records there are, and keep it: the next run matches everything anew with it.

    Raises:
        NeverMatched: No run has matched anything yet; the first one fits the model by itself, if there is enough.
    """
    evidence.require_matched(connection)
    with transaction(connection):
        before, old = models.current_parameters(connection)
        version, new = refit(connection, load_whole_list(project, connection), run_id)
    return _compared(before, old, version, new)


def refit_preview(project: OpenProject, connection: Connection) -> Refitted:
    """What fitting the model now would change: every pair is compared again, and all of it undone.

    Raises:
        NeverMatched: No run has matched anything yet.
    """
    evidence.require_matched(connection)
    before, old = models.current_parameters(connection)
    whole = load_whole_list(project, connection)
    new = fit_model(connection, whole)
    turned: list[dict[str, object]] = []

    def with_new_edges() -> pl.Series:
        _, edges = compare_all(project, connection, whole, new)
        turned.extend(changed_edges.changed_edges(connection, edges).to_dicts())
        all_records.replace_edges(connection, edges, RUN, RUN)
        return whole.record_keys

    follows = preview(project, connection, with_new_edges)
    return _compared(before, old, None, new)._replace(edges=turned, preview=follows)


def _compared(before: str, old: Model, version: str | None, new: Model) -> Refitted:
    rates = {name: (float(getattr(old, name)), float(getattr(new, name))) for name in RATES}
    return Refitted(before, version, new.records, new.records < FEWEST, rates, moved(old, new), [], None)


def moved(old: Model, new: Model) -> list[Moved]:
    """Levels by how far their weight moves, furthest first; from the priors where the list is of another kind now."""
    known = old.m if old.kind == new.kind else shipped_m(new.kind)
    levels = [
        Moved(field, level, known[field][level], m, log2(m / known[field][level]))
        for field, by_level in new.m.items()
        for level, m in by_level.items()
    ]
    return sorted((each for each in levels if each.bits), key=lambda each: (-abs(each.bits), each.field, each.level))
