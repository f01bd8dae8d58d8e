"""Proofs out of the hash tree, checked (RFC 9162, sections 2.1.3.2 and 2.1.4.2). Hashes are 32 bytes."""

from collections.abc import Sequence
from hashlib import sha256


def leaf_hash(entry: bytes) -> bytes:
    """The leaf of an entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def is_included(leaf: bytes, place: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof shows that a leaf is at this place of the tree with this root."""
    if not 0 <= place < size:
        return False
    first, second, reached = place, size - 1, leaf
    for hashed in proof:
        if second == 0:
            return False
        if first & 1 or first == second:
            reached = node_hash(hashed, reached)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            reached = node_hash(reached, hashed)
        first, second = first >> 1, second >> 1
    return second == 0 and reached == root


def is_consistent(size_before: int, root_before: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that the tree before is the beginning of the tree now."""
    if not 0 < size_before <= size:
        return False
    if size_before == size:
        return not proof and root_before == root
    path = list(proof)
    if size_before & (size_before - 1) == 0:
        path.insert(0, root_before)
    if not path:
        return False
    first, second = size_before - 1, size - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    reached_before = reached = path[0]
    for hashed in path[1:]:
        if second == 0:
            return False
        if first & 1 or first == second:
            reached_before, reached = node_hash(hashed, reached_before), node_hash(hashed, reached)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            reached = node_hash(reached, hashed)
        first, second = first >> 1, second >> 1
    return second == 0 and reached_before == root_before and reached == root


class GrowingTree:
    """A tree that takes one leaf after the other and says what its root is on the way.

    It keeps the roots of its perfect subtrees with their sizes, and joins two of a size as soon as there are two.
    """

    def __init__(self, size: int = 0, subtrees: Sequence[bytes] = ()) -> None:
        """`subtrees`: the roots that a tree of this size has, the largest first."""
        powers = [1 << place for place in reversed(range(size.bit_length())) if size >> place & 1]
        if len(powers) != len(subtrees):
            raise ValueError(f"a tree of {size} leaves has {len(powers)} perfect subtrees, not {len(subtrees)}")
        self.size = size
        self.row = list(zip(powers, subtrees, strict=True))

    def add(self, leaf: bytes) -> None:
        """Take a leaf."""
        width, hashed = 1, leaf
        while self.row and self.row[-1][0] == width:
            hashed = node_hash(self.row.pop()[1], hashed)
            width *= 2
        self.row.append((width, hashed))
        self.size += 1

    def root(self) -> bytes:
        """The root over the leaves so far."""
        if not self.row:
            return sha256().digest()
        reached = self.row[-1][1]
        for _, hashed in self.row[-2::-1]:
            reached = node_hash(hashed, reached)
        return reached
