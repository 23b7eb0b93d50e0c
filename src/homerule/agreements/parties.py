"""Who signed: the local body's name and its state, gathered from several places of a document and held against each other."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from homerule.agreements.templates import Shelf, fold

__all__ = ["Found", "check_place", "find_agency", "find_state", "running"]


class Found(NamedTuple):
    """A value, whether it is sure, what is doubtful in it, and the page it was read on."""

    value: str
    sure: bool
    doubt: str = ""
    page: int | None = None


class Said(NamedTuple):
    """A name as one part of the document gives it. `weight` says how much that part is worth."""

    text: str
    part: str
    page: int
    weight: float


_AFTER = r"\s*,?\s*[(,'’]?\s*(?:herein\s?after|pursuant to which|\(?[\"“]?LEA\b|\([\"“]|\(the\b|;)"
_INTRO = [
    re.compile(rf"(?:\(?(?:DHS|OHS|ICE)\)?|Homeland Security|Customs Enforcement)\W{{0,6}}\s*,?\s*and\s*(?:the\s*)?(?P<name>.{{4,140}}?){_AFTER}", re.S),
    re.compile(r"\band\s+(?:the\s+)?(?P<name>[A-Z][^,;()]{4,100}?)\s*\([\"“']?(?:[A-Z]{2,6}|LEA|[^)]{0,20}agency)[\"”']?\)?", re.S),
    re.compile(r"(?:entered into|made) (?:by and )?between\s+(?:the\s+)?(?P<name>[A-Z].{4,100}?)\s*,?\s+and\s+(?:the\s+)?(?:United States|U\.?S\.?|Immigration|Department of Homeland)", re.S),
]
_BLOCK = re.compile(r"(?i)\bagency\s*[:_.]\s*[_\s]*(?P<name>[A-Z][^\n_]{5,70})")
_FOOT = re.compile(r"(?i)\s*(?:rev(?:ised|\.)?\s*\d.*$|page\s*\d.*$|\b\d{1,2}\s*(?:of\s*\d+)?\s*$)")
_NAMES = re.compile(r"\b(?P<name>(?:[A-Z][\w.’'-]+\s+){1,5}(?:County|Parish|Police|Sheriff[\w’']*)(?:\s+(?:Sheriff[\w’']*|Police|Department|Dept\.?|Office|of|Corrections))*)")


def _foot(line: str) -> str:
    """A running line without page number and date of the form."""
    while (cut := _FOOT.sub("", line).strip()) != line:
        line = cut
    return line


def running(pages: list[tuple[int, str]]) -> dict[str, int]:
    """Lines that stand at the top or bottom of at least three pages, and on how many."""
    seen: Counter[str] = Counter()
    shown: dict[str, Counter[str]] = {}
    for _, text in pages:
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        for line in {*lines[:1], *lines[-3:]}:
            for bit in {_foot(line), line}:
                bare = fold(re.sub(r"\d", "", bit))
                if 4 <= len(bare) <= 60:
                    seen[bare] += 1
                    shown.setdefault(bare, Counter())[bit] += 1
    return {shown[bare].most_common(1)[0][0]: n for bare, n in seen.items() if n >= 3}


def tidy(name: str, shelf: Shelf) -> str:
    """A name with the slips of recognition put right in the words that agencies are called by, and without signs that are no part of it."""
    from rapidfuzz.distance import Levenshtein

    text = re.sub(r"(?<=[a-z'])(?=[A-Z][a-z])|(?<=[,])(?=\S)", " ", re.sub(r"(?i)(sheriff'?s)(?=office|dep)", r"\1 ", name.replace("’", "'")))
    text = re.sub(r"(?i)(?<=[a-z'])(county|parish|sheriff'?s?|office|police|department)(?![a-z])|(?<=[a-z])(?:county|parish|sheriff'?s)(?=office|sheriff|police|department)", lambda m: f" {m[0]} ", text) if len(max(text.split() or [""], key=len)) > 13 else text
    text = re.sub(r"\s*\((?:the )?[\"“']?[A-Z]{2,7}[\"”']?\)?", " ", text)
    codes = _states()
    text = " ".join(w if w.strip(",.").lower() in codes and w.strip(",.") not in ("OF", "IN", "OR", "DE", "LA") else re.sub(r"[A-Z][A-Z']+", lambda m: m[0].capitalize(), w) if len(w.strip(",.'")) > 3 and w.upper() == w else w for w in text.split())
    text = re.sub(r"\bOF\b", "of", text)
    text = re.sub(r"(?i)^\W*(?:for the \w+|agency|title|name|date|signature)\s*:\s*", "", text)
    text = re.sub(r"[_~*•|=]+", " ", text.replace("’", "'").replace("‘", "'"))
    text = re.sub(r"\s*'\s*s\b", "'s", text)
    text = re.sub(r"(?i)\bsheri\s?\w{0,3}[\s']{0,2}(?:fr\s)?s\s+(office|department|dept)", lambda m: "Sheriff's " + m[1].capitalize(), text)
    text = re.sub(r"\bSheri\s?ffs?\b", lambda m: "Sheriff's" if m[0].endswith("s") else "Sheriff", text)
    words = []
    known = shelf.agency["mend"]
    for word in text.split():
        bare = word.strip(".,;:-")
        if len(bare) >= 5 and bare.lower() not in {k.lower() for k in shelf.agency["words"]}:
            near = min(known, key=lambda k: Levenshtein.distance(fold(k), fold(bare)))
            if Levenshtein.distance(fold(near), fold(bare)) <= (1 if bare.isalpha() or len(near) < 7 else 2):
                word = near + ("," if word.endswith(",") else "")
        words.append(word)
    text = " ".join(words).strip(" ,.;:-'\"“”(")
    text = re.sub(r"^(?:the|The|by|and)\s+", "", text)
    text = re.sub(r"^(.{8,}?)\W+\1$", r"\1", text)  # a field filled in twice, one over the other
    text = re.sub(r"\bSheriffs\b", "Sheriff's", text)
    return re.sub(r"\bDept\b\.?", "Department", text)


_VERBS = frozenset(["title", "will", "shall", "may", "is", "are", "be", "been", "has", "have", "this", "that", "these", "such", "who", "which", "any", "title", "name", "signature", "date", "by", "agrees", "must", "not", "if", "its"])


def _plausible(name: str, shelf: Shelf) -> bool:
    words = name.split()
    if not 2 <= len(words) <= 14 or len(name) > 100:
        return False
    if re.match(r"(?:An?|In|On|For|To|Of|At|As|No|All|Each) ", name):
        return False
    if re.search(r"(?i)immigration and customs|homeland|\bICE\b|this mo[au]|agreement|law enforcement agency$|appendix|memorandum|revised|operating procedure|point of contact", name):
        return False
    if any(re.search(rf"(?i)\b{re.escape(f)}", name) for f in shelf.agency["federal"]):
        return False
    small = sum(w[0].islower() for w in words)
    if not name[0].isupper() or small > 3 or small > 0.4 * len(words) or any(w.lower() in _VERBS for w in words):
        return False
    sound = sum(1 for c in name if c.isalpha() or c in " '.,&-")
    return sound >= 0.94 * len(name) and any(re.search(rf"(?i)\b{re.escape(h)}", name) for h in shelf.agency["heads"])


def _states() -> dict[str, str]:
    from homerule.places.tables import tables

    return {code: row.name for code, row in tables().states.items()}


def split_state(name: str) -> tuple[str, str]:
    """A name without a state at its end (or within), and that state's code or empty."""
    from rapidfuzz.distance import Levenshtein

    last = name.rpartition(" ")[2].strip(",.")
    if len(last) >= 6:
        near = next((full for full in _states().values() if full != last and Levenshtein.distance(full.lower(), last.lower()) == 1), "")
        if near and len(name.split()) > 3:
            name = name[: -len(last)] + near if name.endswith(last) else name
    if len(name.split()) > 3:
        name = re.sub(r"(?P<b>Office|Department|Police) (?P<s>" + "|".join(_states().values()) + r")$", r"\g<b>, \g<s>", name)
    for code, full in _states().items():
        for pattern in (rf",?\s*\bof {full}$", rf",\s*{full}(?:,\s*{code.upper()})?$", rf",\s*{code.upper()}\.?$", rf"(?<=[a-z'.])\s+{code.upper()}$", rf"(?<=County)\s+{full}$"):
            if re.search(pattern, name) and (len(name.split()) > 3 or "," in name):
                cut = re.sub(pattern, "", name).strip(" ,")
                if len(cut.split()) >= 2:
                    return cut, code
        if m := re.search(rf"\b(?:County|Co\.?)\s*,?\s+{code.upper()}\b\.?\s+", name):
            return name[: m.start()] + "County " + name[m.end() :], code
    return name, ""


