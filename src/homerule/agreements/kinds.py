"""What kinds of agreement there are, how lists spell them, and what their columns are called: read from `law/agreements/kinds.toml`."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from os.path import join
from typing import Any, NamedTuple

from homerule.corpus.corpus import law_folder
from homerule.errors import InputError, nearest, shorten
from homerule.places.names import close, fold

__all__ = ["Kind", "Kinds", "Model", "Reading", "kinds"]


class Model(NamedTuple):
    """A form of a kind: `in_links` are the marks that file names of its documents carry."""

    id: str
    label: str
    short: str
    says: str
    in_links: tuple[str, ...]


class Kind(NamedTuple):
    """A kind of agreement; `federal_agency` is the usual other party, empty where it varies."""

    id: str
    label: str
    says: str
    authority: str
    federal_agency: str
    certainty: str
    models: tuple[Model, ...]


class Reading(NamedTuple):
    """What a text was taken for; `doubt` is a sentence where it was not one of the known spellings."""

    value: str
    doubt: str = ""


class Kinds:
    """The vocabulary of this room. Texts are compared by `homerule.places.names.fold`."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.kinds: dict[str, Kind] = {}
        self.models: dict[str, Model] = {}
        self._spelt: dict[str, tuple[str, str]] = {}
        self._of_model: dict[str, str] = {}
        for k in data["kind"]:
            models = tuple(Model(m["id"], m["label"], m["short"], m["says"], tuple(m.get("in_links", ()))) for m in k.get("model", ()))
            self.kinds[k["id"]] = Kind(k["id"], k["label"], k["says"], k.get("authority", ""), k["federal_agency"], k["certainty"], models)
            for text in (k["id"], k["label"], *k["spellings"]):
                self._spelt.setdefault(fold(text), (k["id"], ""))
            for m in k.get("model", ()):
                self._of_model[m["id"]] = k["id"]
                for text in (m["id"], m["label"], *m["spellings"]):
                    self._spelt[fold(text)] = (k["id"], m["id"])
            self.models.update({m.id: m for m in models})
        self.bodies: dict[str, str] = {fold(text): name for name, texts in data["bodies"].items() for text in (name, *texts)}
        self.states: dict[str, str] = {fold(text): code for code, texts in data["states"].items() for text in texts}
        self.columns: dict[str, str] = {fold(text): name for name, texts in data["columns"].items() for text in (name, *texts)}
        self.pending = frozenset(map(fold, data["words"]["pending"]))
        self.nothing = frozenset(text.casefold() for text in data["words"]["nothing"])
        self.eras: dict[str, date] = {e["column"]: e["since"] for e in data["era"]}

    def label(self, kind: str, model: str = "") -> str:
        """The words for a kind, or for one of its models."""
        return self.models[model].label if model in self.models else self.kinds[kind].label if kind in self.kinds else kind

    def support(self, text: str, link: str = "") -> tuple[str, str, str]:
        """The kind, the model and a doubt for what a list's support column says; `link` helps where it says nothing.

        The model is empty, with a doubt, where neither says it.
        """
        key = fold(text)
        if key in self._spelt and (self._spelt[key][1] or not link):
            return *self._spelt[key], ""
        if key:
            near = close(key, list(self._spelt))
            if near:
                return *self._spelt[near[0]], f'the support type "{shorten(text)}" was taken for {self.label(*self._spelt[near[0]])}'
            held = [k for k in self._spelt if len(k) > 8 and self._spelt[k][1] and f" {k} " in f" {key} "]
            if len({self._spelt[k] for k in held}) == 1:
                return *self._spelt[held[0]], f'the support type "{shorten(text)}" was taken for {self.label(*self._spelt[held[0]])}'
        name = link.rsplit("/", 1)[-1].upper()
        marked = [m for m in self.models.values() if any(mark.upper() in name for mark in m.in_links)]
        said = f'the support type "{shorten(text)}" is not known' if key else "the list gives no support type"
        if len(marked) == 1:
            return self._of_model[marked[0].id], marked[0].id, f"{said}; the name of the linked document says {marked[0].label}"
        return next(iter(self.kinds)), "", said

    def kind(self, text: str, where: str = "kind") -> tuple[str, str]:
        """The kind and model that a person means. Raises InputError for an unknown one."""
        key = fold(text)
        if key not in self._spelt:
            raise InputError(f"`{shorten(text)}` is no kind of agreement known here", where=where, help=nearest(text, [*self.kinds, *self.models]))
        return self._spelt[key]

    def model(self, text: str, where: str = "model") -> str:
        """The model that a person means, or an empty text. Raises InputError for an unknown one."""
        if not text.strip():
            return ""
        found = self._spelt.get(fold(text), ("", ""))[1]
        if not found:
            raise InputError(f"`{shorten(text)}` is no model known here", where=where, help=nearest(text, list(self.models)))
        return found

    def body(self, text: str) -> str:
        """The kind of body that a list's type column says, or an empty text."""
        key = fold(text)
        if key in self.bodies:
            return self.bodies[key]
        near = close(key, list(self.bodies))
        return self.bodies[near[0]] if near else ""

    def is_nothing(self, text: str) -> bool:
        """Whether a cell says in words that there is nothing."""
        return text.strip().casefold() in self.nothing


@cache
def kinds() -> Kinds:
    """The kinds that come with the package."""
    with open(join(law_folder(), "agreements", "kinds.toml"), "rb") as file:
        return Kinds(tomllib.load(file))
