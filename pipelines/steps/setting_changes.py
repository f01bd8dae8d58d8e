"""What changes of onecontact.yaml since the last run cost: said by `onecontact check` before, and by the run itself.

Names of settings and counts; no value of a person.
"""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import product, takewhile
from typing import Any

import polars as pl

from pipelines.errors import ConfigurationError
from pipelines.landing.arrivals import LandedFile
from pipelines.merge.survivorship import fits
from pipelines.project import OpenProject
from pipelines.read.tables.contact_table import meaning_of
from pipelines.read.tables.header_words import fold
from pipelines.store.ingest.source_names import delivered_before, delivered_names
from pipelines.store.runs import settings_in_force as store
from pipelines.store.warehouse.connection import Connection
from pipelines.wording import plural
from schemas.attribute import Attribute
from schemas.project import RESERVED
from schemas.vocabulary import AttributeMerge, AttributeType


def definitions(project: OpenProject) -> dict[str, dict[str, Any]]:
    """The settings on which values of contacts rest, by `attribute.<name>` and `source.<name>`."""
    settings = project.settings
    attributes = {
        f"attribute.{name}": {"type": str(each.type), "values": list(each.values), "merge": str(each.merge)}
        for name, each in settings.attributes.items()
    }
    sources = {
        f"source.{name}": {"format": each.format, "path": str(each.path)} for name, each in settings.sources.items()
    }
    return attributes | sources


def keep_settings(project: OpenProject, connection: Connection) -> None:
    """Contacts are derived under the settings of today."""
    store.keep_settings(connection, definitions(project))


def setting_changes(project: OpenProject, connection: Connection) -> list[str]:
    """A sentence for each change since the last run that costs something, with how many it touches."""
    before, now = store.kept_settings(connection), definitions(project)
    changed = {name: each for name, each in before.items() if now.get(name) != each}
    return [
        *_misread_columns(project, before),
        *(
            cost
            for name, was in changed.items()
            if name.startswith("attribute.")
            for cost in _attribute(project, connection, name.removeprefix("attribute."), was)
        ),
        *_sources(project, connection, before),
    ]


def require_no_unnamed_rename(project: OpenProject, connection: Connection, files: Iterable[LandedFile] = ()) -> None:
    """Raise ConfigurationError for a source that was renamed in onecontact.yaml alone: its people would come twice.

    It is taken for renamed if it is gone, and a source that has delivered nothing yet reads the same folder, or files
    of the same content; or if it reads another folder now, and another source the one it had.

    `files`: what has arrived.
    """
    before, known = store.kept_settings(connection), set(store.known_sources(connection))
    now = definitions(project)
    _require_no_trade(before, now, known & set(project.settings.sources))
    gone, fresh = known - set(project.settings.sources) - set(RESERVED), set(project.settings.sources) - known
    if not gone or not fresh:
        return
    arrived = [(each.source, each.sha256) for each in files if each.source in fresh]
    found = pl.DataFrame(arrived, schema={"source": pl.String, "file_sha256": pl.String}, orient="row")
    same_files = [each for each in delivered_before(connection, found) if each[0] in gone]
    pairs = product(sorted(gone), sorted(fresh))
    same_folder = [
        (old, new)
        for old, new in pairs
        if f"source.{old}" in before
        and reads_its_files(connection, old, before[f"source.{old}"]["path"], now[f"source.{new}"]["path"])
    ]
    for old, new in [*same_folder, *same_files]:
        raise ConfigurationError(
            f"sources.{new} reads what the source {old} did, which is gone, so each of its people would come twice: "
            f"`onecontact sources rename {old} {new}` keeps its records. If {new} is another system, let it read "
            f"another folder, without files that {old} has delivered"
        )


def reads_its_files(connection: Connection, source: str, was: str, path: str) -> bool:
    """Whether `path` is the one a source had, or one in the same folder that fits a file the source has delivered."""
    if path == was:
        return True
    (folder, glob), (folder_before, _) = folder_and_glob(path), folder_and_glob(was)
    return folder == folder_before and any(fnmatchcase(name, glob) for name in delivered_names(connection, source))


