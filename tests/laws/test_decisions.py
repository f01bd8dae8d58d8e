"""What holds whatever people decide: laws that are held against many histories played side by side.

In `make test-all` these are 160 lives, 80 undone, 240 merged and parted, and 80 that are played twice: 560
histories, in about a minute on one core; `make test` plays fewer. Before a release: LAW_TIMES=10 pytest tests/laws
"""

from collections.abc import Callable, Sequence
from random import Random

import pytest
from hypothesis import given

from pipelines.steps.rebuild import rebuild
from tests.examples import examples
from tests.laws.histories import (
    ACTS,
    UNDOABLE,
    WHO,
    Decide,
    Deliver,
    History,
    Step,
    decided,
    many,
    one_each,
    up_to,
)
from tests.laws.lawful import differing, require, times
from tests.laws.playing import Played, played

pytestmark = pytest.mark.heavy  # `tests/pipelines/derive/test_laws.py` plays a few of these in `make test`

SIDE_BY_SIDE = examples(80, light=10)
READING = ("Unmerge", "TakeOut", "Part", "PinAsIs", "Create")  # what deliveries may have to do with
STRANGER = Deliver("shop:9", 4, "Mia Otto", "9", "mia")
INDEPENDENT = tuple(act for act in UNDOABLE if act not in READING)


def life(random: Random) -> list[Step]:
    """Rows, decisions mostly about who is who, rows again and decisions again."""
    first, then = ([decided(random.choice([ACTS, WHO]), random) for _ in range(random.randint(1, 2))] for _ in range(2))
    return [*one_each(random), *first, *up_to(2, random), *then]


def some_decisions(random: Random) -> list[Step]:
    """Rows and whatever can be decided and taken back."""
    return [*one_each(random), *(decided(UNDOABLE, random) for _ in range(random.randint(1, 3)))]


def marriage(random: Random) -> list[Step]:
    """Rows, a merge and an unmerge."""
    merge = decided(["Merge"], random)
    return [*one_each(random), *up_to(2, random), merge, Decide("Unmerge", merge.records[:1])]


def untouched(random: Random) -> list[Step]:
    """Rows, and decisions that do not depend on anything that may be delivered at the same time."""
    return [*one_each(random), *(decided(INDEPENDENT, random) for _ in range(random.randint(1, 2)))]


ORDERS: tuple[Callable[[Sequence[str]], Sequence[str]], ...] = (  # in which decisions are taken back
    lambda ids: ids[::-1],
    lambda ids: ids,
    lambda ids: [*ids[1::2], *ids[::2]],
)


def unlike_a_rebuild(histories: Sequence[History]) -> dict[int, str]:
    """Play histories; which have something that a rebuild makes otherwise, or hold what may not be, after any step."""
    with played(len(histories)) as here:
        wrong: dict[int, str] = {}
        for _ in here.play(histories):
            wrong |= contradictions(here)
        here.project.run()
        added_up = here.lines()
        rebuild(here.project.project, here.project.connection, "rebuild")
        return differing(here, added_up, here.lines()) | wrong


def contradictions(here: Played) -> dict[int, str]:
    """Households with a record that is not in one contact, or with a contact that is two people."""
    lost = """
        SELECT r.record_key, count(c.contact_id) || ' contacts' AS what FROM record r
        LEFT JOIN membership m ON m.record_key = r.record_key AND m.run_to IS NULL
        LEFT JOIN contact c USING (contact_id)
        GROUP BY r.record_key HAVING count(c.contact_id) <> 1"""
    parted = """
        SELECT a.record_key, 'in one contact with ' || b.record_key || ' in spite of ' || d.kind AS what FROM decision d
        JOIN decision_record a USING (decision_id) JOIN decision_record b USING (decision_id)
        JOIN membership m ON m.record_key = a.record_key AND m.run_to IS NULL
        JOIN membership n ON n.record_key = b.record_key AND n.run_to IS NULL AND n.contact_id = m.contact_id
        WHERE d.kind IN ('unmerge', 'dismiss') AND d.revoked_at IS NULL AND a.side <> b.side"""
    several = """
        SELECT min(m.record_key::VARCHAR) AS record_key, 'several account_ids in its contact' AS what FROM membership m
        JOIN record_field f ON f.record_key = m.record_key AND f.field = 'attr.account_id'
        JOIN source_record s ON s.record_key = f.record_key AND s.version = f.version
        WHERE m.run_to IS NULL GROUP BY m.contact_id HAVING count(DISTINCT s.attributes['account_id']) > 1"""
    foreign = """
        SELECT f.record_key, 'gives ' || f.field || ' to a contact it is not in' AS what FROM contact_field f
        LEFT JOIN membership m ON m.record_key = f.record_key AND m.run_to IS NULL
        WHERE m.contact_id IS DISTINCT FROM f.contact_id"""
    found = [row for sql in (lost, parted, several, foreign) for row in here.project.rows(sql)]
    owners = here.owners() if found else {}
    return {
        owners[row["record_key"]]: here.told(owners[row["record_key"]], f"{row['record_key']}: {row['what']}")
        for row in found
    }


