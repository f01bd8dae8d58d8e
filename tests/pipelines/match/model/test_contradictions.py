import numpy as np
import polars as pl
import pytest

from pipelines.match.comparison.compare import compare
from pipelines.match.comparison.listed import prepare_list
from pipelines.match.comparison.records import encode
from pipelines.match.model import contradictions
from pipelines.match.model.contradictions import births_differ, names_contradict
from pipelines.match.model.model import SHARES, Model, unfitted
from pipelines.match.model.weigh import frequencies
from pipelines.match.priors import SURE

ROLES = {"given": "given_name", "family": "family_name", "born": "date_of_birth"}
NO_CROWDS = pl.DataFrame(schema={"field": pl.String, "value": pl.String, "people": pl.UInt32, "givens": pl.UInt32})


def counted(**records: int) -> Model:
    """A model of 1,000 records of which so many bear a name."""
    shares = pl.DataFrame(
        {"value": list(records), "share": [count / 1_000 for count in records.values()]}, schema=SHARES
    )
    return unfitted(1_000)._replace(shares={"given_name": shares, "family_name": shares.clear()})


def are_two(
    one: str, other: str, model: Model, probability: float = 1.0, family: tuple[str, str] = ("Berg", "Berg")
) -> bool:
    rows = pl.DataFrame(
        {"given": [one, other], "family": list(family), "born": [None, None]}, schema_overrides={"born": pl.String}
    )
    records = encode(2, *prepare_list(rows, ROLES))
    lo, hi = np.array([0], np.uint32), np.array([1], np.uint32)
    known = frequencies(records, model, NO_CROWDS)
    return bool(names_contradict(records, known, compare(records, lo, hi), np.array([0]), np.array([probability]))[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [("Anna", "Piotr"), ("Lena", "Lea"), ("Tim", "Tom"), ("Wilhelmina", "Otto")],
)
def test_where_nothing_was_counted_other_names_are_other_people(one: str, other: str) -> None:
    assert are_two(one, other, unfitted())


@pytest.mark.parametrize(
    ("one", "other"),
    [("Anna", "Anna"), ("Bob", "Robert"), ("Stephen", "Stephne"), ("Sara", "Sarah"), ("Marc", "Mark"), ("A.", "Anna")],
)
def test_a_nickname_a_slip_or_another_spelling_is_no_other_person(one: str, other: str) -> None:
    assert not are_two(one, other, unfitted())


def test_two_names_that_several_bear_are_two_people_however_alike() -> None:
    assert are_two("Martin", "Marvin", counted(martin=30, marvin=9))
    assert not are_two("Martin", "Marfin", counted(martin=30, marfin=1))


def test_a_word_that_hardly_anybody_bears_may_be_a_name_garbled_if_the_rest_is_sure() -> None:
    model = counted(gwendolyn=12, xqz=1)

    assert are_two("Gwendolyn", "Xqz", model, SURE - 0.01)
    assert not are_two("Gwendolyn", "Xqz", model, SURE)


def test_two_second_names_behind_one_first_name_are_two_people() -> None:
    assert are_two("Juan Carlos", "Juan José", unfitted())
    assert are_two("Juan Leo", "Juan Max", unfitted())
    assert not are_two("Juan Jo", "Juan Max", unfitted())  # two letters may be an initial
    assert not are_two("Juan C.", "Juan José", unfitted())
    assert not are_two("Juan Leo", "Juan Max", unfitted(), family=("Berg", "Weber"))
    assert not are_two("Juan", "Juan José", unfitted())


def test_people_of_one_household_have_names_that_several_bear() -> None:
    assert are_two("Claudia", "Thomas", counted(claudia=12, thomas=40), 1.0)


@pytest.mark.parametrize(("other", "differ"), [("1979-08-30", True), ("1948-11-02", False), ("1948", False)])
def test_birth_dates_differ_where_they_have_nothing_in_common(other: str, differ: bool) -> None:
    rows = pl.DataFrame({"given": ["Rob"] * 2, "family": ["Ash"] * 2, "born": ["1948-02-11", other]})
    records = encode(2, *prepare_list(rows, ROLES))
    found = births_differ(compare(records, np.array([0], np.uint32), np.array([1], np.uint32)))

    assert bool(found[0]) is differ


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("anna", "ana", True),
        ("otto", "oto", True),
        ("sarah", "sara", True),
        ("philipp", "filip", True),
        ("marc", "mark", True),
        ("ana", "an", False),
        ("anan", "an", False),
        ("lena", "lea", False),
        ("anna", "hannah", True),
    ],
)
def test_names_that_sound_alike_may_be_written_with_more_letters(one: str, other: str, alike: bool) -> None:
    assert contradictions._sound_alike(pl.Series([one]), pl.Series([other])).tolist() == [alike]


@pytest.mark.parametrize(
    ("one", "other", "are_other_people"),
    [
        ("Xari", "Xaro", True),  # of four letters; of five a slip may be one
        ("Xarin", "Xaron", False),
        ("Xari", "Xarin", True),
        ("Marvin", "Martin", True),  # both are listed
        ("Marvin", "Marfin", False),
        ("Lea", "Lena", True),
        ("Sara", "Sarah", False),
    ],
)
def test_where_nothing_was_counted_one_slip_makes_another_name_of_a_short_one(
    one: str, other: str, are_other_people: bool
) -> None:
    assert are_two(one, other, unfitted()) is are_other_people


def test_a_word_is_known_to_be_a_name_by_a_list_or_by_those_who_bear_it() -> None:
    listed, few = counted(claudia=1, thomas=1), counted(xaq=1, yev=1)
    assert are_two("Claudia", "Thomas", listed)  # both are in the list of given names
    assert not are_two("Xaq", "Yev", few)
    assert are_two("Xaq", "Yev", counted(xaq=4, yev=4))
    assert not are_two("Xaq", "Yev", counted(xaq=4, yev=3))
    assert not are_two("Xaq", "Yev", counted(xaq=3, yev=4))


def test_a_garbled_name_of_another_family_is_no_reason_where_nothing_is_sure() -> None:
    model = counted(gwendolyn=12, xqz=1)
    assert not are_two("Gwendolyn", "Xqz", model, SURE - 0.01, family=("Berg", "Weber"))


NUMBERED = {"given": "given_name", "family": "family_name", "born": "date_of_birth", "id": "exact_id"}


@pytest.mark.parametrize(
    ("ids", "born", "probability", "are_two_people"),
    [
        (("A-17", "A-17"), ("1980-02-01", "1980-02-01"), SURE, False),  # one number that only one person has
        (("A-17", "A-17"), ("1980-02-01", "1980-02-01"), SURE - 0.01, True),
        (("A-17", "A-17"), ("1980-02-01", "1984-07-09"), SURE, True),  # a couple may share it
        (("A-17", "B-99"), ("1980-02-01", "1980-02-01"), SURE, True),  # and twins are born on one day
    ],
)
def test_who_has_one_number_and_one_date_of_birth_may_have_another_given_name(
    ids: tuple[str, str], born: tuple[str, str], probability: float, are_two_people: bool
) -> None:
    rows = pl.DataFrame({"given": ["Claudia", "Thomas"], "family": ["Berg"] * 2, "born": born, "id": ids})
    records = encode(2, *prepare_list(rows, NUMBERED))
    lo, hi = np.array([0], np.uint32), np.array([1], np.uint32)
    known, compared = frequencies(records, unfitted(), NO_CROWDS), compare(records, lo, hi)
    found = names_contradict(records, known, compared, np.array([0]), np.array([probability]))
    assert found.tolist() == [are_two_people]
