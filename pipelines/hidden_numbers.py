"""Numbers of 64 bits that say nothing without the project's secret: what a hash of a value is stored as.

A plain hash of a phone number can be searched in seconds, and would outlive an erasure. HMAC of each value takes longer
than all of matching; AES over a whole column does not. A number is a block of its own, of which half is kept: what was
equal stays equal, and two numbers become one as seldom as two hashes of 64 bits do.
"""

import hmac
from collections.abc import Callable
from hashlib import sha256

import polars as pl

Hide = Callable[[pl.Series], pl.Series]
AT_ONCE = 1_000_000  # numbers, so that memory is bounded


def hidden_numbers(secret: str, kind: str) -> Hide:
    """A function of UInt64 columns under a key of its own for each kind of thing. `secret`: hexadecimal digits."""
    import numpy as np  # commands that only read hide nothing
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key = hmac.digest(bytes.fromhex(secret), f"hidden|{kind}".encode(), sha256)
    cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 -- of one block each, equal ones are to stay equal

    def hide(numbers: pl.Series) -> pl.Series:
        hidden = np.empty(len(numbers), "<u8")
        for start in range(0, len(numbers), AT_ONCE):
            part = numbers[start : start + AT_ONCE]
            blocks = np.zeros((len(part), 2), "<u8")
            blocks[:, 0] = part.to_numpy()
            whole = np.frombuffer(cipher.encryptor().update(blocks.tobytes()), "<u8")
            hidden[start : start + AT_ONCE] = whole[::2]
        return pl.Series(numbers.name, hidden)

    return hide
