"""The report of a run as a document: what was replayed, what the law says, where it is open, beside what became of the requests."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from homerule.documents.model import Block, Bullets, Callout, Document, Figure, Heading, Paragraph, Table
from homerule.errors import InputError, nearest
from homerule.reasoning.resolve import VERDICTS
from homerule.replay.part import APART
from homerule.replay.source import outcome_words, sources
from homerule.replay.summary import Summary, load
from homerule.vocabulary import Vocabulary

#: What each verdict means in a table of many rows.
MEANS = {
    "required": "the law orders the body to do it", "prohibited": "the law forbids the body to do it", "permitted": "the law leaves it to the body",
    "conflict": "law that binds the body orders it and forbids it, and nothing ranks the two", "unsettled": "binding law does not settle it: it is silent, or contested",
    "depends": "it turns on facts that the table does not record; every verdict still possible is in the rows",
}  # fmt: skip
_STATES = 30


def report(folder: str | os.PathLike[str], *, acts: Sequence[str] = (), charts: bool = True, law: Sequence[str] = ()) -> Document:
    """The report of a finished run. ``acts``: only these. Without ``charts`` it needs no extra.

    Only what the summary shows is in it: what the run hid stays hidden. Raises InputError where the folder holds no finished run.
    """
    s = load(os.fspath(folder))
    names = list(s.verdicts)
    known = list(dict.fromkeys(n.partition("@")[0] for n in names))
    for act in acts:
        if act not in known:
            raise InputError(f"the act `{act}` is not in the run", where=s.out, help=nearest(act, known) if known else "No row was decided")
    chosen = [n for n in names if not acts or n.partition("@")[0] in acts]
    labels = _labels(law)
    blocks: list[Block] = []
    synthetic = "homerule-sample" in s.sources
    if synthetic:
        blocks.append(Callout("Synthetic", "These requests were made up. The numbers say nothing about the world.", "warning"))
    blocks += [*_lead(s, chosen, labels), *_verdicts(s, chosen, labels)]
    for name in chosen:
        blocks += _act(s, name, labels, charts, synthetic)
    blocks += [*_apart(s), *_method(s)]
    return Document(
        "What the law says of many requests", tuple(blocks), kind="report", subtitle=f"Under the law of {_when(s)}", draft=False,
        fields=(("Tables", ", ".join(t["file"] for t in s.run["tables"])), ("Law read as of", _when(s)), ("Law corpus", str(s.run["corpus"])), ("Worked by", f"Homerule {s.run['engine']}, {'Apache Spark' if s.run.get('runner') == 'spark' else 'on one machine'}")),
        receipt=f"Law corpus {s.run['corpus']} (fingerprint {_fingerprint(s)}; the hash of each file of law is in summary.json), law as of {_when(s)}, Homerule {s.run['engine']}. Tables: " + "; ".join(f"{t['file']} ({t['fingerprint']})" for t in s.run["tables"]) + ".",
        extra={"author": "Homerule"},
    )  # fmt: skip


def _labels(law: Sequence[str]) -> Callable[[str], str]:
    """An act's words by its name (with ``@draft`` kept)."""
    from homerule.reasoning.decide import engine

    vocabulary: Vocabulary = engine(tuple(str(x) for x in law)).corpus.vocabulary

    def label(name: str) -> str:
        act, sign, policy = name.partition("@")
        words = vocabulary.acts[act].words if act in vocabulary.acts else act
        return f"{words[:1].upper()}{words[1:]}" + (f", with the draft {policy}" if sign else "")

    return label


def _when(s: Summary) -> str:
    return "each request's own day" if s.run["as_of"] == "row" else str(s.run["as_of"])


def _fingerprint(s: Summary) -> str:
    """A short hash over the hashes of every file of law."""
    return hashlib.blake2b(str(s.run["corpus_hash"]).encode(), digest_size=8).hexdigest()


def _number(n: int | None) -> str:
    return "hidden" if n is None else f"{n:,}"


def _share(part: int | None, whole: int | None) -> str:
    return f"{100 * part / whole:.1f}%" if part is not None and whole else "hidden" if part is None else "–"


def _lead(s: Summary, names: Sequence[str], label: Callable[[str], str]) -> list[Block]:
    out: list[Block] = [Paragraph(f"**{s.rows:,} requests** were run through the law of {_when(s)}; {s.decided:,} could be decided. {_share(s.placed, s.rows)} of all were placed in one county.", "lead")]
    said = []
    for name in names:
        counts = s.verdicts[name]
        whole = _whole(s, name)
        if counts and whole and (top := max((v for v in counts if counts[v] is not None), key=lambda v: counts[v] or 0, default="")):
            said.append(f"{label(name)}: most often **{top}**, {_number(counts[top])} of {_number(whole)} ({_share(counts[top], whole)})")
    return [*out, Bullets(tuple(said))] if said else out


def _whole(s: Summary, name: str) -> int | None:
    found: list[int | None] = [x["rows"] for x in _lines(s, "by_state", name) if x["state"] == "all"]
    return found[0] if found else None


def _lines(s: Summary, table: str, name: str) -> list[dict[str, Any]]:
    act, _, policy = name.partition("@")
    return [x for x in s.tables[table] if x["act"] == act and x["policy"] == policy]


