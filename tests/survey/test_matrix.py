"""The matrix: every kind of cell on made-up law, the index worked out by hand, and agreement with `decide` on the real law."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homerule.cli.main import main
from homerule.corpus import load_corpus
from homerule.errors import CorpusError, InputError
from homerule.places import Gazetteer
from homerule.reasoning import Engine, Request
from homerule.survey.matrix import CATEGORIES, Cell, Matrix, Row, index_of, matrix
from homerule.survey.questions import read_questions
from tests.conformance import build

DAY = "2026-11-23"
QUESTIONS = """
format = "1.0"
[profiles.standard]
title = "a test"
says = "A case made up for a test."
questions = ["hold", "limit_cooperation"]
[profiles.standard.facts]
process = "admin_warrant"
conviction_class = ["none"]
[profiles.felony]
title = "a felony"
says = "The same with a felony."
like = "standard"
facts = { conviction_class = ["felony"] }
[questions.hold]
actors = ["sheriff", "corrections"]
request = "detainer"
head = ["hold"]
question = "May a jail hold?"
weight = 3
direction = 1
[questions.limit_cooperation]
actors = ["council"]
request = "local_policy"
head = ["local", "limit"]
question = "May a council limit?"
weight = 1
direction = -1
[questions.lend_officers]
actors = ["police"]
request = "joint_operation"
head = ["lend"]
question = "May police lend officers?"
weight = 0
direction = 1
[places.ny]
actors = { sheriff = "corrections" }
"""
STATUTE = {"kind": "statute", "level": "state-statute"}
LAW: list[dict[str, Any]] = [
    {"id": "ca-a", "place": "ca", **STATUTE},
    {"id": "tx-a", "place": "tx", **STATUTE},
    {"id": "ny-a", "place": "ny", **STATUTE},
    {"id": "il-a", "place": "il", **STATUTE},
    {"id": "ca-county", "place": "ca/los-angeles-county", "kind": "ordinance", "level": "county"},
]
NORMS: list[dict[str, Any]] = [
    {"id": "ca-hold", "authority": "ca-a", "effect": "forbid"},
    {"id": "ca-limit", "authority": "ca-a", "acts": ["limit_cooperation"], "effect": "require"},
    {"id": "ca-county-hold", "authority": "ca-county", "effect": "require"},
    {"id": "tx-hold", "authority": "tx-a", "effect": "require", "unless": "claims_citizenship"},
    {"id": "tx-limit", "authority": "tx-a", "acts": ["limit_cooperation"], "effect": "forbid"},
    {"id": "tx-void", "authority": "tx-a", "acts": ["lend_officers"], "effect": "define", "voids": [{"effect": ["forbid"], "level": ["county", "city"], "acts": ["lend_officers"]}]},
    {"id": "ny-hold", "authority": "ny-a", "binds": ["sheriff"], "effect": "forbid"},
    {"id": "ny-may", "authority": "ny-a", "binds": ["corrections"], "effect": "permit"},
    {"id": "il-hold", "authority": "il-a", "effect": "forbid", "when": "'felony' in conviction_class"},
    {"id": "il-limit", "authority": "il-a", "acts": ["limit_cooperation"], "effect": "forbid", "contested": "made up: a suit is pending"},
]


def engine_of(folder: Path, authorities: list[dict[str, Any]] = LAW, norms: list[dict[str, Any]] = NORMS, questions: str = QUESTIONS) -> Engine:
    corpus = build.corpus(folder, authorities, norms)
    (folder / "matrix.toml").write_text(questions)
    return Engine(corpus)


def row(m: Matrix, place: str) -> Row:
    return next(r for r in m.rows if r.place.id == place)


def cell(m: Matrix, place: str, question: str = "hold") -> Cell:
    return next(c for c in row(m, place).cells if c.question == question)


# ---------------------------------------------------------------- made-up law


def test_each_kind_of_cell(tmp_path: Path) -> None:
    m = matrix(engine_of(tmp_path), on=DAY, acts=["hold", "limit_cooperation", "lend_officers"], facts={"claims_citizenship": "false"})
    assert [r.place.id for r in m.rows] == [p.id for p in Gazetteer().states()]
    ca, tx = cell(m, "ca"), cell(m, "tx")
    assert (ca.verdict, ca.basis, ca.decided_by, ca.authorities, ca.category) == ("prohibited", "norm", "state", ("ca-a",), "prohibited")  # the county's rule does not bear on it
    assert (tx.verdict, tx.decided_by, tx.value, tx.category) == ("required", "state", 1.0, "required")
    assert cell(m, "tx", "lend_officers")[:8] == ("lend_officers", "lend_officers", "police", "permitted", "limits_barred", "state", ("tx-a",), ("permitted",))
    ny = cell(m, "ny")
    assert (ny.actor, ny.verdict, ny.basis, ny.category) == ("corrections", "permitted", "express", "express")
    il = cell(m, "il")
    assert (il.verdict, il.basis, il.decided_by, il.authorities) == ("permitted", "not_reached", "", ("il-a",))
    assert cell(m, "ny", "lend_officers").basis == cell(m, "ny", "lend_officers").category == "silence"
    doubtful = cell(m, "il", "limit_cooperation")
    assert (doubtful.verdict, doubtful.basis, doubtful.reachable, doubtful.authorities, doubtful.value) == ("unsettled", "contested", ("permitted", "prohibited"), ("il-a",), -0.5)
    assert doubtful.unsettled[0].if_stands == "prohibited" and doubtful.unsettled[0].if_falls == "permitted"
    away = cell(m, "wy")
    assert (away.verdict, away.basis, away.category, away.value) == ("unsettled", "not_in_corpus", "not_in_corpus", None)


def test_depends_lists_the_fact_and_what_can_be_reached(tmp_path: Path) -> None:
    tx = cell(matrix(engine_of(tmp_path), on=DAY), "tx")
    assert (tx.verdict, tx.basis, tx.category, tx.reachable, tx.depends_on, tx.value) == ("depends", "facts", "depends", ("permitted", "required"), ("claims_citizenship",), 0.5)


def test_the_index_by_hand(tmp_path: Path) -> None:
    """hold weighs 3; limit_cooperation weighs 1 and counts the other way round."""
    m = matrix(engine_of(tmp_path), on=DAY, facts={"claims_citizenship": "false"})
    assert {p: row(m, p).score for p in ("ca", "tx", "ny", "il", "wy")} == {"ca": -1.0, "tx": 1.0, "ny": 0.0, "il": 0.125, "wy": None}
    open_ = matrix(engine_of(tmp_path), on=DAY)
    assert row(open_, "tx").score == (3 * 0.5 + 1) / 4


def test_a_weight_of_nothing_leaves_a_column_out(tmp_path: Path) -> None:
    m = matrix(engine_of(tmp_path), on=DAY, acts=["lend_officers"])
    assert {r.score for r in m.rows} == {None}


def test_what_federal_law_alone_decides_is_told_apart_and_adds_nothing(tmp_path: Path) -> None:
    law = [{"id": "us-a", "place": "us", "kind": "constitution", "level": "constitution"}, LAW[0]]
    norms = [{"id": "us-hold", "authority": "us-a", "effect": "forbid"}, {"id": "ca-hold", "authority": "ca-a", "effect": "forbid"}]
    m = matrix(engine_of(tmp_path, law, norms), on=DAY)
    assert [(c.verdict, c.decided_by, c.category, c.value) for c in (cell(m, "tx"), cell(m, "ca"))] == [
        ("prohibited", "federal", "prohibited_federal", 0.0), ("prohibited", "both", "prohibited", -1.0),
    ]  # fmt: skip
    assert cell(m, "wy").category == "prohibited_federal" and cell(m, "wy").value is None and row(m, "wy").score is None  # a missing layer says nothing of the state


def test_commands_that_nothing_ranks_count_nothing(tmp_path: Path) -> None:
    norms = [{"id": "ca-x", "authority": "ca-a", "effect": "forbid"}, {"id": "ca-y", "authority": "ca-a", "effect": "require"}]
    c = cell(matrix(engine_of(tmp_path, LAW[:1], norms), on=DAY), "ca")
    assert (c.verdict, c.category, c.value) == ("conflict", "conflict", 0.0)


def test_profiles_build_on_each_other(tmp_path: Path) -> None:
    e = engine_of(tmp_path)
    assert cell(matrix(e, on=DAY, profile="felony"), "il").verdict == "prohibited"
    assert cell(matrix(e, on=DAY, profile="felony", facts={"conviction_class": "none"}), "il").verdict == "permitted"


def test_actors_that_are_named_are_asked_everywhere(tmp_path: Path) -> None:
    e = engine_of(tmp_path)
    m = matrix(e, on=DAY, acts=["hold"], actors=["sheriff", "jail"], places=["ny"])
    assert [(c.actor, c.verdict) for c in m.rows[0].cells] == [("sheriff", "prohibited"), ("jail", "permitted")]
    assert [c.question.id for c in matrix(e, on=DAY, actors=["council"]).columns] == ["limit_cooperation"]
    assert [r.place.id for r in matrix(e, on=DAY, places=["TX", "California", "tx"]).rows] == ["tx", "ca"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"acts": ["hld"]}, "Did you mean `hold`"),
        ({"actors": ["shriff"]}, "Did you mean `sheriff`"),
        ({"actors": ["library"]}, "Name the acts too"),
        ({"places": ["ca/los-angeles-county"]}, "no state, district or territory"),
        ({"places": ["zz"]}, "--places: No place is called"),
        ({"profile": "standrad"}, "Did you mean `standard`"),
        ({"facts": {"proces": "none"}}, "Did you mean `process`"),
        ({"facts": {"process": "nothing"}}, "no value of the fact `process`"),
        ({"on": "soon"}, "no day"),
    ],
)
def test_bad_input_is_said_in_a_sentence(tmp_path: Path, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        matrix(engine_of(tmp_path), **arguments)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('process = "admin_warrant"', 'proces = "admin_warrant"', "profiles.standard: no fact is called `proces`"),
        ('process = "admin_warrant"', 'process = "a warrant"', "no value of the fact `process`"),
        ("[questions.hold]", "[questions.hould]", "no act is called `hould`"),
        ('actors = ["council"]', 'actors = ["senate"]', "no actor is called `senate`"),
        ('actors = ["council"]', "actors = []", "at least one actor"),
        ('request = "detainer"', 'request = "task_force"', "questions.hold: the request `task_force` does not ask"),
        ("direction = -1", "direction = 2", "direction is 1 or -1"),
        ("weight = 3", "", "'weight' is missing"),
        ('"hold", "limit_cooperation"]', '"hold", "limits"]', "there is no question `limits`"),
        ('like = "standard"', 'like = "other"', "no profile above it is called `other`"),
        ("[places.ny]", "[places.ny]\nfacts = { ny_unheard_of = true }", "places.ny: no fact is called `ny_unheard_of`"),
        ('head = ["hold"]', "head = [", "cannot be read"),
    ],
)
def test_mistakes_in_the_questions_name_the_file(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in QUESTIONS
    with pytest.raises(CorpusError, match=r"matrix\.toml") as error:
        matrix(engine_of(tmp_path, questions=QUESTIONS.replace(old, new, 1)), on=DAY)
    assert message in str(error.value)


def test_a_corpus_without_questions_says_so(tmp_path: Path) -> None:
    e = Engine(build.corpus(tmp_path, LAW, NORMS))
    with pytest.raises(CorpusError, match=r"holds no matrix\.toml"):
        matrix(e, on=DAY)


def test_the_questions_are_no_law(tmp_path: Path) -> None:
    plain = build.corpus(tmp_path, LAW, NORMS)
    before = plain.hash
    e = engine_of(tmp_path)
    assert e.corpus.hash == before and not [p for s in e.corpus.all_shards() for p in s.problems]


# ---------------------------------------------------------------- the real law


@pytest.fixture(scope="module")
def real(engine: Engine) -> Matrix:
    return matrix(engine, on=DAY)


def test_well_known_cells(real: Matrix) -> None:
    """A state that forbids, one that compels, one that leaves the choice and bars local limits."""
    assert cell(real, "ca").category == "prohibited" and cell(real, "tx").category == "required"
    assert cell(real, "ut", "limit_cooperation").verdict == cell(real, "tx", "limit_cooperation").verdict == "prohibited"
    assert cell(real, "tx", "ask_status").category == "limits_barred"
    assert cell(real, "ky", "arrest_civil").category == "prohibited_federal"
    scores = {p: row(real, p).score for p in ("ca", "tx", "ut")}
    assert scores["ca"] is not None and scores["tx"] is not None and scores["ut"] is not None
    assert scores["ca"] < 0 < scores["ut"] < scores["tx"]
    assert "tx-ccp-2a-060" in cell(real, "tx").authorities


def test_every_act_has_a_question(engine: Engine) -> None:
    questions = read_questions(engine.corpus)
    assert {q.act for q in questions.questions.values()} == set(engine.corpus.vocabulary.acts)
    assert {q.act for q in questions.questions.values() if engine.corpus.vocabulary.acts[q.act].crime} <= {q.act for q in questions.questions.values() if q.weight == 0}


@pytest.mark.parametrize("profile", list(read_questions(load_corpus()).profiles))
def test_every_profile_answers_on_an_old_day_too(engine: Engine, profile: str) -> None:
    m = matrix(engine, on="2015-06-01", profile=profile, places=["ca", "tx", "il", "ut"])
    for r in m.rows:
        assert sum(r.counts.values()) == len(m.columns) and r.score is not None and -1 <= r.score <= 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_each_cell_is_what_decide_says(engine: Engine, real: Matrix, data: st.DataObject) -> None:
    """The verdict, what is open, and that a cell names authorities that stand or are in doubt in the decision."""
    r = data.draw(st.sampled_from(real.rows))
    i = data.draw(st.integers(0, len(real.columns) - 1))
    column, got = real.columns[i], r.cells[i]
    words = engine.corpus.vocabulary_for(r.place.chain).facts
    questions = read_questions(engine.corpus)
    facts = {k: v for k, v in questions.facts_of(real.profile, column, r.place.id).items() if k in words}
    found = engine.decide(Request(r.place.id, got.actor, column.question.request, DAY, facts))[got.act]
    assert found.verdict == got.verdict
    if got.verdict == "depends":
        assert set(got.reachable) - {"unsettled"} >= set(found.reachable) - {"unsettled"} and got.depends_on
    named = {n.authority for n in (*found.stands, *found.fell)} | {a for u in found.unsettled for a in u.authorities}
    idle = got.basis == "not_reached"
    assert idle or set(got.authorities) <= named
    if got.verdict in ("required", "prohibited"):
        federal = all(n.level in ("constitution", "federal-statute", "federal-regulation") for n in found.stands if n.effect in ("require", "forbid"))
        assert (got.decided_by == "federal") == federal


def test_the_json_holds_what_the_index_is_made_of(real: Matrix) -> None:
    data = json.loads(json.dumps(real.as_data()))
    assert data["on"] == DAY and data["profile"]["facts"]["process"] == "admin_warrant" and data["receipt"]["corpus"] == real.corpus
    weights = {(c["question"], i): (c["weight"], c["direction"]) for i, c in enumerate(data["columns"])}
    for j in data["jurisdictions"]:
        counted = [(*weights[c["question"], i], c["value"]) for i, c in enumerate(j["cells"]) if c["value"] is not None]
        again = sum(w * d * v for w, d, v in counted) / sum(w for w, _, _ in counted) if counted else None
        assert (j["index"] is None) == (again is None)
        assert again is None or j["index"] == pytest.approx(again, abs=1e-4)
        assert sum(j["counts"].values()) == len(j["cells"]) == len(data["columns"])
        for c in j["cells"]:
            assert c["value"] is None or -1 <= c["value"] <= 1
            assert (c["verdict"] in ("depends", "unsettled")) == (bool(c["depends_on"]) or bool(c["unsettled"]))


@given(values=st.lists(st.one_of(st.none(), st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0])), min_size=2, max_size=2))
def test_the_index_never_leaves_its_bounds_and_turns_with_the_direction(values: list[float | None]) -> None:
    def made(direction: int) -> float | None:
        from homerule.survey.questions import Column, Question

        columns = [Column(Question("hold", "hold", ("sheriff",), "detainer", ("hold",), "", {}, w, direction), "sheriff", True, "") for w in (1.0, 3.0)]
        cells = [Cell("hold", "hold", "sheriff", "permitted", "silence", "", (), (), (), (), v) for v in values]
        return index_of(columns, cells)

    plus, minus = made(1), made(-1)
    assert (plus is None) == all(v is None for v in values)
    if plus is not None and minus is not None:
        assert -1 <= plus <= 1 and plus == -minus


# ---------------------------------------------------------------- the command


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["law", "matrix", *arguments])
    out, err = capsys.readouterr()
    return status, out, err


def test_the_table_fits_and_states_its_case(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "--on", DAY)
    assert status == 0 and max(map(len, out.splitlines())) <= 110
    assert "23 November 2026" in out and "process=admin_warrant" in out and "Corpus " in out
    lines = {line[:2]: line for line in out.splitlines()}
    assert lines["CA"][3:].split()[0] == "X" and lines["TX"][3:].split()[0] == "R" and lines["AS"].endswith("n/a")
    for text in CATEGORIES.values():
        assert out.count(f"  {text}\n") <= 1


def test_few_columns_are_shown_with_names(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "--acts", "hold,transfer", "--places", "ca", "tx", "--on", DAY, "--fact", "claims_citizenship=true")
    assert "CA California" in out and "claims_citizenship=true" in out and "claims_citizenship=false" not in out


def test_csv_and_json_hold_the_same_cells(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--acts", "hold", "limit_cooperation", "--places", "ca,tx,wi", "--on", DAY)
    rows = list(csv.DictReader(io.StringIO(run(capsys, *arguments, "--csv")[1])))
    data = json.loads(run(capsys, *arguments, "--json")[1])
    flat = [(j["id"], c["question"], c["actor"], c["verdict"], c["basis"], " ".join(c["authorities"])) for j in data["jurisdictions"] for c in j["cells"]]
    assert [(r["place"], r["question"], r["actor"], r["verdict"], r["basis"], r["authorities"]) for r in rows] == flat
    assert len(rows) == 6 and dt.date.fromisoformat(rows[0]["on"]) == dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--json", "--csv"], "cannot both be printed"),
        (["--map", "a.pdf"], "neither an .svg nor a .png"),
        (["--act", "hold"], "Give --map FILE too"),
        (["--map", "a.png", "--width", "10"], "300 to 8000"),
        (["--map", "/no/such/folder/a.svg", "--act", "hold", "--places", "ca"], "cannot be written"),
        (["--map", "a.svg", "--acts", "hold", "--act", "transfer", "--places", "ca"], "no column of this matrix"),
        (["--map", "a.svg", "--acts", "hold", "--actors", "sheriff", "jail", "--places", "ca"], "several actors"),
    ],
)
def test_bad_options_end_with_status_two(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "") and message in err and "Traceback" not in err
