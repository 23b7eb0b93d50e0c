"""The shape of ``law/<place>/pardons.toml``, version 1.0, as pydantic models: who holds the pardon power, and how it is used.

One file a jurisdiction. Every table but ``[power]`` and ``[[source]]`` is an entry: it states one thing in our own words and carries its
authorities, its certainty, its sources and, where the law changed, its dates. ``docs/reference/pardon-format.md`` explains each key.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Id = Field(pattern=r"^[a-z0-9][a-z0-9\-]{1,59}$")
Text = Field(min_length=3, max_length=1500)
Certainty = Literal["confirmed", "recalled", "conflict"]
Structure = Literal["independent_board", "governor_on_board", "gatekeeper", "mandatory_consultation", "permissive_consultation", "no_process", "president"]
Holder = Literal["governor", "board", "governor_on_board", "governor_with_council", "governor_with_senate", "president"]
Offences = Literal[
    "any", "felony", "misdemeanor", "violent", "nonviolent", "sex_offense", "drug", "driving_or_vehicular_death", "on_parole", "young_or_old", "ordinance",
]  # fmt: skip
_DAY = r"^\d{4}(-\d{2}(-\d{2})?)?$"


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False, frozen=True, populate_by_name=True)


class Window(Strict):
    """The days on which something holds. ``to`` is the first day no longer; ``from_latest`` the last day on which it may have begun."""

    from_: dt.date | None = Field(default=None, alias="from")
    to: dt.date | None = None
    from_latest: dt.date | None = None

    @model_validator(mode="after")
    def _order(self) -> Window:
        if self.from_ is None and self.to is None:
            raise ValueError("a period needs a first or a last day")
        if self.from_ is not None and self.to is not None and self.to <= self.from_:
            raise ValueError(f"the period ends on {self.to}, not after it begins on {self.from_}")
        if self.from_latest is not None and (self.from_ is None or self.from_latest <= self.from_):
            raise ValueError("from_latest must be after from")
        return self


class Entry(Strict):
    """What every entry carries. ``as_of`` is the day, month or year that the source describes, where it is older than the check."""

    says: str = Text
    authority: list[str] = Field(min_length=1)
    certainty: Certainty
    source: list[str] = Field(min_length=1)
    as_of: str = Field(default="", pattern=r"^$|" + _DAY)
    in_force: Window | None = None
    note: str = ""


class PowerModel(Strict):
    """``[power]``: which place, what it is called in a sentence, when it was last gone through, and what was looked for and not found."""

    place: str = Field(pattern=r"^[a-z]{2}$")
    called: str = Text
    checked: dt.date
    territory: bool = False
    not_found: list[str] = []


class SourceModel(Strict):
    """``[[source]]``: what a source key stands for. Those of ``us/pardons.toml`` may be used in every file."""

    key: str = Field(pattern=r"^[A-Za-z0-9\-]{2,40}$")
    title: str = Text
    where: str = ""


class AuthorityModel(Strict):
    """``[[authority]]``: a source of law, cited by entries through its ``id``."""

    id: str = Id
    citation: str = Text
    kind: Literal["constitution", "statute", "regulation", "case", "executive-order", "guidance"]
    certainty: Certainty
    source: list[str] = Field(min_length=1)
    says: str = Text
    status: Literal["settled", "contested", "repealed"] = "settled"
    in_force: Window | None = None
    note: str = ""


class StructureModel(Entry):
    """``[[structure]]``: who decides. Exactly one holds on any day.

    ``executive``: the grant is an act of the executive; ``supreme``: the holder is the highest pardoning authority of the place;
    ``by_governor``: the governor's own vote is needed for it. Left out where not known, or where it turns on the single grant.
    ``cites``: the authorities that give the power itself, which a warrant cites.
    """

    kind: Structure
    holder: Holder
    cites: list[str] = Field(min_length=1)
    office: str = Text
    body: str = ""
    signers: list[str] = Field(min_length=1)
    governor: str = Text
    board: str = Text
    executive: bool | None = None
    supreme: bool | None = None
    by_governor: bool | None = None
    policy_reversal: bool = False


class SpecialModel(Entry):
    """``[[special]]``: a class of cases that another structure decides."""

    when: str = Text
    kind: Structure


class InstrumentModel(Entry):
    """``[[instrument]]``: a form of clemency that can, or cannot, be granted here. ``conditional`` says whether a pardon can be conditional."""

    kind: Literal["full", "conditional", "restricted", "restoration", "commutation", "reprieve", "remission", "provisional"]
    possible: Literal["yes", "likely", "unlikely", "no", "unknown"]


class WaitModel(Entry):
    """``[[wait]]``: how long an applicant waits. No ``years`` where nothing is fixed or the figure was not found."""

    for_: Offences = Field(alias="for")
    years: float | None = Field(default=None, ge=0, le=60)
    years_to: float | None = Field(default=None, ge=0, le=60)
    counted_from: Literal["completion", "release", "conviction", "parole", "eligibility_finding", "none"]
    basis: Literal["law", "rule", "policy", "unknown"]
    waivable: bool | None = None


class ApplyModel(Entry):
    """``[[apply]]``: where an application goes."""

    to: str = Text


class DutyModel(Entry):
    """``[[duty]]``: what the grantor must publish, report or file. ``required`` false records that no such duty was found."""

    kind: Literal["report", "reasons", "notice", "filing"]
    required: bool = True


class FrequencyModel(Entry):
    """``[[frequency]]``: how often pardons are granted, as a published list classed it at ``as_of``."""

    kind: Literal["frequent", "sparing", "uneven", "rare"]
    as_of: str = Field(pattern=_DAY)


class ClassPardonModel(Entry):
    """``[[class_pardon]]``: grants to a class, or a ruling on them. ``removal``: what they are worth against removal."""

    id: str = Id
    ruling: Literal["used", "upheld", "barred", "needs_consent", "by_application", "reviewed_individually", "automatic_only"]
    on: dt.date | None = None
    count: int | None = Field(default=None, ge=0)
    offences: Literal["controlled_substance", "various", "none"]
    removal: Literal["none", "unsettled", "does_not_arise"]


class TrackModel(Entry):
    """``[[track]]``: a way to be heard sooner, or a practice, that matters to a person who is not a citizen. A track is not a grant."""

    id: str = Id
    kind: Literal["statute", "rule", "practice", "policy", "settlement"]
    immigration: bool
    expedited: bool


class LesserModel(Entry):
    """``[[lesser]]``: an instrument that looks like a pardon and is not, or not surely, a full and unconditional executive one."""

    id: str = Id
    kind: Literal["automatic", "restricted", "conditional", "provisional", "certificate", "restoration"]
    federal: Literal["no", "unsettled"]


class LocalModel(Entry):
    """``[[local]]``: an officer below the state who is the supreme pardoning authority for something."""

    holder: Literal["mayor"]
    over: Offences


class FederalModel(Entry):
    """``[[federal]]``: how federal authorities treated this place's pardons, and when."""

    kind: Literal["accepted", "refused", "untested"]


