"""Fixtures on real databases: an app per worker, a fresh database per test, a stopped clock, no network.

A test that asks for ``each_database`` runs on SQLite and on PostgreSQL, any other on SQLite only. The ``app`` fixture
stands in an app context, so that a test may call services and read rows; the client leaves that context for each
request, as a browser would.
"""

from __future__ import annotations

import contextvars
import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from werkzeug.test import TestResponse

from app import clock
from app.extensions import db
from app.transaction import end_reading
from tests.catalogues import compile_stale
from tests.databases import DIALECTS, Databases, build_app
from tests.postgres import RUN_FOLDER, close_run, open_run
from tests.stillness import USUAL_TIME, StoppedClock, no_network

_run_folder = pytest.StashKey[Path]()
# How long an example takes, and how long it takes to make one, says more about the machine than about the program.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")
#: Files whose tests share something that is dear to make: one worker runs them all.
TOGETHER = ("tests/browser/", "tests/guards/test_routes.py")
#: Files that share one such thing.
ONE_SCOPE = ("tests/security/test_headers.py", "tests/security/test_pages.py")


def pytest_configure(config: pytest.Config) -> None:
    gc.set_threshold(100_000, 50, 50)  # thousands of tests leave a heap that is dear to search through
    if not hasattr(config, "workerinput"):
        compile_stale()
        config.stash[_run_folder] = open_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _run_folder in config.stash:
        close_run(config.stash[_run_folder])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        """Test by test, but for the files in TOGETHER (the marker xdist_group does nothing with pytest 9)."""

        def _split_scope(self, nodeid: str) -> str:
            if nodeid.startswith(ONE_SCOPE):
                return ONE_SCOPE[0]
            return nodeid.partition("::")[0] if nodeid.startswith(TOGETHER) else nodeid

    return Scheduling(config, log)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "each_database" in metafunc.fixturenames:
        marks = {"postgresql": [pytest.mark.postgres]}
        params = [pytest.param(dialect, marks=marks.get(dialect, [])) for dialect in DIALECTS]
        metafunc.parametrize("dialect", params, indirect=True)


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    with no_network():
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> None:
    """Hashing a password takes a tenth of a second on purpose; tests do it hundreds of times, with fewer rounds."""
    from app.services import accounts

    accounts.METHOD = "scrypt:1024:8:1"


@pytest.fixture(autouse=True)
def clock_at() -> Iterator[StoppedClock]:
    """The stopped clock of this test: ``clock_at("2026-03-03 16:00")``, ``clock_at.passes(minutes=5)``."""
    stopped = StoppedClock()
    stopped(USUAL_TIME)
    yield stopped
    clock.stop_everywhere(None)


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Databases:
    """Where tests get further databases: ``databases.fresh("postgresql", "live")``."""
    return Databases(tmp_path_factory.mktemp("databases"), worker_id)


@pytest.fixture
def dialect(request: pytest.FixtureRequest) -> str:
    """On which database this test runs."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def each_database(dialect: str) -> str:
    """Asking for it runs the test on every database; its value is the database's kind."""
    return dialect


class _Apps:
    """One app per kind of database and worker; building one for each test would cost more than the tests."""

    def __init__(self, databases: Databases, folder: Path) -> None:
        self.databases, self.folder = databases, folder
        self._built: dict[str, tuple[Flask, dict[str, Any]]] = {}

    def fresh(self, dialect: str, seeded: bool) -> Flask:
        """The app on a fresh database, with an empty data folder and its first configuration."""
        from app.services import delivery

        url, data_dir = self.databases.fresh(dialect, seeded=seeded), self.folder / dialect
        if dialect not in self._built:
            app = build_app(url, data_dir)
            self._built[dialect] = (app, dict(app.config))
        app, configuration = self._built[dialect]
        app.config.clear()
        app.config.update(configuration)
        delivery._standings.clear()  # the mailer stays: it would remember that its server failed in another test
        shutil.rmtree(data_dir, ignore_errors=True)
        data_dir.mkdir()
        return app


@pytest.fixture(scope="session")
def _apps(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> _Apps:
    return _Apps(databases, tmp_path_factory.mktemp("data"))


@pytest.fixture
def reference_data() -> None:
    """Asking for it gives the test a database with agencies, reasons, message templates, notices and calendar."""


@pytest.fixture
def app(request: pytest.FixtureRequest, dialect: str, _apps: _Apps) -> Iterator[Flask]:
    """The program on a migrated database, empty unless ``reference_data`` is asked for; pushes its app context."""
    app = _apps.fresh(dialect, seeded="reference_data" in request.fixturenames)
    app.test_client_class = BrowserClient
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def database_url(app: Flask) -> str:
    """The address of this test's database, for a process of its own."""
    return str(app.config["SQLALCHEMY_DATABASE_URI"])


@pytest.fixture
def built(database_url: str, tmp_path: Path) -> Callable[..., Flask]:
    """Builds a further app on this test's database with other settings: ``built(SHOW_OUTBOX=False)``."""

    def build(**settings: Any) -> Flask:
        return build_app(database_url, tmp_path / "data", **settings)

    return build


class BrowserClient(FlaskClient):
    """A browser: each request comes from outside, in a context of its own, and the test then sees what it changed."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        if not has_app_context():  # a redirect on the way, already outside
            return super().open(*args, **options)
        if db.session.new or db.session.dirty:
            raise RuntimeError("rows were changed outside a transaction: make them with tests.factories")
        end_reading()
        return contextvars.Context().run(super().open, *args, **options)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser with its own cookies; for a second person use ``app.test_client()``."""
    return app.test_client()


@pytest.fixture
def environment(database_url: str, app: Flask) -> dict[str, str]:
    """The environment in which a process of its own runs on this test's database, data folder and keys."""
    return {
        "PATH": os.environ["PATH"],
        "APP_CONFIG": "testing",
        "DATABASE_URL": database_url,
        "DATA_DIR": str(app.config["DATA_DIR"]),
        "KEY_FILE": str(app.config["KEY_FILE"]),
        "SECRET_KEY": app.config["SECRET_KEY"],
        RUN_FOLDER: os.environ[RUN_FOLDER],
    }
