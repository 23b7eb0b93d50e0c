"""Signed checkpoints in the C2SP `tlog-checkpoint` and `signed-note` forms, so that other tools can read and witness them.

A checkpoint is three lines (origin, number of entries, root in base64), an empty line and one or more signatures. Ed25519 comes from `cryptography`.
"""

from __future__ import annotations

import base64
import os
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from homerule.errors import InputError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ALGORITHM = b"\x01"  # Ed25519, in the signed-note registry


class Checkpoint(NamedTuple):
    """What a log held at one moment: ``size`` entries under ``root`` (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


class Verifier(NamedTuple):
    """A public key with its name: ``name+hash+key``, as signed-note writes it."""

    name: str
    key: bytes

    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ALGORITHM + self.key).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id().hex()}+{base64.b64encode(ALGORITHM + self.key).decode()}"


def read_verifier(text: str) -> Verifier:
    """The verifier written as ``text``. Raises InputError where it is malformed or its hash does not fit its key."""
    parts = text.strip().split("+", 2)
    try:
        name, hashed, key = parts
        raw = base64.b64decode(key, validate=True)
        found = Verifier(name, raw[1:])
        if raw[:1] != ALGORITHM or len(raw) != 33 or found.id().hex() != hashed:
            raise ValueError
    except ValueError:
        raise InputError("this is not a verifier key: it should read name+hash+key", help="Take it from `homerule records key` of the office that keeps the log") from None
    return found


class Signer:
    """The log's own key. Its file is readable by its owner only."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.verifier = Verifier(name, private.public_key().public_bytes_raw())

    @classmethod
    def open(cls, path: Path, name: str) -> Signer:
        """The key at ``path``, made if there is none."""
        try:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        except ImportError:
            raise InputError("signing a log needs the package `cryptography`", help="pip install 'homerule[records]'") from None
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = Ed25519PrivateKey.generate().private_bytes_raw()
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:  # another process was first
                pass
            else:
                with os.fdopen(handle, "w", encoding="ascii") as file:
                    file.write(base64.b64encode(fresh).decode() + "\n")
                    file.flush()
                    os.fsync(file.fileno())
        for _ in range(50):
            text = path.read_text("ascii")
            if text.endswith("\n"):
                break
        try:
            return cls(name, Ed25519PrivateKey.from_private_bytes(base64.b64decode(text)))
        except ValueError:
            raise InputError("the log's signing key cannot be read", where=str(path), help="Restore the file from a backup; without it the log still verifies against earlier checkpoints") from None

    def sign(self, checkpoint: Checkpoint) -> str:
        """The whole signed note."""
        body = checkpoint.body()
        signature = base64.b64encode(self.verifier.id() + self._private.sign(body.encode())).decode()
        return f"{body}\n— {self.verifier.name} {signature}\n"


def open_note(text: str, verifier: Verifier) -> Checkpoint:
    """The checkpoint in a signed note, once its signature by ``verifier`` holds. Raises InputError where it does not."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    body, _, signatures = text.rpartition("\n\n")
    body += "\n"
    for line in signatures.splitlines():
        if line.startswith(f"— {verifier.name} "):
            try:
                raw = base64.b64decode(line.rsplit(" ", 1)[1], validate=True)
                if raw[:4] != verifier.id():
                    continue
                Ed25519PublicKey.from_public_bytes(verifier.key).verify(raw[4:], body.encode())
                origin, size, root = body.rstrip("\n").split("\n")[:3]
                count = int(size)
                found = Checkpoint(origin, count, base64.b64decode(root, validate=True))
            except (InvalidSignature, ValueError):
                break
            if found.body() == body and count >= 0:
                return found
            break
    raise InputError("the checkpoint is not signed by this log's key, or was changed after it was signed", help="Compare it with a copy that was kept elsewhere")
