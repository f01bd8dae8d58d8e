"""The invented list: the same each time, and as messy as it says."""

from pathlib import Path

import polars as pl
import pytest

from benchmarks.crowd.dice import Dice
from benchmarks.crowd.slips import mistyped, nickname, plain, written
from benchmarks.people import crowd, main
from benchmarks.score import score

ENTITIES = 600


@pytest.fixture(scope="module")
def made() -> tuple[pl.DataFrame, pl.DataFrame]:
    return crowd(ENTITIES, seed=3)


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("one", "two"):
        asked = ["people", "--entities", "200", "--seed", "5", "--out", str(tmp_path / folder)]
        monkeypatch.setattr("sys.argv", asked)
        main()
    for file in ("contacts.parquet", "truth.parquet"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_another_seed_gives_other_people(made: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    assert not crowd(ENTITIES, seed=4)[0].equals(made[0])


def test_every_person_has_a_record_and_every_record_its_truth(made: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    contacts, truth = made
    assert truth["cluster_id"].n_unique() == ENTITIES
    assert contacts["record_id"].to_list() == truth["record_id"].to_list() == list(range(contacts.height))
    assert 1.6 < contacts.height / ENTITIES < 2.1


def test_every_record_can_be_reached(made: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    assert made[0].filter(pl.col("email").is_null() & pl.col("phone").is_null()).is_empty()


def test_all_sources_and_kinds_are_there(made: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    contacts, truth = made
    assert set(contacts["source"]) == {"crm", "webform", "phonebook", "whatsapp", "mailbox"}
    assert set(truth["kind"]) == {"person", "spouse", "junior", "namesake"}


def test_neither_an_address_nor_a_number_nor_a_name_tells_who_is_who(made: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    contacts, truth = made
    for column in ("email", "phone", "full_name"):
        alike = pl.coalesce(column, pl.col("record_id").cast(pl.String))
        found = score(contacts.select("record_id", contact_id=alike), truth.select("record_id", "cluster_id"))
        assert found.recall < 0.7, column
        assert found.precision < 1, column


def test_a_slip_keeps_the_first_letter_and_changes_few_others() -> None:
    names = pl.DataFrame({"name": ["Katharina"] * 200})
    slips = names.select(mistyped(Dice(1, 200), "name")).to_series()
    assert set(slips.str.slice(0, 1)) == {"K"}
    assert slips.str.len_chars().is_between(8, 10).all()
    assert slips.n_unique() > 20


def test_a_name_too_short_for_a_slip_stays() -> None:
    assert pl.DataFrame({"name": ["Al", "J"]}).select(mistyped(Dice(1, 2), "name")).to_series().to_list() == ["Al", "J"]


def test_accents_are_lost_and_umlauts_sometimes_spelt_out() -> None:
    names = pl.DataFrame({"name": ["Jürgen Groß"] * 50 + ["Łukasz"] * 50})
    assert set(names.select(plain(Dice(1, 100), "name")).to_series()) == {"Jurgen Gross", "Juergen Gross", "Lukasz"}


def test_a_name_has_its_own_nicknames_or_none() -> None:
    names = pl.DataFrame({"name": ["William"] * 60 + ["Xena"] * 60})
    assert set(names.select(nickname(Dice(1, 120), "name")).to_series()) == {"Bill", "Will", "Billy", "Xena"}


def test_a_number_is_written_with_and_without_the_country_code() -> None:
    styles = pl.Series(range(8), dtype=pl.UInt32)
    numbers = pl.DataFrame({"number": ["1510000000"] * 8})
    german = pl.Series([2] * 8, dtype=pl.UInt32)
    assert numbers.select(written(pl.col("number"), german, styles)).to_series().to_list() == [
        *("+491510000000", "+49 151 0000000", "0049 151-000-0000", "+49 (0)151 000 0000"),
        *("0151/000-0000", "0151 000 0000", "0151.000.0000", "01510000000"),
    ]


def test_people_of_every_kind_have_as_many_records() -> None:
    each = crowd(6_000)[1].group_by("kind", "cluster_id").len().group_by("kind").agg(pl.col("len").mean())
    assert each.filter(pl.col("kind").is_in(["person", "spouse"]))["len"].is_between(1.7, 2.0).all()


def test_streams_of_chance_with_different_names_differ() -> None:
    assert not Dice(7, 50, "one").share().equals(Dice(7, 50, "two").share())
