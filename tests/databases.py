"""Fresh, migrated databases: a template made once per run, a copy of it for each test."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any
from unittest import mock

from fasteners import InterProcessLock
from flask import Flask
from flask_migrate import upgrade

import config
from app import clock
from app.extensions import db
from tests.postgres import RUN_FOLDER, Server
from tests.stillness import USUAL_TIME, taiwan

DIALECTS = ("sqlite", "postgresql")


def build_app(url: str, data_dir: Path, **settings: Any) -> Flask:
    """The program on this database and data folder, whatever the environment of the person who runs the tests says."""
    from app.factory import create_app  # every part of the program: tests of one part need not wait for it

    environment = {"DATA_DIR": str(data_dir), "DATABASE_URL": url, "KEY_FILE": str(key_file())}
    with mock.patch.dict(os.environ, environment, clear=True):
        chosen = config.Testing()
        for name, value in settings.items():
            setattr(chosen, name, value)
        return create_app(chosen)


def key_file() -> Path:
    """The keys of this run: the same for every app, because a process has one keyring."""
    return Path(os.environ[RUN_FOLDER]) / "keys.json"


def migrate(app: Flask) -> None:
    """Bring the app's database to the newest revision and let go of it."""
    with app.app_context():
        upgrade(directory=str(config.ROOT / "models" / "migrations"))
        db.session.remove()
        db.engine.dispose()


def seed(app: Flask) -> None:
    """Put the reference data into the app's database, at the usual time of tests, and let go of it."""
    from app.seeds import reference

    with app.app_context(), clock.frozen(taiwan(USUAL_TIME)):
        reference.seed()
        db.session.remove()
        db.engine.dispose()


class Databases:
    """Makes databases for one worker of one run; a name is the same database all the time, fresh each time."""

    def __init__(self, folder: Path, worker: str) -> None:
        self.run, self.folder, self.worker = Path(os.environ[RUN_FOLDER]), folder, worker
        self._server: Server | None = None
        self._templates: dict[tuple[str, bool], str] = {}

    @property
    def server(self) -> Server:
        """The run's PostgreSQL."""
        self._server = self._server or Server()
        return self._server

    def fresh(self, dialect: str, name: str = "test", seeded: bool = False) -> str:
        """The address of a migrated database, empty or with the reference data.

        Nobody may hold a connection to the one of the same name.
        """
        template = self._template(dialect, seeded)
        return self._copy(dialect, template, f"{name}_{self.worker}")

    def unmigrated(self, dialect: str, name: str = "bare") -> str:
        """The address of a database without tables."""
        if dialect == "postgresql":
            return self.server.create(f"{name}_{self.worker}", "template0")
        return f"sqlite:///{_cleared(self.folder / f'{name}_{self.worker}.db')}"

    def _copy(self, dialect: str, template: str, name: str) -> str:
        if dialect == "postgresql":
            return self.server.create(name, template)
        target = _cleared(self.folder / f"{name}.db")
        shutil.copyfile(template, target)
        return f"sqlite:///{target}"

    def _template(self, dialect: str, seeded: bool) -> str:
        if (dialect, seeded) not in self._templates:
            source = self._template(dialect, False) if seeded else None
            with InterProcessLock(self.run / f"{dialect}.lock"):
                self._templates[dialect, seeded] = self._make_template(dialect, source)
        return self._templates[dialect, seeded]

    def _make_template(self, dialect: str, source: str | None) -> str:
        word = "seeded" if source else "migrated"
        done = self.run / f"{dialect}.{word}"
        name = word if dialect == "postgresql" else str(self.run / f"{word}.db")
        if not done.exists():
            if dialect == "postgresql":
                url = self.server.create(name, source or "template0")
            else:
                url = f"sqlite:///{name}"
                if source:
                    shutil.copyfile(source, name)
            app = build_app(url, self.run / "template-data")
            seed(app) if source else migrate(app)
            done.touch()
        return name


def _cleared(file: Path) -> Path:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)
    return file
