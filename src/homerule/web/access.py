"""Who may do what. Least privilege: each role has what its work needs, and running the system gives no say over decisions."""

from __future__ import annotations

from typing import NamedTuple

#: What a request may need. ``open`` needs nobody to be signed in.
PERMISSIONS = {
    "open": "sign in, look at health",
    "read": "ask, read the law, check drafts, look at playbooks, pardons, capacity and replay results",
    "report": "report an error in a rule",
    "record": "record decisions and outcomes",
    "records.read": "read the decision log",
    "records.export": "export and verify the log, make statutory reports",
    "records.hold": "set and release legal holds",
    "records.redact": "empty an entry for a stated reason",
    "approve": "approve a decision that another person recorded",
    "agreements.write": "add and change agreements",
    "law.answer": "answer reported errors",
    "jobs.run": "run simulations and replays",
    "people": "manage accounts, tokens and settings",
    "audit": "read sign-ins and reads of records",
}

ROLES: dict[str, frozenset[str]] = {
    "viewer": frozenset({"open", "read", "report"}),
    "desk": frozenset({"open", "read", "report", "record", "records.read"}),
    "counsel": frozenset({"open", "read", "report", "record", "records.read", "records.export", "records.hold", "agreements.write", "jobs.run"}),
    "approver": frozenset({"open", "read", "report", "records.read", "approve"}),
    "editor": frozenset({"open", "read", "report", "law.answer", "jobs.run"}),
    "auditor": frozenset({"open", "read", "report", "records.read", "records.export", "audit"}),
    "admin": frozenset({"open", "read", "report", "people", "records.redact"}),
}


class Principal(NamedTuple):
    """Who is asking: an account and the roles it holds. The log records a role, never the account."""

    account: str
    roles: tuple[str, ...]
    session: str = ""  # empty for a bearer token
    csrf: str = ""
    strong: bool = False  # signed in with a second factor

    def may(self, permission: str) -> bool:
        return any(permission in ROLES.get(r, ()) for r in self.roles)

    def role_for(self, permission: str) -> str:
        """The role under which this account does it, for the record."""
        return next((r for r in self.roles if permission in ROLES.get(r, ())), "viewer")


ANYONE = Principal("", ())
#: What needs no account where reading is open.
WITHOUT_ACCOUNT = ("read", "report", "jobs.run")


def may(principal: Principal, permission: str, *, open_reading: bool) -> bool:
    """Whether ``principal`` may. With ``open_reading`` (the default on this machine only) reading needs no account."""
    if permission == "open":
        return True
    if permission in WITHOUT_ACCOUNT and open_reading:
        return True
    return principal.may(permission)
