"""What happens to stored files: swept when no row names them, kept when a removal fails, moved to the new key."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from flask import Flask

from app import clock, crypto
from app.adapters.file_store import EncryptedFolder, MemoryStore, new_key
from app.errors import NotFound
from app.extensions import db
from app.rules.vocabulary import AttachmentKind
from app.services import attachments, drafts, key_rotation
from models import Attachment
from tests import factories
from tests.factories import files
from tests.stillness import StoppedClock


def folder() -> EncryptedFolder:
    store = attachments.store()
    assert isinstance(store, EncryptedFolder)
    return store


def age(key: str, hours: float) -> None:
    """Let a stored file be this old."""
    moment = clock.now().timestamp() - hours * 3600
    os.utime(folder()._path(key), (moment, moment))


def orphan(hours: float) -> str:
    key = new_key()
    folder().put(key, b"left by a crash")
    age(key, hours)
    return key


def test_old_files_without_a_row_are_swept_and_all_others_stay(each_database: str, app: Flask) -> None:
    mandate = factories.attachment(factories.application(), files.pdf(), kind=AttachmentKind.MANDATE)
    kept = list(mandate.file_keys)
    assert len(kept) == 2
    for key in kept:
        age(key, 24 * 400)
    old, fresh = [orphan(24.1) for _ in range(3)], orphan(23.9)
    half = folder()._path(old[0]).with_name(f"{old[0]}.{new_key()}.part")
    half.write_bytes(b"half")
    os.utime(half, (0, 0))
    assert attachments.sweep() == 3
    assert [folder().exists(key) for key in (*old, fresh, *kept)] == [False] * 3 + [True] * 3
    assert not half.exists()
    assert attachments.sweep() == 0


def test_many_are_swept_in_batches(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "_SWEPT_AT_ONCE", 2)
    for _ in range(5):
        orphan(30)
    assert attachments.sweep() == 5


def test_a_store_that_is_not_there_yet_is_swept_in_no_time(app: Flask) -> None:
    assert attachments.sweep() == 0


def test_the_memory_store_knows_how_old_things_are(clock_at: StoppedClock) -> None:
    store, key = MemoryStore(), new_key()
    store.put(key, b"x")
    assert list(store.keys_before(clock.now())) == []
    clock_at.passes(hours=1)
    assert list(store.keys_before(clock.now())) == [key]


def test_a_removal_that_fails_loses_no_file(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row goes first, and the bytes only once that is certain."""
    draft = factories.draft()
    paper = factories.attachment(draft, files.pdf(), kind=AttachmentKind.MANDATE)
    owner, draft_id, paper_id, keys = draft.applicant_id, draft.id, paper.id, list(paper.file_keys)
    real = attachments.forget

    def forget_and_fail(session: object, attachment: Attachment) -> list[str]:
        real(session, attachment)  # type: ignore[arg-type]
        raise NotFound()

    with monkeypatch.context() as patched:
        patched.setattr(attachments, "forget", forget_and_fail)
        with pytest.raises(NotFound):
            drafts.remove_paper(owner, draft_id, paper_id)
    assert all(folder().exists(key) for key in keys) and db.session.get(Attachment, paper_id) is not None
    drafts.remove_paper(owner, draft_id, paper_id)
    assert not any(folder().exists(key) for key in keys) and db.session.get(Attachment, paper_id) is None


@pytest.mark.parametrize("kind", list(AttachmentKind))
def test_only_a_mandate_is_kept_untouched(app: Flask, kind: AttachmentKind) -> None:
    name, document = files.jpeg()
    paper = factories.attachment(factories.draft(), (name, document + b"tail"), kind=kind)
    assert (paper.original_key is not None) == (kind is AttachmentKind.MANDATE)
    if paper.original_key:
        assert folder().get(paper.original_key) == document + b"tail"
        assert attachments.content(paper) != document + b"tail"


def test_originals_move_to_the_new_key_too(each_database: str, app: Flask) -> None:
    name, document = files.pdf()
    paper = factories.attachment(factories.draft(), (name, document), kind=AttachmentKind.MANDATE)
    keys, old = list(paper.file_keys), crypto.current()
    fresh = replace(old, keys={**old.keys, "k2": os.urandom(32)}, active="k2")
    try:
        crypto.use(fresh)
        assert not any(folder().is_current(key) for key in keys)
        key_rotation.rotate()
        assert all(folder().is_current(key) for key in keys)
        crypto.use(replace(fresh, keys={"k2": fresh.keys["k2"]}))
        assert folder().get(keys[1]) == document
    finally:
        crypto.use(old)
