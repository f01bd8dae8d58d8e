import polars as pl

from pipelines.match.pairs import candidate_pairs


def pairs(keys: list[tuple[str, str]], *subjects: str) -> list[tuple[str, str]]:
    frame = pl.DataFrame(keys, schema={"key": pl.String, "record_key": pl.String}, orient="row")
    return candidate_pairs(frame, pl.Series(subjects, dtype=pl.String)).rows()


def test_records_that_share_a_key_are_a_pair() -> None:
    assert pairs([("p", "a"), ("p", "b"), ("q", "c")], "a", "b", "c") == [("a", "b")]


def test_a_pair_that_shares_several_keys_comes_once() -> None:
    assert pairs([("p", "a"), ("p", "b"), ("q", "b"), ("q", "a")], "a", "b") == [("a", "b")]


def test_the_smaller_record_comes_first_whichever_is_the_subject() -> None:
    assert pairs([("p", "a"), ("p", "b")], "b") == [("a", "b")]


def test_records_that_are_no_subjects_are_not_paired_again() -> None:
    assert pairs([("p", "a"), ("p", "b"), ("p", "c")], "a") == [("a", "b"), ("a", "c")]


def test_without_keys_there_are_no_pairs() -> None:
    assert pairs([], "a") == []
