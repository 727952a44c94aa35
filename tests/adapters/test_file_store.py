"""The file store keeps what it got, and notices everything else."""

from __future__ import annotations

import os
import secrets
import struct

import pytest

from app import crypto
from app.adapters import file_store
from app.adapters.file_store import CHUNK_BYTES, EncryptedFolder, FileMissing, MemoryStore, new_key


@pytest.fixture(params=["folder", "memory"])
def store(request, tmp_path):
    return EncryptedFolder(tmp_path / "files") if request.param == "folder" else MemoryStore()


@pytest.fixture
def folder(tmp_path):
    return EncryptedFolder(tmp_path / "files")


def frames_of(path):
    """The frames of a stored file, length included."""
    stored, frames, position = path.read_bytes(), [], 0
    while position < len(stored):
        end = position + 4 + struct.unpack_from(">I", stored, position)[0]
        frames.append(stored[position:end])
        position = end
    return frames


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_gives_back_what_it_got(store, size):
    key, content = new_key(), secrets.token_bytes(size)
    store.put(key, content)
    assert store.get(key) == content
    assert store.exists(key)


def test_put_replaces_and_delete_forgets_twice(store):
    key = new_key()
    store.put(key, b"first")
    store.put(key, b"second")
    assert store.get(key) == b"second"
    store.delete(key)
    store.delete(key)
    assert not store.exists(key)
    with pytest.raises(FileMissing):
        store.get(key)


@pytest.mark.parametrize(
    "key",
    ["", "../../etc/passwd", "a" * 31, "a" * 33, "A" * 32, "g" * 32, "a" * 32 + "\n", "/" + "a" * 31],
)
@pytest.mark.parametrize("act", ["get", "delete", "exists", "put"])
def test_refuses_a_key_of_any_other_shape(store, act, key):
    with pytest.raises(ValueError, match="not a key"):
        getattr(store, act)(*((key, b"x") if act == "put" else (key,)))


def test_nothing_readable_lies_on_the_disk(folder):
    key = new_key()
    folder.put(key, b"CANARY-" * 1000)
    (path,) = (path for path in folder.root.rglob("*") if path.is_file())
    assert path == folder.root / key[:2] / key[2:4] / key
    assert b"CANARY" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_file_under_anothers_name_does_not_open(folder):
    one, two = new_key(), new_key()
    folder.put(one, b"mine")
    folder.put(two, b"yours")
    os.replace(folder._path(one), folder._path(two))
    with pytest.raises(crypto.SealBroken):
        folder.get(two)


def three_chunks(folder):
    key = new_key()
    folder.put(key, b"a" * CHUNK_BYTES + b"b" * CHUNK_BYTES + b"c")
    return key, folder._path(key), frames_of(folder._path(key))


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda a, b, c: a + b, id="last chunk gone"),
        pytest.param(lambda a, b, c: a, id="two chunks gone"),
        pytest.param(lambda a, b, c: b"", id="all gone"),
        pytest.param(lambda a, b, c: b + a + c, id="chunks swapped"),
        pytest.param(lambda a, b, c: a + b + b + c, id="chunk doubled"),
        pytest.param(lambda a, b, c: a + b + c + c, id="last chunk doubled"),
        pytest.param(lambda a, b, c: a + b + c + b"\0", id="something added"),
        pytest.param(lambda a, b, c: (a + b + c)[:-1], id="a byte short"),
        pytest.param(lambda a, b, c: (a + b + c)[: len(a) + 2], id="cut within a length"),
        pytest.param(lambda a, b, c: a + b + c[:-1] + bytes([c[-1] ^ 1]), id="a bit turned"),
        pytest.param(lambda a, b, c: b"\xff\xff\xff\xff" + a[4:] + b + c, id="length too long"),
        pytest.param(lambda a, b, c: b"\0\0\0\0" + a[4:] + b + c, id="length nought"),
    ],
)
def test_damage_is_noticed(folder, damage):
    key, path, frames = three_chunks(folder)
    path.write_bytes(b"".join(frames))
    assert folder.get(key).endswith(b"c")  # the control: put together unharmed, it opens
    path.write_bytes(damage(*frames))
    with pytest.raises(crypto.SealBroken):
        folder.get(key)


def test_another_keyring_does_not_open_it(folder):
    key = new_key()
    folder.put(key, b"mine")
    crypto.use(crypto.keyring_from(crypto.generate_keyring()))
    with pytest.raises(crypto.SealBroken):
        folder.get(key)


def test_a_failed_write_leaves_the_old_file_and_no_rubbish(folder, monkeypatch):
    key = new_key()
    folder.put(key, b"old")
    monkeypatch.setattr(file_store.os, "fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        folder.put(key, b"new")
    assert folder.get(key) == b"old"
    assert [path.name for path in folder.root.rglob("*") if path.is_file()] == [key]


def test_keys_are_random_and_fit():
    assert len({new_key() for _ in range(100)}) == 100
    assert MemoryStore().exists(new_key()) is False
