"""The shape of `removal-grounds.toml` and `pardon-effect.toml`, checked strictly. Only imported when a file is read afresh."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Certainty = Literal["confirmed", "recalled"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class SourceModel(Strict):
    id: str
    citation: str
    title: str
    source: str = Field(min_length=5)
    certainty: Certainty


class FactModel(Strict):
    about: Literal["case", "conviction", "instrument", "element", "ground", "derived"]
    type: Literal["bool", "enum", "int", "date"]
    question: str
    words: str
    words_no: str = ""
    help: str = ""
    values: list[str] = []
    labels: dict[str, str] = {}
    unit: str = ""
    min: int = 0
    max: int = 1_000_000
    assumed: Any = None
    cost: int = 2
    change: bool = False


class RuleModel(Strict):
    id: str
    of: str
    result: str
    lean: str = ""
    when: str = ""
    from_: dt.date | None = Field(None, alias="from")
    to: dt.date | None = None
    says: str = Field(min_length=10)
    readings: list[str] = []
    authority: list[str] = Field(min_length=1)
    certainty: Certainty


class NamedModel(Strict):
    id: str
    name: str


class QuestionModel(Strict):
    id: str
    stage: Literal["relief", "adjacent"]
    name: str
    relevant: str


class ClauseModel(Strict):
    from_: dt.date = Field(alias="from")
    to: dt.date | None = None
    cite: str
    ina: str
    certainty: Certainty


class StepModel(Strict):
    posture: str
    says: str


class ClockModel(Strict):
    id: str
    from_: str = Field(alias="from")
    days: int
    says: str
    authority: list[str] = Field(min_length=1)
    certainty: Certainty


class CapModel(Strict):
    state: str
    from_: dt.date = Field(alias="from")
    doubtful_from: dt.date | None = None
    certainty: Certainty


class IdealModel(Strict):
    words: str
    when: str = ""
    suppose: dict[str, Any] = {}
    facts: dict[str, Any]


class SaysModel(Strict):
    says: str


class CaseExampleModel(Strict):
    name: str
    case: dict[str, Any]
    outcomes: dict[str, str] = {}
    fails: list[str] | None = None
    unsettled: list[str] | None = None
    still_removable: str = ""
    relief: dict[str, str] = {}
    adjacent: dict[str, str] = {}
    note: str = ""


class EffectFile(Strict):
    format: str
    checked: dt.date
    first_day: dt.date
    authority: list[SourceModel]
    clause: list[ClauseModel]
    facts: dict[str, FactModel]
    kinds: dict[str, dict[str, Any]]
    test: list[NamedModel]
    rule: list[RuleModel]
    question: list[QuestionModel]
    step: list[StepModel]
    clock: list[ClockModel]
    cap: list[CapModel]
    ideal: list[IdealModel]
    untouched: SaysModel
    example: list[CaseExampleModel] = []


class NumberModel(Strict):
    code: str
    from_: dt.date = Field(alias="from")
    to: dt.date | None = None


class GroundModel(Strict):
    id: str
    title: str
    side: Literal["deportable", "inadmissible"]
    family: str
    needs: Literal["no", "conviction", "conviction or admission", "conviction or finding", "depends"]
    arises: str = ""
    fails_when: str = ""
    count: int = 1
    convicted_by: list[str] = []
    numbers: list[NumberModel] = Field(min_length=1)
    authority: list[str] = Field(min_length=1)
    certainty: Certainty
    note: str = ""


class ClassModel(Strict):
    id: str
    title: str
    convicted_by: list[str] = []
    sets: dict[str, bool | str]


class SectionModel(Strict):
    ina: str
    code: str
    also: list[str]


class SpellingModel(Strict):
    text: str
    on: dt.date | None = None
    grounds: list[str]


class ClassExampleModel(Strict):
    offence: str
    facts: dict[str, Any] = {}
    chargeable: list[str]
    possible: list[str] = []


class SidesModel(Strict):
    deportable: str
    inadmissible: str


class GroundsFile(Strict):
    format: str
    checked: dt.date
    authority: list[SourceModel]
    section: list[SectionModel]
    sides: SidesModel
    shared: dict[str, str]
    facts: dict[str, FactModel]
    ground: list[GroundModel]
    class_: list[ClassModel] = Field(alias="class")
    spelling: list[SpellingModel] = []
    example: list[ClassExampleModel] = []
