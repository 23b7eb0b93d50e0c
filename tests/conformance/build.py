"""Small made-up bodies of law for the conformance cases: one TOML file holds authorities, norms and cases."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

from homerule.corpus import Corpus, law_folder

AUTHORITY = {
    "kind": "statute", "status": "settled", "certainty": "confirmed", "source": "made up for a test", "checked": "2026-01-01",
    "in_force": [{"from": "2000-01-01"}], "citation": "Test Code § 1",
}  # fmt: skip
PLACES = {
    "us": ("United States", "nation"), "ca": ("California", "state"), "tx": ("Texas", "state"), "ny": ("New York", "state"), "il": ("Illinois", "state"),
    "ca/los-angeles-county": ("Los Angeles County, California", "county"), "ca/los-angeles": ("Los Angeles, California", "city"),
}  # fmt: skip


def value(x: Any) -> str:
    """A value as TOML text."""
    if isinstance(x, dict):
        return "{ " + ", ".join(f"{k} = {value(v)}" for k, v in x.items()) + " }"
    if isinstance(x, list):
        return "[" + ", ".join(map(value, x)) + "]"
    text = str(x)
    if len(text) == 10 and text[4] == text[7] == "-" and text[:4].isdigit():
        return text
    return json.dumps(x) if isinstance(x, (str, bool, int)) else text


def table(name: str, data: dict[str, Any]) -> str:
    return f"[[{name}]]\n" + "".join(f"{k} = {value(v)}\n" for k, v in data.items()) + "\n"


def corpus(folder: Path, authorities: list[dict[str, Any]], norms: list[dict[str, Any]], untranslated: list[dict[str, Any]] = (), places: tuple[str, ...] = tuple(PLACES)) -> Corpus:
    """A corpus in ``folder`` that holds just these norms. Norms need only what the case is about: the rest is filled in."""
    for name in ("vocabulary.toml", "corpus.toml"):
        shutil.copy(Path(law_folder()) / name, folder / name)
    for place in places:
        (folder / place).mkdir(parents=True, exist_ok=True)
        name, kind = PLACES[place]
        (folder / place / "place.toml").write_text(f'[place]\nid = "{place}"\nname = "{name}"\nkind = "{kind}"\ncoverage = "encoded"\n')
    for a in authorities:
        a = {**AUTHORITY, **a}
        text = table("authority", a)
        for n in norms:
            if n["authority"] == a["id"]:
                n = {"binds": ["all"], "acts": ["hold"], "says": "A rule made up for a test.", **n}
                if n["effect"] in ("expose", "protect") and "side" not in n:
                    n["side"] = "declining"
                text += table("norm", n)
        for u in untranslated:
            if u["authority"] == a["id"]:
                text += table("untranslated", {"binds": ["all"], "acts": ["hold"], "says": "A rule made up for a test.", "reason": "made up", **u})
        path = folder / a["place"] / f"{a['id']}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Corpus(folder)


def cases() -> list[Any]:
    """Every conformance case: (file, name, law, case)."""
    out = []
    for path in sorted((Path(__file__).parent / "rules").glob("*.toml")):
        data = tomllib.loads(path.read_text("utf-8"))
        for case in data["case"]:
            out.append((path.stem, case["name"], data, case))
    return out
