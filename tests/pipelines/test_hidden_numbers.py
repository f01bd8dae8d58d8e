import hmac

import polars as pl
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from pipelines import hidden_numbers as module
from pipelines.hidden_numbers import hidden_numbers

SECRET = "5b" * 32
NUMBERS = pl.Series("key", range(100), dtype=pl.UInt64)


def test_a_number_is_half_of_what_aes_makes_of_it() -> None:
    key = hmac.digest(bytes.fromhex(SECRET), b"hidden|identifier", "sha256")
    cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305
    whole = cipher.encryptor().update((4711).to_bytes(16, "little"))
    [hidden] = hidden_numbers(SECRET, "identifier")(pl.Series([4711], dtype=pl.UInt64))
    assert hidden == int.from_bytes(whole[:8], "little")


def test_numbers_are_hidden_alike_however_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = hidden_numbers(SECRET, "identifier")(NUMBERS)
    monkeypatch.setattr(module, "AT_ONCE", 7)
    assert hidden_numbers(SECRET, "identifier")(NUMBERS).equals(whole)


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
