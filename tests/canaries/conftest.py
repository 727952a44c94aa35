"""What canary tests read: every byte of the database, of the data folder, of the temporary folder, of the log."""

from __future__ import annotations

import base64
import logging
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.extensions import db
from models import Base

#: Folders of DATA_DIR that may hold what is sealed elsewhere, and why.
MAY_BE_READ = {"outbox": "mails of a demonstration, as they would leave the machine; refused in production"}


def spellings(canary: str) -> Iterator[bytes]:
    """The ways in which a text may lie about."""
    plain = canary.encode()
    yield plain
    yield canary.encode("utf-16-le")
    yield plain.hex().encode()
    for shift in range(3):  # base64 of a longer text that holds the canary, without what its neighbours decide
        middle = base64.b64encode(b"\0" * shift + plain)[4:-4].lower()
        if len(middle) >= 8:  # shorter ones turn up by chance
            yield middle


def found(canaries: Iterable[str], places: dict[str, bytes]) -> list[str]:
    """Which canary lies in which place."""
    lowered = {name: content.lower() for name, content in places.items()}
    return [
        f"{canary} in {name}"
        for canary in canaries
        for name, content in lowered.items()
        if any(spelling in content for spelling in spellings(canary.lower()))
    ]


def database_bytes(app: Flask) -> dict[str, bytes]:
    """The files of SQLite as they lie there, write-ahead log included; the rows as PostgreSQL writes them out."""
    if db.engine.dialect.name == "sqlite":
        file = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database
        return {f"database{end}": Path(f"{file}{end}").read_bytes() for end in ("", "-wal")}
    with db.engine.connect() as connection:
        tables = [table.name for table in Base.metadata.sorted_tables]
        rows = {name: connection.execute(text(f'SELECT t::text FROM "{name}" t')).scalars() for name in tables}
        return {f"table {name}": "\n".join(lines).encode() for name, lines in rows.items()}


def folder_bytes(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, but for what may be read."""
    files = [f for f in folder.rglob("*") if f.is_file() and f.relative_to(folder).parts[0] not in MAY_BE_READ]
    return {str(f.relative_to(folder.parent)): f.read_bytes() for f in files}


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which this process and its children keep what is temporary."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


class Log(logging.Handler):
    """Every line that any part of the program logs, formatted as it would be written, tracebacks included."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def log() -> Iterator[Log]:
    """The log, talkative: at level DEBUG."""
    handler, root = Log(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.setLevel(before)
    root.removeHandler(handler)
