from collections.abc import Iterator

import pytest

from pipelines.store.warehouse.connection import Connection
from tests.small_project import small_project
from tests.store_tables import Tables


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """The connection of a warehouse in which nothing stays."""
    with small_project(tmp_path_factory.mktemp("store") / "empty") as project:
        yield project.connection


@pytest.fixture
def tables(empty_store: Connection) -> Iterator[Tables]:
    """Empty tables, which are empty again afterwards."""
    empty_store.execute("BEGIN TRANSACTION")
    yield Tables(empty_store)
    empty_store.execute("ROLLBACK")
