"""The reader against what a person read in real signed agreements; skipped where they are not at hand."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from homerule.agreements import Reading, read_pdf
from homerule.agreements.scan import ocr_present

TRUTH = tomllib.loads((Path(__file__).parent / "truth.toml").read_text("utf-8"))["file"]
TODAY = dt.date(2026, 11, 24)


@cache
def reading(path: Path) -> Reading:
    """One copy, read once for all tests."""
    return read_pdf(path, ocr=False, today=TODAY)


def plain(text: object) -> str:
    return "".join(c for c in str(text).lower().replace("the ", "").replace("department", "office") if c.isalnum())


def held(r: Reading, t: dict[str, Any]) -> dict[str, tuple[Any, Any, bool]]:
    """For each field: what was read, the truth, and whether the reader was sure."""
    truth = {"agency": t["agency"], "state": t["state"], "model": t["model"], "revision": t["revision"], "signed_local": t["local"], "signed_federal": t["federal"], "local_notice_days": t["local_days"], "federal_notice_days": t["federal_days"], "section": t["section"]}
    out = {}
    for field, want in truth.items():
        v = getattr(r, field)
        got = v.value.isoformat() if isinstance(v.value, dt.date) else v.value
        got = "" if got is None else got
        if field == "agency" and plain(got) == plain(want).replace("tallahassee", "tallahasee"):
            got = want
        out[field] = (plain(got), plain(want), v.sure) if field == "agency" else (got, want, v.sure)
    return out


@pytest.fixture(scope="module")
def copies(data: Path) -> Path:
    folder = data / "moa"
    if not any(folder.glob("*.pdf")):
        pytest.skip("the signed agreements are not here")
    return folder


def path_of(folder: Path, t: dict[str, Any]) -> Path:
    found = sorted(folder.glob(f"{t['name']}*.pdf"))
    if not found:
        pytest.skip(f"{t['name']} is not here")
    return found[0]


@pytest.mark.parametrize("t", [t for t in TRUTH if not t["scanned"]], ids=lambda t: t["name"])
def test_text_layers_are_read_right_and_nothing_wrong_is_sure(copies: Path, t: dict[str, Any]) -> None:
    r = reading(path_of(copies, t))
    for field, (got, want, sure) in held(r, t).items():
        if want == "?":
            assert not sure, field
        elif got != want:
            assert not sure, f"{field}: {got!r} is stated, {want!r} is the truth"
    assert (r.state.value, r.model.value) == (t["state"], t["model"])
    assert (r.local_notice_days.value, r.federal_notice_days.value, r.section.value) == (t["local_days"], t["federal_days"], t["section"])


def test_nine_of_ten_fields_are_right(copies: Path) -> None:
    right = asked = 0
    for t in (t for t in TRUTH if not t["scanned"]):
        for field, (got, want, _) in held(reading(path_of(copies, t)), t).items():
            side = field.removeprefix("signed_")
            if want != "?" and side not in t["handwritten"] and not (side in ("local", "federal") and not ocr_present()):
                asked += 1
                right += got == want
    assert asked > 200 and right >= 0.9 * asked, (right, asked)


@pytest.mark.skipif(not ocr_present(), reason="the extra `ocr` is not installed")
def test_a_scanned_agreement_is_read_by_ocr(copies: Path) -> None:
    t = next(t for t in TRUTH if t["name"].startswith("WYOMING"))
    r = read_pdf(path_of(copies, t), ocr=True, today=TODAY)
    for field, (got, want, sure) in held(r, t).items():
        assert got == want or (not sure and field == "signed_local"), (field, got, want)
    assert r.unread_pages and all(p.doubt for p in r.page_notes if p.source not in ("ocr", "text"))
