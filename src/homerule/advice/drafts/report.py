"""A statutory report, counted from a log. What comes out is counts, days and code words: a cell that could be anything else is refused, so that no name can pass."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from homerule.advice.drafts.template import Variant
from homerule.advice.drafts.view import Spell, us_date
from homerule.corpus import Corpus
from homerule.corpus.corpus import law_folder
from homerule.corpus.model import Norm
from homerule.errors import InputError, shorten
from homerule.reasoning.finding import cite
from homerule.vocabulary import Vocabulary

_CODE = re.compile(r"^[a-z][a-z0-9]*(?:[_+ -][a-z0-9]+){0,7}$")
_MOST = 200  # rows listed one by one; beyond that the counts stand alone, and the log itself is attached
_KNOWN_FORMS = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%m/%d/%Y", "%m/%d/%Y %H:%M")


def read_log(path: Path | None, variant: Variant | None, corpus: Corpus, vocabulary: Vocabulary, on: dt.date, values: Mapping[str, str], spell: Spell = str) -> dict[str, Any]:
    """The counts and rows of the report. ``values`` may give ``report_year`` and ``none`` (``yes``: there was nothing to report).

    Raises InputError naming row and column for a cell that is not of its kind, and where neither a log nor `none` is given.
    """
    assert variant is not None
    year = values.get("report_year", "") or str(on.year - 1)
    if not (year.isascii() and year.isdigit() and 1990 <= int(year) <= 2100):
        raise InputError(f"`{shorten(year)}` is no year", where="--set report_year", help="Give four digits")
    if path is None:
        raise InputError("a report is counted from a log", where="draft statutory-report", help=f"Give --log FILE, a CSV or JSON Lines file with the columns {', '.join(c['name'] for c in variant.columns)}; an empty file with those heads certifies that there was none")
    rows, ignored, undated = _rows(path, variant, vocabulary, int(year))
    if undated and not rows:
        raise InputError(f"no row of the log can be placed in {year}, and {undated} have no day", where=path.name, help="Give each row its day: a report of none may not rest on rows that could be of the year")
    warnings = [f"columns left out of the report: {', '.join(ignored)}"] if ignored else []
    if undated:
        warnings.append(f"{undated} row{'s' if undated != 1 else ''} of the log without a day that places {'them' if undated != 1 else 'it'} in {year}: not counted")
    if len(rows) > _MOST:
        warnings.append(f"{len(rows):,} rows are counted, and not listed one by one: attach the log")
    shown = [dict(c) for c in variant.columns]
    listed_rows = [[_show(r.get(c["name"], ""), c, vocabulary) for c in shown] for r in rows] if len(rows) <= _MOST else []
    total = f"{len(rows):,} {'entry' if len(rows) == 1 else 'entries'}"
    return {
        "counted": _counts(rows, variant, vocabulary), "listed_rows": listed_rows, "shown": shown, "none_received": not rows, "norms": (norms := _norms(variant, corpus, spell)),
        "lead": f"{total} in the records for {year}.", "warnings": warnings, "authorities": [{"citation": n["cite"], "certainty": f"{n['certainty']}; checked {n['checked']}"} for n in norms],
    }  # fmt: skip


def _norms(variant: Variant, corpus: Corpus, spell: Spell) -> list[dict[str, str]]:
    out = []
    for name in variant.norms:
        norm = corpus.find(name)
        if isinstance(norm, Norm):
            out.append({"cite": cite(norm.authority.citation, norm.pinpoint), "says": spell(norm.says), "certainty": norm.authority.certainty, "checked": norm.authority.checked.isoformat()})
    return out


def _rows(path: Path, variant: Variant, vocabulary: Vocabulary, year: int) -> tuple[list[dict[str, str]], list[str], int]:
    columns = {str(c["name"]): c for c in variant.columns}
    wanted = {*columns, *variant.where, *(str(c["column"]) for c in variant.counts if "column" in c)}
    out, ignored, undated = [], set(), 0
    when = str(variant.words.get("period", ""))
    given, heads = _read(path)
    if not given and heads is not None and not wanted & set(heads):
        raise InputError("the log has none of the columns that the report counts", where=path.name, help=f"Give the columns {', '.join(columns)}")
    for number, row in given:
        ignored |= {k for k, v in row.items() if k not in wanted and v}
        if any(str(row.get(c, "")).strip() not in allowed for c, allowed in variant.where.items()):
            continue
        kept = {name: _cell(str(row.get(name, "") or "").strip(), columns.get(name, {"kind": "code"}), vocabulary, f"{path.name}, row {number}, column `{name}`") for name in wanted}
        day = kept.get(when, "")[:10]
        if when and not day:
            undated += 1
        elif not when or day[:4] == str(year):
            out.append(kept)
    out.sort(key=lambda r: r.get(when, ""))
    return out, sorted(ignored), undated


def _read(path: Path) -> tuple[list[tuple[int, dict[str, Any]]], list[str] | None]:
    """The rows with their numbers; the heads of a CSV. Outcomes that a decision log keeps as entries of their own go to the entry that they are about."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the log cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}", where=str(path), help="Name a CSV or JSON Lines file") from None
    rows: list[tuple[int, dict[str, Any]]] = []
    heads: list[str] | None = None
    if text.lstrip().startswith("{"):
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip():
                continue
            try:
                data = json.loads(line)
                data = json.loads(data["body"]) if isinstance(data, dict) and isinstance(data.get("body"), str) else data
            except ValueError:
                raise InputError(f"line {number} is not JSON", where=path.name, help="Give one object a line") from None
            if not isinstance(data, dict):
                raise InputError(f"line {number} is not an object", where=path.name, help="Give one object a line")
            if data.get("redacted") or str(data.get("format", "")).startswith("homerule-records"):
                continue
            asked = data.get("asked") if isinstance(data.get("asked"), dict) else {}
            rows.append((number, {**{k: v for k, v in data.items() if not isinstance(v, (dict, list))}, **({"request": asked["request"]} if asked and asked.get("request") else {})}))
    else:
        reader = csv.DictReader(io.StringIO(text))
        heads = [h.strip() for h in reader.fieldnames or []]
        rows = [(n, {str(k).strip(): v for k, v in row.items() if k is not None}) for n, row in enumerate(reader, 2)]
    by_id = {str(r["id"]): r for _, r in rows if r.get("id")}
    for _, row in rows:
        about = by_id.get(str(row.get("of") or ""))
        if about is not None:
            about.update({k: v for k, v in row.items() if v not in (None, "") and k not in ("id", "kind", "of", "seq", "recorded", "role", "office")})
    return [(n, r) for n, r in rows if not r.get("of") and r.get("kind") not in ("certificate", "redaction", "hold", "release_hold")], heads


