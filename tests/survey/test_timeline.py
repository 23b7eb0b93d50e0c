"""The law in time, and what `show` and `search` find: on small made-up law, and on a few stable real cases."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from homerule.cli.main import main
from homerule.errors import InputError
from homerule.reasoning import Engine, Request, engine
from homerule.survey.search import Index
from homerule.survey.show import show
from homerule.survey.timeline import events, in_force, moved
from tests.conformance.build import corpus

BEFORE, AFTER = dt.date(2025, 6, 1), dt.date(2026, 6, 1)


@pytest.fixture
def small(tmp_path: Path) -> Engine:
    authorities = [
        {"id": "x-old", "level": "state-statute", "place": "ca", "in_force": [{"from": "2020-01-01", "to": "2026-01-01"}]},
        {"id": "x-new", "level": "state-statute", "place": "ca", "in_force": [{"from": "2026-01-01"}], "citation": "Test Code § 2", "title": "The heron act"},
        {"id": "x-county", "level": "county", "place": "ca/los-angeles-county", "kind": "ordinance"},
    ]
    norms = [
        {"id": "t-old", "authority": "x-old", "effect": "require", "binds": ["sheriff"]},
        {"id": "t-new", "authority": "x-new", "effect": "forbid", "binds": ["sheriff"], "when": "'felony' not in charge_class", "says": "A heron is not to be held.", "deadline": {"by": "2026-07-15"}},
        {"id": "t-county", "authority": "x-county", "effect": "require", "binds": ["sheriff"]},
    ]
    return Engine(corpus(tmp_path, authorities, norms))


def test_in_force(small: Engine) -> None:
    _, before = in_force(small, "ca", BEFORE, ["sheriff"], ["hold"])
    place, after = in_force(small, "Los Angeles County, CA", AFTER, ["sheriff"])
    assert [n.id for n in before] == ["t-old"]
    assert [n.id for n in after] == ["t-new", "t-county"]
    assert place.id == "ca/los-angeles-county"
    with pytest.raises(InputError):
        in_force(small, "ca", BEFORE, ["sherif"])


def test_moved_lists_every_pair_with_a_case_that_shows_it(small: Engine) -> None:
    found = moved(small, "ca", BEFORE, AFTER, ["sheriff"], ["hold"])
    assert {(m.before, m.after) for m in found} == {("required", "prohibited"), ("required", "permitted")}
    for m in found:
        facts = dict(m.facts)
        assert small.decide(Request("ca", "sheriff", "hold", BEFORE, facts))["hold"].verdict == m.before
        assert small.decide(Request("ca", "sheriff", "hold", AFTER, facts))["hold"].verdict == m.after
    assert not moved(small, "ca", AFTER, dt.date(2026, 9, 1), ["sheriff"], ["hold"])


def test_moved_on_real_law() -> None:
    found = moved(engine(), "Texas", dt.date(2025, 12, 15), dt.date(2026, 2, 1), ["sheriff"], ["sign_287g"])
    assert any((m.before, m.after) == ("permitted", "required") for m in found)


def test_events(small: Engine) -> None:
    found = events(small.corpus.all_norms(), dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert [(e.date.isoformat(), e.kind, e.norm.id) for e in found] == [("2026-01-01", "begins", "t-new"), ("2026-01-01", "ends", "t-old"), ("2026-07-15", "deadline", "t-new")]
    assert not events(small.corpus.all_norms(), dt.date(2026, 1, 2), dt.date(2026, 7, 14))


def test_show_says_what_defeats_what(small: Engine) -> None:
    new = show(small.corpus, "t-new")
    assert new["says"] == "A heron is not to be held." and "does not include a felony" in new["applies"]
    assert [x["norm"] for x in new["defeats"]] == ["t-county"] and new["defeats"][0]["acts"] == ("hold",)
    assert "t-new" in [x["norm"] for x in show(small.corpus, "t-county")["defeated_by"]]
    authority = show(small.corpus, "x-old")
    assert authority["in_force"] == [{"from": "2020-01-01", "to": "2026-01-01", "from_latest": None}]
    assert [n["id"] for n in authority["norms"]] == ["t-old"]
    with pytest.raises(InputError, match="t-new"):
        show(small.corpus, "t-nw")


def test_search_ranks_and_narrows(small: Engine) -> None:
    index = Index(small.corpus)
    assert index.search("heron")[0].id in ("x-new", "t-new")
    assert {h.id for h in index.search("herons held")} == {"t-new"}
    assert index.search("Test Code § 2")[0].citation.startswith("Test Code § 2")
    assert not index.search("heron", place="tx")
    assert index.search('"; drop table law; --')  is not None
    with pytest.raises(InputError):
        index.search("!!!")


@pytest.mark.parametrize(
    "command",
    [
        ["law", "show", "us-case-printz"],
        ["law", "search", "detainer", "citizenship"],
        ["law", "in-force", "--place", "Cook County, IL", "--actor", "jail", "--act", "hold", "--on", "2026-11-01"],
        ["law", "diff", "--place", "Texas", "--from", "2025-12-01", "--to", "2026-02-01", "--actor", "sheriff"],
        ["law", "upcoming", "--on", "2026-11-23", "--days", "30"],
    ],
    ids=lambda c: c[1],
)
def test_each_verb_prints_text_and_json(capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    assert main(command) == 0
    text = capsys.readouterr().out
    assert text.strip() and max(map(len, text.splitlines())) <= 110
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["law", "show", "us-case-prinz"], "us-case-printz"),
        (["law", "sho"], "Did you mean `show`"),
        (["law", "diff", "--place", "Texas", "--from", "2026-02-01", "--to", "2025-02-01"], "is not before"),
        (["law", "upcoming", "--days", "0"], "not from 1 to"),
        (["law", "in-force", "--place", "Atlantis"], "Atlantis"),
        (["law", "search", "???"], "no word"),
    ],
    ids=lambda c: " ".join(c[:3]) if isinstance(c, list) else c,
)
def test_bad_input_is_a_sentence(capsys: pytest.CaptureFixture[str], command: list[str], says: str) -> None:
    assert main(command) == 2
    out = capsys.readouterr()
    assert says in out.err and not out.out and "Traceback" not in out.err
