"""What waits for somebody: held and refused files, rows to correct, sources without files, orphaned exports."""

from collections.abc import Iterator

from console.screen import out, plural
from pipelines.project import OpenProject
from pipelines.steps.give_back import FOLDER as REJECTED
from pipelines.steps.publish import FOLDER as EXPORTS
from pipelines.store import ask
from pipelines.store.connection import Connection
from pipelines.store.unreachable import unreachable
from schemas.place import place
from schemas.source import Source
from schemas.vocabulary import AfterImport, DeliveryState


def waiting(project: OpenProject, connection: Connection) -> Iterator[str]:
    """One line for each thing, as long as it is still there. Only a terminal is shown the names of files that came."""
    for row in ask.waiting(connection).to_dicts():
        source = project.settings.sources.get(row["source"])
        if row["state"] != DeliveryState.ACCEPTED:
            if source and still_there(project, source, row["file_name"]):
                named = row["file_name"] if out.is_terminal else f"delivery {row['delivery_id'][:8]}"
                yield f"{row['state']}: {row['source']}, {named}: {row['way_out']}"
        elif any((project.folder / REJECTED / name).exists() for name in row["retried_in"]):
            continue  # what is still wrong waits there
        elif row["rejected_file"] and (project.folder / REJECTED / row["rejected_file"]).exists():
            since = f", {row['corrected']} of them corrected since" if row["corrected"] else ""
            yield (
                f"{plural(row['rejected'], 'row')} of {row['source']} refused{since}: correct {REJECTED}/"
                f"{row['rejected_file']} and move it to where {source.path if source else row['source']} finds it"
            )
    yield from (f"{name}: {reason}" for name, reason in unreachable(connection).items())
    for name, source in sorted(project.settings.sources.items()):
        stays = source.after_import is AfterImport.KEEP and not place(source.path).scheme
        if stays and not any(project.folder.glob(source.path)):
            yield f"{name}: no file matches {source.path}"
    published = {segment.segment for segment in project.segments}
    for folder in sorted((project.folder / EXPORTS).glob("*/")):
        if folder.name not in published:
            yield f"{EXPORTS}/{folder.name} has no segment any more: delete it if nobody needs it"


def still_there(project: OpenProject, source: Source, file_name: str) -> bool:
    """Whether a file that did not get in is where it landed; nobody looks on another machine."""
    local = not place(source.path).scheme
    return not local or any(path.name == file_name for path in project.folder.glob(source.path))


def lost(connection: Connection, run_id: str | None = None) -> Iterator[str]:
    """What was not read as it was written, one line a source: dropped fields, columns that mean nothing here."""
    found = ask.problems(connection, run_id)
    dropped = found.filter(found["action"] == "field_dropped")
    for (source,), rows in dropped.group_by("source", maintain_order=True):
        codes = ", ".join(f"{code} {count}" for code, count in rows.select("code", "rows").iter_rows())
        yield f"{source}: fields left out, by reason: {codes} (docs/errors.md has each)"
