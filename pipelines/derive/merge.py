"""Merging what changed: clusters, ids, surviving values and status of the contacts that a change can reach."""

from datetime import datetime
from typing import NamedTuple

import polars as pl

from pipelines import contracts
from pipelines.derive.candidate_values import candidates_of_members, priorities
from pipelines.derive.recluster import recluster
from pipelines.derive.withdraw import withdraw_inherited
from pipelines.match.clusters.pooled_evidence import LIKELY
from pipelines.merge.golden_record import golden_records, interaction_fields
from pipelines.merge.published_values import Typing, attribute_values, folded_contacts, folded_identifiers
from pipelines.merge.stable_ids import as_told
from pipelines.merge.status import with_status
from pipelines.merge.survivorship import apply_survivorship
from pipelines.progress import progress
from pipelines.project import OpenProject, digest
from pipelines.read.catalogue.registry import FORMATS
from pipelines.store.audit.contact_changes import record_contact_changes, record_status_changes
from pipelines.store.contacts import clustering
from pipelines.store.contacts import golden_records as store
from pipelines.store.contacts.batches import batches
from pipelines.store.contacts.id_changes import keep_changes, keep_reused
from pipelines.store.contacts.numbers import number_members
from pipelines.store.contacts.published_values import replace_attributes
from pipelines.store.contacts.unchecked import enqueue_checks
from pipelines.store.decisions import decisions
from pipelines.store.ingest import conversation_stats
from pipelines.store.ingest.reused_ids import enqueue_other_bearers
from pipelines.store.runs import runs
from pipelines.store.runs.chat_settings import keep_chat_settings
from pipelines.store.runs.work_queue import CONTACTS, Version, dequeue, enqueue_for_interactions_between, queued_records
from pipelines.store.warehouse.connection import Connection
from pipelines.store.warehouse.database import transaction
from pipelines.store.warehouse.search_text import replace_search_texts
from schemas.contact import Contact
from schemas.vocabulary import AttributeMerge

LISTS_ARE = {True: ("joined",), False: ()}  # how several values are kept: another way derives them anew
CONSENTS_ARE = {True: ("the last of a source",), False: ()}  # which answers count
STATUS = ["contact_id", "status", "status_reason", "status_since"]


class Merged(NamedTuple):
    """What happened to contacts."""

    created: int = 0
    changed: int = 0
    merged: int = 0
    split: int = 0
    reused: int = 0  # record ids that are another contact's now
    status_changed: int = 0


def merge(project: OpenProject, connection: Connection, run_id: str, as_of: datetime) -> Merged:
    """Derive the contacts of every record that is pending, as of a moment."""
    with transaction(connection):
        return merge_pending(project, connection, run_id, as_of)


def merge_pending(project: OpenProject, connection: Connection, run_id: str, as_of: datetime) -> Merged:
    """`merge` inside a transaction."""
    version = version_of(project)
    conversation_stats.refresh_stale(connection)
    before_moment = runs.last_as_of(connection)
    runs.keep_as_of(connection, as_of)
    chats = [name for name, form in FORMATS.items() if form.is_chat]
    keep_chat_settings(connection, chats, project.settings.conversation_gaps())
    if before_moment is not None:
        enqueue_for_interactions_between(connection, before_moment, as_of)
    decisions.enqueue_suppressed(connection)
    enqueue_other_bearers(connection)
    queued = queued_records(connection, CONTACTS, version)
    changes = Merged()
    if not queued.is_empty():
        changes = rederive(project, connection, queued, run_id, as_of)
    reused = keep_reused(connection, run_id)
    dequeue(connection, CONTACTS, version)
    aged = refresh_status(project, connection, run_id, as_of)
    decisions.keep_suppressed(connection)
    progress("merging", queued.len(), queued.len())
    return changes._replace(reused=reused, status_changed=aged)


