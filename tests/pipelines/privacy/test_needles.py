import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.privacy.needles import (
    Needles,
    find,
    find_names,
    find_record_ids,
    find_texts,
    is_name,
    needles,
    together,
)

MAIL = needles(emails=["Anna.Kowalska@Example.org"])
PHONE = needles(phones=["+491713920017"])
NAME = needles(names=["Anna Kowalska"])


def found(sought: Needles, text: str | None) -> bool:
    [answer] = find(sought, pl.Series([text], dtype=pl.String))
    return bool(answer)


def named(sought: Needles, text: str | None) -> bool:
    [answer] = find_names(sought, pl.Series([text], dtype=pl.String))
    return bool(answer)


@pytest.mark.parametrize(
    "text",
    [
        "anna.kowalska@example.org",
        "Write to ANNA.KOWALSKA@example.org.",
        "Anna <anna.kowalska@example.org>, Bob <bob@example.org>",
        "mailto:anna.kowalska%40example.org?subject=x",
        "anna.kowalska@example.org.csv",
        "id=3;mail=anna.kowalska@example.org;x",
        "an\u200bna.kowalska@example.org",
        "ａｎｎａ.kowalska＠example.org",
    ],
)
def test_an_address_is_found_however_it_is_written(text: str) -> None:
    assert found(MAIL, text)


@pytest.mark.parametrize(
    "text",
    [
        "joanna.kowalska@example.org",
        "anna.kowalska@example.org.uk",
        "anna.kowalska@example.organic",
        "x.anna.kowalska@example.org",
        "anna.kowalska at example.org",
        "",
        None,
    ],
)
def test_an_address_is_not_found_within_another(text: str | None) -> None:
    assert not found(MAIL, text)


def test_an_address_is_found_with_its_domain_in_either_script() -> None:
    assert found(needles(emails=["a.b@müller.de"]), "a.b@xn--mller-kva.de")
    assert found(needles(emails=["a.b@xn--mller-kva.de"]), "a.b@müller.de")


@pytest.mark.parametrize(
    "text",
    [
        "+491713920017",
        "WhatsApp Chat with +49 171 3920017.txt",
        "0049 171 / 392 00-17",
        "+49 (0)171 3920017",
        "0171-3920017",
        "(0171) 392.0017",
        "171 3920017",
        "4917 1392 0017@s.whatsapp.net",
        "wa:491713920017",
        "Call 2: 0171 3920017",
        "on 12.05. 0171 3920017 rang",
        "\u202a+49\u00a0171\u00a03920017\u202c",
        "+٤٩ ١٧١ ٣٩٢٠٠١٧",
        "https://wa.me/491713920017",
        "tel=%2B49171392-0017",
        "0171–392\u20110017",
    ],
)
def test_a_number_is_found_in_every_spelling(text: str) -> None:
    assert found(PHONE, text)


@pytest.mark.parametrize(
    "text",
    [
        "+4917139200178",
        "9491713920017",
        "171 39200171",
        "171a3920017",
        "order 171, 3920017",
        "+43 171 39200",
        "0171\n3920017",
        "3920017",
    ],
)
def test_a_number_is_not_found_within_another_or_across_words(text: str) -> None:
    assert not found(PHONE, text)


def test_digits_beside_a_number_do_not_hide_it() -> None:
    assert found(PHONE, "2 0171 3920017 5")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("+12125550123", "(212) 555-0123"),
        ("+12125550123", "1-212-555-0123"),
        ("+79161234567", "8 916 123-45-67"),
        ("+390612345678", "06 1234 5678"),
        ("+5511987654321", "+55 11 8765-4321"),
        ("+5491123456789", "011 15-2345-6789"),
        ("491713920017", "0171 3920017"),
    ],
)
def test_a_number_is_found_as_it_is_dialled_in_its_country(number: str, text: str) -> None:
    assert found(needles(phones=[number]), text)


def test_digits_too_few_to_tell_are_no_needle() -> None:
    sought = needles(phones=["+4932168"])
    assert found(sought, "+49 32168")
    assert not found(sought, "032168")
    assert needles(phones=["+1"]).digits == frozenset()


