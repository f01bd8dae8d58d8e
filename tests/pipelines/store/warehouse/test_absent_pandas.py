import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec

import pytest

from pipelines.store.warehouse.absent_pandas import stop_looking_for_pandas
from pipelines.store.warehouse.connection import query
from tests.small_project import SmallProject


class Spy:
    """An import hook that finds nothing and notes what was looked for."""

    def __init__(self) -> None:
        self.sought: list[str] = []

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        self.sought.append(name)
        return None


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Spy:
    spy = Spy()
    monkeypatch.setattr(sys, "meta_path", [spy, *sys.meta_path])
    return spy


def test_bound_values_send_duckdb_looking_for_no_module(project: SmallProject, spy: Spy) -> None:
    for _ in range(2):  # what DuckDB does need, it imports with the first statement
        spy.sought.clear()
        answered = query(project.connection, "SELECT ? AS a, ? AS b, ? AS c", [1, "two", None])

    assert answered.row(0) == (1, "two", None)
    assert spy.sought == []


def test_nobody_else_sees_the_stand_in() -> None:
    before = find_spec("pandas")
    stop_looking_for_pandas.__wrapped__()
    assert find_spec("pandas") == before
