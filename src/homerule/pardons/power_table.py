"""The page that lists every jurisdiction's pardon power."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from homerule.pardons.power import Fact, Power

STRUCTURES = {
    "independent_board": "independent board", "governor_on_board": "board with the governor", "gatekeeper": "governor, on recommendation or with consent", "mandatory_consultation": "governor, must consult",
    "permissive_consultation": "governor, may consult", "no_process": "governor, no process in statute", "president": "President",
}  # fmt: skip
_MARK = {"confirmed": "", "recalled": " °", "conflict": " ‡"}


def markdown(powers: Mapping[str, Power]) -> str:
    """All pardon powers as one page. Raises StopIteration for no powers."""
    every = list(powers.values())
    facts = [f for p in every for f in p.all_facts]
    sure = Counter(f.certainty for f in facts)
    out = [
        "# Who can pardon, place by place", "",
        f"Written by `make docs` from `law/*/pardons.toml`; `homerule pardon state ST` shows each with its sources. As of {next(iter(every)).on.isoformat()}: {len(every)} jurisdictions, {len(facts)} entries, "
        f"{sure['confirmed']} confirmed in the source named, {sure['recalled']} recalled, {sure['conflict']} where sources conflict.", "",
        "° recalled, not compared with a source. ‡ sources conflict. † the grant is a board's, so a federal policy could turn against it again. An empty cell: not found. Waits count from the end of the sentence unless the cell says otherwise; most are policy and change with the office. "
        "The structure follows a list of 2017 except where a later change is on file, the frequency one of July 2024 (October 2023 before that).", "",
        "| | who decides | how often | wait | apply to | conditions | reports | class pardons | sooner, for removal |", "|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    out += [f"| {' | '.join(_row(p))} |" for p in every]
    out += ["", "## By structure", ""]
    for kind, words in STRUCTURES.items():
        names = [p.place.upper() for p in every if p.structure == kind]
        out.append(f"- **{words}** ({len(names)}): {', '.join(names)}")
    out += ["", "## Where sources disagree", ""]
    out += [f"- {p.name}, {c.about}: {' '.join(f'({i}) {says}' for i, (says, _) in enumerate(c.readings, 1))} {c.says}" for p in every for c in p.conflicts]
    out += ["", "## Not found", ""]
    out += [f"- {p.name}: {' '.join(p.not_found)}" for p in every if p.not_found]
    return "\n".join(out) + "\n"


def _row(p: Power) -> list[str]:
    frequency = p.one("frequency")
    tracks = [f for f in p.of("track") if f.more["immigration"]]
    duty = p.one("duty", "report")
    condition = p.one("instrument", "conditional")
    return [
        f"**{p.place.upper()}** {p.name}",
        STRUCTURES[p.structure] + _MARK[p.certainty] + (" †" if p.policy_reversal else ""),
        f"{frequency.kind} ({frequency.as_of})" if frequency else "",
        "; ".join(map(_wait, p.of("wait"))),
        "; ".join(f.more["to"] + _MARK[f.certainty] for f in p.of("apply")),
        f"{p.conditions}{_MARK[condition.certainty]}" if condition else "",
        "yes" if duty and duty.more["required"] else "",
        "; ".join(f"{f.more['id'].replace('-', ' ')} ({f.more['ruling'].replace('_', ' ')}){_MARK[f.certainty]}" for f in p.of("class_pardon")),
        "; ".join(f"{f.more['id'].replace('-', ' ')} ({f.more['kind']}){_MARK[f.certainty]}" for f in tracks),
    ]


def _wait(f: Fact) -> str:
    years, to, start = f.more["years"], f.more["years_to"], f.more["counted_from"]
    since = {"conviction": " from conviction", "release": " from release"}.get(start, "")
    if years is None:
        text = "once found eligible" if start == "eligibility_finding" else "no figure"
    elif years == 0:
        text = "none" if start == "none" else "none after completion"
    else:
        text = f"{years:g}{f'-{to:g}' if to else ''} y{since}"
    who = "" if f.kind == "any" else f"{f.kind.replace('_', ' ')}: "
    return who + text + _MARK[f.certainty]
