"""The tree against the definition in RFC 6962 and against an independent package."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homerule.records import merkle


def by_definition(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + by_definition(leaves[:k]) + by_definition(leaves[k:])).digest()


def tree(leaves: list[bytes]) -> merkle.Tree:
    t = merkle.Tree()
    for leaf in leaves:
        t.add(merkle.leaf_hash(leaf))
    return t


LEAVES = st.lists(st.binary(max_size=8), max_size=70)


@given(LEAVES)
def test_every_root_is_the_one_defined(leaves: list[bytes]) -> None:
    t = tree(leaves)
    for size in range(len(leaves) + 1):
        assert t.root(size) == by_definition(leaves[:size])


@given(LEAVES.filter(bool), st.data())
def test_a_proof_of_inclusion_holds_for_its_leaf_and_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    t = tree(leaves)
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion(index, size, t.fetch)
    leaf, root = merkle.leaf_hash(leaves[index]), t.root(size)
    assert merkle.verify_inclusion(leaf, index, size, proof, root)
    assert not merkle.verify_inclusion(merkle.leaf_hash(leaves[index] + b"x"), index, size, proof, root)
    assert not merkle.verify_inclusion(leaf, index, size, [*proof, leaf], root)
    if proof:
        assert not merkle.verify_inclusion(leaf, index, size, proof[:-1], root)
        at = data.draw(st.integers(0, len(proof) - 1))
        assert not merkle.verify_inclusion(leaf, index, size, [bytes(32) if i == at else p for i, p in enumerate(proof)], root)


@given(LEAVES.filter(bool), st.data())
def test_a_proof_of_consistency_holds_for_a_prefix_and_nothing_else(leaves: list[bytes], data: st.DataObject) -> None:
    t = tree(leaves)
    new = data.draw(st.integers(1, len(leaves)))
    old = data.draw(st.integers(0, new))
    proof = merkle.consistency(old, new, t.fetch)
    assert merkle.verify_consistency(old, new, t.root(old), t.root(new), proof)
    if 0 < old < new:
        other = tree([leaves[0] + b"x", *leaves[1:]])
        assert not merkle.verify_consistency(old, new, other.root(old), t.root(new), proof)
        assert not merkle.verify_consistency(old, new, t.root(old), other.root(new), proof)
        assert not merkle.verify_consistency(old, new, t.root(old), t.root(new), proof[:-1])


def test_another_package_computes_the_same() -> None:
    pymerkle = pytest.importorskip("pymerkle")
    theirs, leaves = pymerkle.InmemoryTree(algorithm="sha256"), [bytes([i]) * i for i in range(45)]
    for leaf in leaves:
        theirs.append_entry(leaf)
    ours = tree(leaves)
    for size in range(1, 46):
        assert theirs.get_state(size) == ours.root(size)
    pymerkle.verify_inclusion(merkle.leaf_hash(leaves[12]), ours.root(45), theirs.prove_inclusion(13, 45))