class Reading(Strict):
    """One source's reading in a conflict."""

    says: str = Text
    source: list[str] = Field(min_length=1)


class ConflictModel(Strict):
    """``[[conflict]]``: sources that do not agree, with each reading and which one the file follows."""

    about: Literal["structure", "frequency", "track", "wait", "holder", "reporting"]
    says: str = Text
    reading: list[Reading] = Field(min_length=2)


class ExampleModel(Strict):
    """``[[example]]``: what the file must answer on a day. ``because`` lists the authorities that carry the answer."""

    on: dt.date
    expect: dict[str, str | bool | float] = Field(min_length=1)
    because: list[str] = Field(min_length=1)
    note: str = ""


class PowerFile(Strict):
    """A whole ``pardons.toml``."""

    power: PowerModel
    source: list[SourceModel] = []
    authority: list[AuthorityModel] = Field(min_length=1)
    structure: list[StructureModel] = Field(min_length=1)
    special: list[SpecialModel] = []
    instrument: list[InstrumentModel] = Field(min_length=1)
    wait: list[WaitModel] = []
    apply: list[ApplyModel] = []
    duty: list[DutyModel] = []
    frequency: list[FrequencyModel] = []
    class_pardon: list[ClassPardonModel] = []
    track: list[TrackModel] = []
    lesser: list[LesserModel] = []
    local: list[LocalModel] = []
    federal: list[FederalModel] = []
    conflict: list[ConflictModel] = []
    example: list[ExampleModel] = Field(min_length=1)
