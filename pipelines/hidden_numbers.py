"""Numbers of 64 bits that say nothing without the project's secret: what a hash of a value is stored as.

A plain hash of a phone number can be searched in seconds, and would outlive an erasure. HMAC of each value takes longer
than all of matching; a block cipher over a whole column does not, and as no two numbers become one, what was equal
stays equal and nothing else becomes so. Speck 64/128 (Beaulieu and others, 2013) is additions, rotations and exclusive
ors of 32 bits, which NumPy does a column at a time: a million numbers take a twentieth of a second.
"""

import hmac
from collections.abc import Callable
from hashlib import sha256

import numpy as np
import polars as pl
from numpy.typing import NDArray

Hide = Callable[[pl.Series], pl.Series]
Words = NDArray[np.uint32]

ROUNDS = 27
AT_ONCE = 32_768  # numbers, so that what is worked on stays in the cache
MASK = 2**32 - 1


def hidden_numbers(secret: str, kind: str) -> Hide:
    """A function of UInt64 columns under a key of its own for each kind of thing. `secret`: hexadecimal digits."""
    digest = hmac.digest(bytes.fromhex(secret), f"hidden|{kind}".encode(), sha256)
    words = np.frombuffer(digest[:16], "<u4")
    keys = round_keys([int(word) for word in words])

    def hide(numbers: pl.Series) -> pl.Series:
        halves = np.ascontiguousarray(numbers.to_numpy()).view(np.uint32).reshape(-1, 2)
        hidden = np.empty_like(halves)
        for start in range(0, len(halves), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            hidden[part, 1], hidden[part, 0] = encipher(halves[part, 1].copy(), halves[part, 0].copy(), keys)
        return pl.Series(numbers.name, hidden.view(np.uint64).ravel())

    return hide


def round_keys(words: list[int]) -> list[np.uint32]:
    """The keys of all rounds, from a key of four words, the lowest first."""
    low, *rest = words
    keys = [low]
    for nth in range(ROUNDS - 1):
        rest.append(((keys[-1] + ((rest[nth] >> 8 | rest[nth] << 24) & MASK)) & MASK) ^ nth)
        keys.append(((keys[-1] << 3 | keys[-1] >> 29) & MASK) ^ rest[-1])
    return [np.uint32(key) for key in keys]


def encipher(x: Words, y: Words, keys: list[np.uint32]) -> tuple[Words, Words]:
    """Blocks of two words each; the columns given are written over."""
    for key in keys:
        x = ((x >> np.uint32(8) | x << np.uint32(24)) + y) ^ key
        y = (y << np.uint32(3) | y >> np.uint32(29)) ^ x
    return x, y
