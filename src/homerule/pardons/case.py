"""A case as it is given (flags, or a TOML or JSON file) turned into facts. Nothing is guessed: what is not given stays unknown."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from homerule.conditions import evaluate
from homerule.errors import InputError, nearest, shorten
from homerule.pardons.holder import grantor_of, holder_facts
from homerule.pardons.load import Law
from homerule.pardons.model import Ground
from homerule.vocabulary import Value

CERTAINTIES = ("certain", "probable", "disputed")
_CASE = ("on", "circuit", "place", "status", "posture", "visa_day", "final_order_day", "removal_day", "days_needed", "admission_day", "period_start", "natz_pardon",
         "reform_shown", "extenuating", "one_scheme", "charges", "conviction", "instrument", "name", "note")  # fmt: skip
_CONVICTION = ("id", "convicted_by", "state", "classes", "day", "offence_day", "grade")
_INSTRUMENT = ("id", "kind", "state", "day", "unconditional", "rights_withheld", "class_wide", "covers")
_UNITS = {"d": 1, "day": 1, "days": 1, "m": 30, "month": 30, "months": 30, "y": 365, "year": 365, "years": 365}
_FAMILY = {"bar_cimt": "cimt", "bar_drug": "drug", "bar_multiple": "multiple", "conduct": "none"}
_OUTSIDE = {"as": dt.date.max, "mp": dt.date(2009, 11, 28)}  # territories that the Act's definition of State leaves out, and until when
FIVE_YEARS = 5


class Conviction(NamedTuple):
    """One conviction. ``facts``: its own and its elements; ``unsure``: elements that only a probable or disputed class gives, and which."""

    id: str
    state: str
    day: dt.date | None
    classes: tuple[tuple[str, str], ...]
    facts: Mapping[str, Value]
    unsure: Mapping[str, str]


class Instrument(NamedTuple):
    """What was granted. ``covers``: the convictions it names, None for all of them."""

    id: str
    kind: str
    state: str
    day: dt.date | None
    covers: tuple[str, ...] | None
    facts: Mapping[str, Value]


class Charge(NamedTuple):
    """A charge as written, and the grounds that it can mean."""

    text: str
    grounds: tuple[str, ...]
    convictions: tuple[str, ...]
    facts: Mapping[str, Value]


class Case(NamedTuple):
    """A case that has been read."""

    on: dt.date
    facts: Mapping[str, Value]
    convictions: tuple[Conviction, ...]
    instruments: tuple[Instrument, ...]
    charges: tuple[Charge, ...]
    days: Mapping[str, dt.date]
    days_needed: int | None
    notes: tuple[str, ...]


def read_case(data: Mapping[str, Any], law: Law) -> Case:
    """The case that ``data`` gives. Raises InputError naming the key that cannot be read."""
    if not isinstance(data, Mapping):
        raise InputError("a case is a table with charges, conviction and instrument", where="the case")
    notes: list[str] = []
    _known(data, _CASE, "the case")
    on = _day(data.get("on"), "on") or dt.date.today()
    if on < law.first_day:
        raise InputError(f"the law before {law.first_day.isoformat()} is not encoded", where="on", help="Give a later day")
    facts: dict[str, Value] = {"on": on}
    for name in ("status", "posture", "visa_day", "natz_pardon", "reform_shown", "extenuating", "one_scheme"):
        _put(facts, name, data.get(name), law)
    if (circuit := _circuit(data)) is not None:
        _put(facts, "circuit", circuit, law)
    days = {n: d for n in ("final_order_day", "removal_day", "admission_day", "period_start") if (d := _day(data.get(n), n))}
    if facts.get("posture") == "visa":
        facts = {"visa_day": on, **facts, "at_consulate": True}
    convictions = _convictions(_many(data, "conviction"), facts, days, law, notes)
    instruments = tuple(_instrument(i, x, on, law, notes) for i, x in enumerate(_many(data, "instrument"), 1))
    out = {i.state for i in instruments if i.state in _OUTSIDE and on < _OUTSIDE[i.state]} | {c.state for c in convictions if c.state in _OUTSIDE and on < _OUTSIDE[c.state]}
    convictions = tuple(c._replace(facts={"named_territory": False, **c.facts}) if c.state in out or (out and not c.state) else c for c in convictions)
    ids = {c.id for c in convictions}
    for instrument in instruments:
        for name in instrument.covers or ():
            if name not in ids:
                raise InputError(f"it covers `{shorten(name)}`, which is no conviction of the case", where=f"instrument {instrument.id}", help=nearest(name, sorted(ids)))
    if "natz_pardon" not in facts and "period_start" in days:
        granted = [i.day for i in instruments if i.day]
        if granted:
            facts["natz_pardon"] = "before_period" if max(granted) < days["period_start"] else "in_period"
    charges = tuple(_charge(c, on, ids, law) for c in _many(data, "charges"))
    needed = data.get("days_needed")
    if needed is not None and (isinstance(needed, bool) or not isinstance(needed, int) or not 0 <= needed <= 20_000):
        raise InputError(f"`{shorten(str(needed))}` is no number of days", where="days_needed", help="Give a whole number")
    return Case(on, facts, convictions, instruments, charges, days, needed, tuple(dict.fromkeys(notes)))


# ------------------------------------------------------------------ parts


def _known(data: Mapping[str, Any], names: Iterable[str], where: str) -> None:
    allowed = list(names)
    for key in data:
        if key not in allowed:
            raise InputError(f"there is no `{shorten(str(key))}`", where=where, help=nearest(str(key), allowed))


def _many(data: Mapping[str, Any], name: str) -> list[Any]:
    value = data.get(name, [])
    if isinstance(value, (str, Mapping)):
        value = [value]
    if not isinstance(value, list):
        raise InputError(f"`{name}` is a list", where="the case")
    if len(value) > 50:
        raise InputError(f"`{name}` has {len(value)} entries; at most 50 are read", where="the case", help="Use `homerule pardon batch` for many cases")
    return value


def _day(given: Any, where: str) -> dt.date | None:
    if given is None or given == "":
        return None
    if isinstance(given, dt.datetime):
        return given.date()
    if isinstance(given, dt.date):
        return given
    try:
        return dt.date.fromisoformat(str(given).strip())
    except ValueError:
        raise InputError(f"`{shorten(str(given))}` is no day", where=where, help="Give it as YYYY-MM-DD") from None


def _put(facts: dict[str, Value], name: str, given: Any, law: Law) -> None:
    """Sets a fact; ``unknown`` or nothing leaves it open."""
    if given is None or (isinstance(given, str) and given.strip().lower() in ("", "unknown", "?")):
        return
    fact = law.facts[name]
    if fact.unit == "days" and isinstance(given, str):
        given = _in_days(given)
    if fact.type == "date":
        given = _day(given, name)
    if fact.type == "enum":
        given = str(given).strip().lower().replace(" ", "_").replace("-", "_")
    facts[name] = fact.parse(given)


def _in_days(text: str) -> str:
    """``1 year`` or ``18m`` in days."""
    m = re.fullmatch(r"\s*(\d{1,5})\s*([A-Za-z]+)\s*", text)
    return str(int(m.group(1)) * _UNITS[m.group(2).lower()]) if m and m.group(2).lower() in _UNITS else text


def _circuit(data: Mapping[str, Any]) -> str | None:
    given = data.get("circuit")
    if given is not None and str(given).strip():
        text = str(given).strip().lower()
        m = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th|d)?", text)
        number = m.group(1) if m else text.replace(".", "").replace("d c", "dc")
        return "dc" if number == "12" else number
    if data.get("place"):
        from homerule.places import find

        found = find(str(data["place"])).circuit
        return "dc" if found == 12 else str(found) if found else "none"
    return None


def sovereign(text: str, law: Law) -> tuple[str, str]:
    """Who convicted, and the state or territory where that is said: ``federal``, ``NY``, ``Puerto Rico`` …"""
    word = text.strip()
    if word.lower() in law.facts["convicted_by"].values:
        return word.lower(), ""
    from homerule.places import find
    from homerule.places.tables import tables

    place = find(word)
    if place.kind == "nation":
        return "federal", ""
    code = place.chain[1]
    if place.id != code:
        return "municipal" if place.kind.startswith("city") else "state", code
    kind = tables().states[code].kind
    return {"district": "dc", "state": "state"}.get(kind, "territory"), code


def _convictions(given: list[Any], case: Mapping[str, Value], days: Mapping[str, dt.date], law: Law, notes: list[str]) -> tuple[Conviction, ...]:
    out = [_conviction(i, c, case, days, law, notes) for i, c in enumerate(given, 1)]
    if len({c.id for c in out}) < len(out):
        raise InputError("two convictions have the same id", where="conviction", help="Give each its own")
    lengths = [c.facts.get("sentence_imposed_days") for c in out]
    total = sum(x for x in lengths if isinstance(x, int)) if out and None not in lengths else None
    for i, c in enumerate(out):
        facts = dict(c.facts)
        if total is not None:
            facts["all_sentences_days"] = total
        if "another_cimt" not in facts:
            others = [x.facts.get("cimt") for x in out if x is not c]
            if True in others or None not in others:
                facts["another_cimt"] = True in others
        out[i] = c._replace(facts=facts)
    return tuple(out)


def _conviction(number: int, given: Any, case: Mapping[str, Value], days: Mapping[str, dt.date], law: Law, notes: list[str]) -> Conviction:
    where = f"conviction {number}"
    if isinstance(given, str):
        given = {"classes": [given]}
    if not isinstance(given, Mapping):
        raise InputError("a conviction is a table", where=where)
    own = [n for n, a in law.about.items() if a in ("conviction", "element") and n not in ("convicted_by", "offence", "conviction_day")]
    _known(given, [*_CONVICTION, *own], where)
    facts: dict[str, Value] = {}
    state = ""
    if given.get("convicted_by"):
        facts["convicted_by"], state = sovereign(str(given["convicted_by"]), law)
    if given.get("state"):
        kind, state = sovereign(str(given["state"]), law)
        facts.setdefault("convicted_by", kind)
    day = _day(given.get("day"), f"{where}: day")
    if day:
        facts["conviction_day"] = day
    unsure: dict[str, str] = {}
    elements = [n for n, a in law.about.items() if a == "element"]
    for name in own:
        value = given.get(name)
        if name in elements and isinstance(value, str) and value in ("probable", "disputed"):
            unsure[name] = f"as given ({value})"
            continue
        try:
            _put(facts, name, value, law)
        except InputError as error:
            raise InputError(error.message, where=where, help=error.help) from None
    if "soon_after_admission" not in facts and "admission_day" in days and (done := _day(given.get("offence_day"), f"{where}: offence_day")):
        start = days["admission_day"]
        try:
            limit = start.replace(year=start.year + FIVE_YEARS)
        except ValueError:
            limit = start.replace(year=start.year + FIVE_YEARS, day=28)
        facts["soon_after_admission"] = start <= done < limit
    _cap(facts, str(given.get("grade", "")), state, day, law, notes)
    classes = tuple(_class(c, where, law) for c in _many(given, "classes"))
    for element, (value, why) in elements_of(classes, {**case, **facts}, law).items():
        if element not in facts and element not in unsure:
            if value is not None:
                facts[element] = value
            elif why:
                unsure[element] = why
    if len(classes) == 1 and classes[0][1] == "certain":
        facts["offence"] = classes[0][0]
    for name, certainty in classes:
        by = law.offences[name].convicted_by
        if certainty == "certain" and len(by) == 1 and "convicted_by" not in facts:
            facts["convicted_by"] = by[0]
    return Conviction(str(given.get("id", number)), state, day, classes, facts, unsure)


def _class(given: Any, where: str, law: Law) -> tuple[str, str]:
    if isinstance(given, Mapping):
        name, certainty = str(given.get("class", "")), str(given.get("certainty", "certain"))
    else:
        name, _, certainty = str(given).partition(":")
    name, certainty = name.strip().lower().replace(" ", "_").replace("-", "_"), certainty.strip() or "certain"
    if name not in law.offences:
        raise InputError(f"no class of offence is called `{shorten(name)}`", where=where, help=nearest(name, list(law.offences)))
    if certainty not in CERTAINTIES:
        raise InputError(f"`{shorten(certainty)}` does not say how sure a class is", where=where, help=f"Give {', '.join(CERTAINTIES)}")
    return name, certainty


def elements_of(classes: Iterable[tuple[str, str]], facts: Mapping[str, Value], law: Law) -> dict[str, tuple[bool | None, str]]:
    """Each element: whether the classes give it (None where open), and what leaves it open. Nothing where no class is known."""
    out: dict[str, tuple[bool | None, str]] = {}
    for element in [n for n, a in law.about.items() if a == "element"] if classes else []:
        value: bool | None = False
        why = ""
        for name, certainty in classes:
            node = law.offences[name].sets[element]
            truth = None if node is None else evaluate(node, facts)
            if truth is not False and (certainty != "certain" or truth is None):
                truth = None
                why = why or f"{law.offences[name].title} ({certainty})"
            value = True if True in (value, truth) else None if None in (value, truth) else False
        out[element] = (value, "" if value is not None else why)
    return out


def _cap(facts: dict[str, Value], grade: str, state: str, day: dt.date | None, law: Law, notes: list[str]) -> None:
    """A misdemeanour under a 364-day law that was in force on the day of conviction could not be punished with a year."""
    if grade and grade not in ("felony", "misdemeanor", "misdemeanour", "infraction"):
        raise InputError(f"`{shorten(grade)}` is no grade", where="grade", help="Give felony, misdemeanor or infraction")
    cap = law.caps.get(state)
    if not grade.startswith("misdemean") or "max_sentence_days" in facts or cap is None or day is None:
        return
    if day >= cap.start:
        facts["max_sentence_days"] = 364
        notes.append(f"the longest sentence possible is taken as 364 days, from the law in force in {state.upper()} since {cap.start.isoformat()} ({cap.certainty})")
    elif cap.doubtful and day >= cap.doubtful:
        notes.append(f"whether {state.upper()}'s 364-day law was in force on {day.isoformat()} is doubtful: the longest sentence possible is left open")


def _instrument(number: int, given: Any, on: dt.date, law: Law, notes: list[str]) -> Instrument:
    where = f"instrument {number}"
    if isinstance(given, str):
        given = {"kind": given}
    if not isinstance(given, Mapping):
        raise InputError("an instrument is a table", where=where)
    own = [n for n, a in law.about.items() if a == "instrument" and n not in ("instrument", "covers", "individual")]
    _known(given, [*_INSTRUMENT, "individual", *own], where)
    kind = str(given.get("kind", "pardon")).strip().lower().replace(" ", "_").replace("-", "_")
    if kind not in law.kinds:
        raise InputError(f"no instrument is called `{shorten(kind)}`", where=where, help=nearest(kind, list(law.kinds)))
    whole = str(given.get("grantor", "")).strip().lower() == "state"
    facts: dict[str, Value] = {}
    for name, value in law.kinds[kind].items():
        _put(facts, name, value, law)
    try:
        for name in (*own, "individual"):
            if name != "grantor" or not whole:
                _put(facts, name, given.get(name), law)
        if (free := _yes(given.get("unconditional"), law)) is not None and "conditions" not in given:
            facts["conditions"] = "none" if free else "open"
        if facts.get("conditions") == "open" and "conditions" not in given:
            notes.append(f"{where}: nothing was said of its condition being fulfilled, so it is taken as open")
        if given.get("rights_withheld"):
            facts["full"] = False
        if facts.get("instrument") == "restoration" and "restoration_full" not in facts and (whole_grant := _whole(facts)) is not None:
            facts["restoration_full"] = whole_grant
        if (wide := _yes(given.get("class_wide"), law)) is not None:
            facts["individual"] = not wide
    except InputError as error:
        raise InputError(error.message, where=where, help=error.help) from None
    covers = given.get("covers")
    if isinstance(covers, bool):
        facts["covers"] = covers
    names = None if covers is None or isinstance(covers, bool) else tuple(str(c) for c in _many(given, "covers"))
    state = ""
    if whole and not given.get("state"):
        facts["grantor"] = "governor"
        notes.append(f"{where}: the state is not named, so its pardoning authority is taken to be the governor")
    if given.get("state"):
        sort, state = sovereign(str(given["state"]), law)
        if whole:
            facts["grantor"] = grantor_of(state, on)
        if sort == "territory" and facts.get("grantor") == "governor":
            facts["grantor"] = "territorial_governor"
        for name, value in holder_facts(state, facts, on, notes).items():
            facts.setdefault(name, value)
    return Instrument(str(given.get("id", number)), kind, state, _day(given.get("day"), f"{where}: day"), names, facts)


def _whole(facts: Mapping[str, Value]) -> bool | None:
    """Whether a restoration of rights removes every disability without a condition, where what was said of it settles that."""
    if facts.get("full") is False or facts.get("conditions") == "open":
        return False
    return True if facts.get("full") is True and facts.get("conditions") == "none" else None


def _yes(given: Any, law: Law) -> bool | None:
    facts: dict[str, Value] = {}
    _put(facts, "full", given, law)
    value = facts.get("full")
    return value if isinstance(value, bool) else None


def _charge(given: Any, on: dt.date, convictions: set[str], law: Law) -> Charge:
    table = given if isinstance(given, Mapping) else {"section": given}
    _known(table, ("section", "entry_ground", "rests_on_conviction", "convictions"), "charges")
    text = str(table.get("section", ""))
    first, via, second = re.sub(r"\s+", " ", text).partition(" via ")
    facts: dict[str, Value] = {}
    found = law.sections.find(first, on).grounds
    if via:
        below = law.sections.find(second, on).grounds
        families = {_FAMILY.get(law.grounds[g].family, "") for g in below}
        if len(families) != 1 or "" in families:
            raise InputError(f"`{shorten(second)}` is no ground of inadmissibility that a charge can rest on", where="charges")
        facts["entry_ground"] = families.pop()
    _put(facts, "entry_ground", table.get("entry_ground"), law)
    _put(facts, "rests_on_conviction", table.get("rests_on_conviction"), law)
    names = tuple(str(c) for c in _many(table, "convictions"))
    for name in names:
        if name not in convictions:
            raise InputError(f"the charge rests on `{shorten(name)}`, which is no conviction of the case", where="charges", help=nearest(name, sorted(convictions)))
    return Charge(text.strip(), found, names, facts)


def own_convictions(ground: Ground, convictions: Iterable[Conviction]) -> list[Conviction]:
    """The convictions that only a sovereign of the ground's own can have entered."""
    return [c for c in convictions if not ground.convicted_by or c.facts.get("convicted_by", ground.convicted_by[0]) in ground.convicted_by]