def folder_and_glob(path: str) -> tuple[str, str]:
    """The folder that the path of a source names, down to the first part with a wildcard, and its last part."""
    *parts, name = (part for part in path.split("/") if part != ".")
    return "/".join(takewhile(lambda part: not any(sign in part for sign in "*?["), parts)), name


def _require_no_trade(before: dict[str, dict[str, Any]], now: dict[str, dict[str, Any]], kept: set[str]) -> None:
    """Raise ConfigurationError where a source reads what another one did that reads something else now."""
    moved = {name for name in (f"source.{each}" for each in kept) if name in before and before[name] != now[name]}
    changed = (name for name in now if name.startswith("source.") and before.get(name) != now[name])
    for new, old in product(sorted(changed), sorted(moved)):
        if before[old] == now[new]:
            was, reads = old.removeprefix("source."), new.removeprefix("source.")
            raise ConfigurationError(
                f"sources.{reads} reads what the source {was} did, and {was} reads something else now, so each of its "
                "people would come twice: put both back as they were, and rename them with `onecontact sources rename "
                f"OLD NEW`; where two trade their names, one of them gets a third name first. If {reads} is another "
                "system, let it read another folder"
            )


def _misread_columns(project: OpenProject, before: Mapping[str, object]) -> Iterator[str]:
    """What is new and called like a header that means something else: its answers would be read as that."""
    for name in project.settings.attributes:
        meaning = meaning_of(fold(name), {}, has_key=False)
        if f"attribute.{name}" not in before and meaning != f"attr.{name}":
            yield (
                f"attribute {name} is called like a usual header: a column `{name}` is read as {meaning}. Call the "
                f"column `attr.{name}`, or say `columns: {{{name}: attr.{name}}}` in its source"
            )


def _attribute(project: OpenProject, connection: Connection, name: str, was: dict[str, Any]) -> Iterator[str]:
    attribute = project.settings.attributes.get(name)
    consent = AttributeMerge.MOST_RESTRICTIVE
    is_consent = attribute and attribute.merge is consent and attribute.type is AttributeType.BOOLEAN
    if was["merge"] == consent and not is_consent:
        number = store.contacts_with_attribute(connection, name, pl.Series(["false"]))
        refusing = plural(number, "contact")
        yield (
            f"attribute {name} is no consent any more: {refusing} said no, and exports no longer leave out others with "
            "their numbers and addresses"
        )
    if attribute is None:
        number = store.contacts_with_attribute(connection, name)
        yield f"attribute {name} is removed: {_lose(number)} a value; it comes back with the attribute"
        return
    if was["type"] != attribute.type:
        lost = _lost(connection, name, attribute)
        number = store.contacts_with_attribute(connection, name, lost["value"])
        yield f"attribute {name} was {was['type']}, is {attribute.type}: {_lose(number)} a value that does not fit"
    elif attribute.type is AttributeType.DROPDOWN:
        held = dict(store.values_of_attribute(connection, name).iter_rows())
        for word in was["values"]:
            if word not in attribute.values:
                yield f"attribute {name} no longer offers {word}: {_lose(held.get(word, 0))} that value"


def _lost(connection: Connection, name: str, attribute: Attribute) -> pl.DataFrame:
    return store.values_of_attribute(connection, name).filter(~fits(attribute).fill_null(value=False))


def _sources(project: OpenProject, connection: Connection, before: dict[str, dict[str, Any]]) -> Iterator[str]:
    for source in store.known_sources(connection):
        if source not in project.settings.sources and f"source.{source}" in before:
            records, contacts = store.extent_of_source(connection, source)
            extent = f"{plural(records, 'record')}, of {plural(contacts, 'contact')}"
            stay = "stays and ranks" if records == 1 else "stay and rank"
            yield (
                f"source {source} is gone: {extent}, of it {stay} behind all others; if it has "
                f"another name now: `onecontact sources rename {source} NEW`"
            )


def _lose(number: int) -> str:
    return f"{number:,} contacts lose" if number > 1 else "1 contact loses" if number else "no contact loses"
