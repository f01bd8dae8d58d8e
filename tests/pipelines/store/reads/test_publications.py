"""Publications as they are kept, asked of tables filled by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from pipelines.store.reads import exports
from tests.store_tables import Tables, uid

FIRST = datetime(2026, 6, 1, tzinfo=UTC)


def on(day: int) -> datetime:
    return FIRST + timedelta(days=day)


def published(tables: Tables, number: int, day: int, segment: str = "vip", **said: Any) -> None:
    tables.put("export", {"export_id": uid(number), "segment": segment, "published_at": on(day)} | said)


def ids(found: list[exports.Publication]) -> list[int]:
    return [int(each.export_id[-2:], 16) for each in found]


def test_publications_are_told_the_newest_first(tables: Tables) -> None:
    for number, day, segment in ((1, 3, "vip"), (2, 5, "all"), (3, 3, "vip"), (4, 4, "vip")):
        published(tables, number, day, segment, previous_id=uid(9))
    assert ids(exports.publications(tables.connection)) == [2, 4, 3, 1]
    assert ids(exports.publications(tables.connection, "vip")) == [4, 3, 1]
    last = exports.last_publication(tables.connection, "vip")
    assert last is not None
    assert (last.export_id, last.previous_id) == (uid(4), uid(9))


def since(tables: Tables, content: str | None, file: str = "") -> datetime:
    [made] = [each for each in exports.publications(tables.connection, "vip") if each.export_id == uid(1)]
    return exports.content_since(tables.connection, made._replace(content_sha256=content, file_sha256=file))


def test_a_file_is_what_it_was_since_it_was_last_another(tables: Tables) -> None:
    for number, day, content in ((4, 1, "a"), (3, 2, "b"), (2, 3, "a"), (1, 4, "a"), (5, 5, None)):
        published(tables, number, day, content_sha256=content, file_sha256="a")
    published(tables, 6, 6, "other", content_sha256="b")
    assert [since(tables, "a"), since(tables, None, "a"), since(tables, "b")] == [on(3), on(3), on(4)]


def test_a_publication_was_made_of_what_its_check_says(tables: Tables) -> None:
    published(tables, 1, 1)
    [made] = exports.publications(tables.connection)
    tables.put("export_check", {"export_id": uid(1), "inputs": "x"}, {"export_id": uid(2), "checked_at": on(3)})
    assert exports.made_of(tables.connection, made) == ("x", exports.NOBODY)
    exports.keep_check(tables.connection, uid(1), on(2), on(1), "y", exports.Suppressed(3, 4))
    assert exports.made_of(tables.connection, made) == ("y", (3, 4))
    assert exports.checked_at(tables.connection) == {uid(1): on(2), uid(2): on(3)}


def test_members_of_old_publications_are_forgotten_but_for_the_newest(tables: Tables) -> None:
    for number, day, segment, removed in (
        *((1, 1, "vip", None), (2, 2, "vip", None), (3, 3, "vip", None), (4, 1, "all", None)),
        *((5, 0, "vip", on(0)), (6, 1, "all", None)),
    ):
        published(tables, number, day, segment, members_removed_at=removed)
        tables.put("export_member", {"export_id": uid(number), "contact_id": uid(7)})
    assert exports.forget_members(tables.connection, "vip", on(2), on(9)) == 1
    assert tables.rows("SELECT export_id, members_removed_at FROM export ORDER BY 1") == [
        *((uid(1), on(9)), (uid(2), None), (uid(3), None), (uid(4), None), (uid(5), on(0)), (uid(6), None)),
    ]
    assert exports.members_of(tables.connection, uid(1)).is_empty()
    assert [exports.members_of(tables.connection, uid(number)).height for number in (2, 3, 4)] == [1, 1, 1]

    assert exports.forget_members(tables.connection, "vip", on(9), on(9)) == 1  # the newest stays whatever its age
    assert exports.forget_members(tables.connection, "vip", on(9), on(9)) == 0


def test_files_that_were_removed_are_marked_once(tables: Tables) -> None:
    for number, segment, removed in ((1, "vip", None), (2, "vip", on(1)), (3, "all", None)):
        published(tables, number, 1, segment, removed_at=removed)
    exports.mark_removed(tables.connection, "vip", on(5))
    assert tables.rows("SELECT removed_at FROM export ORDER BY export_id") == [(on(5),), (on(1),), (None,)]


def test_members_are_kept_with_what_became_of_them(tables: Tables) -> None:
    members = pl.DataFrame({"contact_id": [uid(7)], "change": ["added"], "fingerprint": [5]})
    exports.keep_members(tables.connection, uid(1), members)
    exports.keep_members(tables.connection, uid(2), members.select("contact_id"))
    assert exports.members_of(tables.connection, uid(1)).rows() == [(uid(7), "added", 5)]
    assert exports.members_of(tables.connection, uid(2)).rows() == [(uid(7), None, None)]


def test_a_publication_is_recorded_with_its_columns_and_how_many_contacts_left(tables: Tables) -> None:
    published(
        tables, 1, 1, file_sha256="f", rows=3, definition_digest="d", columns=["name"], run_id="run", on_behalf_of="Bo"
    )
    [made] = exports.publications(tables.connection)
    event = exports.publication_event(made)
    assert (event.object_type, event.object_id, event.run_id, event.on_behalf_of) == ("export", uid(1), "run", "Bo")
    assert event.fields == ("name",)
    assert event.details == {"segment": "vip", "rows": 3, "file_sha256": "f", "definition": "d"}


@pytest.mark.parametrize(
    ("columns", "deliveries"),
    [
        (["name"], [1]),
        (["first_name"], [1]),
        (["last_name"], [1]),
        (["email"], [3]),
        (["emails"], [4]),
        (["phones", "name"], [5, 1]),
        (["tags"], []),
    ],
)
def test_a_publication_comes_from_the_deliveries_of_what_it_shows(
    tables: Tables, columns: list[str], deliveries: list[int]
) -> None:
    for number, source, day in ((1, "crm", 3), (2, "crm", 1), (3, "crm", 1), (4, "crm", 1), (5, "app", 1)):
        tables.put("delivery", {"delivery_id": uid(number), "source": source, "declared_at": on(day)})
    tables.put(
        "export_member", {"export_id": uid(1), "contact_id": uid(7)}, {"export_id": uid(2), "contact_id": uid(8)}
    )
    for contact, field, delivery in ((7, "name", 1), (8, "name", 2), (7, "email", 3)):
        tables.put("contact_field", {"contact_id": uid(contact), "field": field, "delivery_id": uid(delivery)})
    for contact, kind, delivery in ((7, "email", 4), (7, "phone", 5), (8, "email", 2)):
        tables.put("contact_identifier", {"contact_id": uid(contact), "type": kind, "delivery_id": uid(delivery)})
    found = exports.contributing(tables.connection, uid(1), columns)["delivery_id"].to_list()
    assert found == [uid(number) for number in deliveries]


def test_deliveries_are_told_by_source_and_time(tables: Tables) -> None:
    tables.put("export_member", {"export_id": uid(1), "contact_id": uid(7)})
    for number, source, day in ((1, "crm", 3), (3, "crm", 1), (2, "crm", 1), (4, "app", 9)):
        tables.put("delivery", {"delivery_id": uid(number), "source": source, "declared_at": on(day)})
        tables.put("contact_field", {"contact_id": uid(7), "field": "name", "delivery_id": uid(number)})
    found = exports.contributing(tables.connection, uid(1), ["name"])["delivery_id"].to_list()
    assert found == [uid(number) for number in (4, 2, 3, 1)]


def test_a_contact_was_in_publications_that_had_it_as_one_of_their_rows(tables: Tables) -> None:
    for number, day, change in ((1, 1, None), (2, 2, "unchanged"), (3, 3, "removed"), (4, 3, "added")):
        published(tables, number, day)
        tables.put("export_member", {"export_id": uid(number), "contact_id": uid(7), "change": change})
    published(tables, 5, 5)
    tables.put("export_member", {"export_id": uid(5), "contact_id": uid(8)})
    assert ids(exports.publications_of(tables.connection, pl.Series([uid(7), uid(9)]))) == [4, 3, 1]
