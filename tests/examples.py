"""How many examples a law is held against: all of them by `make test-all`, a few by `make test` and for each fault."""

from typing import TypeVar

from hypothesis import settings

Some = TypeVar("Some")

LIGHT = "light"  # the profile of `make test`, see conftest.py
MUTATION = "mutation"  # the profile under which `benchmarks.mutation` runs the tests near a fault


def examples(all_of_them: Some, light: Some) -> Some:
    """How many there are, or which, for `make test-all`; for `make test` the light choice."""
    return light if settings.get_current_profile_name() in (LIGHT, MUTATION) else all_of_them
