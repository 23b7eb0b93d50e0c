"""What the corpus holds of each jurisdiction, and how sure it is of it: counts, the page ``docs/corpus.md``, JSON."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from homerule.corpus import Corpus
from homerule.corpus.model import Authority, Layer
from homerule.reasoning.explain import listed
from homerule.survey.export import gazetteer
from homerule.vocabulary import plain


class Row(NamedTuple):
    """One jurisdiction's own law (a state's row leaves out its counties and cities). Counts are of authorities where no other thing is named.

    ``law`` is ``encoded``, ``partial`` or ``none``. An example counts where it stands: beside the authority that it tests. ``norms`` include
    the ``untranslated`` ones; ``no_rule_found`` are records that a search found no rule; ``contested_norms`` are doubted on their own account.
    """

    place: str
    name: str
    kind: str
    law: str
    authorities: int = 0
    norms: int = 0
    examples: int = 0
    confirmed: int = 0
    recalled: int = 0
    conflict: int = 0
    newest: dt.date | None = None
    oldest: dt.date | None = None
    settled: int = 0
    contested: int = 0
    enjoined: int = 0
    pending: int = 0
    not_enacted: int = 0
    repealed: int = 0
    contested_norms: int = 0
    untranslated: int = 0
    no_rule_found: int = 0
    open_points: tuple[str, ...] = ()

    @property
    def share_confirmed(self) -> float | None:
        """Confirmed authorities of all, from 0 to 1; None where there is none."""
        return self.confirmed / self.authorities if self.authorities else None

    @property
    def share_words(self) -> str:
        """The share in per cent, rounded down, so that 100% means all."""
        return f"{100 * self.confirmed // self.authorities}%" if self.authorities else ""

    def as_data(self) -> dict[str, Any]:
        """The row as JSON data."""
        share = self.share_confirmed
        data = {k: list(v) if isinstance(v, tuple) else plain(v) for k, v in self._asdict().items()}
        return data | {"share_confirmed": None if share is None else round(share, 4), "in_corpus": self.law != "none"}


class Coverage(NamedTuple):
    """The nation, the states, the District and the territories by name, each followed by its counties and cities that have law."""

    version: str
    hash: str
    rows: tuple[Row, ...]
    total: Row

    @property
    def upper(self) -> list[Row]:
        return [r for r in self.rows if "/" not in r.place]

    @property
    def local(self) -> list[Row]:
        return [r for r in self.rows if "/" in r.place]

    def as_data(self) -> dict[str, Any]:
        """All rows as JSON data."""
        total = {k: v for k, v in self.total.as_data().items() if k not in ("place", "name", "kind", "law", "in_corpus", "open_points")}
        counts = {"jurisdictions": len(self.upper), "jurisdictions_in_corpus": sum(r.law != "none" for r in self.upper), "counties_and_cities": len(self.local), "open_points": sum(len(r.open_points) for r in self.rows)}
        return {"version": self.version, "hash": self.hash, "totals": total | counts, "places": [r.as_data() for r in self.rows]}


def survey(corpus: Corpus) -> Coverage:
    """Count what the corpus holds. Raises CorpusError where a law file cannot be read, for it would be missing from the count."""
    shards = corpus.all_shards()
    for s in shards:
        s.refuse_problems()
    authorities: dict[str, list[Authority]] = defaultdict(list)
    of_norms: dict[str, Counter[str]] = defaultdict(Counter)
    by_file = {a.file: a.place for s in shards for a in s.authorities}
    for s in shards:
        for a in s.authorities:
            authorities[a.place].append(a)
        for n in s.norms:
            of_norms[n.authority.place].update(norms=1, untranslated=int(n.effect == "untranslated"), contested_norms=int(bool(n.contested)))
        for e in s.examples:
            of_norms[by_file[e.file]]["examples"] += 1
    table = gazetteer(corpus)
    states = [table.nation, *table.states()]
    held = {*corpus.layers, *authorities}
    rows = []
    for top in states:
        rows.append(_row(top.id, top.name, top.kind, corpus.layer(top.id), authorities[top.id], of_norms[top.id]))
        local = []
        for id in held:
            if id.startswith(top.id + "/"):
                known, layer = table.get(id), corpus.layer(id)
                name, kind = (known.name, known.kind) if known else (layer.name, layer.kind) if layer else (id, "")
                local.append(_row(id, name, kind, layer, authorities[id], of_norms[id]))
        rows += sorted(local, key=lambda r: (r.name.split(",", 1)[0], r.place))
    return Coverage(corpus.version, corpus.hash, tuple(rows), _total(rows))


def _row(id: str, name: str, kind: str, layer: Layer | None, authorities: list[Authority], counts: Counter[str]) -> Row:
    days = [a.checked for a in authorities]
    law = layer.coverage if layer else "partial" if authorities else "none"
    certainty, status = Counter(a.certainty for a in authorities), Counter(a.status for a in authorities)
    return Row(
        id, name, kind, law, len(authorities), counts["norms"], counts["examples"], certainty["confirmed"], certainty["recalled"], certainty["conflict"],
        max(days, default=None), min(days, default=None),
        **{s: status[s] for s in ("settled", "contested", "enjoined", "pending", "not_enacted", "repealed")},
        contested_norms=counts["contested_norms"], untranslated=counts["untranslated"], no_rule_found=sum(a.kind == "none" for a in authorities),
        open_points=layer.open_points if layer else (),
    )  # fmt: skip


def _total(rows: list[Row]) -> Row:
    summed = {f: sum(getattr(r, f) for r in rows) for f, usual in Row._field_defaults.items() if usual == 0}
    newest = max((r.newest for r in rows if r.newest), default=None)
    oldest = min((r.oldest for r in rows if r.oldest), default=None)
    return Row("", "all", "", "", newest=newest, oldest=oldest, open_points=tuple(p for r in rows for p in r.open_points), **summed)


# ------------------------------------------------------------------ as a table in a terminal

#: Field, heading and width of each column after the name and the law.
_TABLE = (
    ("authorities", "auth", 5), ("norms", "norms", 6), ("examples", "ex.", 6), ("share", "sure", 5), ("recalled", "rec", 4), ("conflict", "cfl", 4), ("newest", "newest", 11), ("oldest", "oldest", 11),
    ("contested", "con", 4), ("enjoined", "enj", 4), ("pending", "pen", 4), ("not_enacted", "not", 4), ("untranslated", "unt", 4), ("open", "open", 5),
)  # fmt: skip
_LEGEND = (
    "law: encoded = silence means that no rule was found, partial = it does not; auth: authorities; ex.: examples; sure: share of authorities\n"
    "confirmed against a source, rec: recalled, cfl: sources disagree; newest, oldest: day of the last check; authorities that are con: contested,\n"
    "enj: enjoined, pen: pending, not: not enacted; unt: untranslated rules; open: open points (listed by --markdown)"
).replace("\n", " ")
_NAME = 25


def _nought(r: Row, field: str) -> bool:
    """Whether a nought is shown: it says something of what is counted in a place that is in the corpus, and little of doubts."""
    return r.law != "none" and field in ("authorities", "norms", "examples")


def table(c: Coverage) -> str:
    """The rows as a text table of at most 110 columns."""
    import textwrap

    head = f"{'':<{_NAME}}{'law':<8}" + "".join(f"{h:>{w}}" for _, h, w in _TABLE)
    lines = [head]
    for r in c.rows:
        name = r.name if "/" not in r.place else "  " + r.name.split(",", 1)[0]
        lines.append(_line(name, r.law, r))
    total = _line("all", "", c.total)
    upper = c.upper
    inside = sum(r.law != "none" for r in upper)
    said = f"{inside} of {len(upper)} jurisdictions and {len(c.local)} counties and cities are in corpus {c.version}. {c.total.no_rule_found} authorities record that a search found no rule."
    return "\n".join([*lines, total, "", textwrap.fill(said, 110), "", textwrap.fill(_LEGEND, 110)]) + "\n"


def _line(name: str, law: str, r: Row) -> str:
    cut = name if len(name) < _NAME else name[: _NAME - 2] + "…"
    out = f"{cut:<{_NAME}}{law:<8}"
    for field, _, width in _TABLE:
        if field == "share":
            text = r.share_words
        elif field == "open":
            text = str(len(r.open_points) or "")
        else:
            value = getattr(r, field)
            text = str(value) if value or (value == 0 and _nought(r, field)) else ""
        out += f"{text:>{width}}"
    return out.rstrip()


# ------------------------------------------------------------------ as a page

_COLUMNS = (
    ("authorities", "authorities"), ("norms", "norms"), ("examples", "examples"), ("confirmed", "confirmed"), ("recalled", "recalled"), ("conflict", "sources disagree"),
    ("newest", "newest check"), ("oldest", "oldest check"), ("contested", "contested"), ("enjoined", "enjoined"), ("pending", "pending"), ("not_enacted", "not enacted"),
    ("repealed", "repealed"), ("contested_norms", "norms contested"), ("untranslated", "untranslated"), ("no_rule_found", "no rule found"), ("open_points", "open points"),
)  # fmt: skip
_NUMBERS = "|---|---|" + "---:|" * len(_COLUMNS)

#: What the page says in plain words. The names and numbers that change with the corpus are not here.
PROSE_IN = """\
**Sources of law, and their rules in our own words.** The corpus holds statutes, regulations, constitutional provisions, court decisions and orders, executive orders, opinions, ordinances, policies and agreements that bear on one
question: when the federal government asks a state or local body for help with immigration enforcement, must it, may it or must it not? Each source is an *authority*, each rule that it states is a *norm*, and each *example* is a
worked request with its right answer that stands beside the norm it tests. `homerule law check` runs them all.