def _cell(value: str, column: Mapping[str, Any], vocabulary: Vocabulary, where: str) -> str:
    kind = str(column["kind"])
    if not value:
        return ""
    if kind == "moment":
        return _moment(value, where)
    if kind == "number":
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise InputError(f"`{shorten(value, 30)}` is no whole number", where=where, help="Give digits alone")
        return value
    known: Any = vocabulary.requests if kind == "request" else vocabulary.fact(kind[5:]).values if kind.startswith("fact:") else _words().get(kind)
    if known is not None and value not in known:
        raise InputError(f"a report holds code words only, and `{shorten(value, 30)}` is none of them", where=where, help=f"Use one of {', '.join(sorted(known)[:14])}")
    if known is None and not _CODE.match(value):
        raise InputError(f"a report holds code words only, and `{shorten(value, 30)}` is none", where=where, help="Use small letters, digits and dashes: for instance `drug-trafficking`, never a name")
    return value


def _moment(value: str, where: str) -> str:
    for form in _KNOWN_FORMS:
        try:
            found = dt.datetime.strptime(value, form)
            return found.strftime("%Y-%m-%d %H:%M" if "%H" in form else "%Y-%m-%d")
        except ValueError:
            continue
    try:
        found = dt.datetime.fromisoformat(value.replace("Z", "+00:00"))
        return found.strftime("%Y-%m-%d %H:%M") + (" UTC" if found.tzinfo and not found.utcoffset() else "")
    except ValueError:
        raise InputError(f"`{shorten(value, 30)}` is no day or time", where=where, help="Give it as YYYY-MM-DD or YYYY-MM-DDTHH:MM") from None


def _words() -> Mapping[str, Mapping[str, str]]:
    with open(Path(law_folder()) / "records.toml", "rb") as file:
        return tomllib.load(file)


def _show(value: str, column: Mapping[str, Any], vocabulary: Vocabulary) -> str:
    kind = str(column["kind"])
    if not value:
        return "not recorded"
    if kind == "moment":
        day, _, clock = value.partition(" ")
        return f"{us_date(dt.date.fromisoformat(day))}{', ' + clock if clock else ''}"
    if kind == "request":
        return vocabulary.requests[value].words
    if kind.startswith("fact:"):
        return vocabulary.fact(kind[5:]).label(value)
    return _words().get(kind, {}).get(value, value.replace("_", " "))


def _counts(rows: list[dict[str, str]], variant: Variant, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    columns = {str(c["name"]): c for c in variant.columns}
    out: list[dict[str, Any]] = []
    for c in variant.counts:
        column = str(c.get("column", ""))
        some = [r.get(column, "") for r in rows]
        if c.get("rows"):
            out.append({"label": c["label"], "number": f"{len(rows):,}"})
        elif c.get("sum"):
            missing = sum(1 for v in some if not v)
            out.append({"label": c["label"], "number": f"{sum(int(v) for v in some if v):,}" + (f" ({missing} not recorded)" if missing else "")})
        elif c.get("each"):
            for value, number in sorted(Counter(some).items(), key=lambda x: (-x[1], x[0])):
                out.append({"label": str(c["label"]).replace("{value}", _show(value, columns[column], vocabulary)), "number": f"{number:,}"})
        else:
            picked = [v for v in some if (v in c["values"] if "values" in c else v not in c["other"])]
            out.append({"label": c["label"], "number": f"{len(picked):,}"})
    return out
