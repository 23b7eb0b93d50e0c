"""The commands, as their users run them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from homerule.cli.main import main

DRUGS = ["pardon", "assess", "--convicted-by", "NY", "--class", "drug_trafficking", "--charged", "237(a)(2)(B)(i)", "--charged", "237a2Aiii", "--instrument", "pardon", "--grantor", "governor",
         "--full", "yes", "--unconditional", "yes", "--circuit", "3", "--status", "lpr", "--on", "2026-11-01"]  # fmt: skip


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(list(arguments))
    out, err = capsys.readouterr()
    return status, out, err


def test_assess_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, *DRUGS)
    assert status == 0 and "STILL REMOVABLE on 237(a)(2)(B)(i)" in out and "NOT WAIVED 237(a)(2)(B)(i)" in out and "passes every test" in out
    assert "Not legal advice" in out and "Traceback" not in out and all(len(line) <= 120 for line in out.splitlines())
    assert "presence without admission" in " ".join(out.split())


def test_assess_as_json_from_flags_and_from_a_file_agree(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _, out, _ = run(capsys, *DRUGS, "--json")
    toml = '''on = 2026-11-01
circuit = "3"
status = "lpr"
charges = ["237(a)(2)(B)(i)", "237a2Aiii"]
[[conviction]]
convicted_by = "NY"
classes = ["drug_trafficking"]
[[instrument]]
kind = "pardon"
grantor = "governor"
state = "NY"
full = true
unconditional = true
'''
    (tmp_path / "case.toml").write_text(toml)
    _, other, _ = run(capsys, "pardon", "assess", "--case", str(tmp_path / "case.toml"), "--json")
    assert json.loads(out) == json.loads(other)
    (tmp_path / "case.json").write_text(json.dumps({"on": "2026-11-01", "circuit": 3, "charges": ["237a2Aiii"], "conviction": {"convicted_by": "NY"}, "instrument": "pardon"}))
    status, out, _ = run(capsys, "pardon", "assess", "--case", str(tmp_path / "case.json"), "--full", "no", "--json")
    assert status == 0 and json.loads(out)["papers"][0]["fails"] == ["I4"] and json.loads(out)["grounds"][0]["outcome"] == "NOT_A_QUALIFYING_PARDON"


@pytest.mark.parametrize(
    "arguments,says",
    [
        (["pardon", "assess"], "neither a conviction nor a charge"), (["pardon", "assess", "--charged", "9(z)"], "names no section"), (["pardon", "assess", "--case", "/nowhere.toml"], "cannot be read"),
        (["pardon", "assess", "--class", "thefft"], "Did you mean"), (["pardon", "assess", "--fact", "fulll=yes", "--class", "theft"], "Did you mean"), (["pardon", "assess", "--fact", "full", "--class", "theft"], "has no value"),
        (["pardon", "nothing"], "no verb"), (["pardon", "batch"], "no file is given"), (["pardon", "batch", "none.csv"], "there is no file"), (["pardon", "batch", "--class", "thefft"], "Did you mean"),
        (["pardon", "grounds", "8 USC 9999"], "names no section"), (["pardon", "ask", "--fact", "family=listed"], "no fact is called"), (["pardon", "ask", "--on", "soon"], "no day"),
    ],
)  # fmt: skip
def test_bad_input_ends_with_status_2_and_a_sentence(capsys: pytest.CaptureFixture[str], arguments: list[str], says: str) -> None:
    status, out, err = run(capsys, *arguments)
    assert status == 2 and says in err and out == "" and "Traceback" not in err


@pytest.mark.parametrize("verb", ["assess", "ask", "batch", "grounds"])
def test_help_shows_examples(capsys: pytest.CaptureFixture[str], verb: str) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["pardon", verb, "--help"])
    out = capsys.readouterr().out
    assert stop.value.code == 0 and "homerule pardon" in out


def test_words_and_grounds(capsys: pytest.CaptureFixture[str]) -> None:
    assert "class_proclamation" in run(capsys, "pardon", "assess", "--words")[1]
    _, out, _ = run(capsys, "pardon", "grounds", "237a2Aiii", "--json")
    assert json.loads(out)[0]["id"] == "aggravated-felony" and len(json.loads(out)[0]["numbers"]) == 3
    assert "241(a)(4)" in run(capsys, "pardon", "grounds", "--on", "1980-01-01", "--convictions")[1]


def test_an_interview_by_hand(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    import datetime as dt

    from homerule.pardons.ask import PardonInterview
    from homerule.pardons.load import pardon_law

    typed = ["?", "why", "nonsense", "lpr", "back", "lpr"]
    truth = {"posture": "in_proceedings", "offence": "drug_possession", "instrument": "pardon", "grantor": "governor", "convicted_by": "state", "full": "yes", "conditions": "none"}
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join([*typed, "q"]) + "\n"))
    status, out, _ = run(capsys, "pardon", "ask", "--on", "2026-11-01")
    assert status == 0 and "Stopped. Go on with: homerule pardon ask" in out and "--answers 'status=lpr'" in out
    interview, lines = PardonInterview(pardon_law(), dt.date(2026, 11, 1)).answer("lpr"), []
    while q := interview.question:
        lines.append(truth[q.fact])
        interview = interview.answer(truth[q.fact])
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))
    status, out, _ = run(capsys, "pardon", "ask", "--on", "2026-11-01", "--answers", "status=lpr")
    assert status == 0 and "STILL REMOVABLE on 237(a)(2)(B)(i)" in out
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    status, _, err = run(capsys, "pardon", "ask", "--on", "2026-11-01")
    assert status == 2 and "--answers" in err


def test_an_interview_step_by_step(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "pardon", "ask", "--on", "2026-11-01", "--json")
    step = json.loads(out)
    assert step["question"]["fact"] == "status" and not step["finished"] and step["assessment"] is None


def test_batch_of_a_class_without_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "pardon", "batch", "--class", "cannabis possession", "--on", "2026-11-01")
    flat = " ".join(out.split())
    assert status == 0 and "237(a)(2)(B)(i)" in flat and "a state pardon never waives it" in flat and ": waived" not in flat


def test_batch_with_a_chart(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    pytest.importorskip("vl_convert")
    (tmp_path / "c.csv").write_text("offence,state,status\ntheft,NY,lpr\ndrug_possession,NY,lpr\ndui,TX,EWI\n")
    status, out, _ = run(capsys, "pardon", "batch", str(tmp_path / "c.csv"), "--chart", str(tmp_path / "c.svg"), "--on", "2026-11-01")
    assert status == 0 and "(a)" in out and "(b)" in out and "(c)" in out and "By state" in out
    assert "<svg" in (tmp_path / "c.svg").read_text("utf-8")[:200]
    (tmp_path / "p.csv").write_text("Name,offence\nDOE,theft\n")
    status, out, err = run(capsys, "pardon", "batch", str(tmp_path / "p.csv"))
    assert status == 2 and "person's name" in err and out == ""
