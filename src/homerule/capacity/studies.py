"""Published studies as parameter sets, reproduced line by line. A study is a sheet with the figures that its source prints; nothing in it depends on a default."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from homerule.capacity.parameters import DATA
from homerule.capacity.sheets import Sheet, read_sheet
from homerule.errors import InputError, nearest, shorten


class Study(NamedTuple):
    """A published study: what it says, where it stands, and its sheet."""

    name: str
    title: str
    says: str
    source: str
    date: dt.date
    certainty: str
    sheet: Sheet


class Reproduced(NamedTuple):
    """One line: our value, and what the source prints to the nearest ``to`` (None where it prints nothing). ``agrees``: within the rounding."""

    name: str
    says: str
    unit: str
    value: float
    printed: float | None
    to: float
    note: str

    @property
    def agrees(self) -> bool:
        """Whether the value, rounded as the source rounds, is what the source prints; true where it prints nothing."""
        return self.printed is None or abs(self.value - self.printed) <= self.to / 2 * (1 + 1e-9)


def studies() -> Mapping[str, Path]:
    """The studies that Homerule ships, by name."""
    return {p.stem: p for p in sorted((DATA / "studies").glob("*.toml"))}


def load_study(name: str) -> Study:
    """A shipped study by name, or one from a file. Raises InputError."""
    shipped = studies()
    path = shipped.get(name) or Path(name)
    if name not in shipped and not (name.endswith(".toml") and path.is_file()):
        raise InputError(f"no study is called `{shorten(name)}`, and no such file is there", where="study", help=nearest(name, list(shipped)))
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise InputError(f"`{shorten(name)}` cannot be read as text", where="study", help="Give a TOML file in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is no TOML: {error}", where=path.name, help="See the studies that Homerule ships") from None
    head = ("title", "says", "source", "date", "certainty")
    missing = [h for h in head if h not in data]
    if missing:
        raise InputError(f"the study lacks `{missing[0]}`", where=path.name, help=f"Begin with {', '.join(head)}")
    defaults = {k: data[k] for k in ("source", "date", "certainty")}
    return Study(path.stem, data["title"], data["says"], data["source"], data["date"], data["certainty"], read_sheet(data, path.stem, defaults))


def reproduce(study: Study) -> tuple[Reproduced, ...]:
    """Every line of a study from its own inputs. Raises InputError for a formula that cannot be worked."""
    values = study.sheet.work(study.sheet.at("central"))
    return tuple(Reproduced(x.name, x.says, x.unit, float(values[x.name]), x.printed, x.to, x.note) for x in study.sheet.lines)
