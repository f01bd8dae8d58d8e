"""How segments and publications are shown."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from rich.table import Table

from console.looking.resolve_contact import SHORT, called
from console.terminal.dates import end
from console.terminal.screen import out, plural, say, table
from pipelines.errors import ConfigurationError
from pipelines.steps.segments.inspect.difference import Difference
from pipelines.steps.segments.inspect.preview import SegmentPreview
from pipelines.store.reads import contact_details
from pipelines.store.reads.exports import Publication
from pipelines.store.warehouse.connection import Connection
from schemas.segment import Segment


def described(found: SegmentPreview) -> str:
    """What is to be said of the number of contacts of a segment."""
    parts = []
    if found.before is not None:
        parts.append(f"the last publication had {found.before:,}")
    if found.suppressed.left_out:
        parts.append(f"{found.suppressed.left_out:,} left out: address suppressed")
    if found.left_out_by_one_per:
        parts.append(f"{found.left_out_by_one_per:,} left out by one_per")
    return f" ({'; '.join(parts)})" if parts else ""


def preview_table(segment: Segment, sample: pl.DataFrame) -> Table:
    """Some contacts of a segment, masked."""
    return table(f"The first {plural(sample.height, 'row')}", list(segment.headings), sample.rows())


def since_of(publications: Sequence[Publication], stated: str | None, zone: ZoneInfo) -> Publication:
    """The publication that is meant: the last one, that of a run or an id, or that in force at the end of a day."""
    if not publications:
        raise ConfigurationError("it was never published, so there is nothing to compare it with: preview it instead")
    if stated is None:
        return publications[0]
    for each in publications:
        if stated and (each.run_id.startswith(stated) or each.export_id.startswith(stated)):
            return each
    moment = end("--since", stated, zone)
    in_force = [each for each in publications if moment is not None and each.published_at <= moment]
    if not in_force:
        first = publications[-1].published_at.astimezone(zone)
        raise ConfigurationError(f"--since: it was first published on {first:%Y-%m-%d}")
    return in_force[0]


def diff_table(connection: Connection, found: Difference, limit: int) -> None:
    """Who entered and left, by reason and one by one."""
    if found.moved.is_empty():
        say("  Nobody entered, nobody left.")
        return
    counted = found.moved.group_by("change", "reason").len().sort(["change", "len"], descending=[False, True])
    for change, reason, number in counted.iter_rows():
        say(f"  {number:,} {change}: {reason}")
    shown = found.moved.head(limit or found.moved.height)
    names = {each["contact_id"]: called(each) for each in known(connection, shown["contact_id"])}
    rows = [
        [contact_id[:SHORT], names.get(contact_id, ""), change, reason] for contact_id, change, reason in shown.rows()
    ]
    title = "Moved" if shown.height == found.moved.height else f"The first {shown.height:,} of {found.moved.height:,}"
    out.print(table(title, ["id", "name", "change", "why"], rows))


def known(connection: Connection, contacts: pl.Series) -> list[dict[str, Any]]:
    """Those of these contacts that there are."""
    return contact_details.golden_records(connection, contacts).to_dicts()


def when(moment: datetime | None) -> str:
    """A moment, or nothing."""
    return "" if moment is None else moment.isoformat()
