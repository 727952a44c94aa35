"""附件 of both books in the file store: three, 20 MB together, never swept while a row names them."""

from __future__ import annotations

import dataclasses
import os
from typing import cast

import pytest

from app.adapters.file_store import EncryptedFolder
from app.errors import RuleError
from app.rules.documents import FilesTooBig
from app.rules.family_book import FILES_LIMIT_BYTES, TooManyBookFiles
from app.services import attachments, book_files
from app.transaction import transaction
from tests import factories
from tests.factories import files


def test_the_sweep_leaves_files_of_both_books(app: object) -> None:
    kept = [factories.book_file(row, files.jpeg()) for row in (factories.entry(), factories.agency_message(None))]
    keys, orphan = [file.storage_key for file in kept], "0" * 32
    folder = cast(EncryptedFolder, attachments.store())
    folder.put(orphan, b"nobody's")
    for key in (*keys, orphan):
        os.utime(folder._path(key), (0, 0))
    attachments.sweep()
    assert [folder.exists(key) for key in (*keys, orphan)] == [True, True, False]


@pytest.mark.parametrize(("there", "size", "refused"), [(3, 10, TooManyBookFiles), (1, FILES_LIMIT_BYTES, FilesTooBig)])
def test_a_fourth_file_and_one_byte_too_many(
    app: object, each_database: str, there: int, size: int, refused: type[RuleError]
) -> None:
    entry = factories.entry()
    for _ in range(there):
        factories.book_file(entry, files.jpeg())
    file = attachments.clean(*files.jpeg())
    large = dataclasses.replace(file, original=bytes(size))
    with pytest.raises(refused), transaction() as session:
        book_files.keep(session, {"entry_id": entry.id}, large)


def test_a_place_that_became_free_is_taken_again(app: object) -> None:
    entry = factories.entry()
    first, second = (factories.book_file(entry, files.jpeg()) for _ in range(2))
    places = (first.position, second.position)
    with transaction() as session:
        book_files.forget(session, session.merge(first))
    assert places == (1, 2) and factories.book_file(entry, files.jpeg()).position == 1
