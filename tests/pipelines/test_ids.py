import hmac
from uuid import uuid5

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ids import NAMESPACE, contact_id, contact_ids, keyed

SECRET = "ab" * 32


def ids(secret: str, *rows: tuple[str | None, str | None]) -> list[str]:
    frame = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String}, orient="row")
    return frame.select(keyed(secret)("record", pl.col("a"), pl.col("b"))).to_series().to_list()


def test_the_same_natural_key_always_gets_the_same_id() -> None:
    assert ids(SECRET, ("crm", "7"))[0] == ids(SECRET, ("crm", "8"), ("crm", "7"))[1]


def test_another_secret_gives_other_ids() -> None:
    assert ids(SECRET, ("crm", "7")) != ids("cd" * 32, ("crm", "7"))


def test_a_missing_part_is_not_an_empty_one_and_parts_do_not_run_together() -> None:
    assert len(set(ids(SECRET, ("a", None), ("a", ""), ("", "a"), ("a\x1f1", "b"), ("a", "1\x1fb")))) == 5


def test_kinds_are_apart() -> None:
    frame = pl.DataFrame({"a": ["x"]})
    assert (
        frame.select(keyed(SECRET)("record", pl.col("a"))).item()
        != frame.select(keyed(SECRET)("message", pl.col("a"))).item()
    )


def test_an_id_raised_to_its_next_incarnation_is_another_id() -> None:
    assert contact_id("r") != contact_id("r", 1)


@pytest.mark.parametrize(
    ("secret", "pinned"),
    [
        (
            "ab" * 32,
            [
                "bc13bf30-0019-53e9-9712-d0e50d90f90c",
                "18d87adb-7fc9-5b8a-b28e-ce4728e16534",
                "6063b49d-ae14-5bd0-a9c8-32dd79931f58",
                "f2b85840-3bf4-583d-990b-06a627d6548b",
                "3e65fb60-2efa-58ab-a564-6177b4264424",
            ],
        ),
        (
            "cd" * 100,
            [
                "70b52899-b825-5904-b7c9-79da3837ed9b",
                "1fa6ef39-98dd-58a3-bb8a-7bd4db60a6fd",
                "bc916027-199a-5002-9bf9-71fb7b259d35",
                "a1b43220-93df-5477-b793-3582ce7a6a7d",
                "b996ab59-e89f-58ab-900a-8f3add61da55",
            ],
        ),
    ],
)
def test_ids_that_warehouses_hold_never_change(secret: str, pinned: list[str]) -> None:
    keys = pl.DataFrame({"a": ["7", "", "Jürgen|1:x", "x" * 300, None], "b": [None, "7", "山田", "", "y"]})
    record = keyed(secret)("record", pl.lit("crm"), pl.col("a"), pl.col("b"))
    assert keys.select(record).to_series().to_list() == pinned


def test_contact_ids_that_warehouses_hold_never_change() -> None:
    record_key = "5f0c4c2e-5c7c-5a52-9d0d-6f6e65636f6e"
    assert contact_id(record_key) == "879e1baa-652c-53b2-bc69-d568374ea2a9"
    assert contact_id(record_key, 2) == "41fa01bb-576a-5b9d-b66a-dc8cbb69e4e7"


@given(st.lists(st.text()), st.binary(min_size=1, max_size=100))
def test_an_id_is_the_uuid_of_the_keyed_hash_of_its_natural_key(parts: list[str], key: bytes) -> None:
    naturals = [f"record|{len(part.encode())}:{part}" for part in parts]
    expected = [str(uuid5(NAMESPACE, hmac.digest(key, natural.encode(), "sha256").hex())) for natural in naturals]
    made = pl.DataFrame({"part": parts}, schema={"part": pl.String}).select(keyed(key.hex())("record", pl.col("part")))
    assert made.to_series().to_list() == expected


@given(st.lists(st.text()))
def test_a_column_of_contact_ids_holds_the_id_of_each(record_keys: list[str]) -> None:
    made = contact_ids(pl.Series(record_keys, dtype=pl.String))
    assert made.to_list() == [contact_id(record_key) for record_key in record_keys]


def test_a_key_that_comes_twice_has_its_id_twice_in_its_place() -> None:
    first, other, again = ids(SECRET, ("crm", "7"), ("crm", None), ("crm", "7"))
    assert first == again != other
