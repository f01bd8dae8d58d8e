from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.audit.tree import Peaks, consistency_proof, grown, inclusion_proof, node, root, root_of
from pipelines.audit.verification.proofs import GrowingTree, is_consistent, is_included, leaf_hash, node_hash

SIZES = st.integers(1, 70)


def leaves(size: int) -> list[bytes]:
    return [sha256(bytes([number])).digest() for number in range(size)]


def naive(entries: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, word for word."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return entries[0]
    split = max(1 << power for power in range(len(entries).bit_length()) if 1 << power < len(entries))
    return sha256(b"\x01" + naive(entries[:split]) + naive(entries[split:])).digest()


@given(st.integers(0, 70), st.lists(st.integers(0, 70), max_size=4))
def test_a_tree_that_was_grown_in_any_steps_has_the_root_of_the_definition(size: int, cuts: list[int]) -> None:
    peaks, own = Peaks(), leaves(size)
    places = [0, *sorted(min(cut, size) for cut in cuts), size]
    for start, stop in pairwise(places):
        peaks = grown(peaks, own[start:stop])
    assert peaks.size == size
    assert len(peaks.hashes) == size.bit_count()
    assert root(peaks) == naive(own)


@given(st.integers(0, 70), st.integers(0, 70))
def test_what_verifies_grows_the_same_tree_from_the_peaks_that_were_kept(size: int, more: int) -> None:
    own = leaves(size + more)
    tree = GrowingTree(size, grown(Peaks(), own[:size]).hashes)
    for leaf in own[size:]:
        tree.add(leaf)
    assert (tree.size, tree.root()) == (size + more, naive(own))


@given(SIZES, st.data())
def test_an_inclusion_proof_shows_its_leaf_at_its_place_and_nothing_else(size: int, data: st.DataObject) -> None:
    own, place = leaves(size), data.draw(st.integers(0, size - 1))
    proof, whole = inclusion_proof(own, place), naive(own)
    assert is_included(own[place], place, size, proof, whole)
    other = data.draw(st.integers(0, size - 1).filter(lambda each: each != place) if size > 1 else st.just(size))
    assert not is_included(own[place], other, size, proof, whole)
    assert not is_included(sha256(b"forged").digest(), place, size, proof, whole)
    assert not is_included(own[place], place, size, [*proof, whole], whole)
    assert len(proof) <= (size - 1).bit_length()


@given(SIZES, st.data())
def test_a_consistency_proof_shows_that_a_tree_was_only_added_to(size: int, data: st.DataObject) -> None:
    own, before = leaves(size), data.draw(st.integers(1, size))
    proof, whole = consistency_proof(own, before), naive(own)
    assert is_consistent(before, naive(own[:before]), size, whole, proof)
    rewritten = [sha256(b"forged").digest(), *own[1:before]]
    assert not is_consistent(before, naive(rewritten), size, whole, proof)
    assert not is_consistent(before, naive(own[:before]), size, naive([*own, own[0]]), proof)
    assert not is_consistent(before, naive(own[:before]), size, whole, [*proof, whole])


def test_proofs_of_what_is_not_there_are_no_proofs() -> None:
    with pytest.raises(IndexError, match="no leaf 3 among 3"):
        inclusion_proof(leaves(3), 3)
    with pytest.raises(IndexError, match="no tree of 0 in one of 3"):
        consistency_proof(leaves(3), 0)
    assert not is_included(leaves(1)[0], 1, 1, [], leaves(1)[0])
    assert not is_consistent(0, b"", 3, naive(leaves(3)), [])
    with pytest.raises(ValueError, match="a tree of 3 leaves has 2 perfect subtrees, not 1"):
        GrowingTree(3, [b""])


def test_the_tree_of_certificate_transparency_has_the_root_it_is_known_for() -> None:
    written = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    known = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert root_of([leaf_hash(bytes.fromhex(entry)) for entry in written]).hex() == known


def test_both_sides_hash_a_node_alike() -> None:
    one, other = leaves(2)
    assert node(one, other) == node_hash(one, other) == naive([one, other])
