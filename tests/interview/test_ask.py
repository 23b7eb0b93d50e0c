"""The interview as its users meet it: in a terminal, as JSON steps, as a Python object."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import homerule
from homerule import InputError, Interview
from homerule.cli.main import main
from homerule.interview import Session
from homerule.reasoning import Request, engine

TRAVIS = ["--place", "Travis County, TX", "--actor", "sheriff", "--request", "detainer", "--on", "2026-11-01"]
LA = ["--place", "Los Angeles County, CA", "--actor", "sheriff", "--request", "detainer", "--on", "2026-11-01"]


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *args: str, typed: str = "") -> tuple[int, str, str]:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    try:
        status = main(["ask", *args])
    except SystemExit as stop:
        status = int(stop.code or 0)
    out = capsys.readouterr()
    return status, out.out, out.err


# ------------------------------------------------------------------ the terminal


def test_an_interview_ends_in_the_decision(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = run(capsys, monkeypatch, *TRAVIS, typed="3\nno\n")
    assert status == 0
    text = " ".join(out.split())
    assert "1. What paper was presented" in text and "2. Does the person credibly claim" in text and "(the last one)" in text
    assert "Asked because" in text and "2A.060" in text and "Taken as usual" in text
    assert "hold: Required: on 1 November 2026, in Travis County, Texas" in text
    assert max(map(len, out.splitlines())) <= 110
    main(["decide", *TRAVIS, "--fact", "process=admin_warrant", "--fact", "claims_citizenship=false"])
    assert out.endswith(capsys.readouterr().out)


def test_help_why_back_and_what_cannot_be_read(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = run(capsys, monkeypatch, *TRAVIS, typed="back\n?\nwhy\n9\nbogus\n\n2\nback\nadmin_warrant\nY\n")
    assert status == 0
    text = " ".join(out.split())
    assert "there is no answer to take back" in text
    assert "A judicial warrant is signed by a judge" in text and "I don't know" in text
    assert "prohibits holding past release when" in text and "none: hold prohibited" in text
    assert "there is no answer 9. Type a number from 1 to 8" in text and "`bogus` is no value of the fact `process`" in text
    assert text.count("1. What paper was presented") == 2 and "form complete" not in text.partition("hold:")[0].rpartition("1. What paper")[2]


def test_not_known_is_left_open(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = run(capsys, monkeypatch, *TRAVIS, typed="3\nd\n")
    assert status == 0 and "hold: Depends" in out and "Missing: the answer turns on" in out


def test_ticks_numbers_and_assumptions(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"process": "admin_warrant", "info_public": "false"}
    act = [*LA[:4], "--act", "notify_release", *LA[6:], *(x for n, v in told.items() for x in ("--fact", f"{n}={v}"))]
    begun = Interview("Los Angeles County, CA", "sheriff", "notify_release", "2026-11-01", told)
    typed, i = "", begun
    while (q := i.question) is not None:  # a felony of seven years ago that is on the list
        word = {"set": "felony, gang", "int": "ten\n9999\n7", "bool": "n", "enum": "1"}[q.type]
        typed += word + "\n"
        i = i.answer(["felony", "gang"] if q.several else 7 if q.type == "int" else False if q.type == "bool" else q.choices[0].value)
    status, out, _ = run(capsys, monkeypatch, *act, typed=typed)
    text = " ".join(out.split())
    assert status == 0 and "Name all that apply" in text and "without bearing here" in text and "Taken as usual" in text
    if "int" in {begun.case.vocabulary.facts[n].type for n, _ in i.session.answers}:
        assert "What matters here: under" in text and "`ten` is no value" in text and "`9999` is no value" in text
    assert f"notify_release: {i.decision['notify_release'].verdict.capitalize()}" in text
    status, out, _ = run(capsys, monkeypatch, *act, typed="info_public = true\n")
    assert status == 0 and "info_public = true" in out, "a fact may be typed by name at any question"


def test_stopping_and_taking_up_again(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = run(capsys, monkeypatch, *TRAVIS, typed="3\nq\n")
    assert status == 0 and "Stopped." in out and "Why\n" not in out
    query = out.rpartition("--session '")[2].partition("'")[0]
    status, out, _ = run(capsys, monkeypatch, "--session", query, typed="2\n")
    assert status == 0 and "1. What paper" not in out and "2. Does the person" in out and "hold: Required" in out
    status, _, err = run(capsys, monkeypatch, *TRAVIS, typed="3\n")
    assert status == 2 and "the answers ended before the interview did" in err and "answer=process%3Dadmin_warrant" in err
    assert err.count("\n") == 1


def test_what_is_told_is_not_asked(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = run(capsys, monkeypatch, *TRAVIS, "--fact", "process=none")
    assert status == 0 and "1. " not in out and "hold: Prohibited" in out


def test_the_form(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = run(capsys, monkeypatch, *LA, "--all-on-one-page")
    assert status == 0
    for part in ("On the papers", "To be looked up", "[process]", "( ) a judge's warrant (judicial_warrant)", "[ ] a felony", "bears on notify_release", "Taken as usual", "____ years"):
        assert part in out
    status, out, _ = run(capsys, monkeypatch, *LA, "--all-on-one-page", "--json", "--fact", "process=admin_warrant")
    data = json.loads(out)
    asked = {q["fact"] for g in data["groups"] for q in g["questions"]}
    assert asked == set(Interview("Los Angeles County, CA", "sheriff", "detainer", "2026-11-01", {"process": "admin_warrant"}).open_facts)
    assert {a["fact"] for a in data["assumed"]} and not {a["fact"] for a in data["assumed"]} & asked


def test_options_ask_more(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def open_facts(*more: str) -> set[str]:
        _, out, _ = run(capsys, monkeypatch, *TRAVIS, "--all-on-one-page", "--json", *more)
        return {q["fact"] for g in json.loads(out)["groups"] for q in g["questions"]}

    plain = open_facts()
    assert open_facts("--ask-assumed") > plain and "business_hours_past_release" in open_facts("--ask-assumed")
    assert open_facts("--thorough") > plain


# ------------------------------------------------------------------ for programs


def test_json_steps(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ""
    seen = []
    for _ in range(9):
        status, out, _ = run(capsys, monkeypatch, *TRAVIS, "--json", "--answers", answers)
        data = json.loads(out)
        assert status == 0 and list(data) == ["session", "query", "finished", "question", "answered", "assumed", "verdicts", "decision", "notes"]
        assert (data["question"] is None) == data["finished"] == (data["decision"] is not None)
        again = json.loads(run(capsys, monkeypatch, "--json", "--session", data["query"])[1])
        assert again == data
        if data["finished"]:
            break
        q = data["question"]
        assert q["why"] and q["choices"] and q["how"] == "exact" and q["at_most"] >= 1
        seen.append(q["fact"])
        answers += ("&" if answers else "") + (q["fact"] if q["fact"] == "claims_citizenship" else f"{q['fact']}={str(q['choices'][2].get('value')).lower()}")
    assert seen == ["process", "claims_citizenship"]
    assert [f["verdict"] for f in data["decision"]["findings"]] == ["depends", "depends", "depends"]
    assert data["answered"][-1] == {"fact": "claims_citizenship", "value": None, "words": "not known"}


BAD = [
    ([*TRAVIS[:4]], "--request is missing"),
    ([*TRAVIS, "--answers", "proces=none"], "Did you mean `process`"),
    ([*TRAVIS, "--answers", "process=judge"], "`judge` is no value of the fact `process`"),
    ([*TRAVIS, "--answers", "process=none&process=none"], "given twice"),
    ([*TRAVIS, "--answers", "nonsense"], "no fact is called `nonsense`"),
    ([*TRAVIS, "--session", "place=x"], "already says place"),
    (["--session", "nonsense"], "is no session"),
    (["--session", ""], "session"),
    (["--session", "place=Texas&actor=police"], "does not say `request`"),
    (["--session", "place=Texas&actor=police&request=detainer&on=2026-11-01&colour=red"], "a session has no `colour`"),
    (["--session", "place=Texas&actor=police&request=detainer&on=2026-13-01"], "no day"),
    (["--session", "place=Texas&actor=police&request=detainer&on=2026-11-01&fact=process"], "has no value"),
    (["--session", "place=" + "x" * 50_000], "at most"),
    ([*TRAVIS, "--fact", "process"], "not of the form NAME=VALUE"),
]


@pytest.mark.parametrize(("args", "says"), BAD, ids=[str(i) for i in range(len(BAD))])
def test_bad_input_is_one_sentence_and_exit_2(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, args: list[str], says: str) -> None:
    status, out, err = run(capsys, monkeypatch, *args)
    assert status == 2 and out == "" and says in err and err.count("\n") == 1 and len(err) < 1_500


# ------------------------------------------------------------------ the object


def test_the_object() -> None:
    assert homerule.Interview is Interview
    i = Interview("Cook County, IL", "jail", "detainer", "2026-11-01")
    assert i.question is not None and i.question.fact == "process" and not i.finished
    assert [w.citation for w in i.question.why] and "turn on this" in i.question.because
    j = i.answer("judicial_warrant")
    assert i.session.answers == () and j.session.answers == (("process", "judicial_warrant"),)
    assert j.question is not None and j.question.fact == "criminal_warrant"
    k = j.answer(True)
    assert k.finished and k.question is None and k.decision["hold"].verdict == "permitted"
    assert k.decision == homerule.decide(Request("Cook County, IL", "jail", "detainer", "2026-11-01", {"process": "judicial_warrant", "criminal_warrant": True}))
    assert k.back() == j and k.back().back() == i
    assert k.change("process", "none").session.answers == (("process", "none"),), "what no longer matters is dropped"
    assert k.change("process", "judicial_warrant") == k
    with pytest.raises(InputError, match="finished"):
        k.answer(True)
    with pytest.raises(InputError, match="no answer to take back"):
        i.back()
    with pytest.raises(InputError, match="no value"):
        i.answer("a scrap of paper")
    with pytest.raises(InputError, match="no fact"):
        i.change("nothing", 1)
    assert Interview.from_url_query(k.to_url_query()) == k == Interview.from_data(json.loads(json.dumps(k.to_data())))
    assert len(k.to_url_query()) < 300


def test_a_bound_answers_for_the_fact_it_bounds() -> None:
    begun = Interview("Travis County, TX", "sheriff", "detainer", "2026-11-01", {"process": "admin_warrant", "claims_citizenship": False})
    assert begun.finished and "business_hours_past_release" in begun.assumptions
    within = begun.change("hours_past_release", 20)
    assert within.finished and within.decision["hold"].verdict == "required"
    beyond = begun.change("hours_past_release", 60)
    assert beyond.question is not None and beyond.question.fact == "business_hours_past_release"
    assert beyond.answer(10).decision["hold"].verdict == "required"
    assert beyond.answer(55).decision["hold"].verdict == "prohibited"


def test_notes_say_when_the_law_has_moved_on() -> None:
    i = Interview("Texas", "police", "detainer", "2026-11-01")
    assert i.notes == ()
    assert "goes on with version" in Interview.of(i.session._replace(corpus="1999.1")).notes[0]


REAL = [("Cook County, IL", "jail"), ("Travis County, TX", "sheriff"), ("Los Angeles County, CA", "sheriff"), ("Utah County, UT", "jail"), ("Texas", "governor")]


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(REAL), st.sampled_from(["detainer", "admin_warrant", "interview_request", "status_inquiry", "entry_request"]), st.booleans())
def test_real_interviews_end_settled(data: st.DataObject, where: tuple[str, str], request: str, thorough: bool) -> None:
    i = Interview(*where, request, "2026-11-01", thorough=thorough)
    asked: list[str] = []
    while (q := i.question) is not None:
        asked.append(q.fact)
        if q.several:
            ticks = data.draw(st.lists(st.sampled_from([c.value for c in q.choices if c.value != "none"]), max_size=3))
            i = i.answer(ticks or ["none"])
        else:
            i = i.answer(data.draw(st.sampled_from(q.choices)).value)
        assert len(asked) <= 30
    assert len(asked) == len(set(asked))
    for finding in i.decision.findings:
        assert finding.verdict != "depends" and i.verdicts[finding.act] == (finding.verdict,)
        if thorough:
            assert all(n.applies == "certain" for n in finding.stands) and all(d.applies == "certain" for d in finding.duties)


_text = st.text(max_size=30)


@settings(max_examples=100, deadline=None)
@given(st.builds(Session, _text, _text, _text, _text, st.lists(st.tuples(_text, _text)).map(tuple), st.lists(st.tuples(_text, _text | st.none())).map(tuple), st.lists(_text).map(tuple), _text, st.booleans(), st.booleans(), _text))
def test_any_session_is_read_again_or_refused(session: Session) -> None:
    for again in (lambda: Session.from_url_query(session.to_url_query()), lambda: Session.from_data(session.to_data())):
        try:
            read: Any = again()
        except InputError:
            continue
        if not any("=" in n for n, _ in (*session.facts, *session.answers)) and len(dict(session.facts)) == len(session.facts):
            assert read == session
    try:
        Interview.of(session, engine=engine(()))
    except InputError as error:
        assert str(error)
