"""What waits for somebody: held and refused files, rows to correct, sources without files, orphaned exports."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from console.terminal.screen import plural
from pipelines.landing.arrivals import every_source, local_files
from pipelines.project import OpenProject
from pipelines.steps.publish import FOLDER as EXPORTS
from pipelines.steps.rejected_files import FOLDER as REJECTED
from pipelines.store.ingest.file_problems import file_problems
from pipelines.store.ingest.unreachable_sources import unreachable
from pipelines.store.reads import contact_details
from pipelines.store.warehouse.connection import Connection
from schemas.error_codes import ErrorCode
from schemas.segment import ID_CHANGES
from schemas.settings.place import place
from schemas.source import Source
from schemas.vocabulary import Action, AfterImport, DeliveryState

NAMED = 5  # headers that mean nothing


def open_work(project: OpenProject, connection: Connection, *, names: bool) -> Iterator[str]:
    """One line for each thing, as long as somebody has to see to it.

    With `names`, files that came are named: that is for a terminal, or for a program that asked.
    """
    landed = local_files(project.folder, every_source(project.settings))
    found = contact_details.open_deliveries(connection).to_dicts()
    for row in found:
        yield from delivery_problem(project, row, landed, names=names)
    yield from refused_rows(project, [row for row in found if row["rejected_file"] and row["rows"] > row["corrected"]])
    yield from (f"{name}: {reason}" for name, reason in unreachable(connection).items())
    for each in file_problems(connection):
        yield f"{each.source}, {each.file_name if names else 'a file'}: {each.reason}"
    for name, source in sorted(project.settings.sources.items()):
        if source.after_import is AfterImport.KEEP and name in landed and not landed[name]:
            yield f"{name}: no file matches {source.path}"
    published = {ID_CHANGES, *(each.segment for each in project.segments), *(each.segment for each in project.broken)}
    for folder in sorted((project.folder / EXPORTS).glob("*/")):
        if folder.name not in published:
            yield (
                f"{EXPORTS}/{folder.name} has no segment any more: `onecontact exports remove {folder.name}` if nobody "
                "needs it"
            )


def delivery_problem(
    project: OpenProject, row: dict[str, Any], landed: dict[str, list[Path]], *, names: bool
) -> Iterator[str]:
    """A file that was held or refused, as long as it, or what came back of it, lies there to be mended.

    Nobody looks on another machine.
    """
    name, back = row["source"], ""
    gone = name in landed and all(path.name != row["file_name"] for path in landed[name])
    if row["code"] == ErrorCode.REJECT_LIMIT and row["rejected_file"] and idle_source(project, row["rejected_file"]):
        gone, back = False, f" ({REJECTED}/{row['rejected_file']})"
    if row["state"] == DeliveryState.ACCEPTED or name not in every_source(project.settings) or gone:
        return
    named = row["file_name"] if names else f"delivery {row['delivery_id'][:8]}"
    yield f"{row['state']}: {name}, {named}: {row['remediation']}{back}"


def refused_rows(project: OpenProject, found: list[dict[str, Any]]) -> Iterator[str]:
    """Rows to correct: where they are, and how many have never come back from a file that was moved away."""
    moved: dict[str, Counter[str]] = {}
    sources = every_source(project.settings)
    for row in found:
        files = [each for each in row["retried_in"] or [row["rejected_file"]] if idle_source(project, each)]
        files = files or [each for each in [row["rejected_file"]] if idle_source(project, each)]
        if not files:
            moved.setdefault(row["source"], Counter()).update(rows=row["rows"], corrected=row["corrected"])
        elif row["state"] == DeliveryState.ACCEPTED:
            since = f", {row['corrected']:,} of them corrected since" if row["corrected"] else ""
            where = " and ".join(f"{REJECTED}/{each}" for each in files)
            yield (
                f"{plural(row['rows'], 'row')} of {row['source']} refused{since}: correct {where} and move it "
                f"{target(sources.get(row['source']), row['source'])}"
            )
    for name, count in sorted(moved.items()):
        yield (
            f"{plural(count['rows'], 'row')} of {name} refused, {count['corrected']:,} of them corrected since; the "
            f"file with the others is no longer in {REJECTED}/: move it "
            f"{target(sources.get(name), name)} once it is corrected"
        )


def idle_source(project: OpenProject, name: str) -> bool:
    """Whether a file with refused rows is still where it was given back."""
    return (project.folder / REJECTED / name).exists()


def target(source: Source | None, name: str) -> str:
    """Where a corrected file is to go."""
    if source is None:
        return f"to where {name} finds it"
    folder = PurePosixPath(source.path).parent
    if place(source.path).scheme or set("*?[") & set(str(folder)):
        return f"to where {source.path} finds it"
    return f"into {folder}/"


def ignored_columns(connection: Connection, run_id: str | None = None, *, names: bool) -> Iterator[str]:
    """What was not taken in as it was written, by source: fields left out, rows and fields that are doubtful.

    With `names`, the headers that mean nothing are named.
    """
    found = contact_details.problems(connection, run_id)
    for action, words in (
        (Action.FIELD_DROPPED, "fields left out"),
        (Action.KEPT_WITH_WARNING, "taken in with a warning"),
    ):
        for (source,), rows in found.filter(found["action"] == action).group_by("source", maintain_order=True):
            codes = ", ".join(f"{code} {count:,}" for code, count in rows.select("code", "rows").iter_rows())
            unread = contact_details.unread_headers(connection, str(source), run_id) if names else []
            headers = f"; ignored columns: {few(unread)}" if unread and "HEADER_UNKNOWN" in codes else ""
            yield f"{source}: {words}, by reason: {codes} (docs/errors.md has each){headers}"
            for number in rows.filter(rows["code"] == ErrorCode.NAME_CONTRADICTS)["rows"]:
                yield (
                    f"{source}: {plural(number, 'record')} changed to a contradicting name, with the same number or "
                    "address: somebody who married, or another person"
                )


def few(headers: list[str]) -> str:
    """The first of some headers, and how many more there are."""
    more = f" and {len(headers) - NAMED:,} more" if len(headers) > NAMED else ""
    return ", ".join(headers[:NAMED]) + more
