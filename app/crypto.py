"""Encryption at rest: AES-256-GCM with key id and bound place, and keyed indexes for exact search.

A sealed value is ``version | key id length | key id | nonce | ciphertext``. The additional data names table, column
and row, so that a ciphertext moved elsewhere no longer opens. Master keys come from the environment or a key file;
one subkey per purpose is derived by HKDF. An index is an HMAC: an unkeyed hash of an identity number can be
reversed in minutes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = 1
_NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed value does not open: damaged, moved from its place, or its key is missing."""


def _subkey(master: bytes, purpose: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=purpose.encode()).derive(master)


@dataclass(frozen=True)
class Keyring:
    """Master keys by id; ``active`` seals, all open. ``index_key`` keys the search indexes and one-time digests."""

    keys: dict[str, bytes]
    active: str
    index_key: bytes

    def __post_init__(self) -> None:
        if self.active not in self.keys or any(len(key) != 32 for key in self.keys.values()):
            raise ValueError("a keyring needs 32-byte keys and an active key among them")
        ciphers = {key_id: AESGCM(_subkey(key, "seal")) for key_id, key in self.keys.items()}
        object.__setattr__(self, "_ciphers", ciphers)
        object.__setattr__(self, "_index", _subkey(self.index_key, "index"))

    def seal(self, plain: bytes, place: str) -> bytes:
        """Encrypt ``plain`` for ``place`` (``table.column.row``) under the active key."""
        key_id, nonce = self.active.encode(), secrets.token_bytes(_NONCE_BYTES)
        head = bytes([_VERSION, len(key_id)]) + key_id + nonce
        return head + self._ciphers[self.active].encrypt(nonce, plain, place.encode())  # type: ignore[attr-defined]

    def open(self, sealed: bytes, place: str) -> bytes:
        """Decrypt what :meth:`seal` made for the same place; raises :class:`SealBroken`."""
        try:
            if sealed[0] != _VERSION:
                raise SealBroken("unknown version")
            end = 2 + sealed[1]
            cipher = self._ciphers[sealed[2:end].decode()]  # type: ignore[attr-defined]
            return cipher.decrypt(sealed[end : end + _NONCE_BYTES], sealed[end + _NONCE_BYTES :], place.encode())
        except (InvalidTag, IndexError, KeyError, ValueError, TypeError) as error:
            raise SealBroken(place) from error

    def index(self, field: str, value: str) -> str:
        """A keyed digest of a normalised value, for exact search; fields do not correlate."""
        folded = unicodedata.normalize("NFKC", value).strip().upper()
        return hmac.new(self._index, f"{field}\0{folded}".encode(), hashlib.sha256).hexdigest()  # type: ignore[attr-defined]

    def digest(self, purpose: str, payload: bytes) -> str:
        """A keyed digest of bytes (one-time tokens, trail rows)."""
        return hmac.new(_subkey(self.index_key, purpose), payload, hashlib.sha256).hexdigest()


def key_id_of(sealed: bytes) -> str:
    """The id of the key that sealed this value."""
    return sealed[2 : 2 + sealed[1]].decode()


def generate_keyring() -> dict[str, object]:
    """A new key file's content: one active key and an index key, base64."""
    return {
        "active": "k1",
        "keys": {"k1": urlsafe_b64encode(os.urandom(32)).decode()},
        "index_key": urlsafe_b64encode(os.urandom(32)).decode(),
    }


def keyring_from(document: dict[str, object]) -> Keyring:
    """The keyring described by a key file or the environment; raises ``ValueError`` or ``KeyError``."""
    keys = {str(k): urlsafe_b64decode(str(v)) for k, v in dict(document["keys"]).items()}  # type: ignore[call-overload]
    return Keyring(keys, str(document["active"]), urlsafe_b64decode(str(document["index_key"])))


def keyring_from_file(path: Path, create: bool = False) -> Keyring:
    """Read a key file (mode 0600); ``create`` makes one on a developer's machine where there is none."""
    if create and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            json.dump(generate_keyring(), handle)
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path} can be read by others; set its mode to 0600")
    return keyring_from(json.loads(path.read_text()))


_keyring: Keyring | None = None


def use(keyring: Keyring) -> None:
    """Make this the process's keyring."""
    global _keyring
    _keyring = keyring


def current() -> Keyring:
    """The process's keyring; raises ``RuntimeError`` before start-up has set one."""
    if _keyring is None:
        raise RuntimeError("no keyring: create_app() sets one")
    return _keyring
