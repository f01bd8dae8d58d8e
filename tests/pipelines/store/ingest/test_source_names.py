from typing import Any

import polars as pl
import pytest

from pipelines.store.ingest import source_names
from tests.store_tables import Tables, uid


def ids(*parts: Any) -> pl.Expr:
    """Ids that show what they are made of."""
    return pl.concat_str([pl.lit(each) if isinstance(each, str) else each for each in parts], separator="/")


def made(tables: Tables, kind: str, source: str = "crm") -> str:
    made = source_names.with_first_names(tables.connection, ids)(kind, pl.lit(source), pl.lit("7"))
    return str(pl.select(made).item())


@pytest.mark.parametrize("kind", ["record", "delivery", "conversation", "message", "receipt", "event", "topic"])
def test_ids_of_what_a_renamed_source_delivers_are_made_with_its_first_name(tables: Tables, kind: str) -> None:
    assert made(tables, kind) == f"{kind}/crm/7"
    tables.put("source_first_name", {"source": "crm", "first_name": "old"})
    assert [made(tables, kind), made(tables, kind, "shop"), made(tables, "content")] == [
        *(f"{kind}/old/7", f"{kind}/shop/7", "content/crm/7"),
    ]


def test_a_source_has_delivered_files_of_these_names(tables: Tables) -> None:
    for number, source, name in ((1, "crm", "b.csv"), (2, "crm", "a.csv"), (3, "crm", "b.csv"), (4, "shop", "c.csv")):
        tables.put("delivery", {"delivery_id": uid(number), "source": source, "file_name": name})
    assert source_names.delivered_names(tables.connection, "crm") == ["a.csv", "b.csv"]
    assert [source_names.has_delivered(tables.connection, source) for source in ("crm", "nobody")] == [True, False]


def delivered(tables: Tables, number: int, source: str, file: str, rows_read: int = 1, **said: Any) -> None:
    tables.put("delivery", {"delivery_id": uid(number), "source": source, "rows_read": rows_read, **said})
    tables.connection.execute(
        "UPDATE delivery SET file_digest = keyed_digest('file', ?) WHERE delivery_id = ?", [file, uid(number)]
    )


def test_what_came_before_by_another_name_is_told_with_most_files_first(tables: Tables) -> None:
    for number, source, file in ((1, "a", "f1"), (2, "b", "f1"), (3, "b", "f2"), (4, "b", "f2"), (5, "c", "f3")):
        delivered(tables, number, source, file)
    delivered(tables, 6, "d", "empty", rows_read=0)
    arriving = [("new", file) for file in ("f1", "f2", "f2", "empty", "f9")] + [("c", "f3"), ("later", "f3")]
    files = pl.DataFrame(arriving, schema=["source", "file_sha256"], orient="row")
    assert source_names.delivered_before(tables.connection, files) == [
        *(("b", "new"), ("a", "new"), ("c", "later")),
    ]


def record(tables: Tables, key: int, source: str, record_id: str | None, version: int) -> None:
    tables.put("record", {"record_key": uid(key), "source": source, "record_id": record_id})
    tables.put("source_record", {"record_key": uid(key), "version": uid(version)})


def copies(tables: Tables) -> list[tuple[str, str]] | None:
    found = source_names.copied_records(tables.connection, "old", "new")
    return None if found is None else found.rows()


@pytest.fixture
def copied(tables: Tables) -> Tables:
    """A source that has taken in a file of another one, with a record that has an id and one that has none."""
    tables.put("delivery", {"delivery_id": uid(1), "source": "old", "file_digest": "f", "state": "accepted"})
    tables.put("delivery", {"delivery_id": uid(2), "source": "new", "file_digest": "f", "state": "accepted"})
    for key, source, record_id, version in (
        *((12, "old", "1", 7), (11, "old", "1", 7), (13, "old", None, 8), (10, "shop", "1", 7)),
        *((22, "new", None, 8), (21, "new", "1", 7)),
    ):
        record(tables, key, source, record_id, version)
    return tables


def test_a_record_of_a_copy_has_the_first_that_says_the_same_under_its_id(copied: Tables) -> None:
    assert copies(copied) == [(uid(21), uid(11)), (uid(22), uid(13))]


