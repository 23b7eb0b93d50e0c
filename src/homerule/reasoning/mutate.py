"""Would an example notice if a norm were gone? Each norm is removed in turn and the examples that its law can touch are run again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from homerule.corpus.model import Example
from homerule.reasoning.decide import Engine, Request
from homerule.reasoning.examples import complaints
from homerule.reasoning.regime import Regimes


class _Without(Regimes):
    """The regimes of a corpus from which one norm has been taken."""

    gone = ""

    def line(self, reach, actor, act):  # type: ignore[no-untyped-def]
        breaks, norms, made, _ = super().line(reach, actor, act)
        if not self.gone or all(n.id != self.gone for n in norms):
            return breaks, norms, made, reach
        left = [n for n in norms if n.id != self.gone]
        return breaks, left, [None] * len(breaks), reach


def unnoticed(engine: Engine, tops: Iterable[str] | None = None) -> list[str]:
    """The norms (of the jurisdictions ``tops``, all if None) whose removal makes no example fail."""
    chosen = set(tops) if tops is not None else None
    touched: dict[str, list[Example]] = defaultdict(list)
    good = []
    for example in engine.corpus.all_examples():
        if complaints(engine, example)[0]:
            continue  # an example that already fails can notice nothing
        good.append(example)
        case = engine.read(Request(example.place, example.actor, example.request, example.on, example.facts))
        for act in case.acts:
            for n in engine.regime(case, act).norms:
                if not touched[n.id] or touched[n.id][-1] is not example:
                    touched[n.id].append(example)
    regimes = _Without(engine.corpus)
    probe = Engine(engine.corpus)
    probe.regimes = regimes
    out = []
    for norm in engine.corpus.all_norms():
        if chosen is not None and norm.authority.file.partition("/")[0] not in chosen:
            continue
        regimes.gone = norm.id
        # examples that name the norm notice first
        candidates = sorted(touched.get(norm.id, ()), key=lambda e: norm.id not in (*e.because, *e.fell, *e.duties, *e.clash))
        if not any(complaints(probe, e)[0] for e in candidates):
            out.append(norm.id)
    return out
