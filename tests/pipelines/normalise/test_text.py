import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipelines.normalise.text import (
    Rewrite,
    any_clean,
    any_folded,
    any_match_form,
    clean,
    fold_case,
    is_placeholder,
    match_form,
    split_cells,
)


def cell(text: str | None) -> pl.DataFrame:
    return pl.DataFrame({"text": [text]}, schema={"text": pl.String})


def cleaned(text: str | None) -> str | None:
    result: str | None = cell(text).select(clean(pl.col("text"))).item()
    return result


def folded(text: str | None) -> str | None:
    result: str | None = cell(text).select(fold_case(pl.col("text"))).item()
    return result


def matched(text: str | None) -> str | None:
    result: str | None = cell(text).select(match_form(pl.col("text"))).item()
    return result


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("  Jane \t\n Doe ", "Jane Doe"),
        ("Jane\u00a0Doe\u202fJr", "Jane Doe Jr"),
        ("Jose\u0301", "José"),
        ("\u202aJane\u202c \u2066Doe\u2069\u200e", "Jane Doe"),
        ("Ja\x00ne\x7f\x9b Doe", "Jane Doe"),
        ("Ja\u200bne \ufeffDoe\u00ad", "Jane Doe"),
        ("Jane \u200b Doe", "Jane Doe"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("ﬁne Ｗide", "ﬁne Ｗide"),
    ],
)
def test_clean_leaves_what_can_be_read(text: str, tidy: str) -> None:
    assert cleaned(text) == tidy


@pytest.mark.parametrize("text", [None, "", "  ", "\u200b\u00a0", "\u200d", "\x00"])
def test_clean_makes_null_of_nothing(text: str | None) -> None:
    assert cleaned(text) is None


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)


@pytest.mark.parametrize(
    ("text", "form"),
    [("Straße", "strasse"), ("ＧＯＬＤ", "gold"), ("ΟΔΟΣ", "οδοσ"), ("Müller", "müller"), ("ﬁne", "fine")],
)
def test_fold_case_levels_case_and_width_but_no_accents(text: str, form: str) -> None:
    assert folded(text) == form


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("José García-Márquez", "jose garcia marquez"),
        ("Müller", "muller"),
        ("Weiß", "weiss"),
        ("Łukasz Ørsted Đorđe", "lukasz orsted dorde"),
        ("Ægir Œuvre Þór", "aegir oeuvre thor"),
        ("O'Brien", "obrien"),
        ("O’Brien", "obrien"),
        ("J.R.R. Tolkien", "j r r tolkien"),
        ("ΓΙΏΡΓΟΣ", "γιωργοσ"),
        ("がぎ", "がぎ"),
        ("한국", "한국"),
        ("...", None),
    ],
)
def test_match_form_levels_what_people_write_differently(text: str, form: str | None) -> None:
    assert matched(text) == form


@given(st.text())
def test_the_match_form_of_a_match_form_is_itself(text: str) -> None:
    assert matched(matched(text)) == matched(text)


@pytest.mark.parametrize("text", ["N/A", "null", " Unknown ", "-", "???", "TEST", "keine Angabe"])
def test_a_word_or_sign_for_nothing_is_a_placeholder(text: str) -> None:
    assert cell(text).select(is_placeholder(pl.col("text"))).item() is True


@pytest.mark.parametrize("text", ["Nona", "Testa", "0", "Jane"])
def test_a_value_is_no_placeholder(text: str) -> None:
    assert cell(text).select(is_placeholder(pl.col("text"))).item() is False


TEXT = st.one_of(st.text(), st.text(st.characters(codec="ascii")), st.from_regex(r"\A[!-~]{1,6}( [!-~]{1,6})*\Z"))


@pytest.mark.parametrize(
    ("form", "any_form"), [(clean, any_clean), (fold_case, any_folded), (match_form, any_match_form)]
)
@given(texts=st.lists(st.none() | TEXT))
def test_tidy_ascii_takes_a_shorter_way_to_the_same_form(
    form: Rewrite, any_form: Rewrite, texts: list[str | None]
) -> None:
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    assert_frame_equal(frame.select(form(pl.col("text"))), frame.select(any_form(pl.col("text"))))


@pytest.mark.parametrize("form", [clean, fold_case, match_form])
def test_a_form_can_be_taken_of_a_literal_and_of_lists(form: Rewrite) -> None:
    frame = pl.DataFrame({"texts": [["Jane", " Doé "], [], None]})
    formed = frame.select(one=form(pl.lit(" Jane\n")), all=pl.col("texts").list.eval(form(pl.element())))
    assert formed["one"].unique().len() == 1
    assert formed["all"].list.len().to_list() == [2, 0, None]


def test_a_blank_cell_holds_no_text_whether_or_not_another_one_holds_several() -> None:
    assert split_cells(pl.Series(["", " a ", None]), ";").to_list() == [[], ["a"], []]
    assert split_cells(pl.Series(["", " a ", None, "b; c"]), ";").to_list() == [[], ["a"], [], ["b", "c"]]
