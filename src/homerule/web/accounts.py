"""Accounts of a standalone office: argon2 passwords, time-based codes, lockout. Where sign-in is at an identity provider only sessions are kept here."""

from __future__ import annotations

import hmac
import re
import secrets
import time
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, func, insert, select, update

from homerule.errors import InputError
from homerule.records.open import connect
from homerule.web.access import ROLES, Principal
from homerule.web.schema import ACCOUNT, AUDIT, SESSION, SETUP, TOKEN

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from homerule.web.settings import Settings

NAME = re.compile(r"^[a-z0-9][a-z0-9._-]{1,60}$")
MIN_PASSWORD, MAX_PASSWORD = 12, 200
#: Passwords that everybody tries first; length does the rest.
COMMON = frozenset({"passwordpassword", "password1234", "123456789012", "qwertyuiopas", "correcthorsebatterystaple", "administrator", "letmeinletmein"})
SETUP_MINUTES = 60


class SignInRefused(Exception):
    """Name, password or code is wrong, or the account is locked; which of them is not said. ``wait`` is in seconds where it is locked."""

    def __init__(self, wait: float = 0.0) -> None:
        self.wait = wait
        super().__init__()


class Account(NamedTuple):
    """An account as it may be shown."""

    name: str
    roles: tuple[str, ...]
    second_factor: bool
    locked: bool
    disabled: bool


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def check_roles(roles: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """``roles``, if they are known. Deciding and approving stay apart: nobody holds desk or counsel together with approver."""
    for role in roles:
        if role not in ROLES:
            raise InputError(f"there is no role `{role[:30]}`", help="Roles: " + ", ".join(ROLES))
    if "approver" in roles and {"desk", "counsel"} & set(roles):
        raise InputError("an approver may not also record decisions", help="Give the second role to another account")
    if not roles:
        raise InputError("an account needs a role", help="Roles: " + ", ".join(ROLES))
    return tuple(dict.fromkeys(roles))


class Accounts:
    """Accounts, sessions and tokens of the office at ``settings``."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.engine: Engine
        self.engine, _ = connect(settings.place("database"), (Path(__file__).parent / "migrations", "web_version"), durable=False)
        self._cache: dict[str, tuple[float, Principal]] = {}
        self._dummy = ""

    def close(self) -> None:
        self.engine.dispose()

    # Passwords and codes

    def _hasher(self) -> Any:
        from argon2 import PasswordHasher

        return PasswordHasher()

    def _check_password(self, password: str, name: str) -> str:
        if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
            raise InputError(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters", where="password", help="Four or five unrelated words are easy to keep and hard to guess")
        if password.lower() in COMMON or (name and name in password.lower()):
            raise InputError("this password is one that others would try", where="password", help="Choose one that does not hold the account's name")
        return str(self._hasher().hash(password))

    def add(self, name: str, password: str, roles: list[str] | tuple[str, ...], *, totp: str = "") -> Account:
        """Make an account. Raises InputError where the name is taken or the password is weak."""
        if not NAME.match(name):
            raise InputError("a sign-in name has 2 to 61 small letters, digits, dots, dashes or underscores", where="name", help="An office's name serves better than a person's: records-desk, county-counsel")
        checked, hashed = check_roles(roles), self._check_password(password, name)
        with self.engine.begin() as db:
            if db.execute(select(ACCOUNT.c.name).where(ACCOUNT.c.name == name)).first():
                raise InputError(f"there is an account {name} already", where="name", help="Choose another name, or change that account")
            db.execute(insert(ACCOUNT).values(name=name, roles=" ".join(checked), password=hashed, totp=totp, totp_last=0, failures=0, locked_until=0.0, disabled=False, made=time.time()))
        return Account(name, checked, bool(totp), False, False)

    def change(self, name: str, *, roles: list[str] | None = None, password: str | None = None, totp: str | None = None, disabled: bool | None = None) -> None:
        """Change an account; its sessions end. The last administrator cannot be taken away."""
        values: dict[str, Any] = {}
        if roles is not None:
            values["roles"] = " ".join(check_roles(roles))
        if password is not None:
            values |= {"password": self._check_password(password, name), "failures": 0, "locked_until": 0.0}
        if totp is not None:
            values |= {"totp": totp, "totp_last": 0}
        if disabled is not None:
            values["disabled"] = disabled
        with self.engine.begin() as db:
            found = db.execute(select(ACCOUNT).where(ACCOUNT.c.name == name)).first()
            if found is None:
                raise InputError(f"there is no account {name[:60]}", help="The list of accounts names them")
            after = values.get("roles", found.roles).split()
            if "admin" in found.roles.split() and ("admin" not in after or values.get("disabled")):
                others = [r.roles.split() for r in db.execute(select(ACCOUNT.c.roles).where(ACCOUNT.c.name != name, ACCOUNT.c.disabled.is_(False)))]
                if not any("admin" in r for r in others):
                    raise InputError("this is the last administrator", help="Make another account an administrator first")
            if values:
                db.execute(update(ACCOUNT).where(ACCOUNT.c.name == name).values(**values))
            db.execute(delete(SESSION).where(SESSION.c.account == name))
        self._cache.clear()

    def all(self) -> list[Account]:
        """Every account, by name."""
        now = time.time()
        with self.engine.connect() as db:
            return [Account(r.name, tuple(r.roles.split()), bool(r.totp), r.locked_until > now, r.disabled) for r in db.execute(select(ACCOUNT).order_by(ACCOUNT.c.name))]

    def any(self) -> bool:
        with self.engine.connect() as db:
            return bool(db.execute(select(func.count()).select_from(ACCOUNT)).scalar_one())

    def sign_in(self, name: str, password: str, code: str = "", *, address: str = "") -> tuple[str, Principal]:
        """A new session: the cookie's value and the principal. Raises SignInRefused. Takes as long for a name that does not exist."""
        from argon2.exceptions import VerificationError

        now = time.time()
        with self.engine.connect() as db:
            found = db.execute(select(ACCOUNT).where(ACCOUNT.c.name == name[:80].lower())).first()
        if found is not None and found.locked_until > now:
            self.note(name, "sign-in refused: locked", address=address)
            raise SignInRefused(found.locked_until - now)
        if not self._dummy:
            self._dummy = self._hasher().hash(secrets.token_hex(16))
        try:
            good = bool(self._hasher().verify(found.password if found is not None and found.password else self._dummy, password[:MAX_PASSWORD]))
        except VerificationError:
            good = False
        step = self._code_step(found.totp, code) if good and found is not None and found.totp else 0
        if found is None or not good or found.disabled or (found.totp and step <= found.totp_last):
            if found is not None:
                self._failed(name.lower(), now)
            self.note(name if found is not None else "unknown", "sign-in refused", address=address)
            raise SignInRefused
        with self.engine.begin() as db:
            # a code counts once, also where two requests carry it at the same moment
            done = db.execute(update(ACCOUNT).where(ACCOUNT.c.name == found.name, ACCOUNT.c.totp_last == found.totp_last).values(failures=0, locked_until=0.0, totp_last=step or found.totp_last))
            if done.rowcount != 1:
                raise SignInRefused
        return self.open_session(found.name, tuple(found.roles.split()), strong=bool(found.totp), address=address)

    def _code_step(self, secret: str, code: str) -> int:
        """The time step that ``code`` belongs to; 0 where it fits none near now."""
        import pyotp

        totp, now = pyotp.TOTP(secret), int(time.time())
        digits = re.sub(r"\D", "", code)[:6]
        for offset in (0, -1, 1):
            at = now + 30 * offset
            if digits and hmac.compare_digest(totp.at(at), digits):
                return at // 30
        return 0

    def _failed(self, name: str, now: float) -> None:
        with self.engine.begin() as db:
            db.execute(update(ACCOUNT).where(ACCOUNT.c.name == name).values(failures=ACCOUNT.c.failures + 1))
            count = db.execute(select(ACCOUNT.c.failures).where(ACCOUNT.c.name == name)).scalar() or 0
            if count >= self.settings.lockout_after:
                db.execute(update(ACCOUNT).where(ACCOUNT.c.name == name).values(locked_until=now + 60 * self.settings.lockout_minutes, failures=0))

    # Sessions and tokens

    def open_session(self, account: str, roles: tuple[str, ...], *, strong: bool, address: str = "") -> tuple[str, Principal]:
        """Begin a session. The cookie's value is stored only as a hash."""
        value, csrf, now = secrets.token_urlsafe(32), secrets.token_urlsafe(24), time.time()
        with self.engine.begin() as db:
            db.execute(delete(SESSION).where((SESSION.c.seen < now - 60 * self.settings.session_minutes) | (SESSION.c.made < now - 3600 * self.settings.session_hours)))
            db.execute(insert(SESSION).values(hash=_hash(value), account=account, roles=" ".join(roles), csrf=csrf, strong=strong, made=now, seen=now))
        self.note(account, "signed in", address=address)
        return value, Principal(account, roles, _hash(value), csrf, strong)

    def session(self, value: str) -> Principal | None:
        """The principal of a session that has not ended. Idle sessions end after `session_minutes`."""
        hashed, now = _hash(value), time.time()
        kept = self._cache.get(hashed)
        if kept is not None and now - kept[0] < 2:  # so that a page with ten parts asks the database once
            return kept[1]
        with self.engine.connect() as db:
            row = db.execute(select(SESSION).where(SESSION.c.hash == hashed)).first()
        if row is None or row.seen < now - 60 * self.settings.session_minutes or row.made < now - 3600 * self.settings.session_hours:
            return None
        if now - row.seen > 15:
            with self.engine.begin() as db:
                db.execute(update(SESSION).where(SESSION.c.hash == hashed).values(seen=now))
        found = Principal(row.account, tuple(row.roles.split()), hashed, row.csrf, bool(row.strong))
        if len(self._cache) > 1000:
            self._cache.clear()
        self._cache[hashed] = (now, found)
        return found

    def sign_out(self, principal: Principal) -> None:
        """End one session."""
        self._cache.pop(principal.session, None)
        with self.engine.begin() as db:
            db.execute(delete(SESSION).where(SESSION.c.hash == principal.session))
        self.note(principal.account, "signed out")

    def new_token(self, name: str, roles: list[str], days: int) -> str:
        """A bearer token for another program, shown once."""
        checked = check_roles(roles)
        if not 1 <= days <= 366:
            raise InputError("a token lasts 1 to 366 days", where="days", help="Make a new one when it ends")
        if not NAME.match(name):
            raise InputError("a token's name has small letters, digits, dots and dashes", where="name", help="Name the program that will use it")
        value = "hr_" + secrets.token_urlsafe(32)
        with self.engine.begin() as db:
            db.execute(insert(TOKEN).values(hash=_hash(value), name=name, roles=" ".join(checked), made=time.time(), expires=time.time() + 86400 * days, revoked=False))
        return value

    def tokens(self) -> list[dict[str, Any]]:
        """Tokens without their values."""
        with self.engine.connect() as db:
            return [{"id": r.hash[:12], "name": r.name, "roles": r.roles.split(), "expires": r.expires, "revoked": r.revoked} for r in db.execute(select(TOKEN).order_by(TOKEN.c.made))]

    def revoke(self, id: str) -> bool:
        """Revoke the token whose hash begins with ``id``."""
        self._cache.clear()
        with self.engine.begin() as db:
            return bool(db.execute(update(TOKEN).where(func.substr(TOKEN.c.hash, 1, 12) == id).values(revoked=True)).rowcount)

    def bearer(self, value: str) -> Principal | None:
        """The principal of a bearer token that is still good."""
        hashed, now = _hash(value), time.time()
        kept = self._cache.get(hashed)
        if kept is not None and now - kept[0] < 2:
            return kept[1]
        with self.engine.connect() as db:
            row = db.execute(select(TOKEN).where(TOKEN.c.hash == hashed)).first()
        if row is None or row.revoked or row.expires < now:
            return None
        found = Principal(f"token:{row.name}", tuple(row.roles.split()), strong=True)
        self._cache[hashed] = (now, found)
        return found

    # First start

    def setup_secret(self) -> str:
        """A one-time secret for making the first administrator. The one before it ends."""
        value = secrets.token_urlsafe(24)
        with self.engine.begin() as db:
            db.execute(delete(SETUP))
            db.execute(insert(SETUP).values(hash=_hash(value), expires=time.time() + 60 * SETUP_MINUTES))
        return value

    def setup_good(self, value: str) -> bool:
        """Whether ``value`` is the secret and nobody used it."""
        with self.engine.connect() as db:
            row = db.execute(select(SETUP.c.expires).where(SETUP.c.hash == _hash(value))).first()
        return row is not None and row.expires > time.time()

    def setup_use(self, value: str) -> bool:
        """Use the secret up. False where another request was first."""
        with self.engine.begin() as db:
            return bool(db.execute(delete(SETUP).where(SETUP.c.hash == _hash(value), SETUP.c.expires > time.time())).rowcount)

    # Audit

    def note(self, account: str, what: str, about: str = "", address: str = "") -> None:
        """One line of the audit: sign-ins, reads of records, changes of accounts."""
        with self.engine.begin() as db:
            db.execute(insert(AUDIT).values(at=time.time(), account=account[:80], what=what[:60], about=about[:200], address=address[:60]))

    def recorded(self, pairs: list[tuple[str, str]]) -> None:
        """Remember, outside the log, which account recorded which entry."""
        if pairs:
            now = time.time()
            with self.engine.begin() as db:
                db.execute(insert(AUDIT), [{"at": now, "account": account[:80], "what": "recorded", "about": id, "address": ""} for account, id in pairs])

    def recorded_by(self, account: str, id: str) -> bool:
        """Whether this account recorded the entry."""
        with self.engine.connect() as db:
            return db.execute(select(AUDIT.c.number).where(AUDIT.c.account == account, AUDIT.c.what == "recorded", AUDIT.c.about == id).limit(1)).first() is not None

    def audit(self, *, after: int = 0, limit: int = 100) -> list[dict[str, Any]]:
        """Lines of the audit, oldest first, after number ``after``."""
        with self.engine.connect() as db:
            return [dict(r._mapping) for r in db.execute(select(AUDIT).where(AUDIT.c.number > after).order_by(AUDIT.c.number).limit(limit))]
