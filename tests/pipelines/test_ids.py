import polars as pl

from pipelines.ids import contact_id, keyed

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
