"""What decides in matching beside the model and the configuration: its code, its constants, and what they rest on."""

from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

from pipelines.match.comparison.name_words import known_aliases
from pipelines.match.comparison.prepare import countries

PACKAGE = "match"  # every file of it counts
BESIDE = (  # what it makes use of, and what lies between it and the warehouse
    *("normalise/email.py", "normalise/name.py", "normalise/text.py"),
    *("derive/comparison_data.py", "derive/match.py", "derive/merge.py", "store/matching/matching.py"),
)
LIBRARIES = ("polars", "rapidfuzz")  # blocking keys are hashes of the one, similarities are those of the other


def rules_of_matching() -> tuple[object, ...]:
    """With another value of this, everything is matched anew: what was kept would not be what a rebuild gives.

    The files are looked at as they are, so that no constant can be forgotten. A version of onecontact that changes a
    word in one of them matches anew, once.
    """
    return (
        fingerprint(files("pipelines")),
        {library: version(library) for library in LIBRARIES},
        sorted(known_aliases()),
        sorted(countries().items()),
    )


def fingerprint(pipelines: Traversable) -> str:
    """The fingerprint of the files that decide, below the folder of the package `pipelines`."""
    total = sha256()
    for name, file in deciding(pipelines):
        total.update(f"{name} {sha256(file.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def deciding(pipelines: Traversable) -> Iterator[tuple[str, Traversable]]:
    """The files that decide, by their path in the package `pipelines`."""
    yield from below(PACKAGE, pipelines.joinpath(PACKAGE))
    for name in BESIDE:
        yield name, pipelines.joinpath(name)


def below(path: str, folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    """The code and tables of a package and of those in it."""
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.is_dir():
            yield from below(f"{path}/{each.name}", each)
        elif each.name.endswith((".py", ".tsv")):
            yield f"{path}/{each.name}", each