**Searches that found nothing.** Where a search found no rule, an authority of kind `none` says so, and what was looked at ("no rule found" in the tables).

**Bills that are not law.** Bills that failed, were vetoed or have not passed are recorded as *not enacted*, without norms, so that nobody takes them for law."""

PROSE_OUT = """\
- **Official texts.** Every rule is a paraphrase. Read the authority itself before relying on one.
- **Counties and cities that the second table does not name.** An answer there rests on the layers above, and a note says that no local rule is in the corpus.
- **The rest of the local law of those that it marks `partial`.** A note says so with each answer.
- **Agreements with federal agencies that one body alone has signed**, save those named: the terms that they share are in the federal law.
- **Everything that an open point names.** They are listed below, by place."""

PROSE_DOUBT = """\
| mark | what it means | what it does to an answer |
|---|---|---|
| `recalled` | the rule itself was not read in a source | the answer says so beside the citation |
| `conflict` | sources disagree about it | the answer says so beside the citation |
| `contested` | its validity or meaning is being fought over, or one norm alone is doubtful | the engine answers with it and without it; where that changes the verdict the answer is `unsettled` and gives both readings |
| doubtful first day | sources disagree about the day on which it began | between the two days it counts as contested |
| `enjoined` | an order in the corpus stops it for somebody | it falls for those whom the order reaches, on the days of the order, and for nobody else |
| `pending` | a suit about it has no ruling yet (a law that is signed but not in force is a matter of its dates, not of this mark) | none by itself; the answer shows the status |
| `not enacted` | a bill that is not law | none: it holds no norms |
| `repealed` | no longer law | none after its last day |
| `untranslated` | a rule that the condition language cannot say, or one known to exist that was not read | what it touches is `unsettled`, with the words "a rule here needs a lawyer's eye" |
| `partial` | only part of a place's law is here | of a state: silence is not taken for permission; of a county or city: a note |
| open point | something that a reader must not rely on yet | of a county or city: a note with each answer |
| `checked` | the day on which somebody last compared the entry with a source | shown beside the citation |"""


def markdown(c: Coverage) -> str:
    """The page ``docs/corpus.md``."""
    missing = tuple(r.name for r in c.upper if r.law == "none")
    part = tuple(r.name for r in c.upper if r.law == "partial")
    outside = []
    if missing:
        outside.append(f"- **The law of {listed(missing, 'and')}.** Federal law alone answers there. Where that place's own law could decide, the answer is `unsettled`, for the reason `not_in_corpus`.")
    if part:
        outside.append(f"- **Part of the law of {listed(part, 'and')}.** Silence there is not taken for permission: the answer is `unsettled`, for the reason `not_in_corpus`.")
    t, upper = c.total, c.upper
    inside = sum(r.law != "none" for r in upper)
    return "\n".join(
        [
            "# What is in the corpus", "",
            f"Written by `make docs` from the law files; `homerule law coverage` prints the same. Corpus {c.version}.", "",
            "## In plain words", "", "### What is in it", "", PROSE_IN, "", "### What is not in it", "", *outside, PROSE_OUT, "", "### How doubt is marked", "", PROSE_DOUBT, "",
            "## Totals", "",
            f"{inside} of {len(upper)} jurisdictions (the nation, the states, the District and the territories) and {len(c.local)} counties and cities are in the corpus: "
            f"{t.authorities} authorities, {t.norms} norms, {t.examples} examples. Of the authorities {t.confirmed} ({t.share_words or 'none'}) are confirmed, {t.recalled} recalled, and about {t.conflict} sources disagree.", "",
            "## The nation, the states, the District and the territories", "",
            "A row counts a place's own law, not that of the counties and cities in it. Doubts are numbers of authorities, but for the columns that name norms or rules.", "",
            *_rows(upper), _cells("**all, with counties and cities**", "", t), "",
            "## Counties and cities in the corpus", "", "One without authorities of its own is here for what is known of it; see its open points.", "", *(_rows(c.local) if c.local else ["None."]), "",
            "## Open points", "", "What a reader must not rely on yet.", "", *_open(c),
        ]
    ).rstrip("\n") + "\n"  # fmt: skip


def _rows(rows: Iterable[Row]) -> list[str]:
    return [f"| place | law | {' | '.join(h for _, h in _COLUMNS)} |", _NUMBERS, *(_cells(_escaped(r.name), r.law, r) for r in rows)]


def _cells(name: str, law: str, r: Row) -> str:
    cells = []
    for field, _ in _COLUMNS:
        value = getattr(r, field)
        if field == "confirmed" and r.authorities:
            text = f"{value} ({r.share_words})"
        elif field == "open_points":
            text = f"[{len(value)}](#{_anchor(r.name)})" if value and r.place else str(len(value) or "")
        else:
            text = str(value) if value or (value == 0 and _nought(r, field)) else ""
        cells.append(text)
    return f"| {name} | {law} | {' | '.join(cells)} |"


def _open(c: Coverage) -> list[str]:
    out = []
    for r in c.rows:
        if r.open_points:
            out += [f"### {_escaped(r.name)}", "", *(f"- {_escaped(p)}" for p in r.open_points), ""]
    return out


def _escaped(text: str) -> str:
    """``text`` as Markdown that shows it as it is, on one line."""
    return re.sub(r"([\\`*_<>|\[\]])", r"\\\1", " ".join(text.split()))


def _anchor(name: str) -> str:
    """The anchor that a heading of this name gets."""
    return re.sub(r"[^\w\- ]", "", name.lower()).replace(" ", "-")
