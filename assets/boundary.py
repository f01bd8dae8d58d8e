"""Where exceptions leave our code for Dagster, which stores their texts: no value of a person may pass."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import dagster as dg

from pipelines.errors import OnecontactError, raise_interrupt, unforeseen

P = ParamSpec("P")
R = TypeVar("R")


def without_values(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function fail with words of ours alone.

    The texts of onecontact's own errors hold no values and pass. Of any other error only its type and the line of ours
    it came through are told, outside the `except` block: Dagster stores the context of an exception too.
    """

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except dg.Failure:
            raise
        except OnecontactError as error:
            said, kind = str(error), type(error).__name__
        except Exception as error:  # noqa: BLE001 -- whatever it is, its text stays here
            raise_interrupt(error)
            said, kind = unforeseen(error), type(error).__name__
        raise dg.Failure(description=said, metadata={"kind": kind}, allow_retries=False)

    return guarded
