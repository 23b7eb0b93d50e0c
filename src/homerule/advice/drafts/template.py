"""Document templates: TOML files in the law folder's ``documents``, or in a folder of the office's own that goes first."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from homerule.errors import CorpusError, InputError, nearest, shorten

COMMON = "_common.toml"  # what all templates share: fields, names of offices, passages


class Strict(BaseModel):
    """Refuses keys that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Field(Strict):
    """A thing that the document needs. ``default`` and ``needed`` are template expressions; ``blank`` leaves a ruled line where nobody could know."""

    name: str
    question: str
    default: str = ""
    values: tuple[str, ...] = ()
    kind: Literal["text", "date", "number"] = "text"
    needed: str = "true"
    blank: bool = False


class Stated(Strict):
    """An authority that the template itself rests on, beside those of the finding."""

    citation: str
    says: str
    source: str
    certainty: Literal["confirmed", "recalled"]
    checked: str


class Variant(Strict):
    """One of several texts of a kind. ``place`` limits it to a jurisdiction; ``allowed`` adds to the template's own."""

    name: str
    line: str
    place: str = ""
    request: str = ""
    acts: tuple[str, ...] = ()
    allowed: Mapping[str, tuple[str, ...]] = {}
    answers: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    title: str = ""
    body: str = ""
    norms: tuple[str, ...] = ()
    columns: tuple[Mapping[str, Any], ...] = ()
    counts: tuple[Mapping[str, Any], ...] = ()
    where: Mapping[str, tuple[str, ...]] = {}
    field: tuple[Field, ...] = ()
    words: Mapping[str, Any] = {}
    actor: Mapping[str, str] = {}


class Template(Strict):
    """One kind of document, as its file has it."""

    line: str
    form: Literal["letter", "memo", "resolution", "ordinance", "order", "report", "card"]
    actor: Mapping[str, str] = {}
    request: str = ""
    requests: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    facts: Mapping[str, Any] = {}
    also: Mapping[str, Mapping[str, Any]] = {}
    allowed: Mapping[str, tuple[str, ...]] = {}
    answers: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    reads: Literal["", "agreement", "policy", "log"] = ""
    choose: str = ""
    variant: tuple[Variant, ...] = ()
    title: str
    subtitle: str = ""
    to: str = ""
    heads: tuple[tuple[str, str], ...] = ()
    uses: tuple[str, ...] = ()
    others: Mapping[str, tuple[str, ...]] = {}
    field: tuple[Field, ...] = ()
    body: str
    authority: tuple[Stated, ...] = ()
    note: str = ""
    kind: str = ""
    file: str = ""


class Common(Strict):
    """What all templates share."""

    office: Mapping[str, Mapping[str, str]]
    field: tuple[Field, ...]
    passage: Mapping[str, str]
    language: tuple[Mapping[str, Any], ...] = ()
    alias: Mapping[str, str] = {}
    models: Mapping[str, str] = {}
    agencies: Mapping[str, str] = {}
    spelling: Mapping[str, str] = {}
    federal: Mapping[str, str] = {}


def folders(law: str, own: Iterable[str | os.PathLike[str]] = ()) -> tuple[Path, ...]:
    """Where templates are looked for: the folders given, those of HOMERULE_TEMPLATES, the law folder's. Raises InputError for one that is no folder."""
    named = [*map(Path, own), *(Path(p) for p in os.environ.get("HOMERULE_TEMPLATES", "").split(os.pathsep) if p)]
    for folder in named:
        if not folder.is_dir():
            raise InputError(f"the template folder `{folder}` is not a folder", where="--templates", help="Name a folder of .toml templates and .docx letterheads")
    return (*named, Path(law) / "documents")


def kinds(places: tuple[Path, ...]) -> dict[str, Template]:
    """Every kind of document, by name, in the order of the files' names. Raises CorpusError for a file that cannot be used."""
    return {path.stem: _template(path) for path in _files(places).values()}


def _files(places: tuple[Path, ...]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in reversed(places):
        found |= {p.name: p for p in sorted(folder.glob("*.toml")) if not p.name.startswith("_") and _ours(p)}
    return dict(sorted(found.items()))


def _ours(path: Path) -> bool:
    """Whether a file is a template of this room: other rooms keep forms of their own in the same folder."""
    text = path.read_text("utf-8", errors="replace")
    return text.startswith(("line =", "form =")) or "\nline =" in text or "\nform =" in text


def template(places: tuple[Path, ...], kind: str) -> Template:
    """The template of ``kind``. Raises InputError with near names."""
    name = common(places).alias.get(kind, kind)
    files = _files(places)
    if f"{name}.toml" not in files:
        raise InputError(f"no document is called `{shorten(kind)}`", help=nearest(kind, [f.removesuffix(".toml") for f in files]))
    return _template(files[f"{name}.toml"])


def common(places: tuple[Path, ...]) -> Common:
    """What all templates share; an office's own file replaces single entries."""
    whole: dict[str, Any] = {}
    for folder in reversed(places):
        path = folder / COMMON
        if path.is_file():
            for key, value in _read(path).items():
                if isinstance(value, dict):
                    whole[key] = {**whole.get(key, {}), **value}
                elif key == "field":
                    names = {f.get("name") for f in value}
                    whole[key] = [f for f in whole.get(key, []) if f.get("name") not in names] + list(value)
                else:
                    whole[key] = value
    try:
        return Common(**whole)
    except ValidationError as error:
        raise CorpusError(_first(error), where=COMMON, help="Mend the file") from None


def word_template(places: tuple[Path, ...], form: str) -> Path | None:
    """An office's own Word template for documents of ``form``: ``letter.docx``, or ``base.docx`` for all; None for the packaged one."""
    for folder in places[:-1]:
        for name in (f"{form}.docx", "base.docx"):
            if (folder / name).is_file():
                return folder / name
    return None


def _template(path: Path) -> Template:
    state = path.stat()
    return _parsed(str(path), state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=128)
def _parsed(path: str, changed: int, size: int) -> Template:
    try:
        return Template(**_read(Path(path)), kind=Path(path).stem, file=path)
    except ValidationError as error:
        raise CorpusError(_first(error), where=Path(path).name, help="Mend the template") from None


def _first(error: ValidationError) -> str:
    one = error.errors()[0]
    return f"{'.'.join(map(str, one['loc']))}: {one['msg']}"


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"cannot be read: {error}", where=str(path), help="Mend the template") from None
