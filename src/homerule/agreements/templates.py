"""The templates of agreements, from the law folder's ``agreements/templates.toml``, and the search for their phrases in bad text."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from homerule.corpus.corpus import law_folder
from homerule.errors import CorpusError

__all__ = ["Shelf", "Template", "Title", "found", "shelf"]


class Title(NamedTuple):
    """Phrases that say of what kind and model a document is."""

    kind: str
    model: str
    phrases: tuple[str, ...]
    source: str
    certainty: str


class Template(NamedTuple):
    """A form of agreement: how it is recognised, and how it says that it may be left. Days are calendar days; None is not known."""

    id: str
    kind: str
    model: str
    label: str
    words: str
    source: str
    certainty: str
    years: tuple[int, ...] = ()
    titles: tuple[str, ...] = ()
    revisions: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    clause: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    section: str = ""
    local_notice_days: int | None = None
    federal_notice_days: int | None = None
    counts: str = ""
    to: str = ""
    how: str = ""
    federal_how: str = ""
    suspension: str = ""
    reviews: tuple[Mapping[str, Any], ...] = ()
    roles: tuple[str, ...] = ()


class After(NamedTuple):
    """Something that follows the end of an agreement of these kinds (`*`: of any) and models (empty: of any)."""

    kinds: tuple[str, ...]
    says: str
    source: str
    certainty: str
    models: tuple[str, ...] = ()


class Shelf(NamedTuple):
    """Everything in the file: titles, templates, the titles of addenda, and the words by which parts are found."""

    titles: tuple[Title, ...]
    templates: tuple[Template, ...]
    addendum: tuple[str, ...]
    parts: Mapping[str, tuple[str, ...]]
    agency: Mapping[str, tuple[str, ...]]
    lexicon: frozenset[str] = frozenset()
    after: tuple[After, ...] = ()
    actors: tuple[tuple[str, tuple[str, ...], bool], ...] = ()

    def template(self, id: str) -> Template | None:
        return next((t for t in self.templates if t.id == id), None)

    def actor_of(self, agency: str, level: str = "") -> str:
        """The actor of the vocabulary that a body of this name is, or empty. ``level``: `state` where its place is a state, else `local`."""
        for name, words, state_body in self.actors:
            if not (state_body and level == "local") and any(re.search(rf"(?i)\b{re.escape(w)}\b", agency) for w in words):
                return name
        return ""

    def following(self, kind: str, model: str) -> list[After]:
        """What follows the end of an agreement of this kind and model."""
        return [a for a in self.after if (kind in a.kinds or "*" in a.kinds) and (not a.models or model in a.models)]

    def for_model(self, kind: str, model: str, year: int | None = None) -> Template | None:
        """The template that an agreement of this kind and model most likely has: that of its year, else the newest one."""
        fits = [t for t in self.templates if t.kind == kind and t.model == model]
        dated = [t for t in fits if year is not None and year in t.years]
        if not fits:
            return None
        return dated[0] if dated else max(fits, key=lambda t: (max(t.years, default=0), t.id != "task-force-on-receipt", len(t.revisions)))


def _tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}


@lru_cache(maxsize=4)
def shelf(folder: str | None = None) -> Shelf:
    """The templates of the package's law folder, or of ``folder``. Raises CorpusError naming the file."""
    path = os.path.join(folder or law_folder(), "agreements", "templates.toml")
    try:
        with open(path, "rb") as file:
            data = tomllib.load(file)
        return Shelf(
            tuple(Title(**_tuples(t)) for t in data["title"]),
            tuple(Template(**_tuples(t)) for t in data["template"]),
            tuple(data["addendum"]["titles"]),
            _tuples(data["parts"]),
            _tuples(data["agency"]),
            frozenset(data["lexicon"]["words"].split()),
            tuple(After(**_tuples(a)) for a in data["after"]),
            tuple((a["name"], tuple(a["words"]), bool(a.get("state_body"))) for a in data["actor"]),
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise CorpusError(f"cannot be read: {error}", where=path, help="Mend the file") from None


_LIKE = str.maketrans({"0": "o", "1": "i", "l": "i", "j": "i", "|": "i", "!": "i", "5": "s", "8": "b"})
_PAIRS = re.compile(r"rn|nn|rm")


def fold(text: str) -> str:
    """``text`` for comparing: letters and digits only, with what recognition confuses made equal (`rn`, `nn`, `rm` and `m`; `1`, `l`, `j` and `i`)."""
    bare = "".join(c for c in text.lower() if c.isalnum() or c in "|!")
    return _PAIRS.sub("m", bare).translate(_LIKE)


def found(phrase: str, text: str, *, folded: bool = False, cutoff: float = 85.0) -> float:
    """How well ``phrase`` stands in ``text`` in spite of bad recognition: 0 to 100, 0 below ``cutoff``. ``folded``: ``text`` is folded already."""
    from rapidfuzz.fuzz import partial_ratio

    needle, hay = fold(phrase), text if folded else fold(text)
    if not needle or len(hay) < 0.8 * len(needle):
        return 0.0
    if needle in hay:
        return 100.0
    if len(needle) < 12:
        return 0.0  # a short phrase must stand as it is
    return float(partial_ratio(needle, hay, score_cutoff=cutoff))


def best(phrases: Iterable[str], text: str, *, folded: bool = False, cutoff: float = 85.0) -> float:
    """The best of several phrases."""
    hay = text if folded else fold(text)
    return max((found(p, hay, folded=True, cutoff=cutoff) for p in phrases), default=0.0)


_RUN = re.compile(r"[A-Za-z0-9']{8,}|[a-z][A-Z]\w+")


def part(text: str, words: frozenset[str]) -> str:
    """``text`` with blanks put back into runs of letters that are made of ``words`` and figures only, as recognition often loses them."""

    def split(match: re.Match[str]) -> str:
        run = match[0]
        if run.lower() in words:
            return run
        bare = run.lower()
        best_to: list[tuple[int, list[str]] | None] = [(0, [])] + [None] * len(bare)
        for end in range(1, len(bare) + 1):
            for start in range(max(0, end - 16), end):
                known = best_to[start]
                piece = bare[start:end]
                if known is not None and (piece in words or piece.isdigit() or run[start:end] in ("ICE", "LEA", "DHS", "FOD", "MOA", "MOU", "POC", "SAC", "ERO")):
                    score = known[0] + 1
                    best = best_to[end]
                    if best is None or score < best[0]:
                        best_to[end] = (score, [*known[1], run[start:end]])
        found_all = best_to[-1]
        return " ".join(found_all[1]) if found_all else run

    return _RUN.sub(split, text)
