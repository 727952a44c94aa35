"""The review list at a million applications: ``.venv/bin/python -m bench.million``.

Goals, on SQLite and on PostgreSQL: the first page and the last one (by cursor) take at most 1.5 times what they take
with 1,000 applications, at most 10 statements, and at most 0.6 times the Django admin's list of the same table in the
same run (page by page in turn; Django in a scratch environment of its own, ``bench/requirements-django.txt``).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask

from app.extensions import db
from app.transaction import end_reading
from bench import million_rows
from bench.page import counting
from tests import factories
from tests.conftest import BrowserClient
from tests.databases import Databases, build_app, seed
from tests.doors import Office
from tests.postgres import close_run, open_run

FEW, MANY = 1_000, int(os.environ.get("BENCH_ROWS", "1000000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "15"))
#: Its last pages take seconds.
PEER_ROUNDS = 5
WARM = 2
HERE = Path(__file__).resolve().parent
LIST = "/backoffice/applications/list/"
ADMIN = "/admin/admin/application/"


@dataclass(frozen=True)
class Case:
    """A page of ours, and the Django admin's page of the same meaning where there is one."""

    name: str
    reader: str
    query: str
    #: Of the last page the number of Django's page is filled in.
    peer: str | None = None


CASES = (
    Case("headquarters, all: first", "headquarters", "state=", ""),
    Case("headquarters, all: end", "headquarters", "state=&end=1", "p={last_all}"),
    Case("headquarters, waiting: first", "headquarters", "", "state__exact=pending"),
    Case("headquarters, waiting: end", "headquarters", "end=1", "state__exact=pending&p={last_pending}"),
    Case("one agency, all: first", "officer", "state="),
    Case("one agency, all: end", "officer", "state=&end=1"),
    Case("one agency, waiting: first", "officer", ""),
    Case("one agency, waiting: end", "officer", "end=1"),
    Case("three agencies, waiting: first", "three", ""),
    Case("three agencies, waiting: end", "three", "end=1"),
)


class Peer:
    """The Django admin in its own process."""

    def __init__(self, python: Path, address: str) -> None:
        self.process = subprocess.Popen(
            [str(python), str(HERE / "django_admin.py"), address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": os.environ.get("PATH", "")},
        )
        self.version = self._answer()["django"]

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the Django admin has died"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def milliseconds(self, address: str) -> float:
        """How long the admin takes for a page; it must be a page of rows."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{address}\n")
        self.process.stdin.flush()
        answer = self._answer()
        assert answer["status"] == 200, f"{address}: {answer}"
        assert answer["rows"] > 0, f"{address}: {answer}"
        return float(answer["ms"])

    def close(self) -> None:
        """Let the process end."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)


def environment(folder: Path) -> Path:
    """The Python of a scratch environment with Django in it."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*install, "-r", str(HERE / "requirements-django.txt")], check=True, stderr=subprocess.DEVNULL)
    return python


@dataclass
class Side:
    """One database with its program, and the readers who open pages there."""

    app: Flask
    address: str
    offices: dict[str, Office]

    def opens(self, case: Case) -> tuple[float, int]:
        """Milliseconds and statements of one page of the review list."""
        address = f"{LIST}?{case.query}"
        with self.app.app_context(), counting() as seen:
            start = time.perf_counter()
            answer = self.offices[case.reader].client.get(address)
            took = time.perf_counter() - start
            db.session.remove()
        assert answer.status_code == 200, answer.status_code
        assert answer.text.count("<tr>") >= 21, f"{address}: a page that is not full"
        return took * 1000, len(seen)


def filled(databases: Databases, scratch: Path, dialect: str, rows: int) -> Side:
    """A database with so many applications, of which a fifth belong to one agency."""
    address = databases.fresh(dialect, f"rows{rows}")
    app = build_app(address, scratch / f"data-{dialect}-{rows}")
    seed(app)
    app.test_client_class = BrowserClient
    with app.app_context():
        agencies = [factories.agency() for _n in range(20)]
        officer = factories.officer(agencies[0])
        readers = {
            "headquarters": factories.headquarters(),
            "officer": officer,
            "three": factories.officer(*agencies[:3]),
        }
        offices = {name: Office(app.test_client()).is_signed_in_as(reader) for name, reader in readers.items()}
        applicants, inmates = million_rows.people(agencies)
        decider = officer.id
        end_reading()  # a session left reading would be ended by the server meanwhile
        million_rows.applications(db.engine, applicants, inmates, decider, rows)
        db.session.remove()
    return Side(app, address, offices)


@dataclass
class Times:
    """The milliseconds of one case: with few rows, with many, and the peer's; and our statements."""

    few: list[float]
    many: list[float]
    peer: list[float]
    statements: int = 0

    def line(self, name: str) -> str:
        """A line of the table."""
        before, after = median(self.few), median(self.many)
        against = f"{median(self.peer):.1f} | {after / median(self.peer):.2f}" if self.peer else "－ | －"
        return f"| {name} | {self.statements} | {before:.1f} | {after:.1f} | {after / before:.2f} | {against} |"


def turns(few: Side, many: Side, peer: Peer, places: dict[str, int]) -> dict[str, Times]:
    """Each page with few rows, with many, and the peer's, in turn: a machine that others use is as slow for each."""
    found = {case.name: Times([], [], []) for case in CASES}
    for turn in range(ROUNDS + WARM):
        for case in CASES:
            times = found[case.name]
            before, _count = few.opens(case)
            after, times.statements = many.opens(case)
            if turn >= WARM:  # templates, caches and plans are warm
                times.few.append(before)
                times.many.append(after)
            if case.peer is not None and turn <= PEER_ROUNDS:
                took = peer.milliseconds(f"{ADMIN}?{case.peer.format(**places)}")
                if turn:
                    times.peer.append(took)
    return found


def pages_of(state: str | None) -> int:
    """The number of Django's last page."""
    condition = f" WHERE state = '{state}'" if state else ""
    with db.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT count(*) FROM service_application{condition}").scalar_one()
    return max(1, -(-rows // 25))


def measure(few: Side, many: Side, python: Path, dialect: str, show: Callable[[str], None]) -> None:
    """Measure in turn and print the table."""
    with many.app.app_context():
        places = {"last_all": pages_of(None), "last_pending": pages_of("pending")}
    peer = Peer(python, many.address)
    found = turns(few, many, peer, places)
    peer.close()
    show(f"\n{dialect}, Django {peer.version}\n")
    show(f"| page | statements | {FEW:,}: ms | {MANY:,}: ms | grown | Django ms | against Django |")
    show("|---|---:|---:|---:|---:|---:|---:|")
    for name, times in found.items():
        show(times.line(name))


def main() -> None:
    """Both databases, one after the other."""
    run = open_run()
    scratch = Path(tempfile.mkdtemp(prefix="bench-million-", dir=run))
    try:
        python = environment(scratch / "django")
        databases = Databases(scratch, "bench")
        for dialect in sys.argv[1:] or ("sqlite", "postgresql"):
            start = time.perf_counter()
            few, many = (filled(databases, scratch, dialect, rows) for rows in (FEW, MANY))
            print(f"{dialect}: filled in {time.perf_counter() - start:.0f} s", flush=True)
            measure(few, many, python, dialect, lambda line: print(line, flush=True))
            for side in (few, many):
                with side.app.app_context():
                    db.engine.dispose()
    finally:
        close_run(run)
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
