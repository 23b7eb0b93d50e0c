"""An assessment as a person reads it in a terminal: what is left first, then the paper, the grounds, and what else there is."""

from __future__ import annotations

from homerule.cli.ask import strong
from homerule.cli.text import wrap
from homerule.pardons.load import Law
from homerule.pardons.relief import Matter
from homerule.pardons.result import Assessment, Paper, Row
from homerule.reasoning.explain import listed

LABEL = {
    "WAIVED": "waived", "NOT_WAIVED": "not waived", "UNSETTLED": "unsettled", "NOTHING_TO_ACT_ON": "nothing to act on",
    "NOT_A_QUALIFYING_PARDON": "not a qualifying pardon", "NOT_A_CONVICTION": "not a conviction",
}  # fmt: skip
_RESULT = {"effect": "helps", "no_effect": "no effect", "limited": "limited", "unsettled": "unsettled", "warning": "warning"}
_STILL = {"yes": "STILL REMOVABLE", "no": "NO GROUND LEFT ON THESE FACTS", "unsettled": "UNSETTLED whether still removable", "depends": "DEPENDS whether still removable"}


def assessment_text(a: Assessment, law: Law, *, full: bool = False) -> str:
    """An assessment as text; ``full`` adds every test and the grounds that are tested only later."""
    left = a.still_removable
    lines = [wrap(f"Effect of clemency on removal, as of {a.on.isoformat()}; the pardon clause stands at {a.clause}.", "")]
    where = f" on {listed(left.on, 'and')}" if left.on else ""
    lines += ["", strong(wrap(f"{_STILL[left.answer]}{where}. {left.words}", ""))]
    if left.perhaps:
        lines.append(wrap(f"Perhaps also on {listed(left.perhaps, 'and')}." if left.on else f"It turns on {listed(left.perhaps, 'and')}.", ""))
    lines += ["", *_papers(a, law, full)] if a.papers else ["", "No instrument was given."]
    now = [r for r in a.grounds if r.when != "later"]
    later = [r for r in a.grounds if r.when == "later"]
    if now:
        lines += ["", strong("Grounds")]
        for r in now:
            lines += _row(r, law)
    if later:
        lines += ["", strong("If the person travels, applies for admission or adjusts status")]
        if full:
            for r in later:
                lines += _row(r, law)
        else:
            lines += [wrap(f"{r.section} ({r.title}): {_outcome(r)}", "  - ", "    ") for r in later]
    for title, matters in (("What follows for other questions", a.relief), ("What else could help", a.adjacent)):
        if matters:
            lines += ["", strong(title), *[_matter(m, law) for m in matters]]
    if a.steps or a.time:
        lines += ["", strong("What to do, and by when"), *[wrap(s, "  - ", "    ") for s in a.steps], *[wrap(f"{t.words[0].upper()}{t.words[1:]}. [{t.certainty}]", "  - ", "    ") for t in a.time]]
    lines += ["", wrap(a.untouched, "")]
    if a.assumed:
        lines += ["", wrap(f"Taken as usual, since nothing else was said: {'; '.join(a.assumed)}.", "")]
    lines += [wrap(n[0].upper() + n[1:].rstrip(".") + ".", "Note: ", "      ") for n in a.notes]
    lines += ["", strong("Authorities"), *[wrap(f"{c.citation}: {c.title}. [{c.certainty}]", "  - ", "    ") for c in a.authorities]]
    lines += ["", wrap(f"Pardon rules {a.receipt['law']}, checked {a.receipt['checked']}, engine {a.receipt['engine']}.", ""), wrap(a.notice, "")]
    return "\n".join(lines) + "\n"


def _papers(a: Assessment, law: Law, full: bool) -> list[str]:
    out = [strong("The instrument")]
    many = len(a.papers) > 1
    for p in a.papers:
        head = f"{p.instrument}. {p.kind.replace('_', ' ')}, conviction {p.conviction}: " if many else f"{p.kind.replace('_', ' ').capitalize()}: "
        out.append(wrap(head + _paper_word(p), "  "))
        for t in p.tests:
            if full or t.results not in (("pass",), ("skip",)):
                words = " or ".join(t.results) + (f", lean {t.lean}" if t.results == ("unsettled",) and t.lean else "")
                why = f" Turns on: {_facts(t.depends_on, law)}." if t.depends_on else f" {' '.join(t.says)} ({_cites(t.authorities, law)}; {t.certainty})"
                out.append(wrap(f"{t.test} {t.name}: {words}.{why}", "    - ", "      "))
                if t.results == ("unsettled",):
                    out += [wrap(x, "        Reading: ", "                 ") for x in t.readings]
    return out


