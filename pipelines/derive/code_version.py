"""Versions of what decides in matching beside the model and the configuration: the code, and what it rests on.

Raise a version in the change that makes its code give another result. A test holds both to results of fixed inputs.
"""

from functools import cache
from importlib.metadata import version

from pipelines.match.comparison.name_words import known_aliases
from pipelines.match.comparison.prepare import countries
from pipelines.project import digest

NORMALISATION = 4  # what texts, names, addresses and numbers are compared as (`normalise`)
MATCHING = 5  # which pairs are compared, what they weigh, which of them are one contact (`match`)
LIBRARIES = ("polars", "rapidfuzz")  # blocking keys are hashes of the one, similarities are those of the other


@cache
def rules_of_matching() -> str:
    """With another value of this, everything is matched anew: what was kept would not be what a rebuild gives."""
    return digest(
        NORMALISATION,
        MATCHING,
        {library: version(library) for library in LIBRARIES},
        sorted(known_aliases()),
        sorted(countries().items()),
    )
