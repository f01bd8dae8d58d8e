"""Who entered and left a segment since a publication, and why, as far as it can be told."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import NamedTuple

import polars as pl

from pipelines.errors import ConfigurationError
from pipelines.project import OpenProject
from pipelines.query.bind import Bound, bind
from pipelines.query.suppression import IS_SUPPRESSED, with_suppression
from pipelines.query.to_polars import predicate
from pipelines.steps.segments.changes import Change, was_member
from pipelines.steps.segments.compile import compile_segment, scope_of
from pipelines.steps.segments.fitting import ALWAYS, fields_of, fitting_beside, suppressed_of
from pipelines.steps.segments.inspect.preview import now_of
from pipelines.steps.segments.inspect.reasons import reasons
from pipelines.steps.segments.words import in_words
from pipelines.steps.segments.write import Tally, passing
from pipelines.store.contacts.id_history import resolve_ids
from pipelines.store.reads import exports as store
from pipelines.store.reads.contact_news import fields_stated_since, new_contacts
from pipelines.store.reads.contact_rows import contacts_as_stored
from pipelines.store.warehouse.connection import Connection
from schemas.filter import Where
from schemas.segment import Segment
from schemas.vocabulary import Status

GONE = "there is no such contact any more"
BLOCKED = "blocked"
SUPPRESSED = "somebody else with its address is blocked, or said no"
NOT_FIRST = "another contact has the same {}"
NEW = "a new contact"
DEFINED = "the segment was defined otherwise"
STATED = "stated since: {}"
TRUE_NOW = "true since: {}"
MOVED = pl.Schema({"contact_id": pl.String, "change": pl.String, "reason": pl.String})


class Difference(NamedTuple):
    """Since a publication: `moved` has contact_id, change (entered or left) and reason; merged ids are no news."""

    since: store.Publication
    before: int
    now: int
    merged: int
    moved: pl.DataFrame


class Asking(NamedTuple):
    """A segment as it is asked now."""

    project: OpenProject
    connection: Connection
    segment: Segment
    asked: Bound
    refused: pl.DataFrame | None

    def condition(self, where: Where, as_of: datetime) -> pl.Expr:
        """A filter, asked as of a moment in the place of that of the segment."""
        scope = scope_of(self.project, self.segment, as_of)
        return predicate(bind(where, scope), fitting_beside(self.connection))

    def at(self, as_of: datetime) -> Callable[[Where], pl.Expr]:
        """What asks filters as of a moment."""
        return lambda where: self.condition(where, as_of)

    def contacts(self, ids: pl.Series, columns: Collection[str] = ()) -> pl.DataFrame:
        """What is asked of contacts, and these columns; in no order."""
        wanted = {*ALWAYS, *fields_of(self.asked), *columns}
        attributes = self.project.settings.attributes
        found = [*contacts_as_stored(self.connection, attributes, wanted, ids)]
        return pl.concat(found) if found else pl.DataFrame(schema=dict.fromkeys(("contact_id", *wanted), pl.String))


def difference(project: OpenProject, connection: Connection, segment: Segment, since: store.Publication) -> Difference:
    """Who entered and left a segment since a publication.

    An id that was merged into another since is followed: if that one is in the segment, nobody has left. Why somebody
    left is what of the filter is false now. Why somebody entered cannot be read from contacts as they are now, so it is
    told by what is new of them: the contact, values that were stated since, the passing of time, or the definition.

    Raises:
        ConfigurationError: Something is wrong with the segment, or it is no longer kept who was in the publication.
    """
    if since.members_removed_at is not None:
        raise ConfigurationError(
            f"who was in the publication of {since.published_at:%Y-%m-%d} was forgotten, as `keep_members` says: "
            "choose a later one with --since"
        )
    asked = compile_segment(project, segment, now_of(connection))
    refused = suppressed_of(project, connection, segment, asked)
    now = [each["contact_id"] for each in passing(project, connection, segment, asked, refused, Tally(segment))]
    here = pl.concat([pl.Series("contact_id", [], pl.String), *now])
    there = was_member(store.members_of(connection, since.export_id))["contact_id"]
    missing = there.filter(~there.is_in(here.implode())).sort()
    heirs = resolve_ids(connection, missing.to_list())
    leads_to = pl.Series("leads_to", [heirs.get(each, each) for each in missing], pl.String)
    is_merged = leads_to.is_in(here.implode())
    known = pl.concat([there, leads_to.filter(is_merged)])
    asking = Asking(project, connection, segment, asked, refused)
    moved = pl.concat(
        [
            why_entered(asking, here.filter(~here.is_in(known.implode())).sort(), since),
            why_left(asking, missing.filter(~is_merged), leads_to.filter(~is_merged)),
        ]
    )
    return Difference(since, there.len(), here.len(), int(is_merged.sum()), moved)


def why_left(asking: Asking, left: pl.Series, leads_to: pl.Series) -> pl.DataFrame:
    """Ids that left, in order, with the reason: that of the contact that an id leads to, if it was merged."""
    if left.is_empty():
        return pl.DataFrame(schema=MOVED)
    segment, now = asking.segment, now_of(asking.connection)
    contacts = asking.contacts(leads_to)
    if contacts.is_empty():
        told = pl.DataFrame(schema={"contact_id": pl.String, "reason": pl.String})
    else:
        fits = asking.condition(segment.where, now)
        marked = contacts if asking.refused is None else with_suppression(contacts, fits, asking.refused)
        is_blocked = (pl.col("status") == Status.BLOCKED.value) & pl.lit(not segment.include_blocked)
        told = marked.select(
            "contact_id",
            pl.when(is_blocked)
            .then(pl.lit(BLOCKED))
            .when(~fits)
            .then(reasons(segment.where, asking.at(now)))
            .when(IS_SUPPRESSED)
            .then(pl.lit(SUPPRESSED))
            .otherwise(pl.lit(NOT_FIRST.format(segment.one_per)))
            .alias("reason"),
        )
    kept = pl.DataFrame({"former": left, "contact_id": leads_to}).join(
        told, "contact_id", how="left", maintain_order="left"
    )
    return kept.select(
        pl.col("former").alias("contact_id"),
        pl.lit(Change.LEFT.value).alias("change"),
        pl.col("reason").fill_null(GONE),
    )


def why_entered(asking: Asking, entered: pl.Series, since: store.Publication) -> pl.DataFrame:
    """Contacts that entered, in order, with what is new of them."""
    if entered.is_empty():
        return pl.DataFrame(schema=MOVED)
    connection, segment = asking.connection, asking.segment
    before = filter_before(asking, since)
    fits_before = pl.lit(value=False) if before is None else predicate(before, fitting_beside(connection))
    fields = {*fields_of(asking.asked)} - {*ALWAYS}
    stated = fields_stated_since(connection, entered, fields, since.published_at)
    news = new_contacts(connection, entered, since.published_at)
    contacts = asking.contacts(entered, [] if before is None else [*fields_of(before)]).join(
        stated, "contact_id", how="left"
    )
    turned = reasons(segment.where, asking.at(since.as_of))
    told = contacts.select(
        "contact_id",
        pl.lit(Change.ENTERED.value).alias("change"),
        pl.when(pl.col("contact_id").is_in(news.implode()))
        .then(pl.lit(NEW))
        .when(~fits_before)
        .then(pl.lit(DEFINED))
        .when(pl.col("fields").is_not_null())
        .then(pl.format(STATED, pl.col("fields").list.join(", ")))
        .when(turned != "")
        .then(pl.format(TRUE_NOW, turned))
        .otherwise(pl.lit(TRUE_NOW.format(in_words(segment.where))))
        .alias("reason"),
    )
    return told.sort("contact_id")


def filter_before(asking: Asking, since: store.Publication) -> Bound | None:
    """The filter of a segment as it was defined in a publication, asked now; None where it cannot be any more."""
    if since.definition is None:
        return asking.asked
    before = Segment.model_validate_json(since.definition)
    try:
        return bind(before.where, scope_of(asking.project, asking.segment, now_of(asking.connection)))
    except ConfigurationError:
        return None