@pytest.mark.parametrize(
    ("handle", "text", "is_found"),
    [
        ("anna", "anna", True),
        ("Anna", " ANNA ", True),
        ("anna", "Ask anna", False),
        ("anna_kowalska", "ask anna_kowalska", False),
        ("anna_kowalska88", "ask anna_kowalska88.", True),
        ("anna_kowalska88", "ask anna_kowalska88x", False),
        ("https://chat.example/u/anna", "see https://chat.example/u/anna, or", True),
        ("https://chat.example/u/anna", "see https://chat.example/u/anna-2", False),
        ("1234567890123456", "inbox/annakowalska_1234567890123456/message_1.json", True),
        ("1234567890123456", "inbox/91234567890123456", False),
        ("12345", "12345", True),
        ("12345", "order 12345", False),
    ],
)
def test_a_handle_is_a_whole_text_or_a_long_token(handle: str, text: str, is_found: bool) -> None:
    assert found(needles(handles=[handle]), text) is is_found


@pytest.mark.parametrize(
    "text",
    [
        "Anna Kowalska",
        "KOWALSKA, Anna",
        "from anna  kowalska:",
        "WhatsApp Chat with Anna Kowalska.txt",
        "Ánna-Kowalska",
    ],
)
def test_a_full_name_is_a_hint_in_either_order(text: str) -> None:
    assert named(NAME, text)
    assert not found(NAME, text)


@pytest.mark.parametrize("text", ["Anna", "Kowalska", "Hanna Kowalska", "Anna Kowalskaja", "Anna Maria Kowalska", None])
def test_part_of_a_name_or_a_longer_one_is_no_hint(text: str | None) -> None:
    assert not named(NAME, text)


def test_a_single_given_name_is_no_needle() -> None:
    assert needles(names=["Anna", " ", "Ω"]).names == frozenset()


def test_umlauts_are_found_spelt_out_as_well() -> None:
    assert named(needles(names=["Jürgen Müller"]), "juergen mueller")
    assert named(needles(names=["Jürgen Müller"]), "Jurgen Muller")


def test_a_name_without_spaces_is_found_in_its_script() -> None:
    assert named(needles(names=["王小明"]), "与王小明的聊天")
    assert not named(needles(names=["王小明"]), "与王小的聊天")


def test_a_whole_text_is_found_but_for_its_spaces() -> None:
    sought = needles(texts=["My parcel has\nnot come.", "Thanks!"])
    texts = pl.Series(["My  parcel has not come. ", "He said: My parcel has not come.", "Thanks!", None])
    assert find_texts(sought, texts).to_list() == [True, False, False, False]
    assert find_names(sought, texts).to_list() == [True, False, False, False]
    assert not find(sought, texts).any()


def test_a_record_id_is_never_found_within_a_text() -> None:
    sought = needles(record_ids=["17", "C-8"])
    assert find_record_ids(sought, pl.Series(["17", "117", "17 ", "C-8", None])).to_list() == [
        True,
        False,
        True,
        True,
        False,
    ]
    assert not find(sought, pl.Series(["17"])).any()


def test_an_id_of_a_record_is_found_without_the_prefix_of_its_reader() -> None:
    sought = needles(record_ids=["zendesk:user:1001", "chat:anna kowalska"])
    texts = pl.Series(["1001", "zendesk:user:1001", "user:1001", "anna kowalska"])
    assert find_record_ids(sought, texts).to_list() == [True, True, False, False]


def test_is_name_takes_nothing_but_the_name() -> None:
    assert is_name(NAME, "Kowalska, Anna")
    assert not is_name(NAME, "Anna Kowalska wrote")


def test_a_handle_that_is_a_number_is_found_in_every_spelling() -> None:
    assert found(needles(handles=["+491713920017"]), "0171 3920017")
    assert not found(needles(handles=["7788990011223344"]), "778899 0011223344")


def test_several_people_are_found_at_once() -> None:
    sought = together([MAIL, PHONE])
    texts = pl.Series("t", ["anna.kowalska@example.org", "0171 3920017", "nobody"])
    answer = find(sought, texts)
    assert answer.to_list() == [True, True, False]
    assert answer.name == "t"


def test_nothing_is_found_without_needles() -> None:
    texts = pl.Series(["anna", None])
    for search in (find, find_names, find_texts, find_record_ids):
        assert search(Needles(), texts).to_list() == [False, False]


def test_numbers_may_be_searched_as_well_as_texts() -> None:
    assert find(PHONE, pl.Series([491713920017, 5])).to_list() == [True, False]


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Nd"]), max_size=5),
    st.lists(st.sampled_from(["", " ", "-", ".", "/", " (", ") "]), min_size=12, max_size=12),
)
def test_a_number_is_found_whatever_gaps_it_has(around: str, gaps: list[str]) -> None:
    spaced = "".join(digit + gap for digit, gap in zip("491713920017", gaps, strict=True))
    assert found(PHONE, f"{around}|{spaced}|{around}")
