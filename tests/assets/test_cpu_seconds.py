from typing import Any

import dagster as dg
import pytest

from assets import cpu_seconds
from assets.cpu_seconds import CPU_SECONDS, with_cpu_seconds

MADE: dg.MaterializeResult[None] = dg.MaterializeResult(metadata={"rows": 3})
HELD = dg.AssetCheckResult(check_name="held", passed=True)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter((10.0, 12.345))
    monkeypatch.setattr(cpu_seconds, "process_time", lambda: next(moments))


def told(result: Any) -> Any:
    return with_cpu_seconds(lambda: result)()


def test_a_materialization_says_what_it_took_beside_what_it_told() -> None:
    assert told(MADE).metadata == {"rows": 3, CPU_SECONDS: 2.35}


def test_of_results_that_are_made_together_the_first_materialization_says_so() -> None:
    check, first, second = told([HELD, MADE, MADE])
    assert (check, second) == (HELD, MADE)
    assert first.metadata[CPU_SECONDS] == 2.35


def test_where_nothing_is_made_nothing_is_added() -> None:
    assert told([HELD]) == [HELD]
