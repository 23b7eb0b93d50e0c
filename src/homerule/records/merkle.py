"""The tree of an append-only log, as RFC 6962 section 2.1 defines it: leaf and node hashes, roots, inclusion and consistency proofs.

Nodes are named by (level, index): level 0 are the leaves, and node (l, i) covers leaves i·2^l up to (i+1)·2^l. Only nodes whose
leaves are all present are ever stored; they never change, so a root or a proof reads a logarithmic number of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

Node = tuple[int, int]
Fetch = Callable[[int, int], bytes]
EMPTY = sha256().digest()


def leaf_hash(data: bytes) -> bytes:
    """Hash of one entry; 32 bytes. The prefix keeps leaves and nodes apart."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two children; 32 bytes."""
    return sha256(b"\x01" + left + right).digest()


def completed(size: int, leaf: bytes, fetch: Fetch) -> Iterator[tuple[int, int, bytes]]:
    """The nodes that become complete when ``leaf`` is added to a tree of ``size`` leaves, the leaf itself first."""
    level, index, value = 0, size, leaf
    yield level, index, value
    while index & 1:
        value = node_hash(fetch(level, index - 1), value)
        level, index = level + 1, index >> 1
        yield level, index, value


def peaks(start: int, end: int) -> list[Node]:
    """The largest complete nodes that cover leaves ``start`` to ``end``, left to right, where ``start`` begins a subtree of the tree of ``end`` leaves."""
    out = []
    while start < end:
        width = end - start
        level = width.bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        out.append((level, start >> level))
        start += 1 << level
    return out


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over peaks, combined from the right."""
    if not hashes:
        return EMPTY
    value = hashes[-1]
    for left in reversed(hashes[:-1]):
        value = node_hash(left, value)
    return value


def subtree(start: int, end: int, fetch: Fetch) -> bytes:
    """Hash of the subtree over leaves ``start`` to ``end``."""
    return fold([fetch(level, index) for level, index in peaks(start, end)])


def root(size: int, fetch: Fetch) -> bytes:
    """Root of the tree of the first ``size`` leaves."""
    return subtree(0, size, fetch)


def _split(width: int) -> int:
    """The largest power of two smaller than ``width``."""
    return 1 << ((width - 1).bit_length() - 1)


def inclusion(index: int, size: int, fetch: Fetch) -> list[bytes]:
    """The proof that leaf ``index`` is in the tree of ``size`` leaves: sibling hashes, from the leaf up."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    out, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            out.append(subtree(middle, end, fetch))
            end = middle
        else:
            out.append(subtree(start, middle, fetch))
            start = middle
    return out[::-1]


def consistency(old: int, new: int, fetch: Fetch) -> list[bytes]:
    """The proof that the tree of ``old`` leaves is a prefix of the tree of ``new`` leaves."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} has no earlier size {old}")
    if old in (0, new):
        return []
    out: list[bytes] = []
    start, end, whole = 0, new, True
    while True:
        if old == end:
            if not whole:
                out.append(subtree(start, end, fetch))
            break
        middle = start + _split(end - start)
        if old <= middle:
            out.append(subtree(middle, end, fetch))
            end = middle
        else:
            out.append(subtree(start, middle, fetch))
            start, whole = middle, False
    return out[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Iterable[bytes], expected: bytes) -> bool:
    """Whether ``proof`` leads from ``leaf`` to the root ``expected`` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, value = index, size - 1, leaf
    for sibling in proof:
        if not last:
            return False
        if at & 1 or at == last:
            value = node_hash(sibling, value)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        at, last = at >> 1, last >> 1
    return not last and value == expected


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether ``proof`` shows that the tree with ``new_root`` extends the one with ``old_root`` (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY
    if not 0 < old < new or not proof:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for value in path[1:]:
        if not last:
            return False
        if at & 1 or at == last:
            first, second = node_hash(value, first), node_hash(value, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, value)
        at, last = at >> 1, last >> 1
    return not last and first == old_root and second == new_root


class Tree:
    """A tree in memory, for checking a log from an export."""

    def __init__(self) -> None:
        self.nodes: dict[Node, bytes] = {}
        self.size = 0

    def fetch(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def add(self, leaf: bytes) -> None:
        for level, index, value in completed(self.size, leaf, self.fetch):
            self.nodes[level, index] = value
        self.size += 1

    def root(self, size: int | None = None) -> bytes:
        return root(self.size if size is None else size, self.fetch)
