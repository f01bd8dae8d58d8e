from itertools import permutations
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.progress import listening
from tests.examples import examples
from tests.resolved import resolve

ROLES = {"first": "given_name", "last": "family_name", "tel": "phone", "mail": "email", "town": "city"}
LIST = pl.DataFrame(
    [
        ("r01", "Anna", "Berg", "+49 1512 3456701", "anna.berg@example.com", "Ulm"),
        ("r02", "Berg", "Anna", None, "anna.berg@example.com", "Ulm"),
        ("r03", "A.", "Berg", "0049 1512 3456701", None, None),
        ("r04", "Claudia", "Weber", "+49 1512 3456702", "weber@example.com", "Köln"),
        ("r05", "Thomas", "Weber", "+49 1512 3456702", "weber@example.com", "Köln"),
        ("r06", "Tom", "Weber", "+49 1512 3456702", None, "Köln"),
        ("r07", "Otto", "Kern", None, "otto.kern@example.org", "Bonn"),
        ("r08", "Otto", "Kern", None, "kern@example.net", "Jena"),
        ("r09", None, None, None, None, None),
        ("r10", None, None, None, None, None),
    ],
    schema=["record_id", *ROLES],
    orient="row",
)


def groups(found: pl.DataFrame) -> set[frozenset[str]]:
    """The contacts, each as the ids of its records."""
    return {frozenset(records) for records in found.group_by("contact_id").agg("record_id")["record_id"].to_list()}


def test_records_of_one_person_are_one_contact_named_by_its_first_row() -> None:
    found = dict(resolve(LIST, ROLES).select("record_id", "contact_id").iter_rows())

    assert {record: found[record] for record in ("r01", "r02", "r03")} == dict.fromkeys(("r01", "r02", "r03"), "r01")


def test_a_couple_that_shares_line_and_mailbox_stays_two() -> None:
    found = dict(resolve(LIST, ROLES).select("record_id", "contact_id").iter_rows())

    assert (found["r04"], found["r05"], found["r06"]) == ("r04", "r05", "r05")


def test_every_record_has_a_contact_whatever_it_says() -> None:
    found = resolve(LIST, ROLES)

    assert found["record_id"].to_list() == LIST["record_id"].to_list()
    assert found["contact_id"].null_count() == 0
    assert {frozenset({"r09"}), frozenset({"r10"})} <= groups(found)


def test_ids_may_be_numbers() -> None:
    numbered = LIST.with_columns(pl.Series("record_id", range(100, 100 + LIST.height)))

    assert resolve(numbered, ROLES)["contact_id"][:2].to_list() == [100, 100]


def test_a_list_without_rows_has_no_contacts() -> None:
    assert resolve(LIST.clear(), ROLES).is_empty()


def test_a_higher_threshold_never_makes_fewer_contacts() -> None:
    count = [resolve(LIST, ROLES, auto)["contact_id"].n_unique() for auto in (0.6, 0.9, 0.999, 0.9999999)]

    assert count == sorted(count)


def test_the_same_list_gives_the_same_contacts() -> None:
    assert resolve(LIST, ROLES).equals(resolve(LIST, ROLES))


@pytest.mark.heavy
@settings(max_examples=examples(15, light=3), deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(random: Random) -> None:
    shuffled = LIST[random.sample(range(LIST.height), LIST.height)]

    assert groups(resolve(shuffled, ROLES)) == groups(resolve(LIST, ROLES))


@pytest.mark.heavy
def test_whom_a_record_joins_that_could_be_two_people_does_not_depend_on_the_order_of_rows() -> None:
    family = [("a", "Anna", "Berg"), ("t", "Tom", "Berg"), ("?", None, "Berg")]
    rows = [(record, given, name, "+49 1512 3456709", None, None) for record, given, name in family]
    orders = [pl.DataFrame(order, schema=LIST.schema, orient="row") for order in permutations(rows)]

    assert len({frozenset(groups(resolve(order, ROLES))) for order in orders}) == 1


def test_matching_a_list_says_what_it_is_about_and_how_much_of_it_there_is() -> None:
    told: list[tuple[str, int, int | None]] = []
    with listening(lambda *each: told.append(each)):
        resolve(LIST, ROLES)

    named = {doing: (done, total) for doing, done, total in told}
    assert list(named)[-4:] == [
        *("making blocking keys", "fitting the match model", "comparing pairs", "making clusters"),
    ]
    assert {done for done, _ in named.values()} == {0}
    assert named["making blocking keys"] == named["fitting the match model"] == (0, LIST.height)
    assert all(total for _, total in named.values())
