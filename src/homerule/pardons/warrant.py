"""The draft warrant of pardon, in the words that the federal rules need, and what the granting office must know.

The words are data: ``law/documents/pardon-warrant.toml``. Nothing personal is asked for: what is not given is a blank with its label.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from homerule.documents.model import Block, Bullets, Callout, Document, Form, Heading, PageBreak, Paragraph, Signature, Table
from homerule.errors import CorpusError, InputError, nearest, shorten
from homerule.pardons.power import Citation, Fact, Power

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

TEMPLATE = os.path.join("documents", "pardon-warrant.toml")
#: What an entry's certainty adds to a sentence that shows it.
DOUBT = {"confirmed": "", "recalled": " (recalled)", "conflict": " (sources conflict)"}


class Point(NamedTuple):
    """One thing that the granting office must know: a federal test or limit in plain words, with its authorities."""

    id: str
    group: str
    says: str
    authority: tuple[str, ...]
    certainty: str
    source: str


def points(folder: str | None = None) -> tuple[Point, ...]:
    """The federal tests and limits, in the order in which an office meets them."""
    return tuple(Point(p["id"], p["group"], p["says"], tuple(p["authority"]), p["certainty"], p["source"]) for p in _template(_law(folder))["point"])


def field_names(folder: str | None = None) -> dict[str, str]:
    """What can be filled in, and its label."""
    return {f["name"]: f["label"] for f in _template(_law(folder))["field"]}


def place_notes(power: Power, folder: str | None = None) -> tuple[str, ...]:
    """What is particular to this place for a pardon that should count federally, as sentences."""
    flags = {
        "policy_reversal": power.policy_reversal, "governor_vote_open": power.structure == "governor_on_board" and power.by_governor is None, "territory": power.territory,
        "conditions_possible": power.conditions in ("yes", "likely"), "citation_recalled": any(a.certainty != "confirmed" for a in _grounds(power)), "president": power.holder == "president",
    }  # fmt: skip
    out = [n["text"] for n in _template(_law(folder))["note"] if flags[n["when"]]]
    out += [f"In the case of {f.more['when']}: {f.says}" for f in power.of("special")]
    wanted: tuple[tuple[str, Callable[[Fact], bool]], ...] = (
        ("federal", lambda f: True), ("lesser", lambda f: True), ("local", lambda f: True), ("class_pardon", lambda f: f.more["ruling"] in ("barred", "needs_consent", "reviewed_individually")),
        ("duty", lambda f: bool(f.more["required"])),
    )  # fmt: skip
    for table, want in wanted:
        out += [f"{f.says}{DOUBT[f.certainty]}" for f in power.of(table) if want(f)]
    return tuple(dict.fromkeys(out))


def warrant(power: Power, on: dt.date | None = None, fields: Mapping[str, str] | None = None, *, folder: str | None = None) -> Document:
    """A draft warrant of pardon for the holder of ``power``, followed by a page for the granting office.

    ``fields``: see `field_names`, and ``convictions`` (how many lines to rule, 1 to 40). ``on`` is the day the law is read for; the
    warrant itself is dated by hand. Needs the extra ``documents``. Raises InputError for a field that does not exist.
    """
    template = _template(_law(folder))
    given = dict(fields or {})
    rows = _rows(given.pop("convictions", ""), template["warrant"]["rows"])
    known = {f["name"]: f for f in template["field"]}
    for name in given:
        if name not in known:
            raise InputError(f"the warrant has no field `{shorten(name)}`", where="--set", help=nearest(name, [*known, "convictions"]))
    words = _words(power, known, given)
    blocks: list[Block] = []
    env = _environment()
    for b in template["block"]:
        if ("for" in b and power.holder not in b["for"]) or ("structures" in b and power.structure not in b["structures"]):
            continue
        blocks += _block(b, power, template, env, words, given, rows, folder)
    day = on or power.on
    cited: dict[str, str] = {}
    for citation, certainty in [*((a.citation, a.certainty) for a in _grounds(power)), *((a, p.certainty) for p in points(folder) for a in p.authority)]:
        cited[citation] = "confirmed" if "confirmed" in (certainty, cited.get(citation)) else certainty
    return Document(
        title=template["warrant"]["title"], blocks=tuple(blocks), kind="order", letterhead=tuple(_letterhead(power)), authorities=tuple(f"{a}{DOUBT[c]}" for a, c in cited.items()),
        receipt=f"The law of {power.called} as of {day.isoformat()}; the file was last gone through on {power.checked.isoformat()}, the federal points on {template['warrant']['checked'].isoformat()}. Draft for counsel; not legal advice.",
        draft=True, extra={"mark": template["warrant"]["mark"]},
    )  # fmt: skip


def _block(b: Mapping[str, Any], power: Power, template: Mapping[str, Any], env: SandboxedEnvironment, words: Mapping[str, Any], given: Mapping[str, str], rows: int, folder: str | None) -> list[Block]:
    kind = b["type"]
    text = env.from_string(b["text"]).render(words) if "text" in b else ""
    if kind == "heading":
        return [Heading(text, b.get("level", 1))]
    if kind == "paragraph":
        return [Paragraph(text, b.get("style", ""))]
    if kind == "callout":
        return [Callout(b["label"], text, b.get("kind", "note"))]
    if kind == "form":
        return [Form(tuple((label, _literal(given.get(name, ""))) for label, name in b["fields"]))]
    if kind == "convictions":
        columns = tuple(template["warrant"]["columns"])
        return [Table(columns, tuple((str(i + 1), *("" for _ in columns[1:])) for i in range(rows)), b["caption"])]
    if kind == "signatures":
        return [Signature("", office, date=False) for office in power.signers]
    if kind == "place":
        notes = place_notes(power, folder)
        return [Heading(f"{power.called[:1].upper()}{power.called[1:]}", 2), Paragraph(f"{power.decision.says}{DOUBT[power.certainty]}"), *([Bullets(notes)] if notes else [])]
    if kind == "points":
        return [Bullets(tuple(f"{p.says} ({'; '.join(p.authority)}{', recalled' if p.certainty == 'recalled' else ''})" for p in points(folder) if p.group == b["group"]))]
    if kind == "pagebreak":
        return [PageBreak()]
    raise CorpusError(f"no block is of the type `{shorten(str(kind))}`", where=TEMPLATE, help="Mend the file")


def _words(power: Power, known: Mapping[str, Mapping[str, Any]], given: Mapping[str, str]) -> dict[str, Any]:
    cites = [a.citation for a in _grounds(power)]
    body = power.body or "the advising body"
    holder = {"governor_on_board": power.body, "board": power.body}.get(power.holder, f"the {power.office}")
    blank = {name: f"**{_literal(given[name])}**" if given.get(name) else f"{'_' * f['width']} [{f['label']}]" for name, f in known.items()}
    return {
        "name": power.called, "office": power.office, "body": body, "body_cap": body[:1].upper() + body[1:], "holder": holder, "holder_cap": holder[:1].upper() + holder[1:],
        "signers": power.signers, "cites": _listed(cites), "one": len(cites) == 1, "law": f"the law of {power.called}", "on": power.on.isoformat(), "blank": blank,
    }  # fmt: skip


def _grounds(power: Power) -> list[Citation]:
    """The clauses that give the power: what a warrant cites."""
    return [power.authorities[a] for a in power.decision.more["cites"]]


def _letterhead(power: Power) -> list[str]:
    return [power.name, power.office] if power.name not in power.office else [power.office]


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _literal(text: str) -> str:
    from homerule.documents.marks import literal

    return literal(" ".join(str(text).split())[:600])


def _rows(text: str, default: int) -> int:
    if not text:
        return default
    if not text.isdecimal() or not 1 <= int(text) <= 40:
        raise InputError(f"`{shorten(text)}` is not a number of convictions from 1 to 40", where="--set convictions", help="Write for example --set convictions=4")
    return int(text)


def _law(folder: str | None) -> str:
    from homerule.corpus import law_folder

    return folder or law_folder()


@lru_cache(maxsize=4)
def _template(folder: str) -> dict[str, Any]:
    import tomllib

    path = os.path.join(folder, TEMPLATE)
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"cannot be read: {error}", where=TEMPLATE, help="Mend the file or install the package again") from None


def _environment() -> SandboxedEnvironment:
    try:
        from jinja2 import StrictUndefined
        from jinja2.sandbox import SandboxedEnvironment
    except ImportError:
        raise InputError("a warrant needs packages that are not installed", help="Run: pip install 'homerule[documents]'") from None
    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
