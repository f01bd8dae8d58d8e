from collections.abc import Sequence

import polars as pl
import pytest

from pipelines.match.blocks import CAP, COMMON_NAME, block_states

MEMBERS = pl.Schema(
    {"key": pl.String(), "record_key": pl.String(), "tokens": pl.List(pl.String()), "is_role": pl.Boolean()}
)
PHONE = "phone:+4915123456789"


def state(names: Sequence[str], key: str = PHONE, *, is_role: bool = False) -> str:
    """State of a block whose members have these names."""
    members = [(key, str(nth), sorted(name.split()), is_role) for nth, name in enumerate(names)]
    judged = block_states(pl.DataFrame(members, schema=MEMBERS, orient="row"))
    assert judged.select("key", "records").rows() == [(key, len(names))]
    return str(judged["state"].item())


def test_a_value_of_one_person_is_plain() -> None:
    assert state(["anna berg", "anna berg", "a berg", ""]) == "plain"


def test_a_value_that_a_couple_shares_is_contested() -> None:
    assert state(["claudia weber", "thomas weber"]) == "contested"


def test_a_couple_with_many_records_is_no_switchboard() -> None:
    assert state(["claudia weber"] * 3 + ["thomas weber"] * 3) == "contested"


def test_the_spellings_of_two_names_do_not_make_a_switchboard() -> None:
    assert state(["claudia weber", "claudia m weber", "thomas weber", "tom weber", "tom weber"]) == "contested"


def test_five_records_with_three_names_make_a_switchboard() -> None:
    assert state(["jan kroeger", "jan kroeger", "fatma aydin", "ruben castro", ""]) == "generic"


def test_three_names_on_fewer_records_are_contested() -> None:
    assert state(["jan kroeger", "fatma aydin", "ruben castro", ""]) == "contested"


def test_a_mailbox_that_many_share_by_its_name_is_generic() -> None:
    assert state(["anna berg", "anna berg"], "email:info@example.com", is_role=True) == "generic"


def test_a_value_of_nobody_with_a_name_is_plain() -> None:
    assert state([""] * 6) == "plain"


@pytest.mark.parametrize("key", [PHONE, "name:anna berg"])
def test_a_block_beyond_the_cap_is_capped(key: str) -> None:
    assert state(["anna berg"] * (CAP + 1), key) == "capped"


def test_a_block_as_large_as_the_cap_is_not_capped() -> None:
    assert state(["anna berg"] * CAP) == "plain"


@pytest.mark.parametrize(("records", "expected"), [(COMMON_NAME, "plain"), (COMMON_NAME + 1, "common")])
def test_a_name_that_many_records_bear_is_common(records: int, expected: str) -> None:
    assert state(["anna berg"] * records, "name:anna berg") == expected


def test_each_block_is_judged_by_its_own_members() -> None:
    members = [(f"phone:{nth}", str(nth), [name, "weber"], False) for nth, name in enumerate(["claudia", "thomas"])]

    judged = block_states(pl.DataFrame(members, schema=MEMBERS, orient="row"))

    assert judged["state"].to_list() == ["plain", "plain"]
