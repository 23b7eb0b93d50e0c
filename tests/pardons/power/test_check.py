"""The checks of the pardon files find what is wrong, on its line; and the examples notice when an entry is gone or changed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from homerule.corpus import law_folder
from homerule.errors import CorpusError
from homerule.pardons.power import TABLES, facts_of, power
from homerule.pardons.power_check import answer, check_files, read_files


@pytest.fixture
def law(tmp_path: Path) -> Path:
    for place in ("us", "ct", "nv"):
        (tmp_path / place).mkdir()
        shutil.copy(Path(law_folder()) / place / "pardons.toml", tmp_path / place)
    return tmp_path


def change(law: Path, old: str, new: str, place: str = "ct") -> int:
    """Replace ``old`` once, and give the line on which it stood."""
    path = law / place / "pardons.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text.count("\n", 0, text.index(old)) + 1


def test_what_is_copied_is_clean(law: Path) -> None:
    assert check_files(str(law)) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('counted_from = "conviction"', 'counted_from = "convicton"', "counted_from"),
        ("years = 3", "years = -3", "years"),
        ("years = 3", "year = 3", "year"),
        ('holder = "board"', 'holder = "mayor"', "holder"),
        ('place = "ct"', 'place = "tx"', "stands in the folder ct"),
        ('source = ["CT-STAT", "TB-CT"]', 'source = ["CT-STATUTE"]', "CT-STATUTE"),
        ('authority = ["ct-statute"]', 'authority = ["ct-statut"]', "ct-statut"),
        ('authority = ["ct-statute"]', "authority = []", "authority"),
        ('cites = ["ct-statute"]', 'cites = ["ct-thompson"]', "cites"),
        ("{ from = 2018-06-01, to = 2021-03-23", "{ from = 2022-06-01, to = 2021-03-23", "ends on"),
        ("{ from = 2020-05-21 }", "{ from = 2020-13-21 }", "TOML"),
        ('federal = "refused"', 'federal = "accepted"', "expected accepted, got refused"),
        ('"wait.misdemeanor" = 3', '"wait.misdemeanour" = 3', "not found"),
        ('"wait.felony" = 5', '"wate.felony" = 5', "nothing that an example can ask"),
        ('because = ["ct-statute", "ct-thompson"]', 'because = ["ct-const"]', "carries none"),
        ('as_of = "2017"', 'as_of = "2031"', "later than the check"),
        ('as_of = "2017"', 'as_of = "in 2017"', "as_of"),
    ],
)
def test_each_fault_is_found_with_its_file_and_line(law: Path, old: str, new: str, said: str) -> None:
    line = change(law, old, new)
    problems = [p for p in check_files(str(law)) if said in p.message]
    assert problems, [str(p) for p in check_files(str(law))]
    assert problems[0].file == "ct/pardons.toml"
    assert min(abs(p.line - line) for p in problems) <= 12, (line, [str(p) for p in problems])


def test_two_structures_on_one_day_and_a_day_without(law: Path) -> None:
    change(law, "in_force = { to = 2020-11-03 }", "in_force = { to = 2021-11-03 }", "nv")
    assert any("2 structures hold" in p.message for p in check_files(str(law)))
    change(law, "in_force = { to = 2021-11-03 }", "in_force = { to = 2019-11-03 }", "nv")
    assert any("no structure holds" in p.message for p in check_files(str(law)))


def test_a_broken_file_is_refused_and_named(law: Path) -> None:
    change(law, "[power]", "[powr]")
    with pytest.raises(CorpusError, match=r"ct/pardons\.toml:\d+"):
        power("CT", folder=law)


def test_an_authority_that_no_example_rests_on_is_told(law: Path) -> None:
    path = law / "ct" / "pardons.toml"
    path.write_text(path.read_text("utf-8").replace(', "ct-dhs-2022"]\n', "]\n").replace('because = ["ct-dhs-2022"]', 'because = ["ct-thompson"]'), "utf-8")
    assert any("ct-dhs-2022" in p.message for p in check_files(str(law)))


def outcomes(data: dict[str, Any]) -> list[Any]:
    facts = facts_of(data)
    import datetime as dt

    return [answer(data, facts, key, dt.date.fromisoformat(e["on"]))[0] for e in data["example"] for key in e["expect"]]


def test_the_examples_notice_each_entry_that_is_taken_out() -> None:
    files, problems = read_files(law_folder())
    assert not problems and len(files) == 55
    unnoticed, count = [], 0
    for place, data in files.items():
        whole = outcomes(data)
        for table in TABLES:
            for i, row in enumerate(data[table]):
                count += 1
                if outcomes({**data, table: [r for j, r in enumerate(data[table]) if j != i]}) == whole:
                    unnoticed.append(f"{place} {table} {row.get('id') or row.get('kind') or row.get('for_')}")
    assert count > 500
    assert not unnoticed, unnoticed


def test_the_compiled_form_follows_the_files(law: Path) -> None:
    from homerule.pardons import power as module

    assert power("CT", "2026-11-01", folder=law).frequency == "frequent"
    change(law, 'kind = "frequent"', 'kind = "sparing"')
    module._files.cache_clear()
    assert power("CT", "2026-11-01", folder=law).frequency == "sparing"
