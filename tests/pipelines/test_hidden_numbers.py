import numpy as np
import polars as pl

from pipelines.hidden_numbers import AT_ONCE, encipher, hidden_numbers, round_keys

SECRET = "5b" * 32
NUMBERS = pl.Series("key", range(AT_ONCE + 2), dtype=pl.UInt64)


def test_the_cipher_gives_what_its_authors_publish() -> None:
    keys = round_keys([0x03020100, 0x0B0A0908, 0x13121110, 0x1B1A1918])
    x, y = encipher(np.array([0x3B726574], np.uint32), np.array([0x7475432D], np.uint32), keys)
    assert (int(x[0]), int(y[0])) == (0x8C6FA548, 0x454E028B)


def test_equal_numbers_stay_equal_and_different_ones_different() -> None:
    hidden = hidden_numbers(SECRET, "blocking key")(NUMBERS)
    assert hidden.name == "key"
    assert hidden.dtype == pl.UInt64
    assert hidden.n_unique() == NUMBERS.len()
    again = hidden_numbers(SECRET, "blocking key")(NUMBERS.reverse())
    assert again.reverse().to_list() == hidden.to_list()


def test_another_secret_or_kind_gives_other_numbers() -> None:
    own = hidden_numbers(SECRET, "blocking key")(NUMBERS)
    for other in (hidden_numbers("5c" * 32, "blocking key"), hidden_numbers(SECRET, "identifier")):
        assert not (other(NUMBERS) == own).any()


def test_no_numbers_are_no_numbers() -> None:
    assert hidden_numbers(SECRET, "blocking key")(NUMBERS.clear()).is_empty()
