from pipelines.store.decisions.links import (
    cannot_links,
    link_decisions,
    newest_merge,
    other_merge_of_same,
    sides_of,
)
from tests.pipelines.store.decisions.decided import decide, keys, on, place
from tests.store_tables import Tables, uid


def test_records_are_kept_apart_on_the_sides_of_each_decision_that_does_so(tables: Tables) -> None:
    decide(tables, 11, "unmerge", (1,), (2,))
    decide(tables, 10, "dismiss", (2, 3), (1,))
    decide(tables, 12, "merge", (1,), (2,))
    decide(tables, 13, "unmerge", (1,), (2,), revoked_at=on(9))
    assert sides_of(tables.connection, keys(1, 2, 9)).rows() == [
        (uid(1), [f"decision {uid(10)}=1", f"decision {uid(11)}=0"]),
        (uid(2), [f"decision {uid(10)}=0", f"decision {uid(11)}=1"]),
    ]


def test_a_decision_keeps_records_apart_that_are_on_two_sides_of_it(tables: Tables) -> None:
    decide(tables, 11, "unmerge", (1, 4), (2,))
    decide(tables, 10, "dismiss", (2, 3), (1,))
    assert cannot_links(tables.connection, keys(1, 2)) == [uid(10), uid(11)]
    assert cannot_links(tables.connection, keys(1, 4)) == []
    assert cannot_links(tables.connection, keys(3, 1)) == [uid(10)]


def test_the_newest_merge_of_a_contact_is_one_that_holds_its_records_together(tables: Tables) -> None:
    place(tables, c7=(1, 2), c8=(3, 4))
    tables.put("membership", {"record_key": uid(5), "contact_id": uid(7), "run_to": "over"})
    assert newest_merge(tables.connection, uid(7)) is None

    decide(tables, 10, "merge", (1,), (2,), day=1)
    assert newest_merge(tables.connection, uid(7)) == uid(10)

    decide(tables, 11, "merge", (1,), (2,), day=3, revoked_at=on(9))
    decide(tables, 12, "unmerge", (1,), (2,), day=4)
    decide(tables, 13, "merge", (1, 2), (3,), day=5)  # of one side alone here
    decide(tables, 14, "merge", (1,), (5,), day=6)  # which was a member once
    decide(tables, 15, "merge", (3,), (4,), day=7)
    assert newest_merge(tables.connection, uid(7)) == uid(10)

    decide(tables, 16, "merge", (2,), (1,), day=2)
    assert newest_merge(tables.connection, uid(7)) == uid(16)


def test_of_merges_of_one_moment_the_later_row_is_the_newest_and_then_the_smaller_id(tables: Tables) -> None:
    place(tables, c7=(1, 2))
    for number, row in ((13, None), (12, 1), (15, 2), (14, 2)):
        decide(tables, number, "merge", (1,), (2,), row_number=row)
    assert newest_merge(tables.connection, uid(7)) == uid(14)


def linked(tables: Tables, one: int = 1, other: int = 2) -> tuple[str, ...] | None:
    found = link_decisions(tables.connection, uid(one), uid(other))
    return found and (found.decision_id, found.kind, found.decided_at)


def test_whether_two_records_are_one_person_is_what_parts_them_before_any_merge(tables: Tables) -> None:
    assert linked(tables) is None

    decide(tables, 10, "merge", (1, 2), (3,), day=3)
    assert linked(tables) == linked(tables, 2, 1) == (uid(10), "merge", "2026-06-04")
    assert linked(tables, 1, 4) is None

    decide(tables, 11, "unmerge", (1, 2), (3,), day=1)  # does not part these two
    decide(tables, 12, "unmerge", (1,), (2,), day=1, revoked_at=on(9))
    assert linked(tables) == (uid(10), "merge", "2026-06-04")

    decide(tables, 13, "dismiss", (1,), (2,), day=1)
    assert linked(tables) == (uid(13), "dismiss", "2026-06-02")

    decide(tables, 14, "unmerge", (2,), (1,), day=2)
    assert linked(tables) == (uid(14), "unmerge", "2026-06-03")


def test_of_decisions_of_one_moment_the_later_row_says_whether_two_records_are_one_person(tables: Tables) -> None:
    for number, row in ((13, None), (12, 1), (15, 2), (14, 2)):
        decide(tables, number, "merge", (1,), (2,), row_number=row)
    assert linked(tables) == (uid(14), "merge", "2026-06-01")


def test_another_merge_of_the_same_holds_together_what_are_two_sides_of_this_one(tables: Tables) -> None:
    decide(tables, 10, "merge", (1, 2), (3,))
    decide(tables, 11, "merge", (1,), (2,), day=5)  # both on one side of the first
    decide(tables, 12, "unmerge", (1,), (3,), day=5)
    decide(tables, 13, "merge", (1,), (3,), day=5, revoked_at=on(9))
    assert other_merge_of_same(tables.connection, uid(10)) is None

    decide(tables, 14, "merge", (2, 3), (9,), day=1)
    assert other_merge_of_same(tables.connection, uid(10)) == uid(14)

    for number, row in ((18, None), (17, 1), (20, 2), (19, 2)):
        decide(tables, number, "merge", (3,), (1,), day=2, row_number=row)
    assert other_merge_of_same(tables.connection, uid(10)) == uid(19)
