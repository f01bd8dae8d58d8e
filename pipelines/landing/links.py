"""Links among deliveries: which of them are not followed."""

from collections.abc import Mapping
from pathlib import Path

from pipelines.read.core.lines import well_formed
from pipelines.store.ingest.file_problems import FileProblem
from schemas.configuration import HIDDEN

LINK = "is a link that leads out of the project: put the file itself there, and the next run takes it in"


def without_links(folder: Path, found: Mapping[str, list[Path]]) -> tuple[dict[str, list[Path]], list[FileProblem]]:
    """The files of each source without links that lead out of the project, or to its keys, and these as problems.

    Whoever may put files into a landing folder could have any file of this machine read by one. None is opened: some
    never end.
    """
    links = {path for paths in found.values() for path in paths if leads_out(folder, path)}
    problems = [
        FileProblem(name, well_formed(path.name), LINK)
        for name, paths in found.items()
        for path in paths
        if path in links
    ]
    return {name: [path for path in paths if path not in links] for name, paths in found.items()}, problems


def leads_out(folder: Path, path: Path) -> bool:
    """Whether a file is a link to one outside of the project, or in its hidden folder."""
    if not path.is_symlink():
        return False
    project, there = folder.resolve(), path.resolve()
    return not there.is_relative_to(project) or there.is_relative_to(project / HIDDEN)