def _verdicts(s: Summary, names: Sequence[str], label: Callable[[str], str]) -> list[Block]:
    used = [v for v in dict.fromkeys((*VERDICTS, "depends")) if any(s.verdicts[n].get(v, 0) != 0 for n in names)]
    if not used:
        return [Paragraph("No request could be decided.")]
    rows = tuple((label(n), _number(_whole(s, n)), *(_number(s.verdicts[n].get(v, 0)) for v in used)) for n in names)
    return [
        Heading("Verdicts"), Table(("Act", "requests", *used), rows, "Requests by act and verdict", tuple(range(1, len(used) + 2))),
        Bullets(tuple(f"**{v}**: {MEANS[v]}" for v in used)),
    ]  # fmt: skip


def _act(s: Summary, name: str, label: Callable[[str], str], charts: bool, synthetic: bool) -> list[Block]:
    out: list[Block] = [Heading(label(name))]
    states = _lines(s, "by_state", name)
    if charts:
        out += _figures(s, name, label(name), synthetic)
    if states:
        out.append(_state_table(states))
    open_ = [x for x in _lines(s, "open", name) if x["state"] == "all"]
    if open_:
        rows = tuple((x["reachable"].replace(" | ", " or "), _number(x["rows"])) for x in sorted(open_, key=lambda x: -(x["rows"] or 0)))
        out.append(Table(("What is possible", "requests"), rows, "Where it depends on facts that the table does not record", (1,)))
    turning = list(s.turns_on.get(name, {}).items())[:8]
    if turning:
        out.append(Table(("Fact", "requests"), tuple((f.replace("_", " "), _number(n)) for f, n in turning), "The facts on which it turns", (1,)))
    agreed = [x for x in _lines(s, "agreement", name) if x["state"] == "all" and x["rows"] != 0]
    if any(x.get(h) for x in agreed for h in ("booked", "declined", "lifted", "other")):
        shown = ("booked", "declined", "lifted", "other", "none")
        out.append(Table(("Verdict", "requests", *shown), tuple((x["verdict"], _number(x["rows"]), *(_number(x.get(h, 0)) for h in shown)) for x in agreed), "What was recorded of the requests under each verdict", tuple(range(1, 7))))
    return out


def _state_table(states: Sequence[Mapping[str, Any]]) -> Table:
    from homerule.replay.charts import verdicts_of

    used = verdicts_of(states)
    order = sorted(states, key=lambda x: (x["state"] != "all", -(x["rows"] or 0), x["state"]))
    rows = [(("All" if x["state"] == "all" else x["state"].upper() or "not named"), _number(x["rows"]), *(_number(x.get(v, 0)) for v in used), "–" if x.get("declined_share") is None else f"{100 * x['declined_share']:.1f}%") for x in order[: _STATES + 1]]
    more = f" (the {_STATES} with the most requests of {len(order) - 1})" if len(order) > _STATES + 1 else ""
    return Table(("State", "requests", *used, "declined*"), tuple(rows), f"By state{more}. *Share declined of those with an outcome recorded", tuple(range(1, len(used) + 3)))


def _figures(s: Summary, name: str, label: str, synthetic: bool) -> list[Figure]:
    from homerule.documents.charts import figure
    from homerule.replay import charts

    source = ("SYNTHETIC requests (" if synthetic else "requests (") + ", ".join(t["file"] for t in s.run["tables"]) + f"); law corpus {s.run['corpus']}"
    made = (
        charts.by_month(sorted(_lines(s, "by_month", name), key=lambda x: x["month"]), label, source, _when(s)),
        charts.by_state(_lines(s, "by_state", name), _lines(s, "open", name), label, source, _when(s)),
        charts.map_of(_lines(s, "by_state", name), label, source, _when(s)),
        charts.agreement(_lines(s, "agreement", name), label, source, _when(s)),
    )
    return [figure(c) for c in made if c is not None]


def _apart(s: Summary) -> list[Block]:
    if not s.apart:
        return []
    rows = tuple((APART.get(k, k), _number(n)) for k, n in s.apart.items())
    return [Heading("Kept apart"), Paragraph("These requests were not decided; they are in no other number."), Table(("Why", "requests"), rows, "", (1,))]


def _method(s: Summary) -> list[Block]:
    about = {x.id: x for x in sources()}
    items = [f"Source: {about[i].title}. {about[i].about}".strip() for i in s.sources if i in about]
    items.append("Each request is decided under the law of its place and body. What the table does not say stays unknown; the verdict is then `depends`, with every verdict that is still possible, and not a guess.".replace("`", "“", 1).replace("`", "”", 1))
    if s.run["supposed"]:
        items.append("Taken of every request that does not say otherwise: " + ", ".join(f"{k.replace('_', ' ')} = {str(v).lower()}" for k, v in s.run["supposed"].items()) + ".")
    items.append("Facts that the law corpus marks as assumed are assumed." if s.run["assume"] else "No fact was assumed.")
    if s.run["policies"]:
        items.append("Drafts added to the law, each in numbers of its own: " + ", ".join(f"{p['label']} ({p['file']})" for p in s.run["policies"]) + ".")
    if s.unread:
        items.append(f"{s.unread:,} cells held no value of their fact; it is unknown in those requests.")
    words = outcome_words()
    items.append(f"Declined: {words['declined']}. None: {words['none']}.")
    if s.min_cell > 1:
        items.append(f"Hidden: a number under {s.min_cell}, or one from which such a number could be worked out.")
    items.append("Two identical rows are two people's requests. What was recorded is what the federal agency recorded; it does not show why. This report is information about law, not legal advice.")
    return [Heading("How to read this"), Bullets(tuple(items))]
