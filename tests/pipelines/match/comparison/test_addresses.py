import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.match.comparison.addresses import judged_addresses, judged_phones, mailboxes, numbered, tail
from pipelines.match.priors import EMAIL, PHONE
from tests.examples import examples

FIRST, SECOND = np.array([0], np.int32), np.array([1], np.int32)


def emails(lo: str, hi: str) -> str:
    addresses = pl.Series([lo, hi])
    domains = addresses.str.extract("@(.*)$").unique().sort()
    level = int(judged_addresses(mailboxes(addresses, domains), addresses, FIRST, SECOND)[0])
    return [*EMAIL][level - 1]


def phones(lo: str, hi: str) -> str:
    numbers = pl.Series([lo, hi])
    level = int(judged_phones(tail(numbers).hash().to_numpy(), numbers, FIRST, SECOND)[0])
    return [*PHONE][level - 1]


@pytest.mark.parametrize(
    ("lo", "hi", "expected"),
    [
        ("m.quint84@example.com", "mquint84+news@example.com", "same numbered mailbox"),
        ("m.quint@example.com", "mquint@example.com", "same mailbox"),
        ("m.quint@example.com", "m.qiunt@example.com", "typo"),
        ("m.quint@example.com", "m.quint@exmaple.com", "typo"),
        ("mquint84@example.com", "mquint84@mail.example", "numbered name elsewhere"),
        ("m.quint@example.com", "m.quint@mail.example", "name elsewhere"),
        ("mara84@example.com", "quint84@mail.example", "same number"),
        ("mara84@example.com", "mara85@example.com", "another number"),
        ("mara@example.com", "quint@mail.example", "different"),
        ("m.quint8@example.com", "mquint8+x@example.com", "same mailbox"),  # one digit numbers nobody
        ("m_quint@example.com", "m-quint@example.com", "same mailbox"),
        ("m.quint8@example.com", "mquint8@mail.example", "name elsewhere"),
        ("mara8@example.com", "quint8@mail.example", "different"),
        ("mara8@example.com", "mara9@example.com", "another number"),  # not a slip
        ("mara84@example.com", "mara@example.com", "different"),  # a number on one side only
        ("mara84@example.com", "marq84@example.com", "typo"),
        ("mara84@example.com", "mara84x@example.com", "typo"),
        ("mara84@example.com", "mara84@exmaple.com", "typo"),
        ("mara@example.com", "marq@mail.example", "different"),  # one slip, but at another domain
        ("mara@example.com", "mara@example.org", "name elsewhere"),
    ],
)
def test_two_addresses_agree_at_a_level(lo: str, hi: str, expected: str) -> None:
    assert emails(lo, hi) == expected
    assert emails(hi, lo) == expected


@pytest.mark.parametrize(
    ("lo", "hi", "expected"),
    [
        ("442079460111", "02079460111", "variant"),
        ("+442079460111", "442079460111", "variant"),  # one sign apart, and the same number
        ("442079460111", "442079460112", "different"),  # neighbours in a numbering plan
        ("442079460111", "442079460199", "different"),
        ("442079460111", "442079560111", "typo"),
        ("442079460111", "442079461011", "typo"),
        ("442079460111", "12025550134", "different"),
        ("442079460111", "079460111", "variant"),  # nine digits are a number's own
        ("442079460111", "79460111", "different"),
        ("442079460111", "442079460211", "typo"),  # two digits at the end tell neighbours, three do not
        ("442079460111", "442079461101", "different"),
    ],
)
def test_two_numbers_agree_at_a_level(lo: str, hi: str, expected: str) -> None:
    assert phones(lo, hi) == expected


def test_a_single_digit_is_no_number_worth_the_name() -> None:
    parts = mailboxes(pl.Series(["mara7@example.com", "mara84@example.com"]), pl.Series(["example.com"]))
    assert parts.numbered.tolist() == [False, True]


def test_texts_are_numbered_by_the_values_that_are_given() -> None:
    assert numbered(pl.Series(["b", None, "a", "b"]), pl.Series(["a", "b"])).tolist() == [1, -1, 0, 1]


@settings(deadline=None, max_examples=examples(50, light=10))
@given(st.lists(st.sampled_from(["a", "b", "c", None]), max_size=8))
def test_equal_texts_have_equal_numbers(texts: list[str | None]) -> None:
    numbers = numbered(pl.Series(texts, dtype=pl.String)).tolist()
    for text, number in zip(texts, numbers, strict=True):
        assert (number == -1) == (text is None)
        assert all((number == other) == (text == each) for each, other in zip(texts, numbers, strict=True))
