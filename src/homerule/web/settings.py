"""How an office runs Homerule: defaults that need nothing, a TOML file, and the environment, in that order."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from homerule.errors import InputError

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def data_folder() -> Path:
    """Where the office's data are: ``HOMERULE_DATA_FOLDER`` or the user's data folder."""
    named = os.environ.get("HOMERULE_DATA_FOLDER")
    if named:
        return Path(named)
    base = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return Path(base) / "homerule"


class Oidc(BaseModel):
    """Sign-in at the office's identity provider. ``roles`` maps a value of ``claim`` to a role."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    issuer: str
    client_id: str
    client_secret: str = Field("", repr=False)
    claim: str = "groups"
    roles: dict[str, str] = {}
    require_amr: tuple[str, ...] = ()


class Settings(BaseModel):
    """Settings of one office. Secrets are never shown or logged."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    folder: Path = Field(default_factory=data_folder)
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    url: str = ""  # the address people use, behind a proxy
    database: str = Field("", repr=False)  # accounts and sessions; a file in the folder if empty
    records: str = Field("", repr=False)  # the decision log; likewise
    registry: str = Field("", repr=False)  # agreements; likewise
    law: tuple[str, ...] = ()
    templates: str = ""
    reading: Literal["", "open", "signed_in"] = ""  # open on this machine only, unless said otherwise
    sign_in: Literal["local", "oidc"] = "local"
    oidc: Oidc | None = None
    origin: str = "homerule/records"
    office: str = ""
    logging: bool = True  # whether decisions may be recorded
    free_text: bool = False
    session_minutes: int = Field(30, ge=1, le=720)
    session_hours: int = Field(12, ge=1, le=24)
    lockout_after: int = Field(5, ge=3, le=20)
    lockout_minutes: int = Field(15, ge=1, le=1440)
    requests_a_minute: int = Field(1200, ge=1)
    writes_a_minute: int = Field(600, ge=1)
    max_body: int = Field(2_000_000, ge=1000)
    timeout_seconds: float = Field(20.0, gt=0)
    workers: int = Field(1, ge=1, le=64)
    trusted_proxies: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Settings:
        if self.sign_in == "oidc" and self.oidc is None:
            raise ValueError("sign_in is oidc, and there is no [oidc] table")
        if self.host not in LOOPBACK and self.sign_in == "local" and not self.url.startswith("https://"):
            raise ValueError("an address that others reach needs `url` with https:// (a proxy that ends TLS), or sign-in at an identity provider")
        return self

    @property
    def secure(self) -> bool:
        """Whether people reach it over TLS, so that cookies may be Secure."""
        return self.url.startswith("https://")

    @property
    def open_reading(self) -> bool:
        return self.reading == "open" or (not self.reading and self.host in LOOPBACK and not self.url)

    def place(self, name: str) -> str:
        """Address of the database called ``database``, ``records`` or ``registry``."""
        given = str(getattr(self, name))
        if given:
            return given
        if name != "database" and "://" in self.database:
            return self.database  # one server for all
        return str(self.folder / {"database": "office.sqlite", "records": "records.sqlite", "registry": "agreements.sqlite"}[name])


def read_settings(path: Path | None = None, **given: Any) -> Settings:
    """Settings from a file, then the environment (``HOMERULE_WEB_PORT`` …), then ``given``. Raises InputError naming the setting."""
    data: dict[str, Any] = {}
    if path is not None:
        try:
            data = tomllib.loads(path.read_text("utf-8"))
        except OSError as error:
            raise InputError(f"the settings cannot be read: {error.strerror}", where=str(path), help="Check the path given with --config") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"the settings are not TOML: {error}", where=str(path), help="See docs/how-to/run-for-an-office.md") from None
    for name in Settings.model_fields:
        value = os.environ.get(f"HOMERULE_WEB_{name.upper()}")
        if value is not None and name != "oidc":
            data[name] = value.split(os.pathsep) if name in ("law", "trusted_proxies") else value
    if (secret := os.environ.get("HOMERULE_WEB_OIDC_SECRET")) and isinstance(data.get("oidc"), dict):
        data["oidc"]["client_secret"] = secret
    data |= {k: v for k, v in given.items() if v is not None}
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(p) for p in first["loc"]) or "settings"
        raise InputError(f"{name}: {first['msg'].removeprefix('Value error, ')}", where=str(path or "settings"), help="See docs/how-to/run-for-an-office.md") from None
