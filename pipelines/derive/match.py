"""Matching what changed: its blocks, its pairs, its edges. The result is that of matching everything anew."""

from collections import Counter
from typing import NamedTuple

import polars as pl

from pipelines.derive.code_version import rules_of_matching
from pipelines.derive.comparison_data import ComparisonData, extend_comparison_data, keyed, load_comparison_data
from pipelines.derive.fit import version_in_use
from pipelines.derive.hidden_values import hidden_keys, with_digests
from pipelines.derive.whole_list import WholeList, load_whole_list, shared_identifiers
from pipelines.derive.withdraw import withdraw_inherited
from pipelines.match import kernel
from pipelines.match.blocking.rules import CAPS
from pipelines.match.comparison.records import POINTS
from pipelines.match.configuration import Configuration
from pipelines.match.model.model import Model
from pipelines.match.score import EDGES
from pipelines.match.source_links import with_source_merges
from pipelines.progress import progress
from pipelines.project import OpenProject, digest
from pipelines.store.ingest.source_merges import merged_with
from pipelines.store.matching import all_records
from pipelines.store.matching import match_tables as store
from pipelines.store.matching.changed_edges import keep_review_threshold
from pipelines.store.matching.models import current_model
from pipelines.store.matching.stated import numbered
from pipelines.store.reads import health
from pipelines.store.runs.work_queue import CONTACTS, MATCH, Version, dequeue, enqueue_all, queued_records
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction


class Matched(NamedTuple):
    """What a matching step looked at and kept."""

    records: int = 0
    pairs: int = 0
    merge: int = 0
    review: int = 0


def match(project: OpenProject, connection: Connection, run_id: str) -> Matched:
    """Compare the records that changed with all that share a block with them, and keep the edges.

    A record whose block crosses its cap counts as changed, and so does one whose identifier turns out to be shared by
    more or fewer people than before: the evidence of its pairs is another now.
    """
    with transaction(connection):
        withdraw_inherited(connection, run_id)
        model_version, whole = version_in_use(project, connection, run_id)
        return match_pending(project, connection, model_version, run_id, whole)


def match_pending(
    project: OpenProject, connection: Connection, model_version: str, run_id: str, whole: WholeList | None = None
) -> Matched:
    """`match` by the model in use, of this version, inside a transaction. `whole`: all records, if they were read."""
    version = version_of(project, model_version)
    changed = queued_records(connection, MATCH, version)
    keep_review_threshold(connection, project.settings.matching.review)
    if changed.is_empty():
        dequeue(connection, MATCH, version)
        return Matched()
    progress("matching", 0, changed.len())
    if changed.len() == health.count(connection, "record"):
        del changed
        whole = whole or load_whole_list(project, connection)
        affected, compared = whole.record_keys, match_all(project, connection, whole, model_version, run_id)
    else:
        affected, compared = match_changed(project, connection, changed, model_version, run_id)
    enqueue_all(connection, CONTACTS, affected)
    dequeue(connection, MATCH, version)
    progress("matching", compared.records, compared.records)
    return compared


def match_changed(
    project: OpenProject, connection: Connection, changed: pl.Series, model_version: str, run_id: str
) -> tuple[pl.Series, Matched]:
    """Compare changed records with whatever shares a block with them; the records whose contacts that can change."""
    subjects, known = rekey(project, connection, changed)
    _, model = current_model(connection)
    pairs, edges = compare_subjects(project, connection, subjects, model, known)
    affected = store.replace_edges(connection, subjects, edges, model_version, run_id)
    zones = Counter(edges["zone"])
    return pl.concat([changed, affected]), Matched(changed.len(), pairs, zones["merge"], zones["review"])


def match_all(
    project: OpenProject, connection: Connection, whole: WholeList, model_version: str, run_id: str
) -> Matched:
    """Compare all records with each other. What is kept is what `match_changed` would keep of them, one by one."""
    with numbered(connection, whole.record_keys.to_frame().with_row_index("record")):
        all_records.replace_keys(connection, hidden_keys(project, whole.blocking_keys))
        all_records.replace_compared_identifiers(connection, whole.identifiers, with_digests(project, whole.shared))
    _, model = current_model(connection)
    pairs, edges = compare_all(project, connection, whole, model)
    all_records.replace_edges(connection, edges, model_version, run_id)
    zones = Counter(edges["zone"])
    return Matched(whole.records.count, pairs, zones["merge"], zones["review"])


