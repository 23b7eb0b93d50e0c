"""What the API takes and gives, as pydantic models; the OpenAPI document is made of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(max_length=200)]
Value = bool | int | Annotated[str, Field(max_length=200)] | Annotated[list[Text], Field(max_length=60)]
Facts = Annotated[dict[Annotated[str, Field(max_length=80)], Value], Field(max_length=200)]
Limit = Annotated[int, Field(ge=1, le=200, description="how many at most")]


class Model(BaseModel):
    """Unknown members are refused, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RecordAs(Model):
    """Record the decision in the office's log."""

    received: Text | None = Field(None, description="when the request came, with an offset: 2026-11-01T09:30-06:00")
    channel: Text | None = None
    agency: Text | None = None
    response: Text | None = None
    bail_posted: Text | None = None
    reference: Text | None = Field(None, description="a salted hash made on your own side")
    office: Text | None = None
    note: Annotated[str, Field(max_length=2000)] | None = None


class Asking(Model):
    """One request: whose law, who is asked, what, when, and what is known."""

    place: Text = Field(description='"Cook County, IL", a FIPS code or a place id')
    actor: Text
    request: Text = Field(description="a request kind, or a single act")
    on: Text | None = Field(None, description="YYYY-MM-DD; today if not given")
    at: Text | None = Field(None, description="the time of release, for clock times")
    acts: Annotated[list[Text], Field(max_length=40)] = Field(default_factory=list)
    facts: Facts = Field(default_factory=dict)


class DecideBody(Asking):
    """A request to decide. ``detail`` `verdicts` leaves out the chain of authorities."""

    detail: Literal["full", "verdicts"] = "full"
    record: RecordAs | None = None


class BatchBody(Model):
    """Several requests at once; ``defaults`` fill what a request leaves out."""

    defaults: dict[Annotated[str, Field(max_length=20)], Any] = Field(default_factory=dict)
    requests: Annotated[list[dict[Annotated[str, Field(max_length=20)], Any]], Field(min_length=1, max_length=500)]
    detail: Literal["full", "verdicts"] = "verdicts"


class Listing(Model):
    """Query of a list."""

    limit: Limit = 50
    cursor: Annotated[str, Field(max_length=200)] | None = None


class Error(BaseModel):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str | None = None
    instance: str | None = None
