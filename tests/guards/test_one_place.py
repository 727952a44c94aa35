"""What may happen in one place only: committing, reading the clock, opening transactions, choosing random numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import pytest

from tests.guards.sources import PROGRAM, calls, files, name_of

#: How many commits and rollbacks a file may hold, and why.
MAY_COMMIT = {
    "app/transaction.py": (99, "this is the place"),
    "app/extensions.py": (1, "settings of a new PostgreSQL connection, before anybody uses it"),
    "models/migrations/env.py": (1, "migrations run outside the program"),
}
COMMITS = re.compile(r"(^|\.)(commit|rollback)$")
#: Reads of the clock; ``app.clock`` and ``time.monotonic`` (durations) are free.
CLOCK = re.compile(
    r"(^|\.)(datetime|dt|date)\.(now|utcnow|today)$|^time\.(time|time_ns|localtime|gmtime|ctime)$"
    r"|^func\.(now|current_timestamp|current_date)$|^localtime$"
)
READS_THE_CLOCK = {"app/clock.py"}
#: Layers that open a transaction (DESIGN §3), and the exceptions.
OPENS = re.compile(r"(^|\.)(transaction|noting)$")
MAY_OPEN = re.compile(r"^app/(services/.*|transaction\.py|session\.py|seeds/.*|cli\.py|security\.py)$")


def found(pattern: re.Pattern[str]) -> Iterable[tuple[str, int, str]]:
    """Every call of the program whose name matches: file, line, call."""
    for file in files(*PROGRAM):
        for line, call in calls(file):
            if pattern.search(call):
                yield name_of(file), line, call


def test_only_transaction_py_commits() -> None:
    places = list(found(COMMITS))
    counts = Counter(name for name, _, _ in places)
    wrong = [place for place in places if counts[place[0]] > MAY_COMMIT.get(place[0], (0, ""))[0]]
    assert not wrong, f"Use `with transaction():` of app.transaction (end_reading() after a read): {wrong}"


def test_only_clock_py_reads_the_clock() -> None:
    wrong = [place for place in found(CLOCK) if place[0] not in READS_THE_CLOCK]
    assert not wrong, f"Take `now` as an argument, or ask app.clock: {wrong}"


def test_only_services_open_transactions() -> None:
    wrong = [place for place in found(OPENS) if not MAY_OPEN.match(place[0])]
    assert not wrong, f"Move the act into a service; doors, models and reports open no transaction: {wrong}"


@pytest.mark.parametrize("call", ["db.session.commit", "session.rollback", "commit", "connection.commit"])
def test_the_rule_on_commits_catches(call: str) -> None:
    assert COMMITS.search(call) and not COMMITS.search("commitments") and not COMMITS.search("session.commit_later")


@pytest.mark.parametrize("call", ["datetime.now", "dt.datetime.utcnow", "date.today", "time.time", "func.now"])
def test_the_rule_on_the_clock_catches(call: str) -> None:
    assert CLOCK.search(call) and not CLOCK.search("clock.now") and not CLOCK.search("clock.today")
