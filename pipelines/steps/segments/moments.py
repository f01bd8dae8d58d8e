"""The moments that segments count relative dates from, and what other filters can ask of them."""

from collections.abc import Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from pipelines.project import OpenProject
from pipelines.query.bind import Definition
from schemas.segment import Segment


def definitions(project: OpenProject) -> Mapping[str, Definition]:
    """Every segment of a project as other filters can ask for it, by its name."""
    return {
        each.segment: Definition(each.where, each.include_blocked, fixed_moment(project, each))
        for each in project.segments
    }


def moment_of(project: OpenProject, segment: Segment, as_of: datetime) -> datetime:
    """The moment that relative dates of a segment count from, in the zone of the project."""
    return fixed_moment(project, segment) or as_of.astimezone(ZoneInfo(project.settings.timezone))


def fixed_moment(project: OpenProject, segment: Segment) -> datetime | None:
    """The moment that a segment states, in the zone of the project; None if it is that of the run."""
    zone = ZoneInfo(project.settings.timezone)
    match segment.as_of:
        case datetime() as moment:
            return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
        case date() as day:
            return datetime.combine(day, time(), zone)
        case _:
            return None
