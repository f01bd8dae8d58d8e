"""What was written for others, written anew without people who were erased: refused rows, publications, snapshots."""

from datetime import datetime

from pipelines.errors import PublicationBlocked
from pipelines.privacy.needles import Needles
from pipelines.project import OpenProject
from pipelines.publish.files import sha256_of
from pipelines.steps.privacy.files import EXPORTS, REJECTED, erase_from_published, files_in
from pipelines.steps.publish import publish
from pipelines.steps.publish_id_changes import publish_id_changes
from pipelines.steps.roles.snapshots import write_snapshots
from pipelines.steps.segments.compile import compile_each
from pipelines.store.ingest.rejected_rows import note_rewritten_file
from pipelines.store.runs import runs
from pipelines.store.warehouse.connection import Connection


def republish(project: OpenProject, connection: Connection, needles: Needles, run_id: str) -> dict[str, int]:
    """Write refused rows, publications and snapshots anew; how many of each.

    Files of segments that are no more, or cannot be published now, are rewritten where they are.
    """
    counts = {"publications": 0, "snapshots": 0}
    as_of = runs.last_as_of(connection)
    if as_of is not None:
        counts["publications"] = publish_all(project, connection, run_id, as_of)
        counts["snapshots"] = sum(each.changed for each in write_snapshots(project, connection, run_id, as_of))
    done = [erase_from_published(project.folder / each, needles) for each in (REJECTED, EXPORTS)]
    for path in files_in(project.folder / REJECTED):
        note_rewritten_file(connection, path.name, str(sha256_of(path)))
    return counts | {name: sum(each.get(name, 0) for each in done) for name in ("rewritten", "emptied", "entries")}


def publish_all(project: OpenProject, connection: Connection, run_id: str, as_of: datetime) -> int:
    """Publish every segment that can be, and the feed of ids; how many have changed."""
    filters, _ = compile_each(project, as_of)
    changed = 0
    for segment in project.segments:
        if segment.segment not in filters:
            continue
        try:
            made = publish(project, connection, segment, run_id, as_of, filters[segment.segment], accept_change=True)
        except PublicationBlocked:
            continue
        changed += made.changed
    publish_id_changes(project, connection, run_id, as_of)
    return changed
