"""The hash tree over all events (RFC 9162, section 2.1): grown without reading what is in it, and proofs out of it.

A tree of any size is a row of perfect subtrees, the largest first: one for each 1 among the binary digits of its size.
Their roots, the *peaks*, are all that is needed to add leaves. Hashes are 32 bytes.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple


class Peaks(NamedTuple):
    """A tree as the roots of its perfect subtrees, the largest first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def grown(peaks: Peaks, leaves: Sequence[bytes]) -> Peaks:
    """The tree with further leaves.

    Level by level: what is left over of a level's pairs is a peak. The peak that the tree has of a level comes before
    the nodes of that level.
    """
    size = peaks.size + len(leaves)
    known = dict(zip(_levels(peaks.size), peaks.hashes, strict=True))
    kept: list[bytes] = []
    level, nodes = 0, list(leaves)
    while nodes or any(each >= level for each in known):
        if level in known:
            nodes.insert(0, known.pop(level))
        if len(nodes) % 2:
            kept.append(nodes.pop())
        nodes = [node(left, right) for left, right in zip(nodes[::2], nodes[1::2], strict=True)]
        level += 1
    return Peaks(size, tuple(reversed(kept)))


def root(peaks: Peaks) -> bytes:
    """The root of the tree; of the empty one the hash of nothing."""
    if not peaks.hashes:
        return sha256().digest()
    *rest, hashed = peaks.hashes
    for peak in reversed(rest):
        hashed = node(peak, hashed)
    return hashed


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaves."""
    return root(grown(Peaks(), leaves))


def inclusion_proof(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """What shows, with the root, that a leaf is in the tree (2.1.3.1): the hashes beside its way up, lowest first."""
    if not 0 <= place < len(leaves):
        raise IndexError(f"there is no leaf {place} among {len(leaves)}")
    proof, low, high = [], 0, len(leaves)
    while high - low > 1:
        middle = low + _split(high - low)
        if place < middle:
            proof.append(root_of(leaves[middle:high]))
            high = middle
        else:
            proof.append(root_of(leaves[low:middle]))
            low = middle
    return proof[::-1]


def consistency_proof(leaves: Sequence[bytes], size: int) -> list[bytes]:
    """What shows, with both roots, that the tree of the first `size` leaves has only been added to (2.1.4.1)."""
    if not 0 < size <= len(leaves):
        raise IndexError(f"there is no tree of {size} in one of {len(leaves)}")
    proof, low, high, is_whole = [], 0, len(leaves), True
    while size != high:
        middle = low + _split(high - low)
        if size <= middle:
            proof.append(root_of(leaves[middle:high]))
            high = middle
        else:
            proof.append(root_of(leaves[low:middle]))
            low, is_whole = middle, False
    return [*([] if is_whole else [root_of(leaves[low:high])]), *proof[::-1]]


def _split(size: int) -> int:
    """The largest power of two below a size."""
    return 1 << ((size - 1).bit_length() - 1)


def _levels(size: int) -> list[int]:
    """The levels of the peaks of a tree, the largest first."""
    return [level for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]