def _paper_word(p: Paper) -> str:
    if p.result == "pass":
        return "passes every test."
    if p.result == "not_clemency":
        return "no act of clemency; it is tested by rules of its own."
    if p.result == "fail":
        return f"fails {listed(p.fails, 'and')}." if p.fails else "fails in every case that is still possible."
    if p.result == "unsettled":
        return f"unsettled on {listed(p.unsettled, 'and')}" + (f"; more speaks for {'passing' if p.lean == 'pass' else 'failing'}." if p.lean else ".")
    return f"depends on {listed(p.depends, 'and')}."


def _facts(names: tuple[str, ...], law: Law) -> str:
    return "; ".join(f"{law.facts[n].question} [{n}]" for n in names)


def _cites(ids: tuple[str, ...], law: Law) -> str:
    return "; ".join(law.sources[i].citation for i in ids)


def _outcome(r: Row) -> str:
    words = " or ".join(LABEL[o] for o in r.outcomes)
    return f"{words}, lean {LABEL[r.lean]}" if r.lean and r.outcome == "UNSETTLED" else words


def _row(r: Row, law: Law) -> list[str]:
    how = {"yes": "charged", "one_of": "charged, as one of several that the section names"}.get(r.charged) or {"yes": "can be charged", "possible": "may be charged", "no": ""}[r.chargeable]
    if r.charged == "no" and r.unsure:
        how += f": {'; '.join(r.unsure)}"
    if r.when == "possible":
        how += "; it is not known whether this side is tested"
    out = [wrap(f"{_outcome(r).upper()}  {r.section} ({how}): {r.title}", "  ", "      ")]
    out += [wrap(s, "    - ", "      ") for s in r.says]
    out += [wrap(x, "      Reading: ", "               ") for x in r.readings]
    out.append(wrap(f"[{r.cite}; {_cites(r.authorities, law)}; {r.certainty}]", "      "))
    if r.depends_on:
        out.append(wrap(f"Turns on: {_facts(r.depends_on, law)}", "      ", "        "))
    out += [wrap(f"Would change it: {c}.", "      ", "        ") for c in r.would_change]
    return out


def _matter(m: Matter, law: Law) -> str:
    word = " or ".join(_RESULT[x] for x in m.results)
    if m.result == "unsettled" and m.lean:
        word += f", lean {_RESULT.get(m.lean, m.lean)}"
    tail = f" Turns on: {_facts(m.depends_on, law)}." if m.depends_on else ""
    says = m.says[-1] if m.depends_on and len(m.says) > 2 else " Or: ".join(m.says)
    return wrap(f"{m.name}: {word}. {says} ({_cites(m.authorities, law)}; {m.certainty}){tail}", "  - ", "    ")


def words_text(law: Law) -> str:
    """Every word that `assess` takes."""
    out: list[str] = []

    def block(title: str, rows: list[tuple[str, str]]) -> None:
        out.append(title)
        out.extend(wrap(text, f"  {name:<30}", " " * 32) for name, text in rows)
        out.append("")

    block("Instruments", [(k, ", ".join(f"{law.facts[n].show(law.facts[n].parse(v))}" if n in ("instrument", "grantor") else f"{n} = {str(v).lower()}" for n, v in facts.items())) for k, facts in law.kinds.items()])
    block("Classes of offence", [(o.id, o.title) for o in law.offences.values()])
    for about, title in (("case", "Facts of the case"), ("conviction", "Facts of the conviction"), ("element", "Elements of the offence, where no class fits"), ("instrument", "Facts of the instrument")):
        rows = [(n, law.facts[n]) for n, a in law.about.items() if a == about and n not in ("offence", "conviction_day", "at_consulate", "instrument")]
        block(title, [(n, f"{f.question} ({f.type}{': ' + ', '.join(f.values) if f.values else ''}{'; taken as ' + str(f.show(f.assumed)) if f.assumed is not None else ''})") for n, f in rows])
    return "\n".join(out)
