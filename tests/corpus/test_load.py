"""Bad law files are refused with a sentence that names file and line; good ones from outside are added."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from homerule import Request, load_corpus
from homerule.corpus.check import check
from homerule.corpus.load import load
from homerule.errors import CorpusError, InputError
from homerule.reasoning import Engine
from tests.strategies import real_vocabulary

GOOD = """\
[[authority]]
id = "tx-travis-test-policy"
citation = "Travis County Sheriff's Office Policy 9.9"
kind = "policy"
level = "agency-policy"
place = "tx/travis-county"
in_force = [{ from = 2020-01-01 }]
status = "settled"
certainty = "confirmed"
source = "made up for a test"
checked = 2026-01-01

[[norm]]
id = "tx-travis-test-interview"
authority = "tx-travis-test-policy"
binds = ["sheriff"]
acts = ["allow_interview"]
effect = "forbid"
unless = "written_consent"
says = "No interview without written consent."

[[example]]
place = "tx/travis-county"
actor = "sheriff"
request = "interview_request"
on = 2026-01-01
facts = { written_consent = false }
expect = { allow_interview = "prohibited" }
because = ["tx-travis-test-interview"]
"""

BROKEN = [
    (GOOD.replace('unless = "written_consent"', 'unless = "writen_consent"'), 19, "no fact is called `writen_consent`. Did you mean `written_consent`?"),
    (GOOD.replace('"allow_interview"]\neffect', '"allow_interviews"]\neffect'), 17, "no act is called `allow_interviews`"),
    (GOOD.replace('binds = ["sheriff"]', 'binds = ["sherif"]'), 16, "`sherif` is neither an actor nor a group"),
    (GOOD.replace('effect = "forbid"', 'effect = "ban"'), 18, "effect"),
    (GOOD.replace("2020-01-01 }", "2020-13-01 }"), 7, "TOML"),
    (GOOD.replace('authority = "tx-travis-test-policy"\nbinds', 'authority = "tx-other"\nbinds'), 15, "names the authority tx-other"),
    (GOOD.replace("{ from = 2020-01-01 }", "{ from = 2020-01-01, to = 2019-01-01 }"), 7, "not after it begins"),
    (GOOD.replace('says = "No', 'sayz = "No'), 13, "says"),
    (GOOD.replace("[[norm]]", "[[norms]]"), 13, "norms"),
    (GOOD.replace('unless = "written_consent"', "unless = \"process == 'judicial'\""), 19, "`judicial` is no value of the fact `process`"),
    ("\x00\x01junk", 1, "TOML"),
    ("", 1, "authority"),
]


def write(folder: Path, text: str, name: str = "policy.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("text", "line", "says"), BROKEN, ids=[says[:30] for _, _, says in BROKEN])
def test_bad_files_are_refused_with_file_and_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    read = load(write(tmp_path, text), real_vocabulary(), label="mine", own=False)
    assert read.problems
    problem = read.problems[0]
    assert problem.file == "mine/policy.toml"
    assert problem.line == line
    assert says in problem.message
    assert problem.message.endswith((".", "?"))


def test_ten_megabytes_of_junk_are_refused_at_once(tmp_path: Path) -> None:
    begun = time.process_time()
    read = load(write(tmp_path, "x" * 10_000_000), real_vocabulary(), label="mine", own=False)
    assert "10,000,000 bytes" in read.problems[0].message
    assert time.process_time() - begun < 1


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xff\xfe\x00x")
    assert "UTF-8" in load(tmp_path, real_vocabulary(), label="mine", own=False).problems[0].message


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    assert load(write(tmp_path, "a = " + "[" * 5000 + "]" * 5000), real_vocabulary(), label="mine", own=False).problems


def test_law_from_outside_is_added(tmp_path: Path) -> None:
    request = Request("Travis County, TX", "sheriff", "interview_request", "2026-06-01", {"written_consent": False})
    plain = Engine(load_corpus()).decide(request)["allow_interview"]
    mine = Engine(load_corpus(law=[write(tmp_path / "mine", GOOD)])).decide(request)["allow_interview"]
    assert "tx-travis-test-interview" not in {r.norm for r in plain.stands}
    assert "tx-travis-test-interview" in {r.norm for r in (*mine.stands, *mine.fell)}


def test_law_from_outside_by_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMERULE_LAW", str(write(tmp_path / "mine", GOOD)))
    assert any(n.id == "tx-travis-test-interview" for s in load_corpus().outside for n in s.norms)


def test_law_that_cannot_be_read_stops_the_answer(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", BROKEN[0][0])
    with pytest.raises(CorpusError) as error:
        Engine(load_corpus(law=[folder])).decide(Request("Travis County, TX", "sheriff", "detainer"))
    assert "mine/policy.toml:19" in str(error.value)


def test_a_folder_that_is_none_is_refused() -> None:
    with pytest.raises(InputError):
        load_corpus(law=["/no/such/folder"])


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", GOOD)
    first = load_corpus(law=[folder]).outside[0]
    write(tmp_path / "mine", GOOD.replace("No interview without written consent.", "Another rule."))
    second = load_corpus(law=[folder]).outside[0]
    assert first.norms[0].says != second.norms[0].says
    assert first.hash != second.hash


def test_checks_find_what_single_files_cannot_show(tmp_path: Path) -> None:
    norms = """
[[norm]]
id = "tx-travis-test-{id}"
authority = "tx-travis-test-policy"
binds = ["sheriff"]
acts = ["hold"]
effect = "forbid"
says = "A rule."
{more}
"""
    text = GOOD + norms.format(id="one", more='prevails_over = ["tx-travis-test-two", "tx-no-such"]') + norms.format(id="two", more='prevails_over = ["tx-travis-test-one"]')
    text += norms.format(id="four", more="") * 2 + norms.format(id="three", more="in_force = [{ from = 2020-01-01 }, { from = 2021-01-01 }]")
    found = "\n".join(str(p) for p in check(load_corpus(law=[write(tmp_path / "mine", text)]), None) if p.file.startswith("mine"))
    for wanted in ("tx-no-such, which is no norm", "prevails over itself in a circle", "is used 2 times", "overlap"):
        assert wanted in found


def test_a_lower_rule_cannot_void_a_higher_one(tmp_path: Path) -> None:
    higher = next(n.id for n in load_corpus().all_norms() if n.place == "tx" and n.effect == "require")
    text = GOOD.replace('says = "No interview', f'voids = ["{higher}"]\nsays = "No interview')
    assert any("cannot defeat it" in p.message for p in check(load_corpus(law=[write(tmp_path / "mine", text)]), None))
