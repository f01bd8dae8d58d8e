"""The filters of segments as predicates, and everything in a segment that contacts of the project do not have."""

from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.errors import ConfigurationError
from pipelines.project import OpenProject
from pipelines.publish.writers.formats import misplaced
from pipelines.publish.writers.sink import recipient
from pipelines.query.bind import Scope, filter_faults, known_field
from pipelines.query.filter import compile_filter
from schemas.fields import field_kinds
from schemas.segment import Segment
from schemas.segment_files import BrokenSegment
from schemas.settings.publication import Content
from schemas.vocabulary import Status

CONTACT_ID = "contact_id"


class Compiled(NamedTuple):
    """The filters of segments by name, and the segments that cannot be published."""

    predicates: dict[str, pl.Expr]
    broken: list[BrokenSegment]


def compile_each(project: OpenProject, as_of: datetime) -> Compiled:
    """The filters of all segments that can be published, and what is wrong with the others."""
    predicates, broken = {}, [*project.broken]
    for segment in project.segments:
        if faults := segment_faults(project, segment, as_of):
            broken.append(BrokenSegment(segment.segment, "\n".join(faults)))
        else:
            predicates[segment.segment] = predicate_of(project, segment, as_of)
    return Compiled(predicates, broken)


def compile_segments(project: OpenProject, as_of: datetime) -> dict[str, pl.Expr]:
    """The filters of all segments, by name.

    Raises:
        ConfigurationError: A segment cannot be read, or asks or shows what contacts of this project do not have. Its
            text holds every fault.
    """
    predicates, broken = compile_each(project, as_of)
    if broken:
        raise ConfigurationError("\n".join(each.faults for each in broken))
    return predicates


def segment_faults(project: OpenProject, segment: Segment, as_of: datetime) -> list[str]:
    """Everything that a segment asks or shows and contacts of this project do not have, each with its place."""
    fields = field_kinds(project.settings.attributes)
    faults = []
    for key, names in (("columns", segment.columns), ("order_by", segment.sorted_by)):
        for position, name in enumerate(names):
            try:
                known_field(name, fields, f"{key}[{position}]")
            except ConfigurationError as error:
                faults.append(str(error))
    faults += map(str, filter_faults(segment.where, Scope(fields, moment_of(project, segment, as_of))))
    faults += misplaced(segment, project.settings.attributes)
    for key in segment.encrypt_to:
        try:
            recipient(key)
        except ConfigurationError as error:
            faults.append(str(error))
    if segment.content is Content.CHANGES and CONTACT_ID not in segment.columns:
        faults.append(f"columns: a file of changes needs {CONTACT_ID}, else nobody knows whose they are")
    return [f"segment {segment.segment}: {fault}" for fault in faults]


def compile_segment(project: OpenProject, segment: Segment, as_of: datetime) -> pl.Expr:
    """The filter of a segment as a predicate, blocked contacts left out unless it asks for them; checks its columns."""
    if faults := segment_faults(project, segment, as_of):
        raise ConfigurationError("\n".join(faults))
    return predicate_of(project, segment, as_of)


def predicate_of(project: OpenProject, segment: Segment, as_of: datetime) -> pl.Expr:
    """`compile_segment` of one without faults."""
    moment = moment_of(project, segment, as_of)
    chosen = compile_filter(segment.where, field_kinds(project.settings.attributes), moment)
    return chosen if segment.include_blocked else chosen & (pl.col("status") != Status.BLOCKED.value)


def moment_of(project: OpenProject, segment: Segment, as_of: datetime) -> datetime:
    """The moment that relative dates of a segment count from, in the zone of the project."""
    zone = ZoneInfo(project.settings.timezone)
    match segment.as_of:
        case datetime() as moment:
            return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
        case date() as day:
            return datetime.combine(day, time(), zone)
        case _:
            return as_of.astimezone(zone)
