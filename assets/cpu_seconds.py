"""What an asset costs, in its metadata: Dagster plots it from run to run."""

from collections.abc import Callable
from functools import wraps
from time import process_time
from typing import ParamSpec

import dagster as dg

CPU_SECONDS = "cpu_seconds"
P = ParamSpec("P")


def with_cpu_seconds(function: Callable[P, dg.MaterializeResult]) -> Callable[P, dg.MaterializeResult]:
    """Say beside what an asset returns how many CPU seconds of this process it took, all threads together."""

    @wraps(function)
    def timed(*args: P.args, **kwargs: P.kwargs) -> dg.MaterializeResult:
        began = process_time()
        result = function(*args, **kwargs)
        return result._replace(metadata={**(result.metadata or {}), CPU_SECONDS: round(process_time() - began, 2)})

    return timed
