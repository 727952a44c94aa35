"""Where uploaded bytes rest: sealed, under names of our own, in a folder that only the program can read.

A stored file is a row of frames ``length (4 bytes) | sealed chunk``. Each chunk is sealed for its place
``file.<key>.<number>.<1 if last>``: a file cut short, chunks in another order, or a file under another's name no
longer open. (An older copy of the same file under the same name would: nothing in a folder can tell.)
"""

from __future__ import annotations

import contextlib
import os
import re
import struct
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from app import clock, crypto
from app.errors import RuleError
from app.i18n import _l

CHUNK_BYTES = 1024 * 1024
_KEY = re.compile(r"[0-9a-f]{32}")
_LENGTH = struct.Struct(">I")


class FileMissing(RuleError):
    """The record names a file that the store does not have."""

    sentence = _l("查無此檔案，檔案可能已依保存期限刪除。")
    status = 404


class FileStore(Protocol):
    """Keeps bytes under a key made by :func:`new_key`; any other shape of key raises ``ValueError``."""

    def put(self, key: str, content: bytes) -> None:
        """Keep the content, all or nothing; what was there under the key is replaced."""

    def get(self, key: str) -> bytes:
        """The content as it was put; raises :class:`FileMissing`, or ``crypto.SealBroken`` when it is damaged."""

    def delete(self, key: str) -> None:
        """Forget the content; a key that holds nothing is fine, so that a clean-up may run twice."""

    def exists(self, key: str) -> bool:
        """Whether the key holds content (it is not opened)."""

    def is_current(self, key: str) -> bool:
        """Whether the content is sealed under the active key; raises :class:`FileMissing`."""

    def keys_before(self, moment: datetime) -> Iterator[str]:
        """The keys of what was put before this moment; what a crash left half-written then is removed on the way."""


def new_key() -> str:
    """A random key, 32 hexadecimal digits; nothing of the owner or of the file's name is in it."""
    return uuid.uuid4().hex


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError("not a key of the file store")
    return key


class EncryptedFolder:
    """The real store: one sealed file per key below ``root``, two folders deep, mode 0600."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def _path(self, key: str) -> Path:
        return self.root / _checked(key)[:2] / key[2:4] / key

    def put(self, key: str, content: bytes) -> None:
        """Seal and write beside the place, flush to the disk, then move into place."""
        path = self._path(key)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{key}.{uuid.uuid4().hex}.part")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
                for frame in _frames(key, content):
                    handle.write(frame)
                handle.flush()
                os.fsync(handle.fileno())
            os.replace(draft, path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)

    def get(self, key: str) -> bytes:
        """Open every chunk in its place; raises :class:`FileMissing` or ``crypto.SealBroken``."""
        try:
            stored = self._path(key).read_bytes()
        except FileNotFoundError:
            raise FileMissing from None
        return b"".join(_opened(key, stored))

    def delete(self, key: str) -> None:
        """Remove the file; nothing there is fine."""
        self._path(key).unlink(missing_ok=True)

    def exists(self, key: str) -> bool:
        """Whether the file is there; it is not opened."""
        return self._path(key).is_file()

    def is_current(self, key: str) -> bool:
        """Whether the first chunk names the active key: a file is written under one key."""
        try:
            with self._path(key).open("rb") as handle:
                head = handle.read(_LENGTH.size + 2 + 255)[_LENGTH.size :]
        except FileNotFoundError:
            raise FileMissing from None
        return len(head) > 2 and crypto.key_id_of(head) == crypto.current().active

    def keys_before(self, moment: datetime) -> Iterator[str]:
        """Walk the folders; a file counts by when it was last written."""
        for path in self.root.glob("??/??/*"):
            with contextlib.suppress(FileNotFoundError):  # deleted while we look
                if path.stat().st_mtime >= moment.timestamp():
                    continue
                if path.suffix == ".part":
                    path.unlink()
                elif _KEY.fullmatch(path.name):
                    yield path.name


class MemoryStore:
    """The harmless store: plain bytes in this process, gone with it; for tests."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}
        self._put_at: dict[str, datetime] = {}

    def put(self, key: str, content: bytes) -> None:
        """Keep the content."""
        self._contents[_checked(key)] = bytes(content)
        self._put_at[key] = clock.now()

    def get(self, key: str) -> bytes:
        """The content; raises :class:`FileMissing`."""
        with contextlib.suppress(KeyError):
            return self._contents[_checked(key)]
        raise FileMissing

    def delete(self, key: str) -> None:
        """Forget the content."""
        self._contents.pop(_checked(key), None)

    def exists(self, key: str) -> bool:
        """Whether the key holds content."""
        return _checked(key) in self._contents

    def is_current(self, key: str) -> bool:
        """Nothing is sealed here, so nothing is out of date."""
        if not self.exists(key):
            raise FileMissing
        return True

    def keys_before(self, moment: datetime) -> Iterator[str]:
        """What was put before the moment and is still there."""
        yield from [key for key in self._contents if self._put_at[key] < moment]


def _place(key: str, number: int, is_last: bool) -> str:
    return f"file.{key}.{number}.{int(is_last)}"


def _frames(key: str, content: bytes) -> Iterator[bytes]:
    starts = range(0, max(len(content), 1), CHUNK_BYTES)
    for number, start in enumerate(starts):
        place = _place(key, number, number == len(starts) - 1)
        sealed = crypto.current().seal(content[start : start + CHUNK_BYTES], place)
        yield _LENGTH.pack(len(sealed)) + sealed


def _opened(key: str, stored: bytes) -> Iterator[bytes]:
    position, number = 0, 0
    while position < len(stored) or number == 0:
        if len(stored) - position < _LENGTH.size:
            raise crypto.SealBroken(_place(key, number, True))
        end = position + _LENGTH.size + _LENGTH.unpack_from(stored, position)[0]
        # A length beyond the end slices short and the seal refuses it; the place of the last chunk says "last".
        yield crypto.current().open(stored[position + _LENGTH.size : end], _place(key, number, end >= len(stored)))
        position, number = end, number + 1


def _sync_folder(folder: Path) -> None:
    # Without this a power cut may forget the new name although the bytes are on the disk.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
