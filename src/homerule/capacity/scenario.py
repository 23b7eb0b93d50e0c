"""A scenario: what differs from the shipped assumptions, as a TOML file."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from homerule.capacity.parameters import DATA, Parameter, parameter, read_parameters
from homerule.capacity.tables import read_tables
from homerule.errors import InputError, nearest, shorten

#: The channels by which people are arrested.
CHANNELS = ("jail", "prison", "large", "task_force", "border")
#: What is done when no bed is free.
RULES = ("refuse", "release", "hold")
Share = Annotated[float, Field(ge=0, le=1)]
Factor = Annotated[float, Field(ge=0, le=100)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Change(_Strict):
    """What one region, or ``all``, does differently. Factors multiply; ``theta`` (share held or handed over) replaces what is observed or read from the law."""

    theta: Share | None = None
    prisons: Factor = 1.0
    pick_up: Factor = 1.0
    notices: Factor = 1.0
    task_force: Factor = 1.0
    task_force_officers: float = 0.0
    officers_lent: Annotated[float, Field(ge=0)] = 0.0
    rooms: Factor = 1.0
    beds: dict[str, Factor] = Field(default_factory=dict)


class NewBeds(_Strict):
    """Beds that open in a week, in one area or spread as the present ones."""

    beds: Annotated[float, Field(ge=0)]
    week: Annotated[int, Field(ge=0)] = 0
    area: str | None = None
    says: str = ""
    source: str = ""


class Basis(_Strict):
    """The law that fills theta: the day, and folders of further law files."""

    as_of: dt.date
    folders: tuple[str, ...] = ()


class Cited(_Strict):
    """Where one setting of a scenario comes from: ``certainty`` as in parameters.toml."""

    source: str
    date: dt.date
    certainty: Literal["c", "c2", "r", "i", "a", "x"]


class Scenario(_Strict):
    """What a run assumes. ``is_not``: what it must not be taken for; ``sources``: of a pace, lever or bed, by its key (`pace.large`, `levers.all.theta`). ``parameters``: replaced assumptions, a number or a table; ``pace``: a factor on a channel's arrests, or [week, factor] points
    joined by straight lines; ``overflow``: the rules for a day without a free bed, in order; ``law``: the law that fills theta (else observed practice)."""

    name: str
    title: str
    says: str = ""
    is_not: str = ""
    sources: dict[str, Cited] = Field(default_factory=dict)
    starts: dt.date = dt.date(2026, 4, 2)
    forecast: bool = False
    parameters: dict[str, float | dict[str, Any]] = Field(default_factory=dict)
    pace: dict[str, float | list[tuple[int, float]]] = Field(default_factory=dict)
    levers: dict[str, Change] = Field(default_factory=dict)
    new_beds: tuple[NewBeds, ...] = ()
    overflow: tuple[Literal["refuse", "release", "hold"], ...] = ("hold", "refuse")
    law: Basis | None = None

    @field_validator("pace")
    @classmethod
    def _channels(cls, pace: dict[str, Any]) -> dict[str, Any]:
        for name, points in pace.items():
            if name not in (*CHANNELS, "all"):
                raise ValueError(f"no channel is called `{name}`. {nearest(name, [*CHANNELS, 'all'])}")
            steps = points if isinstance(points, list) else [(0, points)]
            if not steps or any(f < 0 or f > 1000 for _, f in steps) or [w for w, _ in steps] != sorted({w for w, _ in steps}):
                raise ValueError(f"the pace of `{name}` must be factors of 0 or more at rising weeks")
        return pace

    @model_validator(mode="after")
    def _known(self) -> Scenario:
        tables = read_tables()
        for code, change in self.levers.items():
            if code != "all":
                tables.region(code, "levers")
            for kind in change.beds:
                if kind not in (*tables.kinds, "local", "state", "federal", "all"):
                    raise ValueError(f"no kind of bed is called `{kind}`. {nearest(kind, [*tables.kinds, 'local', 'state', 'federal', 'all'])}")
        for site in self.new_beds:
            if site.area is not None and site.area not in tables.areas:
                raise ValueError(f"no ICE area is called `{site.area}`. {nearest(site.area, tables.areas)}")
        if len(set(self.overflow)) != len(self.overflow):
            raise ValueError("a rule of `overflow` is named twice")
        self.assumptions()
        return self

    def assumptions(self) -> Mapping[str, Parameter]:
        """Every parameter as this scenario has it. Raises InputError."""
        out = dict(read_parameters())
        for name, given in self.parameters.items():
            if name not in out:
                raise InputError(f"no parameter is called `{shorten(name)}`", where=f"scenario {self.name}", help=nearest(name, list(out)))
            base = out[name]
            where = f"scenario {self.name}"
            if isinstance(given, dict):
                out[name] = parameter(name, given, where, base)
            else:
                plain = {"low": given, "central": given, "high": given, "spread": "fixed", "source": f"set by the scenario {self.name}", "date": self.starts, "certainty": "a"}
                out[name] = parameter(name, plain, where, base)
        return out

    def changed(self, **parameters: float) -> Scenario:
        """This scenario with some parameters set to plain numbers."""
        return self.model_copy(update={"parameters": {**self.parameters, **parameters}})


def read_scenario(text: str, where: str) -> Scenario:
    """A scenario from TOML. Raises InputError that names the field."""
    try:
        return Scenario.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is no TOML: {error}", where=where, help="See the scenarios that Homerule ships") from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(x) for x in first["loc"]) or "the file"
        message = str(first["msg"]).removeprefix("Value error, ")
        raise InputError(f"{field}: {message}", where=where, help="docs/explanation/capacity.md lists what a scenario may say") from None


def scenarios() -> Mapping[str, Path]:
    """The scenarios that Homerule ships, by name."""
    return {p.stem: p for p in sorted((DATA / "scenarios").glob("*.toml"))}


def load_scenario(name: str) -> Scenario:
    """A shipped scenario by name, or one from a file. Raises InputError."""
    shipped = scenarios()
    path = shipped.get(name) or Path(name)
    if name not in shipped and not (name.endswith(".toml") and path.is_file()):
        raise InputError(f"no scenario is called `{shorten(name)}`, and no such file is there", where="scenario", help=nearest(name, list(shipped)))
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise InputError(f"`{shorten(name)}` cannot be read as text", where="scenario", help="Give a TOML file in UTF-8") from None
    return read_scenario(text, path.name)
