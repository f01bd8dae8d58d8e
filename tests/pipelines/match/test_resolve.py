from itertools import permutations
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.match.comparison.listed import by_role
from pipelines.match.comparison.prepare import NAMED
from pipelines.match.engines.polars import IN_MEMORY, PolarsEngine, lazy
from pipelines.match.priors import SURE
from pipelines.match.resolve import batch_of_records, resolve_list
from pipelines.progress import listening
from schemas.project import Matching
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


def matched(engine: PolarsEngine, *, explain: bool = False) -> tuple[set[tuple[int, int]], pl.DataFrame]:
    """Clusters and edges of the list, by an engine that looks at so many rows at once."""
    rows = LIST.drop("record_id").with_row_index("record").lazy()
    found = resolve_list(engine, lazy(by_role(rows, ROLES).collect()), Matching(auto=0.8, review=1e-4), explain=explain)
    edges = engine.collect(found.edges).sort("lo", "hi")
    return set(engine.collect(found.clusters).select("record", "cluster").rows()), edges


def test_how_many_rows_are_looked_at_at_once_decides_nothing() -> None:
    clusters, edges = matched(IN_MEMORY)
    assert {(0, 0), (1, 0), (2, 0), (3, 3), (4, 4), (5, 4), (8, 8), (9, 9)} <= clusters
    assert len(edges) == edges.select("lo", "hi").n_unique() > 3
    few_clusters, few_edges = matched(PolarsEngine(at_once=4))
    assert few_clusters == clusters
    assert few_edges.select("lo", "hi", "zone", "rule").equals(edges.select("lo", "hi", "zone", "rule"))
    assert few_edges["weight"].to_list() == pytest.approx(edges["weight"].to_list())


def test_every_edge_says_why_where_that_is_asked_for_and_else_those_that_are_not_sure() -> None:
    _, edges = matched(IN_MEMORY)
    is_sure = edges["probability"] >= SURE
    assert is_sure.to_list().count(True) > 1
    assert edges["evidence"].is_null().to_list() == is_sure.to_list()
    _, edges = matched(IN_MEMORY, explain=True)
    assert edges.height > 3
    assert all("given_name" in each for each in edges["evidence"])


def test_records_of_one_name_are_compared_in_one_batch() -> None:
    names: list[tuple[int, str | None, None, str | None]] = [
        (0, "anna", None, "berg"),
        (1, "otto", None, "berg"),
        (2, "anna", None, None),
        (3, "anna", None, None),
    ]
    names += [(nth, None, None, None) for nth in range(4, 24)]
    batch = dict(batch_of_records(pl.DataFrame(names, schema=NAMED, orient="row"), 5).rows())
    assert batch[0] == batch[1]
    assert batch[2] == batch[3]
    assert {batch[nth] for nth in range(4, 24)} == {0, 1, 2, 3, 4}  # those without a name are spread
    many = [(nth, None, None, f"name{nth}") for nth in range(200)]
    assert set(batch_of_records(pl.DataFrame(many, schema=NAMED, orient="row"), 5)["batch"]) == {0, 1, 2, 3, 4}