def not_undone(histories: Sequence[History]) -> dict[int, str]:
    """Play histories and take every decision back; which are not then what they were when nothing had been decided.

    Every third history is undone in the same order.
    """
    with played(len(histories)) as here:
        for _ in here.play([given_rows(history) for history in histories]):
            pass
        before = here.lines()
        for _ in here.play([history[len(given_rows(history)) :] for history in histories]):
            pass
        here.project.run()
        standing: list[list[str]] = []
        while any(left := here.standing()) and left != standing:
            standing = left
            turns = [ORDERS[n % len(ORDERS)](own) for n, own in enumerate(left)]
            for nth in range(max(map(len, left))):  # one may have to be taken back before another
                here.decide({n: Decide("Revoke", value=own[nth]) for n, own in enumerate(turns) if nth < len(own)})
        here.project.run()
        return differing(here, before, here.lines()) | {n: "cannot be taken back" for n, own in enumerate(left) if own}


def given_rows(history: History) -> tuple[Deliver, ...]:
    """What is delivered before anything is decided."""
    return tuple(step for step in history if isinstance(step, Deliver))


def not_parted(histories: Sequence[History]) -> dict[int, str]:
    """Play histories that end with a merge and an unmerge; which are not then what they were before both."""
    with played(len(histories)) as here:
        for _ in here.play([given_rows(history) for history in histories]):
            pass
        but = ("vetoed_edge", "review_queue")  # where it shows that a decision keeps them apart
        before = here.lines(*but)
        for _ in here.play([history[len(given_rows(history)) :] for history in histories]):
            here.project.run()
        found = differing(here, before, here.lines(*but))
        return {n: what for n, what in found.items() if here.taken[n]}


def not_commuting(histories: Sequence[History]) -> dict[int, str]:
    """Which histories end otherwise when rows that say nothing of what is decided come after it instead of before."""
    first = [given_rows(history) for history in histories]
    later = [(*(row._replace(day=4, seats="20", tags="late") for row in own), STRANGER) for own in first]
    then = [history[len(own) :] for history, own in zip(histories, first, strict=True)]
    with played(len(histories)) as one, played(len(histories)) as other:
        for here, parts in ((one, (first, later, then)), (other, (first, then, later))):
            for part in parts:
                for _ in here.play(part):
                    pass
            here.project.run()
        found = differing(one, one.lines(), other.lines())
        return {n: what for n, what in found.items() if acts(one, n) == acts(other, n)}


def acts(here: Played, number: int) -> list[str]:
    """Ids of what a household has decided; something may be refused that would be granted another time."""
    return [each.decision_id for each in here.taken[number]]


@times(2)
@given(many(life, SIDE_BY_SIDE))
def test_whatever_happens_contacts_are_what_a_rebuild_makes_and_nobody_is_two(histories: list[History]) -> None:
    require(unlike_a_rebuild, histories)


@times(1)
@given(many(some_decisions, SIDE_BY_SIDE))
def test_decisions_taken_back_leave_everything_as_it_was(histories: list[History]) -> None:
    require(not_undone, histories)


@times(3)
@given(many(marriage, SIDE_BY_SIDE))
def test_what_was_merged_and_parted_is_what_it_was_with_its_ids(histories: list[History]) -> None:
    require(not_parted, histories)


@times(1)
@given(many(untouched, SIDE_BY_SIDE))
def test_decisions_and_deliveries_that_do_not_touch_them_may_come_in_any_order(histories: list[History]) -> None:
    require(not_commuting, histories)
