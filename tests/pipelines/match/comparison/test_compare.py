from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.match.comparison.compare import INDEX, Comparison, compare
from pipelines.match.comparison.listed import prepare_list
from pipelines.match.comparison.records import encode
from tests.examples import examples

ROLES = {
    "given": "given_name",
    "family": "family_name",
    "phone": "phone",
    "mobile": "phone",
    "email": "email",
    "dob": "date_of_birth",
    "city": "city",
    "handle": "channel_id",
}
Row = dict[str, str | None]
Rows = Sequence[Mapping[str, str | None]]


def compared(rows: Rows, lo: Sequence[int] = (0,), hi: Sequence[int] = (1,)) -> Comparison:
    names, facts = prepare_list(pl.DataFrame(rows, schema=dict.fromkeys(ROLES, pl.String)), ROLES)
    return compare(encode(len(rows), names, facts), np.array(lo, np.uint32), np.array(hi, np.uint32))


def level(comparison: Comparison, field: str) -> str | None:
    return [None, *INDEX[field]][int(comparison.fields[field].level[0])]


@pytest.mark.parametrize(
    ("field", "row"),
    [
        ("given_name", {"given": "Mara"}),
        ("family_name", {"family": "Quint"}),
        ("phone", {"phone": "+44 20 7946 0111"}),
        ("email", {"email": "mara@example.com"}),
        ("date_of_birth", {"dob": "1980-03-04"}),
        ("city", {"city": "Bath"}),
        ("channel_id", {"handle": "mara.q"}),
    ],
)
def test_equal_values_agree_exactly(field: str, row: Row) -> None:
    assert level(compared([row, row]), field) == "exact"


def test_what_a_side_lacks_is_not_compared() -> None:
    assert level(compared([{"city": "Bath", "phone": "+44 20 7946 0111"}, {"city": "Bath"}]), "phone") is None


def test_names_in_each_others_place_are_turned_round() -> None:
    found = compared([{"given": "Mara", "family": "Quint"}, {"given": "Quint", "family": "Mara"}])
    assert found.swapped.tolist() == [True]
    assert (level(found, "given_name"), level(found, "family_name")) == ("exact", "exact")


def test_swapped_names_may_have_a_slip() -> None:
    found = compared([{"given": "Mara", "family": "Quint"}, {"given": "Qiunt", "family": "Mara"}])
    assert found.swapped.tolist() == [True]
    assert level(found, "family_name") == "typo"


def test_names_that_agree_as_they_stand_stay_there() -> None:
    found = compared([{"given": "Frank", "family": "Frank"}, {"given": "Frank", "family": "Frank"}])
    assert found.swapped.tolist() == [False]


def test_an_initial_stands_for_a_name() -> None:
    found = compared([{"given": "M.", "family": "Quint"}, {"given": "Mara", "family": "Quint"}])
    assert level(found, "given_name") == "initial"


def test_a_married_name_shares_a_part_with_the_one_before() -> None:
    found = compared([{"given": "Mara", "family": "Quint-Ober"}, {"given": "Mara", "family": "Quint"}])
    assert level(found, "family_name") == "part"


def test_umlauts_may_be_spelt_out() -> None:
    found = compared([{"given": "Jörg", "family": "Müller"}, {"given": "Joerg", "family": "Mueller"}])
    assert (level(found, "given_name"), level(found, "family_name")) == ("exact", "exact")


def test_of_several_numbers_the_two_that_agree_best_count() -> None:
    one = {"phone": "+44 20 7946 0111", "mobile": "+44 20 7946 0999"}
    other = {"phone": "+1 202 555 0134", "mobile": "+44 20 7946 0111"}
    found = compared([one, other])
    assert level(found, "phone") == "exact"
    assert found.fields["phone"].lo.tolist() == found.fields["phone"].hi.tolist()


def test_one_of_several_numbers_is_compared_with_the_only_one() -> None:
    one = {"phone": "+44 20 7946 0111", "mobile": "+44 20 7946 0999"}
    assert level(compared([one, {"phone": "+44 20 7946 0999"}]), "phone") == "exact"


def test_different_mailboxes_of_one_firm_share_their_domain() -> None:
    found = compared([{"email": "mara@quint.example"}, {"email": "otto@quint.example"}])
    assert (level(found, "email"), level(found, "email_domain")) == ("different", "exact")


def test_a_provider_says_less_than_a_firm() -> None:
    found = compared([{"email": "mara@gmail.com"}, {"email": "otto@gmail.com"}])
    assert level(found, "email_domain") == "provider"


def test_an_equal_address_leaves_nothing_to_say_about_its_domain() -> None:
    assert level(compared([{"email": "mara@quint.example"}] * 2), "email_domain") is None


def test_no_pairs_are_compared_to_nothing() -> None:
    found = compared([{"given": "Mara", "family": "Quint", "city": "Bath"}], [], [])
    assert {name: len(field.level) for name, field in found.fields.items()} == dict.fromkeys(found.fields, 0)
    assert {"given_name", "family_name", "city"} <= set(found.fields)


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "given": st.sampled_from([None, "Mara", "Marra", "M", "Quint", "Otto"]),
            "family": st.sampled_from([None, "Quint", "Qiunt", "Mara", "Quint Ober"]),
            "phone": st.sampled_from([None, "+44 20 7946 0111", "020 7946 0111", "+44 20 7946 0112"]),
            "mobile": st.sampled_from([None, "+44 20 7946 0111", "+1 202 555 0134"]),
            "email": st.sampled_from([None, "mara84@example.com", "mara84@example.net", "otto@example.com"]),
            "dob": st.sampled_from([None, "1980-03-04", "1980-04-03", "1999-09-21"]),
        }
    ),
    min_size=2,
    max_size=5,
)


