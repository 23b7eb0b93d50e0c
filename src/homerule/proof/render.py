"""A report as JSON, SARIF (for annotations in code review) and a Markdown memo."""

from __future__ import annotations

from typing import Any

from homerule import __version__
from homerule.conditions.words import given
from homerule.proof.check import Issue, Report
from homerule.vocabulary import Vocabulary, plain

KINDS = {
    "conflict": "Conflicts with superior law",
    "adoption": "Rules that may not be adopted here",
    "contested": "Conflicts that turn on contested law",
    "contradiction": "Contradictions inside the draft",
    "dead": "Rules that can never decide anything",
    "gap": "Cases left without an answer",
    "soon": "Conflicts that begin or end within a year",
}
_LEVEL = {"conflict": "error", "adoption": "error", "contradiction": "error", "contested": "warning", "dead": "warning", "gap": "note", "soon": "note"}


def as_data(report: Report) -> dict[str, Any]:
    """The report as JSON data."""
    return {
        "draft": {"file": report.draft.name, "title": report.draft.title, "level": report.draft.level, "place": report.draft.place, "norms": len(report.draft.norms)},
        "place": report.place, "on": report.on.isoformat(), "actors": list(report.actors), "requests": list(report.requests),
        "clean": report.clean, "counts": {k: len(report.of_kind(k)) for k in KINDS}, "cases_covered": report.cases, "matters": report.matters,
        "issues": [i.as_data() for i in report.issues],
        "slack": [s._asdict() for s in report.slack],
        "compared_with": report.compared_with, "equivalent": bool(report.compared_with) and not report.differences,
        "differences": [{**d._asdict(), "actors": list(d.actors), "case": {k: plain(v) for k, v in d.case.items()}} for d in report.differences],
    }  # fmt: skip


def as_sarif(report: Report, path: str) -> dict[str, Any]:
    """The issues as SARIF 2.1.0, each at the line of its rule in the draft."""
    rules = [{"id": k, "shortDescription": {"text": v}, "defaultConfiguration": {"level": _LEVEL[k]}} for k, v in KINDS.items()]
    results = [
        {
            "ruleId": i.kind, "level": _LEVEL[i.kind], "message": {"text": i.words[0].upper() + i.words[1:] + "."},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": path}, "region": {"startLine": max(1, i.line)}}}],
            "properties": {"act": i.act, "actors": list(i.actors), "norms": list(i.norms), "against": list(i.against), "case": {k: plain(v) for k, v in i.case.items()}},
        }
        for i in report.issues
    ]  # fmt: skip
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json", "version": "2.1.0",
        "runs": [{"tool": {"driver": {"name": "homerule check", "semanticVersion": __version__, "rules": rules}}, "results": results}],
    }  # fmt: skip


def case_words(issue: Issue, vocabulary: Vocabulary) -> str:
    """The smallest case of an issue as a phrase."""
    return "; ".join(given(vocabulary.facts[n], v) for n, v in sorted(issue.case.items()))


def summary(report: Report) -> str:
    """One sentence that says how the draft stands."""
    counts = [f"{len(report.of_kind(k))} {name}" for k, name in (("conflict", "in conflict"), ("adoption", "not to be adopted here"), ("contested", "contested"), ("contradiction", "contradictory"), ("dead", "dead"), ("gap", "gaps"), ("soon", "changing soon")) if report.of_kind(k)]
    found = ", ".join(counts) if counts else "no conflict, contradiction, dead rule or gap"
    return f"{report.draft.name} ({len(report.draft.norms)} rules) against the law of {report.place} on {report.on.isoformat()}: {found}; exact over {report.cases:,} cases in {report.matters} pairs of actor and act"


def as_markdown(report: Report, vocabulary: Vocabulary) -> str:
    """The report as a memo."""
    out = [f"# {report.draft.title}: agreement with the law above it", "", summary(report) + ".", "", "This is a working paper for counsel, not legal advice.", ""]
    for kind, title in KINDS.items():
        issues = report.of_kind(kind)
        if issues:
            out += [f"## {title}", ""]
            for i in issues:
                out.append(f"- {i.words[0].upper()}{i.words[1:]}. ({', '.join(i.actors)}; {i.cases:,} of {i.of:,} cases)" if i.of else f"- {i.words[0].upper()}{i.words[1:]}. ({', '.join(i.actors)})")
                if i.case:
                    out.append(f"  Smallest case: {case_words(i, vocabulary)}.")
            out.append("")
    if report.slack:
        out += ["## What the law leaves open, and what the draft chose", "", "| act | actor | the law | the draft | cases |", "|---|---|---|---|---|"]
        out += [f"| {s.act} | {s.actor} | {s.law} | {s.draft} | {s.cases:,} |" for s in report.slack]
        out.append("")
    if report.compared_with:
        out += [f"## Compared with {report.compared_with}", ""]
        out += [f"- `{d.act}`: the draft is {d.draft}, the model {d.model}, {'always' if d.when == 'always' else 'when ' + d.when} ({', '.join(d.actors)})" for d in report.differences] or ["The two say the same in every case."]
        out.append("")
    return "\n".join(out)
