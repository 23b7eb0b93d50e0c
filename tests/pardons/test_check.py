"""The checks find what is wrong, and nothing is wrong with the files that ship."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from homerule.corpus.corpus import law_folder
from homerule.pardons.check import check_federal, check_special


def test_the_files_that_ship_are_clean() -> None:
    problems, count = check_federal()
    assert problems == []
    assert count > 150


def test_other_jurisdictions_can_be_left_out() -> None:
    assert [p for p in check_special(law_folder(), ["ca"]) if p.file.startswith("us/")] == []


@pytest.mark.parametrize(
    "file,old,new,says",
    [
        ("pardon-effect.toml", 'id = "G-unlisted"\nof = "ground"\nresult = "NOT_WAIVED"', 'id = "G-unlisted"\nof = "ground"\nresult = "WAIVED"', "waives a ground that the clause does not name"),
        ("pardon-effect.toml", 'authority = ["suh", "tetteh"]', 'authority = ["nobody"]', "which is not there"),
        ("pardon-effect.toml", "when = \"family == 'bar_drug'\"", "when = \"family == 'bar_druk'\"", "bar_druk"),
        ("pardon-effect.toml", "lean = \"pass\"\nwhen = \"conditions == 'fulfilled'\"", "when = \"conditions == 'fulfilled'\"", "has a lean"),
        ("pardon-effect.toml", 'id = "I8-stands"\nof = "I8"', 'id = "I8-stands"\nof = "I7"', "leaves some case without a rule"),
        ("pardon-effect.toml", "when = \"conditions == 'open'\"", "when = \"conditions == 'none'\"", "should"),
        ("pardon-effect.toml", 'says = "The grantor revoked it."', "", "says"),
        ("removal-grounds.toml", 'title = "drug abuser or addict"\nside = "deportable"\nfamily = "conduct"', 'title = "drug abuser or addict"\nside = "deportable"\nfamily = "listed"', "does not go with what it needs"),
        ("removal-grounds.toml", 'code = "237(a)(2)(C)", from = 1997-04-01', 'code = "237(a)(2)(B)", from = 1997-04-01', "names no ground"),
        ("removal-grounds.toml", 'sets = { cimt = true, aggravated_felony = true, drug = true, trafficking = true }', "sets = { cimt = true }", "the example says"),
        ("removal-grounds.toml", "arises = \"drug and not (small_marijuana and on >= '1991-03-01')\"", 'arises = "drug and small"', "small"),
    ],
)  # fmt: skip
def test_a_fault_is_found_and_named(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    (tmp_path / "us").mkdir()
    for name in ("removal-grounds.toml", "pardon-effect.toml"):
        shutil.copy(Path(law_folder()) / "us" / name, tmp_path / "us" / name)
    target = tmp_path / "us" / file
    text = target.read_text("utf-8")
    assert text.count(old) >= 1
    target.write_text(text.replace(old, new, 1), "utf-8")
    problems, _ = check_federal(str(tmp_path))
    assert any(says in p.message for p in problems), [str(p) for p in problems]
    assert all(p.file.startswith("us/") and p.line >= 1 for p in problems)
