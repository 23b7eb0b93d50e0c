"""The worked policies load, say what they are, and come out as they claim; the law above them finds nothing to object to."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from homerule.corpus import load_corpus
from homerule.corpus.check import check as checks
from homerule.corpus.load import Loaded, load
from homerule.places import Gazetteer
from homerule.proof import check, read_draft
from homerule.reasoning import Engine, Request
from homerule.reasoning import engine as engine_over
from homerule.reasoning.examples import complaints
from homerule.reasoning.resolve import voids
from homerule.vocabulary import Vocabulary

POLICIES = Path(__file__).parents[2] / "examples" / "policies"
FILES = sorted(POLICIES.glob("*.toml"))
DAY = dt.date(2026, 11, 23)
COMMON = "A worked example, written for this project. It is not advice, and it is not the law or the policy of any body"
#: What a draft of each kind must speak of, in both directions between them.
PROMISED = {
    "nine-point-judicial-warrant": ("detainer", "admin_warrant", "interview_request", "entry_request", "status_inquiry", "records_request", "bulk_data_request", "joint_operation"),
    "jail-detainer-mandating-state": ("detainer", "admin_warrant", "interview_request", "agreement_287g"),
    "neutral-statutory-minimum": ("detainer", "admin_warrant", "status_inquiry", "court_subpoena", "joint_operation", "agreement_287g", "end_agreement"),
    "school-protocol": ("entry_request", "interview_request", "status_inquiry", "records_request", "admin_subpoena", "judicial_warrant"),
    "hospital-protocol": ("entry_request", "interview_request", "status_inquiry", "records_request", "admin_subpoena", "judicial_warrant"),
    "records-policy": ("status_inquiry", "records_request", "bulk_data_request", "admin_subpoena", "court_subpoena"),
    "task-force-policy": ("task_force", "joint_operation", "agreement_287g", "end_agreement"),
    "jail-policy-limiting-state": ("detainer", "admin_warrant", "interview_request", "entry_request", "status_inquiry", "records_request"),
    "jail-voluntary-cooperation": ("detainer", "admin_warrant", "interview_request", "status_inquiry", "agreement_287g"),
    "detention-contracts": ("detention_contract", "end_agreement", "facility_lease", "private_detention"),
}
_SIDES = re.compile(r"\b(fortunately|rightly|wrongly|cruel|brave|draconian|sanctuary|illegals?|illegal aliens?|invaders?|crackdown|common[- ]sense|open borders|keeps? (us|families) safe)\b", re.I)
_ADVICE = re.compile(r"\b(hide|conceal|warn|tip off|lie to|mislead|destroy|shred|block|stall|delay) (the|a|any|them|agents|officers|records|people)\b", re.I)

each = pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)


@cache
def vocabulary() -> Vocabulary:
    corpus = load_corpus()
    words = corpus.vocabulary
    for top in corpus.tops:
        words = words.with_facts(corpus.vocabulary_for((top,)).facts)
    return words


def alone(path: Path, folder: Path) -> Path:
    """A folder that holds only this file, as somebody would pass it with ``--law``."""
    shutil.copy(path, folder / path.name)
    return folder


def loaded(path: Path, folder: Path) -> Loaded:
    return load(alone(path, folder), vocabulary(), label="policies", own=False)


@pytest.fixture
def with_policy(path: Path, tmp_path: Path) -> Iterator[Engine]:
    """An engine over the corpus with the policy added."""
    yield Engine(load_corpus(law=[alone(path, tmp_path)]))


def test_the_promised_policies_are_there() -> None:
    assert {p.stem for p in FILES} == set(PROMISED)
    readme = (POLICIES / "README.md").read_text("utf-8")
    assert not [p.name for p in FILES if p.name not in readme]


@each
def test_it_loads_without_a_problem(path: Path, tmp_path: Path) -> None:
    law = loaded(path, tmp_path)
    assert [str(p) for p in law.problems] == []
    (authority,) = law.authorities
    assert authority.level in ("agency-policy", "county", "city")
    assert COMMON in authority.note and "worked example" in authority.citation
    assert Gazetteer().find(authority.place).id == authority.place
    assert len(law.examples) >= 8
    for n in law.norms:
        assert n.pinpoint.startswith("§ "), n.id
        assert n.authority.id == authority.id and n.id.startswith(authority.place[:2] + "-")
    text = path.read_text("utf-8")
    pinpoints = re.findall(r'^pinpoint = "(.*)"$', text, re.M)
    assert len(pinpoints) == len(set(pinpoints)) == len(law.norms)
    said = re.search(r"section (\d+\([a-z]\)) leaves", authority.note, re.I)
    if said:  # the note names the right section
        (saving,) = [n for n in law.norms if n.pinpoint == f"§ {said.group(1)}"]
        assert saving.acts == ("share_status",) and saving.effect == "permit"


@each
def test_the_wording_takes_no_side(path: Path, tmp_path: Path) -> None:
    for n in loaded(path, tmp_path).norms:
        assert not _SIDES.search(n.says), n.id
        if n.effect not in ("forbid", "expose", "define"):
            assert not _ADVICE.search(n.says) or re.search(r"\b(not|never|no|nobody|without)\b", n.says), n.id


@each
def test_its_examples_come_out_and_miss_no_norm(path: Path, with_policy: Engine) -> None:
    (shard,) = with_policy.corpus.outside
    assert shard.examples
    named: set[str] = set()
    for e in shard.examples:
        problems, _ = complaints(with_policy, e)
        assert [str(p) for p in problems] == []
        named |= {*e.because, *e.duties}
    assert {n.id for n in shard.norms} == named & {n.id for n in shard.norms}
    assert [str(p) for p in checks(with_policy.corpus) if p.file.endswith(path.name)] == []


@each
def test_it_never_falls_to_the_law_above(path: Path, with_policy: Engine) -> None:
    """In its own examples none of its rules is defeated, and it has defeated nothing."""
    (shard,) = with_policy.corpus.outside
    own = {n.id for n in shard.norms}
    for e in shard.examples:
        for f in with_policy.decide(Request(e.place, e.actor, e.request, e.on, e.facts)).findings:
            assert not own & {r.norm for r in f.fell}, (e.line, f.act)
            assert not own & {c.fallen for c in f.clash}, (e.line, f.act)
            assert f.verdict != "conflict"


@each
def test_no_law_above_makes_a_rule_of_it_void(path: Path) -> None:
    draft, e = read_draft(path, vocabulary()), engine_over()
    for n in draft.norms:
        for actor in n.actors:
            for act in n.acts:
                law = e.regime(e.read(Request(draft.place, actor, act, DAY)), act).norms
                assert not [m.id for m in law if voids(m, n, act)], (n.id, act)


@each
def test_every_crime_stays_prohibited(path: Path, tmp_path: Path) -> None:
    norms = loaded(path, tmp_path).norms
    crimes = {name for name, act in vocabulary().acts.items() if act.crime}
    actors = {a for n in norms for a in n.actors}
    for actor in actors:
        assert crimes == {a for n in norms if n.effect == "forbid" and actor in n.actors for a in n.acts} & crimes


@each
def test_the_checker_finds_nothing(path: Path) -> None:
    draft = read_draft(path, vocabulary())
    report = check(engine_over(), draft, on=DAY)
    assert [(i.kind, i.act, i.words) for i in report.issues if i.kind != "soon"] == []
    assert set(PROMISED[path.stem]) <= set(report.requests)
    assert report.cases > 0
    for actor in report.actors:  # asked of one body alone it is as sound
        one = check(engine_over(), draft, on=DAY, actors=[actor])
        assert [(i.kind, i.act) for i in one.issues if i.kind != "soon"] == []


def test_they_stand_together(tmp_path: Path) -> None:
    """All in one folder: ids do not meet, and no policy reaches another's place."""
    for path in FILES:
        shutil.copy(path, tmp_path / path.name)
    e = Engine(load_corpus(law=[tmp_path]))
    (shard,) = e.corpus.outside
    for collection in (shard.norms, shard.authorities):
        ids = [x.id for x in collection]
        assert len(ids) == len(set(ids))
    assert not [str(p) for example in shard.examples for p in complaints(e, example)[0]]


def test_the_two_jail_policies_answer_the_same_paper_in_opposite_ways() -> None:
    facts = {"process": "admin_warrant", "form_complete": True, "claims_citizenship": False, "business_hours_past_release": 0, "hours_past_release": 0, "info_public": False, "written_consent": False}
    corpus = load_corpus(law=[POLICIES])
    e = Engine(corpus)
    answers = {p: e.decide(Request(p, "jail", "detainer", DAY, facts)) for p in ("pa/erie-county", "ky/boone-county", "tx/travis-county", "il/cook-county", "ut/salt-lake-county")}
    hold = {p: d["hold"].verdict for p, d in answers.items()}
    assert hold == {"pa/erie-county": "prohibited", "ky/boone-county": "required", "tx/travis-county": "required", "il/cook-county": "prohibited", "ut/salt-lake-county": "permitted"}
