"""What an asset costs, in its metadata: Dagster plots it from run to run."""

from collections.abc import Callable
from functools import wraps
from time import process_time
from typing import Any, ParamSpec, TypeVar

import dagster as dg

CPU_SECONDS = "cpu_seconds"
P = ParamSpec("P")
R = TypeVar("R")  # a materialization, or a list of results with one


def with_cpu_seconds(function: Callable[P, R]) -> Callable[P, R]:
    """Say beside what an asset returns how many CPU seconds of this process it took, all threads together.

    Of several results that are made together, the first materialization says so.
    """

    @wraps(function)
    def timed(*args: P.args, **kwargs: P.kwargs) -> R:
        began = process_time()
        told = function(*args, **kwargs)
        costed: R = costing(told, round(process_time() - began, 2))
        return costed

    return timed


def costing(told: Any, seconds: float) -> Any:
    """The same with what it took: a materialization, or results of which the first that is one says so."""
    if isinstance(told, dg.MaterializeResult):
        return told._replace(metadata={**(told.metadata or {}), CPU_SECONDS: seconds})
    first = next((nth for nth, each in enumerate(told) if isinstance(each, dg.MaterializeResult)), None)
    return [costing(each, seconds) if nth == first else each for nth, each in enumerate(told)]
