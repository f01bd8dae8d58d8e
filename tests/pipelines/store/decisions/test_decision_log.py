import pytest

from pipelines.store.decisions.decision_log import between, contacts_of_decisions, known_as, last_of, list_decisions
from tests.pipelines.store.decisions.decided import decide, keys, on, place
from tests.store_tables import Tables, uid


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("abcd1", [1]),
        (" ABCD1 ", [1]),
        ("abcd", [1, 2]),
        ("abc", []),  # so few letters name too many
        ("  abc", []),
        ("bcd1", []),
        ("abcd%", []),
    ],
)
def test_a_decision_is_known_by_how_its_id_begins(tables: Tables, text: str, found: list[int]) -> None:
    ids = {number: f"abcd{number}000-0000-0000-0000-000000000000" for number in (2, 1)}
    for decision_id in ids.values():
        tables.put("decision", {"decision_id": decision_id})
    assert known_as(tables.connection, text).to_list() == [ids[number] for number in found]


def test_the_last_decision_of_somebody_is_one_that_stands_and_takes_nothing_back(tables: Tables) -> None:
    assert last_of(tables.connection, "Ina").to_list() == []
    decide(tables, 10, "tag", day=1, actor="Ina")
    decide(tables, 11, "tag", day=2, actor="Ina", revoked_at=on(3))
    decide(tables, 12, "revoke", day=3, actor="Ina")
    decide(tables, 13, "tag", day=4, actor="Bo")
    assert last_of(tables.connection, " Ina ").to_list() == [uid(10)]

    for number, row in ((20, None), (23, 1), (21, 2), (22, 2)):
        decide(tables, number, "tag", day=2, actor="Ina", row_number=row)
    assert last_of(tables.connection, "Ina").to_list() == [uid(22)]


def test_decisions_are_about_the_contacts_that_their_records_are_in_now(tables: Tables) -> None:
    place(tables, c8=(3,), c7=(1, 2))
    tables.put("membership", {"record_key": uid(3), "contact_id": uid(9), "run_to": "over"})
    decide(tables, 10, "merge", (3,), (1,))
    decide(tables, 11, "block", (2,))
    decide(tables, 12, "block", (4,))
    assert contacts_of_decisions(tables.connection, [uid(10)]).to_list() == [uid(7), uid(8)]
    assert contacts_of_decisions(tables.connection, [uid(11), uid(12)]).to_list() == [uid(7)]


@pytest.mark.parametrize(
    ("kind", "contacts"),
    [*((kind, [7]) for kind in ("edit", "pin", "tag", "untag", "note")), ("block", [7, 8]), ("dismiss", [7, 8])],
)
def test_what_is_said_of_a_value_is_about_the_record_that_carries_it(
    tables: Tables, kind: str, contacts: list[int]
) -> None:
    place(tables, c7=(1,), c8=(2,))
    decide(tables, 10, kind, (1,), (2,))
    decide(tables, 11, "revoke", (1,), (2,), target=uid(10))  # and so is what takes that back
    for number in (10, 11):
        assert contacts_of_decisions(tables.connection, [uid(number)]).to_list() == [uid(each) for each in contacts]


def test_between_two_sides_stands_what_says_that_they_are_one_or_are_not(tables: Tables) -> None:
    sides = keys(1, 2), keys(3, 4)
    decide(tables, 10, "merge", (1,), (3,), day=1, actor="Ina", reason="same")
    decide(tables, 12, "unmerge", (4,), (2,), day=2, actor="Bo", reason="other")
    decide(tables, 11, "dismiss", (1, 2), (3, 4), day=2, actor="Bo", reason="other")
    decide(tables, 13, "merge", (1, 3), (9,), day=3)  # both on one side
    decide(tables, 14, "block", (1,), (3,), day=3)
    decide(tables, 15, "merge", (1,), (3,), day=3, revoked_at=on(4))
    decide(tables, 16, "merge", (1,), (9,), day=3)
    assert between(tables.connection, *sides).rows() == [
        (uid(11), "dismiss", "Bo", "other", on(2)),
        (uid(12), "unmerge", "Bo", "other", on(2)),
        (uid(10), "merge", "Ina", "same", on(1)),
    ]


def test_decisions_are_listed_the_newest_first(tables: Tables) -> None:
    place(tables, c7=(1,), c8=(2,))
    tables.put("contact", {"contact_id": uid(7), "name": "Ann"}, {"contact_id": uid(8), "name": "Bo"})
    tables.put("record", {"record_key": uid(1), "source": "crm", "record_id": "1"})
    tables.put("record", {"record_key": uid(2), "source": "crm"})
    tables.put("as_of_time", {"as_of": on(20)})
    tables.put("delivery", {"delivery_id": uid(50), "file_name": "requests.csv"})
    decide(tables, 10, "block", (1,), day=1, expires_at=on(20))
    decide(tables, 13, "merge", (1,), (2,), day=2)
    decide(tables, 12, "note", (2,), day=2, row_number=1, delivery_id=uid(50))
    decide(tables, 11, "note", (2,), day=2, row_number=2, expires_at=on(21))

    found = list_decisions(tables.connection)
    assert found["decision_id"].to_list() == [uid(number) for number in (11, 12, 13, 10)]
    assert found["is_over"].to_list() == [False, False, False, True]
    assert found["file_name"].to_list() == [None, "requests.csv", None, None]
    assert [[each["name"] for each in row] for row in found["contacts"].to_list()] == [
        ["Bo"],
        ["Bo"],
        ["Ann", "Bo"],
        ["Ann"],
    ]
    assert list_decisions(tables.connection, most=2)["decision_id"].to_list() == [uid(11), uid(12)]
    assert list_decisions(tables.connection, uid(7))["decision_id"].to_list() == [uid(13), uid(10)]