def version_of(project: OpenProject, model_version: str) -> Version:
    """What edges are made under. An attribute counts as far as matching compares it."""
    settings = project.settings
    compared = {name: each for name, each in settings.attributes.items() if each.exclusive or each.role}
    return Version(
        digest(model_version, rules_of_matching(), settings.matching),
        {name: digest(each.exclusive, each.role) for name, each in compared.items()},
    )


def rekey(project: OpenProject, connection: Connection, changed: pl.Series) -> tuple[pl.Series, ComparisonData]:
    """Give changed records their blocking keys and identifiers.

    Result: every record whose pairs that can change; and what is known by then of these and others.
    """
    own = load_comparison_data(project.settings, connection, changed)
    keys = hidden_keys(project, kernel.keys(own.names, own.facts))
    crossed = store.replace_keys(connection, changed, keyed(keys, own), CAPS)
    points = own.facts.filter(pl.col("field").is_in(POINTS))
    touched, bearing = store.replace_compared_identifiers(
        connection, changed, keyed(points, own).select("field", "value", "record_key")
    )
    known = extend_comparison_data(project.settings, connection, own, bearing["record_key"].unique().sort())
    shared = with_digests(project, shared_identifiers(known.names, known.facts, bearing))
    digests = with_digests(project, touched)
    turned = digests.join(
        store.replace_shared_identifiers(connection, digests, shared), on=["digest", "digest_2"], how="semi"
    )
    affected = bearing.join(turned, on=["field", "value"], how="semi")["record_key"]
    return pl.concat([changed, crossed, affected]).unique().sort(), known


def compare_subjects(
    project: OpenProject, connection: Connection, subjects: pl.Series, model: Model, known: ComparisonData
) -> tuple[int, pl.DataFrame]:
    """Compare subjects with whatever shares a usable block with them: how many pairs, and the edges worth keeping.

    Edges of merges that were done in a source are among them, whatever comparing found.
    """
    pairs, edges = _compared_edges(project, connection, subjects, model, known)
    return pairs, with_source_merges(edges, merged_with(connection, subjects))


def _compared_edges(
    project: OpenProject, connection: Connection, subjects: pl.Series, model: Model, known: ComparisonData
) -> tuple[int, pl.DataFrame]:
    blocks = store.blocks_of(connection, subjects, CAPS)
    involved = blocks["record_key"].unique().sort()
    if involved.is_empty():
        return 0, pl.DataFrame(schema=EDGES)
    own = extend_comparison_data(project.settings, connection, known, involved)
    numbers = pl.DataFrame({"record_key": own.keys}).with_row_index("record")
    pairs = kernel.pairs(blocks.join(numbers, on="record_key").select("rule", "key", "record"))
    queued = numbers.filter(pl.col("record_key").is_in(subjects.implode()))["record"].implode()
    pairs = pairs.filter(pl.col("lo").is_in(queued) | pl.col("hi").is_in(queued))
    points = own.facts.filter(pl.col("field").is_in(POINTS)).select("field", "value").unique()
    crowds = store.shared_identifiers(connection, with_digests(project, points))
    configuration = Configuration(model, project.settings.matching)
    found = kernel.score(pairs, own.names, own.facts, crowds, own.exclusive, configuration=configuration)
    edges = found.with_columns(record_lo=own.keys.gather(found["lo"]), record_hi=own.keys.gather(found["hi"]))
    return pairs.height, edges.select(EDGES.keys()).cast(pl.Schema(EDGES)).sort("record_lo", "record_hi")


def compare_all(
    project: OpenProject, connection: Connection, whole: WholeList, model: Model
) -> tuple[int, pl.DataFrame]:
    """`compare_subjects` of all records there are."""
    pairs = kernel.pairs(whole.usable_blocks)
    found = kernel.score_encoded(
        pairs,
        whole.records,
        whole.shared,
        kernel.conflicting_pairs(pairs, whole.exclusive),
        configuration=Configuration(model, project.settings.matching),
    )
    ends = {f"record_{end}": whole.record_keys.gather(found[end]) for end in ("lo", "hi")}
    edges = found.with_columns(**ends).select(EDGES.keys()).cast(pl.Schema(EDGES))
    return pairs.height, with_source_merges(edges, merged_with(connection, whole.record_keys))