@pytest.mark.parametrize(
    "own",
    [
        ("delivery", {"delivery_id": uid(3), "source": "new", "file_digest": "g"}),
        ("post_import_action", {"delivery_id": uid(2), "archive_key": "key"}),
        ("conversation", {"conversation_id": uid(30), "source": "new"}),
    ],
)
def test_a_source_that_has_something_of_its_own_is_no_copy(copied: Tables, own: tuple[str, dict[str, Any]]) -> None:
    copied.put(own[0], own[1])
    assert copies(copied) is None


@pytest.mark.parametrize(("record_id", "version"), [("2", 7), ("1", 9), (None, 7), ("1", 8)])
def test_a_record_of_its_own_makes_a_source_no_copy(copied: Tables, record_id: str | None, version: int) -> None:
    record(copied, 23, "new", record_id, version)
    assert copies(copied) is None


def test_a_file_that_the_other_source_has_refused_is_one_of_its_own(copied: Tables) -> None:
    copied.connection.execute("UPDATE delivery SET state = 'refused' WHERE source = 'old'")
    assert copies(copied) is None


def test_files_of_other_sources_make_nothing_of_its_own(copied: Tables) -> None:
    copied.put("conversation", {"conversation_id": uid(30), "source": "old"})
    copied.put("post_import_action", {"delivery_id": uid(1), "archive_key": "key"})
    copied.put("post_import_action", {"delivery_id": uid(2)})
    assert copies(copied) is not None


def test_a_source_that_is_forgotten_leaves_nothing_of_its_files(tables: Tables) -> None:
    for number, source in ((1, "crm"), (2, "shop")):
        tables.put("delivery", {"delivery_id": uid(number), "source": source})
        for table in ("rejected_row", "problem", "delivery_attribute", "post_import_action"):
            tables.put(table, {"delivery_id": uid(number)})
        tables.put("corrected_row", {"delivery_id": uid(9), "row_number": number, "corrected_by": uid(number)})
        tables.put("source_first_name", {"source": source})
    source_names.forget_deliveries(tables.connection, "crm")
    for table in ("delivery", "rejected_row", "problem", "delivery_attribute", "post_import_action"):
        assert tables.rows(f"SELECT delivery_id FROM {table}") == [(uid(2),)]
    assert tables.rows("SELECT corrected_by FROM corrected_row") == [(uid(2),)]
    assert tables.rows("SELECT source FROM source_first_name") == [("shop",)]


NAMING = ("record", "delivery", "conversation", "file_problem", "unreachable_source")


@pytest.fixture
def named(tables: Tables) -> Tables:
    """Two sources with a row in every table that names a source."""
    for nth, source in enumerate(("crm", "shop")):
        tables.put("delivery", {"delivery_id": uid(nth), "source": source})
        for table in ("record", "conversation", "file_problem", "unreachable_source"):
            tables.put(table, {"source": source})
        for kind in ("external_id", "username"):
            tables.put("identifier", {"scope": source, "type": kind})
        tables.put("setting", {"name": f"source.{source}"})
    return tables


def test_all_of_a_source_is_that_of_its_new_name(named: Tables) -> None:
    assert source_names.rename(named.connection, "crm", "sales") == 1
    for table in NAMING:
        assert named.rows(f"SELECT source FROM {table} ORDER BY 1") == [("sales",), ("shop",)]
    assert named.rows("SELECT type, scope FROM identifier ORDER BY ALL") == [
        *(("external_id", "sales"), ("external_id", "shop"), ("username", "crm"), ("username", "shop")),
    ]
    assert named.rows("SELECT name FROM setting ORDER BY 1") == [("source.sales",), ("source.shop",)]


def test_a_source_keeps_its_first_name_until_it_has_that_again(named: Tables) -> None:
    for old, new, first in (("crm", "sales", {"sales": "crm"}), ("sales", "leads", {"leads": "crm"})):
        source_names.rename(named.connection, old, new)
        assert source_names.first_names(named.connection) == first
    source_names.rename(named.connection, "leads", "crm")
    assert source_names.first_names(named.connection) == {}
