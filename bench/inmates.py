"""An import of 60,000 inmates against the same rows sealed and inserted at once: ``.venv/bin/python -m bench.inmates``.

Ours is the whole way of a delivery: file kept, read, checked, compared, staged, confirmed. The bare side is given the
values finished, seals and indexes them and hands them to one ``executemany``. Wall-clock seconds, median; the two sides
take turns on a fresh table. Meanwhile another connection writes a row every 20 ms: the longest it waits is told.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import delete, insert, text

from app import clock
from app.extensions import db, writing
from app.rules import inmate_csv
from app.rules.inmate_columns import from_rows
from app.rules.office_vocabulary import ImportSource
from app.rules.vocabulary import InmateStatus
from app.security import SYSTEM
from app.services import inmate_applying, inmate_checking, inmate_erasing, inmate_imports
from app.services.inmate_comparing import PLAIN
from app.transaction import transaction
from models import Inmate, StagedInmate, new_id
from models.base import search_digest
from tests import factories
from tests.databases import build_app, migrate
from tests.factories.rows import id_number
from tests.postgres import RUN_FOLDER, Server, close_run

ROWS, REPEATS = 60_000, 3
_SURNAMES, _GIVEN = "陳林黃張李王吳劉蔡楊", "美玲淑芬志明俊傑雅婷怡君家豪建宏"


def lines(rows: int) -> list[dict[str, Any]]:
    """Invented inmates, each with a name and a number of its own."""
    return [
        {
            "呼號": f"{number:05}",
            "姓名": _SURNAMES[number % 10] + _GIVEN[number // 10 % 15] + _GIVEN[number // 7 % 16],
            "性別": "男",
            "出生日期": f"{50 + number % 40}/{number % 12 + 1:02}/{number % 28 + 1:02}",
            "身分證號": id_number(number),
            "處分種類": "受刑人",
            "教化等級": str(number % 4 + 1),
            "場舍": f"忠{number % 20 + 1}舍",
            "入監所日期": "113/06/01",
            "入本監日期": "113/06/15",
            "狀態": "在監",
        }
        for number in range(rows)
    ]


def ours(agency_id: str, content: bytes, values: list[dict[str, Any]]) -> dict[str, float]:
    """The delivery as the program takes it in; seconds by part."""
    start = time.perf_counter()
    import_id = inmate_imports.receive(agency_id, content, "", ImportSource.FILE, SYSTEM)
    inmate_checking.check(import_id)
    staged = time.perf_counter()
    inmate_applying.apply(import_id, None, None, None, SYSTEM)
    done = time.perf_counter()
    return {"staging": staged - start, "applying": done - staged, "all": done - start}


def bare(agency_id: str, content: bytes, values: list[dict[str, Any]]) -> dict[str, float]:
    """The same rows by one executemany."""
    from app import crypto

    start, keys, now, rows = time.perf_counter(), crypto.current(), clock.now(), []
    for one in values:
        row_id = new_id()
        row = {name: one.get(name) for name in PLAIN} | {"id": row_id, "agency_id": agency_id, "version": 1}
        row |= {"created_at": now, "updated_at": now, "status": InmateStatus.PRESENT, "is_juvenile": False}
        born = one["birth_date"].isoformat().encode()
        row["birth_date_sealed"] = keys.seal(born, f"inmate.birth_date_sealed.{row_id}")
        row["id_number_sealed"] = keys.seal(one["id_number"].encode(), f"inmate.id_number_sealed.{row_id}")
        row["id_number_index"] = search_digest("id_number", one["id_number"])
        rows.append(row)
    token = writing.set(True)
    with db.engine.begin() as connection:
        connection.execute(insert(Inmate.__table__), rows)  # type: ignore[arg-type]
    writing.reset(token)
    return {"all": time.perf_counter() - start}


class Neighbour(threading.Thread):
    """Somebody else who writes all the time; ``longest`` is the longest that one write took."""

    def __init__(self, app: Any) -> None:
        super().__init__(daemon=True)
        self.app, self.stopped, self.longest = app, threading.Event(), 0.0

    def run(self) -> None:
        with self.app.app_context():
            writing.set(True)
            while not self.stopped.wait(0.02):
                start = time.perf_counter()
                with db.engine.begin() as connection:
                    connection.execute(text("UPDATE audit_counter SET last = last"))
                self.longest = max(self.longest, time.perf_counter() - start)


def again() -> None:
    """Forget all inmates and deliveries."""
    with transaction() as session:
        session.execute(delete(StagedInmate))
        session.execute(delete(Inmate))
    for import_id in iter(inmate_erasing._next_over, None):
        inmate_erasing.erase(import_id)


def measured(app: Any, repeats: int, label: str) -> None:
    """A line of the table for one database."""
    agency_id, rows = factories.agency().id, lines(ROWS)
    content = from_rows(rows)
    values = [line.values for line in inmate_csv.read(content, clock.today()).lines]
    times: dict[str, list[dict[str, float]]] = {"ours": [], "bare": []}
    sides: dict[str, Callable[..., dict[str, float]]] = {"ours": ours, "bare": bare}
    for _turn in range(repeats):
        for name, side in sides.items():
            times[name].append(side(agency_id, content, values))
            again()
    neighbour = Neighbour(app)
    neighbour.start()
    ours(agency_id, content, values)
    neighbour.stopped.set()
    neighbour.join()
    again()
    staging, applying, all_of_it = (
        median(run[part] for run in times["ours"]) for part in ("staging", "applying", "all")
    )
    plain = median(run["all"] for run in times["bare"])
    print(
        f"| {label} | {all_of_it:.2f} | {staging:.2f} | {applying:.2f} | {plain:.2f} | {all_of_it / plain:.2f} "
        f"| {neighbour.longest:.2f} |",
        flush=True,
    )


def main(repeats: int) -> None:
    """Print the table."""
    print("| database | ours s | staging s | confirming s | bare s | ratio | longest wait of a neighbour s |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    folder = Path(os.environ[RUN_FOLDER])
    for label, url in (
        ("SQLite", lambda: f"sqlite:///{folder}/inmates.db"),
        ("PostgreSQL", lambda: Server().create("inmates", "template0")),
    ):
        program = build_app(url(), folder / "program")
        migrate(program)
        with program.app_context():
            measured(program, repeats, label)
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as run_folder:
        os.environ[RUN_FOLDER] = run_folder
        try:
            main(int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS)
        finally:
            close_run(Path(run_folder))
