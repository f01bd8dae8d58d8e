"""The filters of segments, bound, and everything in a segment that contacts of the project do not have."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipelines.errors import ConfigurationError
from pipelines.project import OpenProject
from pipelines.publish.writers.formats import misplaced
from pipelines.publish.writers.sink import recipient
from pipelines.query.bind import Bound, Every, Negated, Question, Scope, bind, filter_faults, known_field
from pipelines.steps.segments.moments import definitions, moment_of
from schemas.fields import Kind, field_kinds
from schemas.filter import Operator, Where
from schemas.segment import Segment
from schemas.segment_files import BrokenSegment
from schemas.settings.publication import Content
from schemas.vocabulary import Status

CONTACT_ID = "contact_id"
NOT_BLOCKED = Negated(Question(None, "status", Kind.CHOICE, Operator.EQ, (Status.BLOCKED.value,)))


class Compiled(NamedTuple):
    """The filters of segments by name, and the segments that cannot be published."""

    filters: dict[str, Bound]
    broken: list[BrokenSegment]


def compile_each(project: OpenProject, as_of: datetime) -> Compiled:
    """The filters of all segments that can be published, and what is wrong with the others."""
    filters, broken = {}, [*project.broken]
    for segment in project.segments:
        if faults := segment_faults(project, segment, as_of):
            broken.append(BrokenSegment(segment.segment, "\n".join(faults)))
        else:
            filters[segment.segment] = filter_of(project, segment, as_of)
    return Compiled(filters, broken)


def compile_segments(project: OpenProject, as_of: datetime) -> dict[str, Bound]:
    """The filters of all segments, by name.

    Raises:
        ConfigurationError: A segment cannot be read, or asks or shows what contacts of this project do not have. Its
            text holds every fault.
    """
    filters, broken = compile_each(project, as_of)
    if broken:
        raise ConfigurationError("\n".join(each.faults for each in broken))
    return filters


def compile_segment(project: OpenProject, segment: Segment, as_of: datetime) -> Bound:
    """The filter of a segment, blocked contacts left out unless it asks for them; checks its columns."""
    if faults := segment_faults(project, segment, as_of):
        raise ConfigurationError("\n".join(faults))
    return filter_of(project, segment, as_of)


def segment_faults(project: OpenProject, segment: Segment, as_of: datetime) -> list[str]:
    """Everything that a segment asks or shows and contacts of this project do not have, each with its place."""
    scope = scope_of(project, segment, as_of)
    faults = [*column_faults(segment, scope), *map(str, filter_faults(segment.where, scope))]
    faults += misplaced(segment, project.settings.attributes)
    for key in segment.encrypt_to:
        try:
            recipient(key)
        except ConfigurationError as error:
            faults.append(str(error))
    if segment.content is Content.CHANGES and CONTACT_ID not in segment.columns:
        faults.append(f"columns: a file of changes needs {CONTACT_ID}, else nobody knows whose they are")
    return [f"segment {segment.segment}: {fault}" for fault in faults]


def column_faults(segment: Segment, scope: Scope) -> Iterator[str]:
    """Columns that contacts do not have."""
    for key, names in (("columns", segment.columns), ("order_by", segment.sorted_by)):
        for position, name in enumerate(names):
            try:
                known_field(name, scope.fields, f"{key}[{position}]")
            except ConfigurationError as error:
                yield str(error)


def filter_of(project: OpenProject, segment: Segment, as_of: datetime) -> Bound:
    """`compile_segment` of one without faults."""
    return bound_filter(project, segment, segment.where, as_of)


def bound_filter(project: OpenProject, segment: Segment, where: Where, as_of: datetime) -> Bound:
    """A filter in the place of that of a segment."""
    bound = bind(where, scope_of(project, segment, as_of))
    return bound if segment.include_blocked else Every((bound, NOT_BLOCKED))


def scope_of(project: OpenProject, segment: Segment, as_of: datetime) -> Scope:
    """What the filter of a segment can ask, and the moment that it is asked at."""
    return project_scope(project, moment_of(project, segment, as_of))._replace(within=(segment.segment,))


def project_scope(project: OpenProject, as_of: datetime) -> Scope:
    """What a filter can ask of the contacts of a project as of a moment."""
    return Scope(
        field_kinds(project.settings.attributes),
        as_of.astimezone(ZoneInfo(project.settings.timezone)),
        definitions(project),
        region=project.settings.default_region,
    )