def version_of(project: OpenProject) -> Version:
    """What contacts are made under. An attribute counts by how its values are read and which of them survives."""
    settings = project.settings
    return Version(
        digest(settings.matching, settings.status),
        {
            name: digest(
                each.type,
                each.values,
                each.merge,
                each.exclusive,
                *LISTS_ARE[each.is_list],
                *CONSENTS_ARE[each.merge is AttributeMerge.MOST_RESTRICTIVE],
            )
            for name, each in settings.attributes.items()
        },
        {source: str(priority) for source, priority in priorities(project).iter_rows()},
    )


def rederive(project: OpenProject, connection: Connection, queued: pl.Series, run_id: str, as_of: datetime) -> Merged:
    """Cluster the components of these records and derive their contacts, some components at a time."""
    queued = pl.concat([queued, withdraw_inherited(connection, run_id)])  # after a run that did not come so far
    records = clustering.component_of(connection, queued, LIKELY)
    changes, aliases, done = Merged(), [], 0
    for batch in batches(connection, records, LIKELY):
        progress("merging", done, records.len())
        derived = rederive_batch(project, connection, batch, run_id, as_of)
        changes = Merged(*map(sum, zip(changes, derived.changes, strict=True)))
        aliases.append(derived.aliases)
        done += batch.len()
    keep_changes(connection, as_told(pl.concat(aliases)), run_id)
    return changes


class Derived(NamedTuple):
    """What became of a batch: how much of it changed, and where ids went (`stable_ids.Identity.aliases`)."""

    changes: Merged
    aliases: pl.DataFrame


def rederive_batch(
    project: OpenProject, connection: Connection, records: pl.Series, run_id: str, as_of: datetime
) -> Derived:
    """Cluster whole components and derive their contacts."""
    before = clustering.memberships(connection, records)
    identity = recluster(project, connection, records, before, run_id)
    numbered = number_members(connection, identity.members)
    attributes = project.settings.attributes
    golden = apply_survivorship(candidates_of_members(project, connection, numbered), attributes)
    interactions = interaction_fields(store.interactions(connection, as_of), store.origins(connection))
    fields = pl.concat([golden.fields, interactions]).sort("contact_id", "field", "value", "record_key")
    made = golden_records(
        fields, store.member_counts(connection, as_of), attributes, as_of, project.settings.status.active_days
    )
    contacts = numbered.keyed(made)
    contracts.require(Contact, contacts)
    enqueue_checks(connection, numbered.contacts)
    there = before["contact_id"].unique()
    record_contact_changes(
        connection, there, numbered.contacts, numbered.origins, made, fields, golden.identifiers, run_id
    )
    changed = store.replace_contacts(
        connection,
        there,
        folded_contacts(contacts),
        numbered.keyed_losers(fields),
        folded_identifiers(golden.identifiers),
        run_id,
    )
    replace_attributes(connection, there, attribute_values(contacts, Typing.of(attributes)))
    replace_search_texts(connection, pl.concat([there, numbered.contacts]).unique())
    old, current = set(before["contact_id"]), set(numbered.contacts)
    fresh = current - old
    parted = fresh & set(identity.aliases["new_id"])
    return Derived(Merged(len(fresh - parted), changed, len(old - current), len(parted)), identity.aliases)


def refresh_status(project: OpenProject, connection: Connection, run_id: str, as_of: datetime) -> int:
    """Let time pass: give every contact the status it has as of now; how many changed."""
    before = store.status_inputs(connection, as_of)
    after = with_status(before.drop("status", "status_reason"), as_of, project.settings.status.active_days)
    turned = after.join(
        before.select("contact_id", "status", "status_reason"), on="contact_id", suffix="_before"
    ).filter(
        (pl.col("status") != pl.col("status_before")) | (pl.col("status_reason") != pl.col("status_reason_before"))
    )
    record_status_changes(connection, turned, run_id)
    store.keep_status(connection, turned.select(STATUS), run_id)
    return turned.height
