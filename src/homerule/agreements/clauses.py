"""How a document says that it may be left: the section found, its sentences read, notice periods taken in words and in figures.

This reading knows no template. `homerule.agreements.pdf` holds its result against one.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from homerule.agreements.templates import Shelf, best, fold, part

__all__ = ["Clause", "Section", "find_section", "periods", "read_clause", "read_date"]

_ONES = {w: n for n, w in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"])}
_TENS = {w: 10 * n for n, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)}
_MONTHS = {m: i for i, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)}


class Section(NamedTuple):
    """The part of a document on its end: the number and heading as printed, the text, and the page it begins on."""

    number: str
    heading: str
    text: str
    page: int


class Clause(NamedTuple):
    """What a section says. Days are calendar days unless `unit` says otherwise; None where nothing is said. `doubts` are sentences."""

    local_days: int | None = None
    federal_days: int | None = None
    either: bool = False
    on_receipt: bool = False
    counts: str = ""
    written: bool = False
    mail: bool = False
    exigent: bool = False
    at_any_time: bool = False
    to: str = ""
    ends: dt.date | None = None
    unit: str = "calendar"
    sentences: int = 0
    doubts: tuple[str, ...] = ()


_HEAD = re.compile(r"^\W{0,2}(?:(?:ARTICLE|Article|SECTION|Section)\s+)?(?P<number>[IVXLivxlJTUMmD1!|]{1,7}|\d{1,2}(?:\.\d{1,2})?|[A-Z])\s{0,2}[.):]\s*(?P<rest>\S.{2,110})$")
_WORDS = ("termin", "temin", "cancel", "duration", "expir", "withdraw", "effectivedate", "periodofagreement", "termof", "termand")


def _heading(line: str) -> tuple[str, str] | None:
    text = line.strip()
    if not 6 <= len(text) <= 130 or text.endswith((",", ";")):
        return None
    match = _HEAD.match(text)
    number, rest = (match["number"], match["rest"]) if match else ("", text)
    letters = [c for c in rest if c.isalpha()]
    if len(letters) < 6 or (match and "  " in rest and len(rest) > 90):
        return None
    capitals = sum(c.isupper() for c in letters) / len(letters)
    if capitals > 0.8 or (match and not number.isalpha() and len(rest) < 70 and not rest.endswith(".")) or (match and len(rest) < 60 and rest.istitle()):
        return _roman(number), rest.strip()
    return None


def _roman(number: str) -> str:
    """A number as printed, with what recognition makes of roman figures put right."""
    if not number or (number[0].isdigit() and number != "1"):
        return number
    text = number.upper().translate(str.maketrans(dict[str, str | int | None]({"1": "I", "|": "I", "!": "I", "L": "I", "J": "I", "T": "I", "U": "II", "M": "III", "D": "II"})))
    return text if re.fullmatch(r"X{0,3}(IX|IV|V?I{0,3})", text) else ""


def _about_ending(heading: str) -> bool:
    bare = fold(heading)
    return any(fold(w) in bare for w in _WORDS)


def find_section(pages: list[tuple[int, str]], shelf: Shelf) -> Section | None:
    """The section on the end of the agreement, from pages as (number, text). None where there is none to be found."""
    lines = [(number, line) for number, text in pages for line in text.split("\n") if line.strip()]
    heads = [(i, h) for i, (_, line) in enumerate(lines) if (h := _heading(line))]
    stops = {i for i, _ in heads}
    chosen: tuple[float, Section] | None = None
    for i, (number, heading) in heads:
        if not _about_ending(heading):
            continue
        body: list[str] = []
        for j in range(i + 1, min(len(lines), i + 90)):
            text = lines[j][1]
            if best(shelf.parts["no_rights"], text, cutoff=90) or best(shelf.parts["signing"][:2], text, cutoff=92):
                break
            if j in stops and j > i + 1 and lines[j][1].strip()[:1] not in "(" and _HEAD.match(lines[j][1].strip()) and len(body) > 1:
                break
            body.append(text)
        text = part(re.sub(r"(?<=[a-z][.,;])(?=[A-Z0-9(])", " ", " ".join(" ".join(body).split())), shelf.lexicon)
        bare = fold(text)
        weight = sum(bare.count(fold(w)) for w in ("terminat", "cancel", "withdraw from")) + 2 * ("notice" in bare) + ("temin" in fold(heading)) * 2
        if weight and (chosen is None or weight > chosen[0]):
            chosen = (weight, Section(number, heading, text, lines[i][0]))
    if chosen:
        return chosen[1]
    for page, text in pages:  # no heading: the paragraph that says who may end it
        flat = " ".join(text.split())
        hit = re.search(r"(?i)[^.]*\b(?:either party|the parties|this (?:agreement|mo[ua])[^.]{0,40})[^.]{0,160}\b(?:terminat|tennin|cancel)[^.]*\.(?:[^.]*\bnotice\b[^.]*\.)?", flat)
        if hit:
            return Section("", "", hit.group(0).strip(), page)
    return None


# ---------------------------------------------------------------------- numbers and days

_NUMBER = r"(?P<words>(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|one hundred(?: and)?(?: (?:twenty|eighty))?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|fifteen|eighteen))"
_PERIOD = re.compile(
    rf"(?:\b{_NUMBER}\b\s*)?(?:[(\[]?\s*(?P<digits>[0-9OolISs]{{1,3}})\s*[)\]]?)?[\s~.-]{{0,2}}(?P<kind>calendar|business|working|consecutive)?\s*-?(?P<unit>day|month|week|year)s?\b['’]?",
    re.I,
)


class Span(NamedTuple):
    """A period named in a text: days, whether figures and words agree and were clean, and where it stands."""

    days: int
    clean: bool
    unit: str
    at: int


def _in_words(text: str) -> int | None:
    total = 0
    for word in re.split(r"[\s-]+", text.lower()):
        if word in _ONES:
            total += _ONES[word]
        elif word in _TENS:
            total += _TENS[word]
        elif word == "hundred":
            total = max(1, total) * 100
        elif word != "and":
            return None
    return total or None


def periods(text: str) -> list[Span]:
    """Every period of days, weeks, months or years in a text, in order. Months count 30 days and years 365, and are then not `clean`."""
    out = []
    for m in _PERIOD.finditer(text):
        words = _in_words(m["words"]) if m["words"] else None
        digits = None
        clean = True
        if m["digits"]:
            raw = m["digits"].translate(str.maketrans("OolISs", "001155"))
            if not any(c.isdigit() for c in m["digits"]):
                continue
            clean = raw == m["digits"]
            digits = int(raw)
        number = digits if digits is not None else words
        if not number:
            continue
        if words is not None and digits is not None and words != digits:
            clean = False
        size = {"day": 1, "week": 7, "month": 30, "year": 365}[m["unit"].lower()]
        unit = "business" if (m["kind"] or "").lower() in ("business", "working") else "calendar"
        out.append(Span(number * size, clean and size in (1, 7), unit, m.start()))
    return out


_NAMED = re.compile(r"\b(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s{0,2}(?P<day>\d\s?\d|\d)(?:st|nd|rd|th)?\s?,?\s{0,2}(?P<year>(?:19|20)\s?\d\s?\d)\b", re.I)
_NAMED_LAST = re.compile(r"\b(?P<day>\d{1,2})(?:st|nd|rd|th)?\s{0,2}(?:day of\s)?(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?,?\s{0,2}(?P<year>(?:19|20)\d\d)\b", re.I)
_FIGURES = re.compile(r"(?<![\d/.-])(?P<month>\d{1,2})\s?(?P<mark>[/.-])\s?(?P<day>\d{1,2})\s?(?P=mark)\s?(?P<year>20\d\d|\d\d)(?![\d/])")
_ISO = re.compile(r"(?<!\d)(?P<year>20\d\d)[.-](?P<month>[01]\d)[.-](?P<day>[0-3]\d)(?!\d)")


def read_date(text: str) -> tuple[dt.date, bool] | None:
    """The first day that a text names, and whether its month is spelt out (or is the ISO form). None where there is none."""
    for pattern, spelt in ((_NAMED, True), (_NAMED_LAST, True), (_ISO, True), (_FIGURES, False)):
        if m := pattern.search(text):
            month = _MONTHS[m["month"].lower()] if m["month"].isalpha() else int(m["month"])
            year = int(m["year"].replace(" ", ""))
            try:
                return dt.date(year + 2000 if year < 100 else year, month, int(m["day"].replace(" ", ""))), spelt
            except ValueError:
                continue
    return None


# ---------------------------------------------------------------------- the clause

_END = re.compile(r"(?i)te[rnml1i]{1,4}[iljmn]?[nmi]?[a-z]{0,3}\s?(?:nat|mat|mnat)|terminat|tennin|\bcancel|\brescind|withdraw from|\bend this\b")
_EITHER = re.compile(r"(?i)\bei?ther\s+pa\w{2,4}|\bany party|\bother pa[rn]ty|\bboth parties|either (?:side|signatory|entity)|\bparties may|mutual")
_NOTICE = re.compile(r"(?i)\bnotice|notif|advance|prior to|in writing")
_DROP = re.compile(r"(?i)websit|published|length of the|complaint|48 hours|reasonable opportunity|invest[il]gat|meet(?:ing)? |review")


def _names(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))


def read_clause(text: str, shelf: Shelf, agency: str = "") -> Clause:
    """Read a section on the end of an agreement. ``agency``: the local body's name, by which some copies call it."""
    federal = re.compile(rf"\b(?:{_names(shelf.parts['federal_names'])})\b(?! personnel)")
    short = [w for w in (agency, "".join(w[0] for w in agency.split() if w[0].isupper()) if len(agency.split()) > 1 else "") if len(w) > 2]
    local = re.compile(rf"\b(?:{_names((*shelf.parts['local_names'], *short))})\b")
    sentences = [s for s in re.split(r"(?<=[.;])\s+(?=[A-Z(“\"'])", text) if s.strip()]
    found: dict[str, list[Span]] = {"local": [], "federal": []}
    said: dict[str, bool] = {"local": False, "federal": False}
    receipt = mail = written = exigent = anytime = either = False
    to = ""
    ends: dt.date | None = None
    number = 0
    for s in sentences:
        if (m := re.search(r"(?i)\b(?:expires?|terminates?|remain in (?:full force and )?effect|in effect|continue)\b[^.;]{0,60}?\b(?:on|until|through|to)\s+((?:[A-Z][a-z]+ \d|\d{1,2}/)[^.;]{0,20})", s)) and (day := read_date(m[1])):
            ends = day[0]
        if not _END.search(s) or _DROP.search(s):
            continue
        number += 1
        both = bool(_EITHER.search(s))
        spans = [p for p in periods(s)]
        sides = _sides(s, both, federal, local)
        immediate = bool(re.search(r"(?i)(?:immediate\w*|effective) upon\s?(?:the )?receipt", s))
        notice = bool(_NOTICE.search(s)) or bool(spans)
        either |= both and notice
        receipt |= immediate
        mail |= bool(re.search(r"(?i)certified|registered mail|delivered personally|hand.?deliver", s))
        written |= bool(re.search(r"(?i)writ(?:ten|ing)", s))
        exigent |= bool(re.search(r"(?i)exigent|emergency", s))
        anytime |= bool(re.search(r"(?i)at any ?time", s))
        if "local" in sides and not both and (m := re.search(r"(?i)(?:given|provided|delivered|addressed|sent|submitted|directed)\s*,?\s*(?:in writing\s*,?\s*)?to\s+(?:the\s+)?([^.;]{3,90}?)(?=\s+and\s+(?:termination|shall|suspension)|[.;]|$)", s)):
            to = m[1].strip()
        for side in sides:
            found[side] += spans
            said[side] |= notice or immediate
    doubts: list[str] = []
    unit = "business" if any(p.unit == "business" for v in found.values() for p in v) else "calendar"
    if unit == "business":
        doubts.append("the period is in working days; it is given here as a number of those")
    days: dict[str, int | None] = {}
    for side in ("local", "federal"):
        values = {p.days for p in found[side]}
        if len(values) > 1:
            doubts.append(f"more than one period is named for the {side} side ({', '.join(str(v) for v in sorted(values))} days)")
        if any(not p.clean for p in found[side]):
            doubts.append(f"the figure of the {side} side's period was not clean, or is in months")
        days[side] = max(values) if values else 0 if said[side] and (receipt or written or anytime) else None
    counts = "receipt" if re.search(r"(?i)after\s?(?:the )?receipt|upon\s?(?:the )?receipt|from (?:the date of )?receipt", text) else ""
    return Clause(days["local"], days["federal"], either, receipt, counts, written, mail, exigent, anytime, to, ends, unit, number, tuple(doubts))


