"""Checks the pardon files and runs their examples. `homerule law check` calls it; the tests do too."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from homerule.corpus.load import Problem
from homerule.corpus.load import Source as Text
from homerule.errors import CorpusError, HomeruleError, InputError
from homerule.pardons import oracle
from homerule.pardons.assessment import Work, assess
from homerule.pardons.case import elements_of, read_case
from homerule.pardons.effect import effect_of
from homerule.pardons.load import EFFECT, FOLDER, GROUNDS, Law, pardon_law
from homerule.pardons.model import FAIL, OUTCOMES, PASS, SKIP, UNSETTLED, WAIVED
from homerule.pardons.result import Assessment
from homerule.reasoning import diagram as dg
from homerule.vocabulary import Value

_TESTS = (PASS, FAIL, "unsettled", SKIP)
_QUESTIONS = ("effect", "no_effect", "limited", "unsettled", "warning")
_NEEDS = {"listed": ("conviction",), "listed_felony": ("conviction",), "unlisted": ("conviction",), "narcotics": ("conviction",), "finding": ("conviction or finding",), "at_entry": ("depends",),
          "bar_cimt": ("conviction or admission",), "bar_drug": ("conviction or admission",), "bar_multiple": ("conviction",), "conduct": ("no",)}  # fmt: skip
_LISTED = ("listed", "listed_felony")
_ONCE_WAIVED = ("bar_cimt", "at_entry")  # the Board read the clause of 1952 as reaching these, for the crime pardoned
_CLAUSE_REWRITTEN = dt.date(1991, 6, 1)


def check_special(folder: str, tops: Iterable[str] | None = None) -> list[Problem]:
    """Problems of every pardon file below ``folder`` (of the jurisdictions ``tops``, all if None)."""
    from homerule.pardons.power import check

    chosen = set(tops) if tops is not None else None
    out = check_federal(folder)[0] if chosen is None or FOLDER in chosen else []
    return sorted({*out, *(p for p in check(folder) if chosen is None or p.file.partition("/")[0] in chosen)})


def check_federal(folder: str = "") -> tuple[list[Problem], int]:
    """Problems of the two federal files, and the number of examples run."""
    try:
        law = pardon_law(folder)
    except CorpusError as error:
        file, _, rest = error.where.partition(":")
        return [Problem(file or f"{FOLDER}/{EFFECT}", int(rest) if rest.strip().isdigit() else 1, str(error))], 0
    checker = _Checker(law, folder)
    checker.run()
    return sorted(set(checker.problems)), checker.count


class _Checker:
    def __init__(self, law: Law, folder: str) -> None:
        from homerule.corpus.corpus import law_folder

        home = Path(os.path.realpath(folder or law_folder())) / FOLDER
        self.law, self.effect = law, effect_of(law)
        self.texts = {name: Text(home / name, f"{FOLDER}/{name}") for name in (GROUNDS, EFFECT)}
        self.problems: list[Problem] = []
        self.reached: set[str] = set()
        self.count = 0

    def say(self, file: str, table: str, index: int, message: str, kind: str = "lint") -> None:
        self.problems.append(Problem(f"{FOLDER}/{file}", self.texts[file].line(table, index), message, kind))

    def run(self) -> None:
        self._ids()
        self._rules()
        if self.problems:
            return  # the rest rests on what these say
        self._lists()
        self._grounds()
        self._spellings()
        self._class_examples()
        self._case_examples()
        every = [r for rules in self.law.rules.values() for r in rules]
        for r in every:
            if r.id not in self.reached:
                self.say(EFFECT, "rule", r.line, f"no example reaches the rule {r.id}.", "unreached")

    def _ids(self) -> None:
        for file, tables in ((GROUNDS, ("ground", "class", "authority")), (EFFECT, ("rule", "question", "test", "authority"))):
            for table in tables:
                rows = self.law.data[file][table]
                seen = Counter(x["id"] for x in rows)
                for i, x in enumerate(rows):
                    if seen[x["id"]] > 1:
                        self.say(file, table, i, f"the {table} {x['id']} stands there {seen[x['id']]} times.")
        for file, table in ((GROUNDS, "ground"), (EFFECT, "rule"), (EFFECT, "clock")):
            for i, x in enumerate(self.law.data[file][table]):
                for a in x["authority"]:
                    if a not in self.law.sources:
                        self.say(file, table, i, f"{x['id']} names the authority {a}, which is not there.")
        used = {a for file in (GROUNDS, EFFECT) for table in ("ground", "rule", "clock") for x in self.law.data[file].get(table, ()) for a in x["authority"]}
        for i, a in enumerate(self.law.data[EFFECT]["authority"]):
            if a["id"] not in used:
                self.say(EFFECT, "authority", i, f"nothing rests on the authority {a['id']}.")

    def _rules(self) -> None:
        law = self.law
        stages = {**dict.fromkeys(law.tests, _TESTS), **dict.fromkeys((q.id for q in law.questions), _QUESTIONS), **dict.fromkeys(("ground", "element", "count"), OUTCOMES)}
        for of, rules in law.rules.items():
            for r in rules:
                if of not in stages:
                    self.say(EFFECT, "rule", r.line, f"{r.id}: there is no list called {of}.")
                    continue
                if r.result not in stages[of]:
                    self.say(EFFECT, "rule", r.line, f"{r.id}: `{r.result}` is no result of that list; known: {', '.join(stages[of])}.")
                if (r.result.lower() == "unsettled") != bool(r.lean) or bool(r.lean) != bool(r.readings):
                    self.say(EFFECT, "rule", r.line, f"{r.id}: what is unsettled, and only that, has a lean and both readings.")
                if r.readings and len(r.readings) < 2:
                    self.say(EFFECT, "rule", r.line, f"{r.id}: an unsettled rule gives at least two readings.")
                if r.certainty == "confirmed" and all(law.sources[a].certainty != "confirmed" for a in r.authority if a in law.sources):
                    self.say(EFFECT, "rule", r.line, f"{r.id} is marked confirmed, but rests on recalled authority alone.")

    def _lists(self) -> None:
        law = self.law
        lists = {name: self.effect.test(name) for name in law.tests} | {q.id: self.effect.question(q.id) for q in law.questions}
        families = {f: self.effect.ground(f) for f in law.facts["family"].values}
        live: set[str] = set()
        for name, found in {**lists, **families}.items():
            if not found.complete:
                self.say(EFFECT, "rule", 0, f"the list {name} leaves some case without a rule.")
            live |= {found.rules[i].id for i in dg.reachable(found.root, found.order, {}) if i < len(found.rules)}
        for of in (*lists, "ground"):
            for r in law.rules[of]:
                if r.id not in live:
                    self.say(EFFECT, "rule", r.line, f"the rule {r.id} can never decide: those above it take every case.")
        for family, found in families.items():
            for grantor in law.facts["grantor"].values:
                past = {"on": _CLAUSE_REWRITTEN} if family in _ONCE_WAIVED else {}
                waived = [r for r in found.possible({"grantor": grantor, "at_consulate": False, **past}) if r.result == WAIVED]
                if waived and family not in _LISTED:
                    self.say(EFFECT, "rule", waived[0].line, f"{waived[0].id} waives a ground that the clause does not name ({family}).")

    def _grounds(self) -> None:
        law = self.law
        for g in law.grounds.values():
            if g.needs not in _NEEDS.get(g.family, ()):
                self.say(GROUNDS, "ground", g.line, f"{g.id}: the family {g.family} does not go with what it needs ({g.needs}).")
            if (g.side == "inadmissible") != g.family.startswith("bar_") and g.family != "conduct":
                self.say(GROUNDS, "ground", g.line, f"{g.id}: the family {g.family} does not go with its side.")
            for n in g.numbers:
                if n.end and n.end <= n.start:
                    self.say(GROUNDS, "ground", g.line, f"{g.id}: the number {n.code} ends before it begins.")
                for text in (n.code, n.code.replace("(", "").replace(")", ""), law.sections.cite(n.code)):
                    if g.id not in law.sections.find(text, n.start).grounds:
                        self.say(GROUNDS, "ground", g.line, f"{g.id}: `{text}` does not find it.")
                if law.sections.find(n.code, n.start).exact is False:
                    self.say(GROUNDS, "ground", g.line, f"{g.id}: the number {n.code} is taken for a heading.")

    def _spellings(self) -> None:
        for i, s in enumerate(self.law.data[GROUNDS]["spelling"]):
            self.count += 1
            on = dt.date.fromisoformat(s["on"]) if s["on"] else self.law.checked
            try:
                got = list(self.law.sections.find(s["text"], on).grounds)
            except InputError as error:
                got = [str(error)]
            if got != s["grounds"]:
                self.say(GROUNDS, "spelling", i, f"`{s['text']}` should name {', '.join(s['grounds'])}, but names {', '.join(got)}.", "example")

    def _class_examples(self) -> None:
        seen = set()
        for i, e in enumerate(self.law.data[GROUNDS]["example"]):
            self.count += 1
            seen.add(e["offence"])
            yes, maybe = chargeable(self.law, e["offence"], e["facts"])
            if yes != e["chargeable"] or maybe != e["possible"]:
                self.say(GROUNDS, "example", i, f"{e['offence']}: chargeable {yes}, possible {maybe}; the example says {e['chargeable']} and {e['possible']}.", "example")
        for o in self.law.offences.values():
            if o.id not in seen:
                self.say(GROUNDS, "class", o.line, f"no example uses the class {o.id}.", "unreached")

    def _case_examples(self) -> None:
        for i, e in enumerate(self.law.data[EFFECT]["example"]):
            self.count += 1
            for message in self._complaints(e):
                self.say(EFFECT, "example", i, f"{e['name']}: {message}", "example")

    def _complaints(self, e: dict[str, Any]) -> Iterator[str]:
        try:
            case = read_case(e["case"], self.law)
            found = assess(case, self.law)
        except HomeruleError as error:
            yield str(error)
            return
        self.reached |= reached(found)
        for section, wanted in e["outcomes"].items():
            rows = [r for r in found.grounds if r.section == section]
            if not rows or any(r.outcome != wanted for r in rows):
                yield f"{section} should be {wanted}, but is {', '.join(str(r.outcome or r.outcomes) for r in rows) or 'not among the grounds'}."
        for key in ("fails", "unsettled"):
            got = sorted({t for p in found.papers for t in getattr(p, key)})
            if e[key] is not None and got != sorted(e[key]):
                yield f"the instrument should {'fail' if key == 'fails' else 'be unsettled on'} {e[key]}, but it is {got}."
        if e["still_removable"] and found.still_removable.answer != e["still_removable"]:
            yield f"still removable should be {e['still_removable']}, but is {found.still_removable.answer}."
        for key in ("relief", "adjacent"):
            for name, wanted in e[key].items():
                got_ = next((m.result for m in getattr(found, key) if m.id == name), "not asked")
                if got_ != wanted:
                    yield f"{name} should be {wanted}, but is {got_}."
        yield from self._against_oracle(Work(case, self.law))

    def _against_oracle(self, work: Work) -> Iterator[str]:
        """The slow definition must say the same wherever every fact that it asks is known."""
        for pairs in work.pairs.values():
            for pair in pairs:
                for family in self.law.facts["family"].values:
                    fast = self.effect.ground(family).possible(pair.facts)
                    try:
                        slow = oracle.outcome(self.law, family, pair.facts)
                    except AssertionError:
                        continue
                    if [r.id for r in fast] != [slow.id]:
                        yield f"on {family} the engine says {[r.id for r in fast]}, the definition {slow.id}."


def reached(a: Assessment) -> set[str]:
    """The rules that decide something in an assessment without a fact being open."""
    out = {r.rules[0] for r in a.grounds if len(r.rules) == 1}
    out |= {m.rules[0] for m in (*a.relief, *a.adjacent) if len(m.rules) == 1}
    for p in a.papers:
        out |= {t.rules[0] for t in p.tests if len(t.rules) == 1}
    return out


def chargeable(law: Law, offence: str, given: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The grounds that a class of offence brings in for sure, and perhaps, on one conviction; those that need no conviction left out."""
    facts: dict[str, Value] = {"on": law.checked}
    for name, value in given.items():
        facts[name] = law.facts[name].parse(value)
    effect = effect_of(law)
    facts |= {n: v for n, (v, _) in elements_of([(offence, "certain")], facts, law).items() if v is not None}
    yes: list[str] = []
    maybe: list[str] = []
    for g in law.grounds.values():
        if g.arises is None or g.family == "conduct" or g.needed > 1:
            continue
        truth = effect.arises(g, facts)
        if truth is not False:
            (yes if truth else maybe).append(g.id)
    return yes, maybe


__all__ = ["UNSETTLED", "chargeable", "check_federal", "check_special", "reached"]
