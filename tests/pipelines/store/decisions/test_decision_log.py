from typing import Any

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


# Where decisions stand


def standing(tables: Tables, contact: int | None = None) -> dict[int, tuple[str, str | None]]:
    """Where decisions stand, with the record whose value the contact has; those of which nothing is said left out."""
    found = list_decisions(tables.connection, None if contact is None else uid(contact))
    told = found.filter(found["standing"].is_not_null()).select("decision_id", "standing", "stated_by")
    return {int(number[-2:], 16): (stands, record) for number, stands, record in told.rows()}


def test_a_block_is_lifted_if_it_is_of_all_its_records(tables: Tables) -> None:
    place(tables, c7=(1,), c8=(2, 3))
    tables.put("membership", {"record_key": uid(4), "contact_id": uid(7), "run_to": "over"})
    decide(tables, 10, "block", (1, 2, 4), day=1)
    decide(tables, 11, "block", (2,), day=1)
    decide(tables, 12, "block", (1,), day=3)  # after the unblock
    decide(tables, 13, "block", (1,), day=2, row_number=5)  # in the same moment, in a later row
    decide(tables, 14, "block", (1,), day=2, row_number=3)
    decide(tables, 15, "block", (1,), day=1, revoked_at=on(9))
    decide(tables, 16, "block", (3,), day=1)
    decide(tables, 20, "unblock", (1,), day=2, row_number=4)
    decide(tables, 21, "unblock", (1,), day=0)
    decide(tables, 22, "unblock", (2,), day=2, revoked_at=on(9))
    decide(tables, 23, "tag", (3,), day=2)
    lifted = ("lifted", None)
    assert standing(tables) == {10: ("lifted_in_part", None), 14: lifted}
    assert standing(tables, 7) == {10: lifted, 14: lifted}
    assert standing(tables, 8) == {}


def test_a_merge_is_parted_if_no_two_sides_of_it_are_one_contact(tables: Tables) -> None:
    place(tables, c7=(1, 2), c8=(3, 4), c9=(5,))
    tables.put("membership", {"record_key": uid(3), "contact_id": uid(7), "run_to": "over"})
    decide(tables, 10, "merge", (1,), (3,), day=1)
    decide(tables, 11, "merge", (1,), (2,), (3,), day=1)
    decide(tables, 12, "merge", (1, 2), (5,), day=1)
    decide(tables, 13, "merge", (1,), (3,), day=1, revoked_at=on(9))
    decide(tables, 14, "unmerge", (1,), (3,), day=1)
    decide(tables, 15, "merge", (3,), (4,), day=1)
    decide(tables, 16, "merge", (1,), (99,), day=1)  # of which one side is no more
    assert standing(tables) == {10: ("parted", None), 12: ("parted", None)}


def stands(tables: Tables, kind: str, value: str | None, *fields: dict[str, object]) -> tuple[str, str | None]:
    """Where an edit of field `f` of contact 7 stands, whose fields are these."""
    place(tables, c7=(1, 2), c8=(3,))
    tables.put(
        "record", {"record_key": uid(1), "source": "crm", "record_id": "17"}, {"record_key": uid(2), "source": "crm"}
    )
    decide(tables, 10, kind, (1,), (2,), day=3, field="f", value=value)
    tables.put("contact_field", *({"contact_id": uid(7), "field": "f"} | each for each in fields))
    tables.put("contact_field", {"contact_id": uid(8), "field": "f", "value": "v", "delivery_id": uid(10)})
    return standing(tables)[10]


OF_RECORD = {"record_key": uid(1)}


@pytest.mark.parametrize("kind", ["edit", "pin"])
@pytest.mark.parametrize(
    ("value", "fields", "expected"),
    [
        ("v", [{"delivery_id": uid(10), "value": "v"} | OF_RECORD], ("in_force", "crm:17")),
        (None, [], ("in_force", None)),
        (None, [{"value": "w"} | OF_RECORD], ("gave_way", "crm:17")),
        ("v", [{"value": "v"} | OF_RECORD], ("confirmed", "crm:17")),
        ("v", [{"value": "w", "rule": "primary"} | OF_RECORD], ("primary", "crm:17")),
        ("v", [{"value": "v", "rule": "primary"} | OF_RECORD], ("primary", "crm:17")),
        ("v", [{"value": "w"}, {"value": "x", "record_key": uid(2)}], ("gave_way", f"crm:{uid(2)[:8]}")),
        ("v", [], ("without_effect", None)),
    ],
)
def test_an_edit_stands_by_what_its_contact_has(
    tables: Tables, kind: str, value: str | None, fields: list[dict[str, object]], expected: tuple[str, str | None]
) -> None:
    assert stands(tables, kind, value, *fields) == expected


@pytest.mark.parametrize(
    ("other", "is_replaced"),
    [
        ({"day": 4}, True),
        ({"day": 2}, False),
        ({"day": 3, "row_number": 1}, True),
        ({"day": 2, "kind": "pin"}, True),  # an older pin goes before an edit
        ({"day": 4, "field": "g"}, False),
        ({"day": 4, "kind": "tag"}, False),
        ({"day": 4, "revoked_at": on(9)}, False),
        ({"day": 4, "record": 3}, False),
    ],
)
def test_an_edit_is_replaced_by_a_later_one_of_its_contact(
    tables: Tables, other: dict[str, object], is_replaced: bool
) -> None:
    said: dict[str, Any] = {"kind": "edit", "record": 2, "field": "f"} | other
    decide(tables, 20, said.pop("kind"), (said.pop("record"),), **said)
    assert stands(tables, "edit", "v", {"value": "w"})[0] == ("replaced" if is_replaced else "gave_way")


def test_an_edit_is_replaced_by_one_whose_carrier_is_a_member_and_no_other(tables: Tables) -> None:
    decide(tables, 20, "edit", (3,), (1,), day=4, field="f")  # speaks over a record here, and is another's
    assert stands(tables, "edit", "v", {"value": "w"})[0] == "gave_way"


def test_an_edit_that_was_taken_back_stands_nowhere(tables: Tables) -> None:
    place(tables, c7=(1,))
    decide(tables, 10, "edit", (1,), field="f", value="v", revoked_at=on(9))
    assert standing(tables) == {}