def _sides(sentence: str, both: bool, federal: re.Pattern[str], local: re.Pattern[str]) -> tuple[str, ...]:
    """Whom a sentence about ending binds: the one that gives notice, not the one that gets it."""
    by_federal = re.search(rf"\bby\s+(?:the\s+)?(?:{federal.pattern})", sentence) or re.search(rf"(?:{federal.pattern})\s+(?:\S+\s+)?(?:may|shall|will|can|must|decides|elects|reserves|provide)\b", sentence)
    by_local = re.search(rf"\bby\s+(?:the\s+)?(?:{local.pattern})", sentence) or re.search(rf"(?:{local.pattern})\s+(?:\w+\s+)?(?:may|shall|will|can|must)\b(?! be (?:given|provided))", sentence)
    if by_federal and not by_local:
        return ("federal",)
    if by_local and not by_federal:
        return ("local",)
    if both or (by_federal and by_local):
        return ("local", "federal")
    if re.search(r"(?i)by\s+(?:the\s+)?[A-Z][\w.' ]{2,60}\s+shall be (?:given|provided)", sentence):
        return ("local",)  # a name that is not the federal side's
    return ("local", "federal") if re.search(r"(?i)\bterminat\w+ shall (?:take effect|be effective)|may be terminated|notice of termination|termination notice", sentence) else ()
