"""The most general description of a set of cases: the fewest conjunctions found that together cover it and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from homerule.conditions.words import said, subject
from homerule.reasoning import diagram as dg
from homerule.vocabulary import Fact

Cube = dict[int, frozenset[int]]  # variable → the pieces allowed
MOST = 24


def cover(builder: dg.Builder, root: Any) -> list[Cube]:
    """Conjunctions that cover the True leaves of ``root``, each as general as it goes. Impossible cases count as either."""
    found: list[Cube] = []
    left = root
    while len(found) < MOST:
        path = _true_path(left)
        if path is None:
            break
        cube: Cube = {level: frozenset([piece]) for level, piece in path.items()}
        for level in sorted(cube, reverse=True):
            wider = {k: v for k, v in cube.items() if k != level}
            if _inside(root, wider):
                cube = wider
        for level in sorted(cube):
            pieces = set(cube[level])
            for piece in range(len(builder.order[level].pieces)):
                if piece not in pieces and _inside(root, {**cube, level: frozenset([*pieces, piece])}):
                    pieces.add(piece)
            cube = {**cube, level: frozenset(pieces)}
        found.append(cube)
        left = _without(builder, left, cube)
    return found


def _true_path(root: Any) -> dict[int, int] | None:
    """A shortest path to a True leaf, as pieces chosen."""
    best: dict[int, dict[int, int] | None] = {}

    def walk(node: Any) -> dict[int, int] | None:
        if type(node) is not tuple:
            return {} if node is True else None
        if id(node) not in best:
            found = None
            for piece, child in enumerate(node[1]):
                path = walk(child)
                if path is not None and (found is None or len(path) + 1 < len(found)):
                    found = {node[0]: piece, **path}
            best[id(node)] = found
        return best[id(node)]

    return walk(root)


def _inside(root: Any, cube: Mapping[int, frozenset[int]]) -> bool:
    """Whether every possible case of the cube is a True leaf."""
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if type(node) is not tuple:
            if node is False:
                return False
            continue
        if id(node) in seen:
            continue
        seen.add(id(node))
        allowed = cube.get(node[0])
        stack.extend(c for p, c in enumerate(node[1]) if allowed is None or p in allowed)
    return True


def _without(builder: dg.Builder, root: Any, cube: Cube) -> Any:
    """``root`` with the cases of the cube made False."""
    inside: Any = True
    for level in sorted(cube, reverse=True):
        inside = builder.node(level, tuple(inside if p in cube[level] else False for p in range(len(builder.order[level].pieces))))
    return builder.combine(root, inside, lambda x, y: False if y and x is True else x)


def in_words(builder: dg.Builder, cubes: list[Cube]) -> str:
    """The cubes as a phrase to follow "when"; "always" where nothing narrows it."""
    if not cubes:
        return "never"
    parts = [_cube_words(builder, c) for c in cubes]
    if "" in parts:
        return "always"
    return "; or ".join(dict.fromkeys(parts))


def _cube_words(builder: dg.Builder, cube: Cube) -> str:
    words = []
    for level in sorted(cube):
        variable = builder.order[level]
        fact = builder.facts[variable.fact]
        pieces = sorted(cube[level])
        if len(pieces) == len(variable.pieces):
            continue
        words.append(_DESCRIBE[variable.kind](fact, variable, pieces))
    return " and ".join(words)


def _bool(fact: Fact, variable: dg.Variable, pieces: list[int]) -> str:
    return said(fact, bool(pieces[0]))


def _member(fact: Fact, variable: dg.Variable, pieces: list[int]) -> str:
    return f"{subject(fact)} {'includes' if pieces[0] else 'does not include'} {fact.label(variable.member)}"


def _enum(fact: Fact, variable: dg.Variable, pieces: list[int]) -> str:
    names = [fact.label(variable.pieces[p]) for p in pieces]
    if len(pieces) > len(variable.pieces) / 2 + 1:
        names = [fact.label(v) for p, v in enumerate(variable.pieces) if p not in pieces]
        return f"{subject(fact)} is not {' or '.join(names)}"
    return f"{subject(fact)} is {' or '.join(names)}"


def _order(fact: Fact, variable: dg.Variable, pieces: list[int]) -> str:
    spans = []
    for p in pieces:
        low, high = variable.pieces[p], variable.pieces[p + 1] if p + 1 < len(variable.pieces) else None
        if high is None:
            spans.append(f"{fact.show(low)} or more")
        else:
            spans.append(f"under {fact.show(high)}" if p == 0 else f"from {fact.show(low)} to under {fact.show(high)}")
    return f"{subject(fact)} is {' or '.join(spans)}"


_DESCRIBE: Mapping[str, Callable[[Fact, dg.Variable, list[int]], str]] = {"bool": _bool, "member": _member, "enum": _enum, "order": _order}
