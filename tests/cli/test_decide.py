"""The command line as its users meet it: answers, JSON that keeps its promise, and errors that are sentences."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homerule import Decision, InputError, Request, decide
from homerule.cli.main import COMMANDS, main

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "reference" / "decision.schema.json").read_text("utf-8"))
LA = ["decide", "--place", "Los Angeles County, CA", "--actor", "sheriff", "--request", "detainer", "--on", "2026-11-01"]


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    try:
        status = main(list(args))
    except SystemExit as stop:
        status = int(stop.code or 0)
    out = capsys.readouterr()
    return status, out.out, out.err


def test_answer_first(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, *LA, "--fact", "process=admin_warrant", "--fact", "conviction_class=none")
    assert status == 0
    lines = out.splitlines()
    first = next(line for line in lines if line.startswith("hold:"))
    assert "Prohibited: on 1 November 2026, in Los Angeles County, California" in first + " " + lines[lines.index(first) + 1]
    for part in ("Why", "7284.6", "checked 2026-11-23", "What fell", "287.7(d)", "What to do now", "What is risked", "Missing: the answer turns on", "not legal advice"):
        assert part in out
    assert max(map(len, lines)) <= 110


def test_json_is_what_the_schema_says(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, *LA, "--fact", "process=admin_warrant", "--json")
    assert status == 0
    data = json.loads(out)
    jsonschema.validate(data, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert list(data) == ["request", "findings", "receipt", "notes", "notice"]
    assert [f["act"] for f in data["findings"]] == ["hold", "notify_release", "transfer"]
    wanted = {"act", "verdict", "basis", "stands", "fell", "clash", "duties", "exposure", "assumed", "depends_on", "unsettled", "would_change", "coming"}
    assert all(wanted <= set(f) for f in data["findings"])
    assert {"norm", "authority", "citation", "pinpoint", "says", "level", "weight", "status", "certainty", "checked"} <= set(data["findings"][0]["stands"][0])
    assert "ca-gov-7284-6-a1" in {s["authority"] for s in data["findings"][0]["stands"]}


def requests() -> list[Any]:
    out = []
    for place, actor in (("Travis County, TX", "sheriff"), ("Chicago, IL", "police"), ("New York City", "jail"), ("Salt Lake County, UT", "jail"), ("Florida", "governor"), ("American Samoa", "police")):
        for request in ("detainer", "admin_warrant", "agreement_287g", "status_inquiry", "local_policy", "grant_condition", "conceal", "entry_request"):
            out.append((place, actor, request))
    return out


@pytest.mark.parametrize(("place", "actor", "request_"), requests())
def test_every_kind_of_answer_fits_the_schema(place: str, actor: str, request_: str) -> None:
    decision = decide(Request(place, actor, request_, "2026-11-01", at="14:00"))
    data = json.loads(json.dumps(decision.as_data()))
    jsonschema.validate(data, SCHEMA, cls=jsonschema.Draft202012Validator)
    for f in data["findings"]:
        assert f["answer"].startswith(f["verdict"].capitalize() + ":")
        assert (f["verdict"] == "depends") == (len(f["reachable"]) > 1) == bool(f["depends_on"])
        assert (f["verdict"] == "unsettled") <= bool(f["unsettled"])


def test_api_and_cli_say_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    decision = decide(Request("Los Angeles County, CA", "sheriff", "detainer", dt.date(2026, 11, 1), {"process": "admin_warrant"}))
    assert isinstance(decision, Decision)
    _, out, _ = run(capsys, *LA, "--fact", "process=admin_warrant", "--json")
    assert json.loads(out) == json.loads(json.dumps(decision.as_data()))
    assert decision["hold"].verdict == "prohibited"
    with pytest.raises(KeyError):
        decision["lend_officers"]


def test_an_answer_can_be_reproduced() -> None:
    request = Request("Travis County, TX", "sheriff", "detainer", "2026-11-01", {"process": "admin_warrant", "claims_citizenship": False})
    assert decide(request) == decide(request)
    receipt = decide(request).receipt
    assert receipt.corpus_hash.startswith("tx:") and " us:" in receipt.corpus_hash


def test_clock_times_skip_weekends_and_holidays() -> None:
    facts = {"process": "admin_warrant", "claims_citizenship": False}
    # Wednesday 2026-11-25, 18:00; Thanksgiving on the 26th, then a weekend
    f = decide(Request("Travis County, TX", "sheriff", "hold", "2026-11-25", facts, at="18:00"))["hold"]
    due = {d.norm: d.deadline for d in f.duties if d.deadline and d.deadline.at}
    business = next(x for x in due.values() if "not counting" in x.words)
    assert business.at == "2026-11-30T18:00"
    assert [s[:10] for s in business.skipped] == ["2026-11-26", "2026-11-28", "2026-11-29"]


BAD = [
    (["--fact", "proces=none"], "no fact is called `proces`. Did you mean `process`"),
    (["--fact", "process=judge"], "`judge` is no value of the fact `process`"),
    (["--fact", "process"], "not of the form NAME=VALUE"),
    (["--fact", "hours_past_release=-1"], "from 0 to"),
    (["--fact", "hours_past_release=ten"], "whole number"),
    (["--fact", "claims_citizenship=maybe"], "true or false"),
    (["--fact", "conviction_class=none,felony"], "not both"),
    (["--fact", "conviction_class="], "at least one"),
    (["--fact", "process=none", "--fact", "process=admin_warrant"], "given twice"),
    (["--on", "2026-02-30"], "`2026-02-30` is no day"),
    (["--on", "1890-01-01"], "outside what the corpus can answer"),
    (["--on", "tomorrow"], "no day"),
    (["--at", "half past two"], "no time of release"),
    (["--place", "Springfield"], "Springfield"),
    (["--place", "Los Angelas County, CA"], "Los Angeles County"),
    (["--place", ""], "--place is missing"),
    (["--place", "99999"], "99999"),
    (["--place", "x" * 100_000], "place"),
    (["--actor", "sherif"], "Did you mean `sheriff`"),
    (["--request", "detaner"], "Did you mean `detainer`"),
    (["--act", "conceal"], "does not ask the act"),
    (["--law", "/no/such/folder"], "is not a folder"),
    (["--colour"], "--colour"),
    (["--fact", "x" * 5_000_000], "NAME=VALUE"),
]


@pytest.mark.parametrize(("args", "says"), BAD, ids=[a[0] + " " + a[-1][:20] for a, _ in BAD])
def test_bad_input_is_one_sentence_and_exit_2(capsys: pytest.CaptureFixture[str], args: list[str], says: str) -> None:
    status, out, err = run(capsys, *LA, *args)
    assert status == 2
    assert out == ""
    assert says in err
    assert "Traceback" not in err and len(err) < 2_500 and err.count("\n") == 1


def test_missing_options(capsys: pytest.CaptureFixture[str]) -> None:
    for missing in ("--place", "--actor", "--request"):
        at = LA.index(missing)
        status, _, err = run(capsys, *LA[:at], *LA[at + 2 :])
        assert status == 2 and f"{missing} is missing" in err


def test_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "decid")
    assert status == 2 and "Did you mean `decide`" in err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "--help")
    for name in COMMANDS:
        assert name in out
        status, help_, _ = run(capsys, name, "--help")
        assert status == 0 and "usage:" in help_


def test_words(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "decide", "--words")
    assert status == 0 and "detainer" in out and "conviction_class" in out and "sheriff" in out


def test_a_bare_act_can_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "decide", "--place", "Texas", "--actor", "police", "--act", "falsify", "--json")
    assert status == 0 and json.loads(out)["findings"][0]["verdict"] == "prohibited"


def test_the_program_as_a_process() -> None:
    done = subprocess.run([sys.executable, "-m", "homerule", *LA, "--fact", "process=bogus"], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stdout == "" and "Traceback" not in done.stderr


@settings(max_examples=60, deadline=None)
@given(place=st.text(max_size=40), actor=st.text(max_size=20), request_=st.text(max_size=20), on=st.text(max_size=12), fact=st.text(max_size=20), value=st.text(max_size=20))
def test_any_text_is_answered_or_refused(place: str, actor: str, request_: str, on: str, fact: str, value: str) -> None:
    for r in (
        Request(place, "sheriff", "detainer", "2026-11-01"),
        Request("Texas", actor, "detainer", "2026-11-01"),
        Request("Texas", "sheriff", request_, "2026-11-01"),
        Request("Texas", "sheriff", "detainer", on),
        Request("Texas", "sheriff", "detainer", "2026-11-01", {fact: value}),
        Request("Texas", "sheriff", "detainer", "2026-11-01", {"process": value, "hours_past_release": value}),
    ):
        try:
            decide(r)
        except InputError as error:
            assert str(error)


def test_a_fault_of_the_program_is_a_sentence(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from homerule.reasoning.decide import Engine

    def broken(*_: object) -> None:
        raise RuntimeError("a\nb")

    monkeypatch.setattr(Engine, "decide", broken)
    status, out, err = run(capsys, *LA)
    assert status == 2 and out == "" and "RuntimeError: a b" in err and err.count("\n") == 1
