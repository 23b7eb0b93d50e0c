"""The levers are data: complete, known to the corpus, neutral, and refused when wrong."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from homerule.advice.lever import FILE, check_ids, levers, parse
from homerule.errors import CorpusError
from homerule.reasoning import Engine


def text_of(engine: Engine) -> str:
    return (Path(engine.corpus.folder) / FILE).read_text("utf-8")


def test_every_lever_of_both_sides_is_there(engine: Engine) -> None:
    book = levers(engine.corpus)
    ids = {x.id for x in book.lever}
    assert {f"L{n:02}" for n in range(1, 29)} <= ids
    assert {f"M{n:02}" for n in range(1, 16)} <= ids
    for x in book.lever:
        assert x.side == ("cooperating" if x.id.startswith("M") else x.side), x.id
        if x.mirror:
            assert {x.side, book.get(x.mirror).side} in ({"limiting", "cooperating"}, {"both"}), x.id


def test_every_authority_norm_and_fact_is_in_the_corpus(engine: Engine) -> None:
    assert check_ids(levers(engine.corpus), engine.corpus) == []


def test_a_lever_that_a_probe_decides_names_everybody_it_needs(engine: Engine) -> None:
    book = levers(engine.corpus)
    for x in book.lever:
        assert x.steps and x.bases, x.id
        for pull in x.pull:
            for actor in pull.by:
                for kind in ("state", "county", "city", "city-county"):
                    for probe in x.probes_of(pull):
                        assert book.subjects(probe.conduct, actor, kind), (x.id, actor)


def test_the_wording_takes_no_side(engine: Engine) -> None:
    """Both sides are said in the same plain words: nothing is praised or blamed."""
    loaded = re.compile(r"\b(unfortunately|sadly|courageous|brave|shameful|cruel|heroic|radical|extreme|dangerous criminals?|illegal aliens?|regime|resist\w*|sanctuary cit\w+|common[- ]sense|rightly|wrongly held that)\b", re.I)
    for x in levers(engine.corpus).lever:
        for said in (x.title, x.says, x.limits, x.counter, x.approvals, x.time, *x.steps):
            assert not loaded.search(said), f"{x.id}: {said}"


WRONG = [
    ('topic = "detainers"', 'topic = "detainer"', "topic"),
    ('act = "hold"', 'act = "holdd"', "act"),
    ('facts = { process = "admin_warrant", form_complete = true }', 'facts = { proces = "admin_warrant" }', "fact"),
    ('facts = { process = "detainer_only" }', 'facts = { process = "a note" }', "process"),
    ('documents = ["detainer-response", "warrant-request", "notice-to-person", "resolution", "ordinance", "staff-card"]', 'documents = ["poem"]', "draft kind"),
    ('by = ["attorney_general"]', 'by = ["wizard"]', "actor"),
    ('instrument = "directive"', 'instrument = "decree"', "instrument"),
    ('conduct = "custody"', 'conduct = "keeping"', "conduct"),
    ('mirror = "M02"', 'mirror = "M99"', "lever"),
    ('requests = ["detainer"]', 'requests = ["detainers"]', "request kind"),
    ('act = "hold"', 'act = "obstruct"', "crime"),
    ('side = "limiting"', 'side = "good"', "limiting"),
    ('time = "A sheriff', 'tyme = "A sheriff', "tyme"),
    ('{ authority = "us-case-galarza" }', '{ authority = "us-case-galarza", citation = "x" }', "basis"),
]


@pytest.mark.parametrize(("old", "new", "named"), WRONG)
def test_a_wrong_entry_is_refused_with_its_line(engine: Engine, old: str, new: str, named: str) -> None:
    text = text_of(engine)
    assert old in text
    broken = text.replace(old, new, 1)
    with pytest.raises(CorpusError) as caught:
        parse(tomllib.loads(broken), broken, FILE, engine.corpus.vocabulary)
    error = str(caught.value)
    assert named in error, error
    where = re.search(rf"{re.escape(FILE)}:(\d+)", error)
    assert where, error
    changed = broken[: broken.index(new)].count("\n") + 1
    lines = broken.splitlines()
    first = max(i for i in range(changed) if lines[i] == "[[lever]]") + 1
    last = next(i for i in range(changed, len(lines)) if lines[i] == "[[lever]]")
    assert first <= int(where.group(1)) <= last, (error, changed)


def test_an_unknown_authority_is_named(engine: Engine) -> None:
    data: dict[str, Any] = tomllib.loads(text_of(engine).replace("us-case-galarza", "us-case-galarzza", 1))
    book = parse(data, "", FILE, engine.corpus.vocabulary)
    found = check_ids(book, engine.corpus)
    assert len(found) == 1 and "us-case-galarzza" in found[0] and "us-case-galarza" in found[0]


def test_the_drafts_know_every_document(engine: Engine) -> None:
    folder = Path(engine.corpus.folder) / "documents"
    kinds = {p.stem for p in folder.glob("*")} if folder.is_dir() else set()
    if not kinds:
        pytest.skip("no templates yet")
    missing = {d for d in levers(engine.corpus).documents if not any(d in k or k in d for k in kinds)}
    assert not missing, missing