def find_agency(pages: list[tuple[int, str]], blocks: list[tuple[int, str]], shelf: Shelf, typed: set[int], opening: str = "") -> tuple[Found, list[tuple[str, float]]]:
    """The local body's name, and the states that the places naming it give, each with a weight.

    ``blocks``: the text of signature blocks as (page, text). ``typed``: pages whose text layer is the document's own.
    ``opening``: the first page in the order in which it is seen, which differs where blanks were filled in later.
    """
    from rapidfuzz.fuzz import token_sort_ratio

    said: list[Said] = []
    for page, text in [*((pages[0][0], opening) for _ in "1" if opening and pages), *pages[:2]]:
        flat = " ".join(text.split())
        for pattern in _INTRO:
            if m := pattern.search(flat):
                said.append(Said(m["name"], "the opening", page, 3.0))
    for line, count in running(pages).items():
        said.append(Said(_foot(line), "the foot of its pages", pages[0][0], min(3.0, 0.6 * count)))
    for page, text in blocks:
        for m in _BLOCK.finditer(text):
            said.append(Said(m["name"], "the signature", page, 2.0))
        for line in text.split("\n"):
            said.append(Said(line, "the signature", page, 1.5))
    for page, text in pages[len(pages) // 2 :]:
        for line in text.split("\n"):
            said.append(Said(line, "an appendix", page, 0.7))
    for page, text in pages:
        for m in _NAMES.finditer(" ".join(text.split())):
            said.append(Said(m["name"], "the text", page, 0.15))
    states: list[tuple[str, float]] = []
    named: list[Said] = []
    for s in said:
        name, state = split_state(tidy(s.text, shelf))
        name = re.sub(r"\bCo\.?(?=\s+Sheriff)", "County", name)
        name = re.sub(r"^(.*(?:Office|Department|Police|Corrections|Safety)\b[^,]*), .+$", r"\1", name)
        name = re.sub(r"^(?P<c>[\w.' ]+? (?:County|Parish))(?P<rest> .+), (?P=c)$", r"\g<c>\g<rest>", name)
        if _plausible(name, shelf):
            body = any(re.search(rf"(?i)\b{re.escape(b)}\b", name) for b in shelf.agency["bodies"])
            named.append(s._replace(text=name, weight=s.weight if body else s.weight * 0.3))
            if state:
                states.append((state, s.weight))
    groups: list[list[Said]] = []
    for s in sorted(named, key=lambda s: -s.weight):
        for g in groups:
            a, b = g[0].text.lower(), s.text.lower()
            if token_sort_ratio(a, b) >= 88 or (min(len(a), len(b)) >= 15 and (a.startswith(b) or b.startswith(a))):
                g.append(s)
                break
        else:
            groups.append([s])
    if not groups:
        return Found("", False, "the name of the local body is not legible"), states
    groups.sort(key=_weigh, reverse=True)
    top = groups[0]
    shapes: dict[str, float] = {}
    for s in top:
        shapes[s.text] = shapes.get(s.text, 0.0) + s.weight
    name = max(shapes, key=lambda t: (shapes[t], len(t)))
    longer = [t for t in shapes if t.lower().startswith(name.lower()) and len(t) > len(name) and shapes[t] >= 0.25 * shapes[name]]
    name = max(longer, key=lambda t: shapes[t]) if longer else name
    fuller = [s for s in named if s.weight >= 0.6 and re.match(rf"(?i){re.escape(name)}(?:'?s)? (?:Office|Department)", s.text) and len(s.text.split()) <= len(name.split()) + 2]
    if fuller and not re.search(r"(?i)office|department", name):
        name = Counter(s.text for s in fuller).most_common(1)[0][0]
    parts = {s.part for s in top if s.weight >= 0.6}
    rivals = [g for g in groups[1:] if _weigh(g) > 0.75 * _weigh(top) and not _within(g[0].text, name)]
    doubt = ""
    if not any(re.search(rf"(?i)\b{re.escape(b)}\b", name) for b in shelf.agency["bodies"]):
        doubt = "which of its bodies signed is not legible"
    elif rivals:
        doubt = f"another part of the document names {rivals[0][0].text}"
    elif len(parts) < 2 and (top[0].part != "the opening" or top[0].page not in typed):
        doubt = f"read in one place only ({top[0].part})"
    return Found(name, not doubt, doubt, top[0].page), states


def _weigh(group: list[Said]) -> float:
    """What a group of like names is worth: the best of each part of the document, and a little for each time."""
    return sum(max((s.weight for s in group if s.part == part), default=0.0) for part in {s.part for s in group}) + 0.1 * len(group)


def _within(a: str, b: str) -> bool:
    from rapidfuzz.fuzz import token_set_ratio

    return bool(token_set_ratio(a.lower(), b.lower()) >= 90)


def find_state(pages: list[tuple[int, str]], agency: str, said: list[tuple[str, float]], shelf: Shelf, hint: str) -> Found:
    """The state of the local body, as two small letters. ``hint``: what the file's name or folder says, which never decides alone."""
    votes: dict[str, float] = dict.fromkeys(_states(), 0.0)
    for code, weight in said:
        votes[code] += weight + 1.0
    names = _states()
    county = _county_states(agency)
    for number, text in pages:
        flat = " ".join(text.split())
        for code, full in names.items():
            for m in re.finditer(rf"(?:\b{code.upper()}|\b{full})\.?,?\s*(\d{{5}})\b", flat):
                near = flat[max(0, m.start() - 160) : m.end()]
                if any(p in near[-60:] for p in shelf.parts["federal_places"]):
                    continue
                votes[code] += 0.5 if re.search(r"Chief Counsel|OPLA|Legal Advisor|Field Office", near) else 2.0
            if number == pages[0][0] or number > pages[-1][0] // 2:
                found = len(re.findall(rf"(?:\b[Ss]tate\s?of\s?|County,\s?|Parish,\s?|,\s?){full}\b", flat))
                votes[code] += min(found, 3) * 0.8
    if county:
        for code in list(votes):
            if code not in county:
                votes[code] *= 0.3
    ranked = [(c, v) for c, v in sorted(votes.items(), key=lambda v: -v[1]) if v > 0.4]
    for code, full in names.items():
        if re.search(rf"\b{full}\b", agency) and not re.search(rf"{full} (?:County|Parish|City)", agency):
            return Found(code, True, "", pages[0][0] if pages else None)
    if len(county) == 1 and (not ranked or ranked[0][0] in county):
        only = next(iter(county))
        return Found(only, True) if ranked else Found(only, not hint or hint == only, "" if not hint or hint == only else f"the file's name says {names.get(hint, hint)}")
    if ranked and (not county or ranked[0][0] in county):
        top, value = ranked[0]
        if len(ranked) > 1 and ranked[1][1] > 0.6 * value:
            return Found(top, False, f"the document also speaks of {names[ranked[1][0]]}")
        return Found(top, value >= 1.5, "" if value >= 1.5 else "named once only")
    if hint and (not county or hint in county):
        return Found(hint, False, "taken from the file's name or folder: the document itself does not say it legibly")
    if county and len(county) <= 3:
        return Found("", False, f"not legible; the name fits {' or '.join(names[c] for c in sorted(county))}")
    return Found("", False, "not legible")


def _county_states(agency: str) -> frozenset[str]:
    """The states that have a county of the name that stands in the agency's."""
    m = re.match(r"(?:The )?(?P<name>[A-Z][\w.' -]{2,30}?) (?:County|Parish)\b", agency)
    if not m:
        return frozenset()
    from homerule.places.tables import tables

    t, wanted, out = tables(), fold(m["name"]), set()
    for code, row in t.states.items():
        try:
            counties = t.counties(row)
        except (KeyError, OSError, ValueError):
            continue
        if any(fold(c.base) == wanted for c in counties):
            out.add(code)
    return frozenset(out)


def check_place(agency: Found, state: str) -> Found:
    """An agency's name held against the counties and cities of its state; a name that none has is put right where one is near, with a doubt."""
    from rapidfuzz.distance import Levenshtein

    from homerule.places.tables import tables

    row = tables().states.get(state)
    m = re.match(r"(?:(?:City|Town|Village|Borough) of )?(?P<name>[A-Z][\w.' -]{2,30}?) (?P<what>County|Parish|Police|(?:City|Town) Police)\b", agency.value)
    if not m or row is None:
        return agency
    county = m["what"] in ("County", "Parish")
    known = [c.base for c in tables().counties(row)] if county else [re.sub(r" (?:city|town|village|borough|CDP)$", "", line.split(",")[0].split("|")[0]) for line in tables().cities(state)]
    bare = {fold(k) for k in known}
    if fold(m["name"]) in bare or fold("St. " + m["name"].removeprefix("Saint ")) in bare:
        return agency
    near = min(known, key=lambda b: Levenshtein.distance(b.lower(), m["name"].lower()), default="")
    if near and Levenshtein.distance(near.lower(), m["name"].lower()) <= max(1, len(near) // 4):
        return agency._replace(value=agency.value[: m.start("name")] + near + agency.value[m.end("name") :], sure=False, doubt=f"printed or recognised as {m['name']}; the nearest {'county' if county else 'city'} of the state was taken")
    return agency._replace(sure=False, doubt=agency.doubt or f"no {'county' if county else 'city'} called {m['name']} is known in {row.name}")
