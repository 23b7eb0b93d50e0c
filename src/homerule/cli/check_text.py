"""A report on a draft as a person reads it in a terminal."""

from __future__ import annotations

from homerule.cli.text import wrap
from homerule.proof.check import Report
from homerule.proof.render import KINDS, case_words, summary
from homerule.vocabulary import Vocabulary


def report_text(report: Report, vocabulary: Vocabulary) -> str:
    """The whole report as text."""
    out = [wrap(summary(report) + ".", "")]
    for kind, title in KINDS.items():
        issues = report.of_kind(kind)
        if issues:
            out += ["", title]
        for i in issues:
            share = f" [{i.cases:,} of {i.of:,} cases]" if i.of and i.cases else ""
            out.append(wrap(f"{i.words[0].upper()}{i.words[1:]}. ({', '.join(i.actors)}; line {i.line}){share}" if i.line else f"{i.words[0].upper()}{i.words[1:]}. ({', '.join(i.actors)}){share}", "  - ", "    "))
            if i.case:
                out.append(wrap(f"Smallest case: {case_words(i, vocabulary)}.", "    ", "      "))
    open_ = [s for s in report.slack if s.law == "permitted"]
    if open_:
        out += ["", "Where the law leaves a choice, the draft says"]
        rows: dict[tuple[str, str], tuple[int, list[str]]] = {}
        for s in open_:
            cases, actors = rows.get((s.act, s.draft), (0, []))
            rows[(s.act, s.draft)] = (cases + s.cases, [*actors, s.actor])
        for (act, stance), (cases, actors) in rows.items():
            out.append(wrap(f"{act}: {stance} in {cases:,} cases ({', '.join(dict.fromkeys(actors))})", "  - ", "    "))
    if report.compared_with:
        out += ["", f"Compared with {report.compared_with}"]
        if not report.differences:
            out.append("  The two say the same in every case.")
        for d in report.differences:
            out.append(wrap(f"{d.act}: the draft {_stance(d.draft)}, the model {_stance(d.model)}, {'always' if d.when == 'always' else 'when ' + d.when} ({', '.join(d.actors)})", "  - ", "    "))
    return "\n".join(out) + "\n"


def _stance(word: str) -> str:
    return {"required": "requires it", "prohibited": "forbids it", "permitted": "permits it", "conflict": "contradicts itself", "silent": "is silent"}[word]