@pytest.mark.heavy
@settings(deadline=None, max_examples=examples(30, light=6))
@given(ROWS)
def test_it_makes_no_difference_which_record_comes_first(rows: list[Row]) -> None:
    lo, hi = np.triu_indices(len(rows), 1)
    one, other = compared(rows, lo.tolist(), hi.tolist()), compared(rows, hi.tolist(), lo.tolist())
    assert one.swapped.tolist() == other.swapped.tolist()
    for field, found in one.fields.items():
        assert found.level.tolist() == other.fields[field].level.tolist()


@settings(deadline=None, max_examples=examples(30, light=6))
@given(ROWS)
def test_a_record_agrees_with_itself_exactly_wherever_it_says_anything(rows: list[Row]) -> None:
    own = list(range(len(rows)))
    found = compared(rows, own, own)
    assert not found.swapped.any()
    assert all(field.level.max(initial=0) <= 1 for field in found.fields.values())


# Given and family name of two records, whether they are swapped, and the levels at which they agree then.
EITHER_WAY: list[tuple[str | None, str | None, str | None, str | None, bool, str | None, str | None]] = [
    ("Mara", None, None, "Mara", True, None, "exact"),
    ("Mara", None, None, "Quint", False, None, None),
    ("Mara", None, "Quint", "Mara", True, "exact", None),
    ("Mara", "Quint", None, "Mara", True, None, "exact"),
    ("Mara", "Quint", "Quint", None, True, None, "exact"),
    ("Mara", "Quint", "Quint", "Otto", False, "different", "different"),
    ("Mara", "Quint", "Otto", "Mara", False, "different", "different"),
    ("Mara", "Quint", "Mara", "Mara", False, "exact", "different"),
    ("Anna", "Anna", "Anna", "Berg", False, "exact", "different"),
    ("Frank", "Otto", "Otto", "Otto", False, "different", "exact"),
    ("Mara", "Quint", "Qiunt", "Marra", True, "typo", "typo"),
    ("M", "Quint", "Quint", "Mara", True, "initial", "exact"),
    ("Mara", "Q", "Quint", "Mara", True, "exact", "initial"),
    ("Bob", "Quint", "Quint", "Robert", True, "nickname", "exact"),
    ("Anna", "Berg", "Bergmann", "Anna", True, "exact", "short"),
    ("Karl", "Otto", "Otto", "Karla", False, "different", "different"),
    ("Martin", "Martina", "Martina", "Martin", True, "exact", "exact"),
    ("Mara", "Mama", "Mama", "Mara", True, None, "exact"),
    ("Mara", None, "Mama", "Mara", True, None, "exact"),
    ("Иван", "Петров", "Petrov", "Ivan", False, "exact", "exact"),  # people do not err here, scripts differ
    ("王", "伟", "伟", "王", False, "exact", "exact"),
    ("Ivan", "Петров", "Петров", "Ivan", True, "exact", "exact"),
]


@pytest.mark.parametrize("turned", [False, True])
def test_names_are_compared_as_they_stand_or_swapped_whichever_agrees_better(turned: bool) -> None:
    rows = [{"given": given, "family": family} for a, b, c, d, *_ in EITHER_WAY for given, family in ((a, b), (c, d))]
    ends = list(range(0, len(rows), 2)), list(range(1, len(rows), 2))
    found = compared(rows, *(ends[::-1] if turned else ends))
    levels = [[None, *INDEX[part]] for part in ("given_name", "family_name")]
    told = zip(found.swapped.tolist(), found.fields["given_name"].level, found.fields["family_name"].level, strict=True)
    assert [(swapped, levels[0][given], levels[1][family]) for swapped, given, family in told] == [
        (swapped, given, family) for *_, swapped, given, family in EITHER_WAY
    ]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Mara Ann", "Mara Ann", "exact"),
        ("Mara Ann", "Mara A", "initial"),
        ("Mara Ann", "Mara Lou", "different"),
        ("Mara Ann", "Otto Lou", "different"),
        ("Mara Ann", "Otto Ann", None),  # a patronymic, or the first of two family names
        ("Mara Ann", "Mara", None),
    ],
)
def test_an_equal_middle_name_says_nothing_of_given_names_that_differ(
    one: str, other: str, expected: str | None
) -> None:
    found = compared([{"given": one, "family": "Quint"}, {"given": other, "family": "Quint"}])
    assert level(found, "middle_name") == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("mara@quint.example", "otto@quint.example", "exact"),
        ("mara@quint.example", "otto@ober.example", "different"),
        ("mara@gmail.com", "otto@gmail.com", "provider"),
        ("mara@gmail.com", "mara@quint.example", "different"),
        ("mara@quint.example", "maria@quint.example", None),  # a slip
        ("m.quint@quint.example", "mquint@quint.example", None),  # one mailbox
        ("mara@quint.example", "mara@qiunt.example", None),
    ],
)
def test_domains_are_compared_where_mailboxes_differ_altogether(one: str, other: str, expected: str | None) -> None:
    assert level(compared([{"email": one}, {"email": other}]), "email_domain") == expected
