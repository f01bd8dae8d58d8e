import polars as pl
import pytest

from pipelines.store.decisions import decisions
from pipelines.store.decisions.decisions import Decision
from schemas.vocabulary import DecisionKind
from tests.pipelines.store.decisions.decided import decide, keys, on, place
from tests.store_tables import Tables, uid


def revoked(tables: Tables) -> dict[str, tuple[object, ...]]:
    """Decisions that were taken back, and when, by whom and why."""
    rows = tables.rows("SELECT decision_id, revoked_at, revoked_by, revoked_reason FROM decision ORDER BY ALL")
    return {decision_id: tuple(told) for decision_id, *told in rows if any(told)}


def taken_back(number: int, target: int, day: int) -> Decision:
    return Decision(uid(number), DecisionKind.REVOKE, "Ina", f"reason {number}", on(day), target=uid(target))


def test_a_decision_is_kept_as_it_was_taken_with_the_sides_of_its_records(tables: Tables) -> None:
    merged = Decision(uid(10), DecisionKind.MERGE, "Ina", "same", on(1), on(9), "sales", "f", "v", uid(3), uid(4), 5)
    sides = pl.DataFrame({"record_key": [uid(1), uid(2)], "side": [0, 1]}, schema_overrides={"side": pl.UInt16})
    decisions.keep_decision(tables.connection, merged, sides, ["tier"])
    tables.put("record", {"record_key": uid(2)}, {"record_key": uid(1)})

    assert decisions.decision_of(tables.connection, uid(10)) == merged
    assert decisions.subject(tables.connection, uid(10)).rows() == [(uid(1), 0), (uid(2), 1)]
    assert tables.rows("SELECT compared FROM decision") == [(["tier"],)]


def test_a_decision_is_about_records_that_there_are(tables: Tables) -> None:
    decide(tables, 10, "merge", (1,), (2, 3))
    decide(tables, 11, "merge", (1,), (2,))
    tables.put("decision_record", {"decision_id": uid(10), "record_key": uid(4)})
    tables.put("record", *({"record_key": uid(number)} for number in (3, 1, 4)))
    assert decisions.subject(tables.connection, uid(10)).rows() == [(uid(1), 0), (uid(3), 1), (uid(4), 0)]


def test_what_is_no_id_is_no_decision(tables: Tables) -> None:
    assert decisions.decision_of(tables.connection, "nothing") is None
    assert not decisions.is_in_force(tables.connection, "nothing")


def test_a_decision_is_in_force_until_it_is_taken_back(tables: Tables) -> None:
    decide(tables, 10, "tag", (1,))
    decide(tables, 11, "tag", (1,))
    assert decisions.is_in_force(tables.connection, uid(10))

    decisions.revoke(tables.connection, taken_back(12, 10, day=3))
    assert revoked(tables) == {uid(10): (on(3), "Ina", "reason 12")}
    assert not decisions.is_in_force(tables.connection, uid(10))
    assert decisions.is_in_force(tables.connection, uid(11))


def test_what_was_taken_back_stands_again_when_that_is_taken_back(tables: Tables) -> None:
    decide(tables, 10, "tag", (1,))
    decide(tables, 11, "tag", (1,), revoked_at=on(2), revoked_by="Bo", revoked_reason="other")
    decide(tables, 12, "revoke", day=3, target=uid(10))
    decisions.revoke(tables.connection, taken_back(12, 10, day=3))
    decisions.revoke(tables.connection, taken_back(13, 12, day=4))
    assert revoked(tables) == {uid(11): (on(2), "Bo", "other"), uid(12): (on(4), "Ina", "reason 13")}


def test_a_contact_is_made_of_the_records_it_has_now(tables: Tables) -> None:
    place(tables, c7=(3, 1), c8=(2,))
    tables.put("membership", {"record_key": uid(4), "contact_id": uid(7), "run_to": "over"})
    assert decisions.members(tables.connection, uid(7)).to_list() == [uid(1), uid(3)]


@pytest.mark.parametrize(
    ("anchors", "order", "carrier"),
    [
        # the record that gives the contact its id, whenever that came
        ({1: 9, 2: 7, 3: 9}, {1: 1, 2: 3, 3: 2}, 2),
        # else the one that came first, and of those the smallest
        ({1: 9, 2: 9, 3: 9}, {1: 3, 2: 2, 3: 1}, 3),
        ({1: 9, 2: 9, 3: 9}, {1: 2, 2: 1, 3: 1}, 2),
    ],
)
def test_a_value_is_carried_by_the_anchor_of_a_contact_and_speaks_over_the_others(
    tables: Tables, anchors: dict[int, int], order: dict[int, int], carrier: int
) -> None:
    place(tables, c7=(1, 2, 3), c8=(4,))
    tables.put("membership", {"record_key": uid(5), "contact_id": uid(7), "run_to": "over"})
    for number in (1, 2, 3, 4, 5):
        anchor, came = anchors.get(number, 7), order.get(number, 0)
        tables.put("record", {"record_key": uid(number), "anchor_id": uid(anchor), "ingest_seq": came})
    others = [(uid(number), 1) for number in (1, 2, 3) if number != carrier]
    assert decisions.attached_records(tables.connection, uid(7)).rows() == [(uid(carrier), 0), *others]


def test_attributes_of_contacts_are_each_value_once(tables: Tables) -> None:
    for number, attributes in ((7, {"tier": "gold", "seats": "2"}), (8, {"tier": "gold"}), (9, {"tier": "tin"})):
        tables.put("contact", {"contact_id": uid(number), "attributes": attributes})
    found = decisions.attributes_of(tables.connection, [uid(7), uid(8)])
    assert found.rows() == [("seats", "2"), ("tier", "gold")]


def test_the_newest_decision_is_one_about_any_of_these_records(tables: Tables) -> None:
    assert decisions.newest_decision(tables.connection, keys(1, 2)) is None
    decide(tables, 10, "tag", (1,), day=1)
    decide(tables, 11, "tag", (2,), day=3)
    decide(tables, 12, "tag", (3,), day=5)
    assert decisions.newest_decision(tables.connection, keys(1, 2)) == on(3)


def test_a_contact_is_blocked_by_the_blocks_of_its_records_the_first_first(tables: Tables) -> None:
    place(tables, c7=(1, 2, 5), c8=(3,))
    tables.put("membership", {"record_key": uid(4), "contact_id": uid(7), "run_to": "over"})
    tables.put("as_of_time", {"as_of": on(20)})
    decide(tables, 12, "block", (1,), day=2, expires_at=on(30), actor="Ina", reason="asked")
    decide(tables, 11, "block", (2, 5), day=1, actor="Bo", reason="spam")
    decide(tables, 13, "block", (3,), day=0)
    decide(tables, 14, "block", (4,), day=0)
    assert decisions.blocks(tables.connection, uid(7)).rows() == [
        (uid(11), on(1), None, "Bo", "spam"),
        (uid(12), on(2), on(30), "Ina", "asked"),
    ]


def test_a_contact_of_which_other_conversations_are_set_aside_now_is_derived_anew(tables: Tables) -> None:
    place(tables, c7=(1, 2), c8=(3,))
    tables.put("membership", {"record_key": uid(4), "contact_id": uid(7), "run_to": "over"})
    tables.put("suppressed_conversation", {"contact_id": uid(7), "conversation_id": uid(30)})
    decisions.enqueue_suppressed(tables.connection)
    assert tables.rows("FROM work_queue ORDER BY ALL") == [("contacts", uid(1)), ("contacts", uid(2))]

    decisions.keep_suppressed(tables.connection)
    assert tables.rows("FROM suppressed_conversation") == []
