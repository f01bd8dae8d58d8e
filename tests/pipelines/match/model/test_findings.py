import pytest

from pipelines.match.model.findings import findings
from pipelines.match.model.model import unfitted
from pipelines.match.priors import GIVEN, LEVELS

FITTED = unfitted()._replace(method=1)


def test_what_nothing_was_fitted_to_says_so() -> None:
    assert findings(unfitted()) == [
        "Nothing was fitted: that takes 1,000 records. The shipped weights merge nobody by name alone"
    ]


def test_a_list_like_others_is_nothing_to_speak_of() -> None:
    assert findings(FITTED) == []


def test_a_list_without_duplicates_is_told() -> None:
    [said] = findings(FITTED._replace(duplicates=0.002))

    assert said.startswith("Hardly anybody is there twice: a record has 0.0020 others of its person")


def test_a_list_of_families_is_told() -> None:
    [said] = findings(FITTED._replace(household=1.4))

    assert said.startswith("People of one household abound: a record has 1.4 others of its home")


def test_what_was_not_believed_is_told() -> None:
    given = {**FITTED.m["given_name"], "different": GIVEN["different"].most}
    [said] = findings(FITTED._replace(m={**FITTED.m, "given_name": given}))

    assert said == (
        "given name: more than 20% of one person would agree as `different`; that much was believed, and no more"
    )


@pytest.mark.parametrize("field", LEVELS)
def test_of_every_level_but_the_best_too_much_is_not_believed(field: str) -> None:
    told = [
        name
        for name, level in LEVELS[field].items()
        if findings(FITTED._replace(m={**FITTED.m, field: {**FITTED.m[field], name: max(level.most, level.m + 0.01)}}))
    ]
    assert told == list(LEVELS[field])[1:]


def test_chance_agreement_that_is_unusual_is_told() -> None:
    levels = dict.fromkeys(LEVELS["postcode"], 1.0) | {"typo": 21.0}

    assert findings(FITTED._replace(chance={"postcode": levels})) == [
        "postcode: strangers agree as `typo` 21 times as often as in most lists"
    ]


def test_what_is_worth_saying_begins_at_a_boundary() -> None:
    assert findings(FITTED._replace(duplicates=0.01)) == []
    assert len(findings(FITTED._replace(duplicates=0.0099))) == 1
    assert len(findings(FITTED._replace(household=1.0))) == 1
    assert findings(FITTED._replace(household=0.99)) == []


def chance(field: str, level: str, factor: float) -> list[str]:
    return findings(FITTED._replace(chance={field: {level: factor}}))


def test_chance_agreement_is_unusual_from_five_times_and_from_one_in_a_hundred_on() -> None:
    often = [(field, name, each.base) for field, levels in LEVELS.items() for name, each in levels.items()]
    field, level, base = next(each for each in often if each[2] >= 0.002)
    assert [len(chance(field, level, factor)) for factor in (4.99, 5.0)] == [0, 1]
    field, level, base = next(each for each in often if 0 < each[2] < 0.0005)
    assert [len(chance(field, level, factor)) for factor in (0.0099 / base, 0.0101 / base)] == [0, 1]


def test_a_level_was_not_believed_from_its_bound_on_and_above_what_was_assumed() -> None:
    def told(m: float) -> int:
        given = {**FITTED.m["given_name"], "different": m}
        return len(findings(FITTED._replace(m={**FITTED.m, "given_name": given})))

    most = GIVEN["different"].most
    assert [told(0.9991 * most), told(0.9989 * most)] == [1, 0]
