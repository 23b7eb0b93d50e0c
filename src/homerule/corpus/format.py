"""The corpus format, version 1.0, as pydantic models: the shape of each TOML file, checked strictly.

Used when law files are read, never when a compiled corpus is. ``docs/reference/corpus-format-1.0.schema.json`` is these models' JSON Schema and never changes
once released; a new format is a new version beside it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

FORMAT = "1.0"

Id = Field(pattern=r"^[a-z0-9][A-Za-z0-9.\-_]{1,79}$")
PlaceId = Field(pattern=r"^[a-z]{2}(/[a-z0-9\-]+)?$")
Text = Field(min_length=1, max_length=4000)

Kind = Literal[
    "constitution", "statute", "regulation", "case", "order", "interim-order", "ag-opinion", "executive-order", "directive",
    "ordinance", "resolution", "policy", "agreement", "form", "guidance", "bill", "event", "none",
]  # fmt: skip
Level = Literal[
    "constitution", "federal-statute", "federal-regulation", "federal-executive", "state-constitution", "state-statute",
    "state-executive", "county", "city", "agency-policy", "agreement",
]  # fmt: skip
Effect = Literal["require", "forbid", "permit", "duty", "expose", "protect", "define"]
Basis = Literal["command", "court_order", "evenhanded", "accepted_condition", "judge_duty"]
Verdict = Literal["required", "prohibited", "permitted", "conflict", "depends", "unsettled"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False, frozen=True, populate_by_name=True)


class PeriodModel(Strict):
    from_: dt.date = Field(alias="from")
    to: dt.date | None = None
    from_latest: dt.date | None = None

    @model_validator(mode="after")
    def _order(self) -> PeriodModel:
        if self.to is not None and self.to <= self.from_:
            raise ValueError(f"the period ends on {self.to}, not after it begins on {self.from_}")
        if self.from_latest is not None and self.from_latest <= self.from_:
            raise ValueError("from_latest must be after from")
        return self


class Reach(Strict):
    circuits: list[int] = []
    places: list[str] = []
    except_places: list[str] = []


class AuthorityModel(Reach):
    id: str = Id
    citation: str = Text
    title: str = ""
    kind: Kind
    level: Level
    place: str = PlaceId
    persuasive_elsewhere: bool = False
    weight: str = ""
    in_force: list[PeriodModel] = []
    status: Literal["settled", "contested", "enjoined", "pending", "not_enacted", "repealed"]
    certainty: Literal["confirmed", "recalled", "conflict"]
    source: str = Text
    checked: dt.date
    note: str = ""
    lean: Literal["", "stands", "falls"] = ""


class SelectorModel(Strict):
    effect: list[Effect] | Effect = []
    level: list[Level] | Level = []
    acts: list[str] | str = []
    kind: list[Kind] | Kind = []
    basis: list[Basis] | Basis = []
    place: str = ""

    @model_validator(mode="after")
    def _something(self) -> SelectorModel:
        if not (self.effect or self.level or self.acts or self.kind or self.basis):
            raise ValueError("a voids selector must name an effect, level, act, kind or basis")
        return self


class DeadlineModel(Strict):
    hours: int | None = None
    days: int | None = None
    counts: Literal["clock", "business"] = "clock"
    from_: Literal["release", "request", "receipt", "arrest", "booking", "decision", "query", "year"] = Field("release", alias="from")
    by: dt.date | None = None
    cap: bool = False
    words: str = ""

    @model_validator(mode="after")
    def _one(self) -> DeadlineModel:
        if sum(x is not None for x in (self.hours, self.days, self.by)) != 1:
            raise ValueError("a deadline is one of hours, days or by")
        return self


class NormModel(Reach):
    id: str = Id
    authority: str = Id
    pinpoint: str = ""
    binds: list[str] = Field(min_length=1)
    acts: list[str] = Field(min_length=1)
    effect: Effect
    when: str = ""
    unless: str = ""
    says: str = Text
    voids: list[str | SelectorModel] = []
    prevails_over: list[str] = []
    preempts: list[Literal["require", "forbid"]] = []
    upholds: list[str] = []
    basis: Basis = "command"
    side: Literal["", "doing", "declining"] = ""
    contested: str = ""
    deadline: DeadlineModel | None = None
    approval: str = ""
    penalty: str = ""
    in_force: list[PeriodModel] = []

    @model_validator(mode="after")
    def _sense(self) -> NormModel:
        if self.preempts and self.effect != "permit":
            raise ValueError("only a permit preempts")
        if self.effect in ("expose", "protect") and not self.side:
            raise ValueError(f"a norm of effect {self.effect} needs side = \"doing\" or \"declining\"")
        return self


class UntranslatedModel(Reach):
    id: str = Id
    authority: str = Id
    pinpoint: str = ""
    binds: list[str] = Field(min_length=1)
    acts: list[str] = Field(min_length=1)
    when: str = ""
    says: str = Text
    reason: str = Text
    in_force: list[PeriodModel] = []


class ExampleModel(Strict):
    place: str = PlaceId
    actor: str
    request: str
    on: dt.date
    facts: dict[str, Any] = {}
    expect: dict[str, Verdict] = {}
    because: list[str] = []
    fell: list[str] = []
    duties: list[str] = []
    clash: list[str] = []
    absent: list[str] = []
    basis: dict[str, str] = {}
    note: str = ""

    @model_validator(mode="after")
    def _claims(self) -> ExampleModel:
        if not (self.expect or self.because or self.fell or self.duties or self.clash or self.absent or self.basis):
            raise ValueError("an example must claim something: expect, because, fell, duties, clash, absent or basis")
        return self


class LawFile(Strict):
    """One file: an authority, its norms, its examples."""

    authority: list[AuthorityModel] = Field(min_length=1, max_length=1)
    norm: list[NormModel] = []
    untranslated: list[UntranslatedModel] = []
    example: list[ExampleModel] = []


class PlaceModel(Strict):
    id: str = PlaceId
    name: str = Text
    kind: Literal["nation", "state", "county", "city", "city-county"]
    coverage: Literal["encoded", "partial"]
    checked: dt.date | None = None
    open_points: list[str] = []
    fips: str = ""
    counties: list[str] = []
    aliases: list[str] = []


class PlaceFile(Strict):
    """``place.toml``."""

    place: PlaceModel


class FactModel(Strict):
    type: Literal["bool", "enum", "set", "int", "date"]
    question: str = Text
    help: str = ""
    values: list[str] = []
    implies: dict[str, list[str]] = {}
    labels: dict[str, str] = {}
    words: str = ""
    words_no: str = ""
    unit: str = ""
    min: int = 0
    max: int = 1_000_000
    assumed: Any = None
    no_more_than: str = ""
    cost: int = 2

    @model_validator(mode="after")
    def _values(self) -> FactModel:
        if self.type in ("enum", "set") and len(self.values) < 2:
            raise ValueError(f"a fact of type {self.type} needs values")
        if self.type == "set" and not {"none", "other"} <= set(self.values):
            raise ValueError("a set fact needs the values none and other")
        return self


class FactsFile(Strict):
    """``facts.toml``: the facts that one jurisdiction's law alone knows."""

    facts: dict[str, FactModel]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a law file, a place file and a facts file, in one document."""
    parts: dict[str, type[BaseModel]] = {"law": LawFile, "place": PlaceFile, "facts": FactsFile}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Homerule corpus format",
        "version": FORMAT,
        "files": {name: model.model_json_schema(ref_template=f"#/files/{name}/$defs/{{model}}") for name, model in parts.items()},
    }
