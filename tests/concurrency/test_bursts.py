"""Many relatives at the same moment, in real processes: exactly so many bookings as there are places or visits left."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.rules.vocabulary import Relationship, VisitKind
from app.seeds import reference
from app.transaction import end_reading, transaction
from config import ROOT
from models import Inmate, Notification, PlaceHold, Reservation, ServiceGrant, VisitSession
from tests import factories
from tests.stillness import taiwan

THURSDAY, FRIDAY = taiwan("2026-03-05 09:00"), taiwan("2026-03-06 09:00")
PROCESSES = 2
pytestmark = pytest.mark.slow


@pytest.fixture
def prison(app: object) -> Inmate:
    """One inmate of an agency whose rules a test sets; messages have their texts."""
    with transaction() as session:
        reference.texts(session)
    return factories.inmate(factories.agency())


def burst(folder: Path, environment: dict[str, str], lines: list[str], word: str = "safe") -> Counter[str]:
    """Let all ask at once; how many were told what."""
    end_reading()
    racers = []
    for turn in range(PROCESSES):
        file = folder / f"askers{turn}"
        file.write_text("\n".join(lines[turn::PROCESSES]))
        command = [sys.executable, "-m", "tests.concurrency.booker", word, str(file)]
        racers.append(
            subprocess.Popen(
                command, cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        )
    try:
        for racer in racers:
            assert racer.stdout and racer.stdout.readline() == "ready\n", "a process did not start; its words are above"
        for racer in racers:
            assert racer.stdin
            racer.stdin.write("go\n")
            racer.stdin.flush()
        told = Counter(line.strip() for racer in racers for line in (racer.stdout or []))
        assert [racer.wait(120) for racer in racers] == [0] * PROCESSES
        return told
    finally:
        for racer in racers:
            racer.kill()
            racer.wait()


def askers(prison: Inmate, count: int) -> list[str]:
    """So many relatives of as many inmates, who all want Thursday at nine."""
    with transaction():
        grants = [factories.relative(factories.inmate(prison.agency)) for _ in range(count)]
    return [f"{grant.applicant_id} {grant.id} {THURSDAY.isoformat()}" for grant in grants]


def counts() -> tuple[int, int, int, int]:
    """Places taken, bookings, confirmations, holds left."""
    end_reading()
    numbers = [db.session.scalar(select(func.coalesce(func.sum(VisitSession.taken), 0)))]
    numbers += [db.session.scalar(select(func.count()).select_from(m)) for m in (Reservation, Notification, PlaceHold)]
    taken, booked, told, held = (int(number or 0) for number in numbers)
    return taken, booked, told, held


@pytest.mark.parametrize(
    ("clients", "places"),
    [(10, 1), (10, 10), (40, 1), (40, 10), (80, 1), (80, 10)],
)
def test_as_many_bookings_as_places(
    each_database: str, environment: dict[str, str], tmp_path: Path, prison: Inmate, clients: int, places: int
) -> None:
    factories.visit_rules(prison.agency, timetable=factories.timetable(places=places))
    told = burst(tmp_path, environment, askers(prison, clients))
    assert told["booked"] == min(clients, places) and set(told) <= {"booked", "SessionFull"}
    assert counts() == (told["booked"],) * 3 + (0,)


def test_two_relatives_and_the_last_visit_of_the_week(
    each_database: str, environment: dict[str, str], tmp_path: Path, prison: Inmate
) -> None:
    factories.visit_rules(prison.agency, quota=[{"times": 1, "per": "calendar_week"}])
    grants: list[ServiceGrant] = [
        factories.relative(prison, relation=relation) for relation in (Relationship.SPOUSE, Relationship.SIBLING)
    ]
    lines = [f"{g.applicant_id} {g.id} {at.isoformat()}" for g, at in zip(grants, (THURSDAY, FRIDAY), strict=True)]
    told = burst(tmp_path, environment, lines)
    assert told == Counter({"booked": 1, "QuotaUsed": 1})
    assert counts() == (1, 1, 1, 0)


def test_without_the_guard_the_same_burst_oversells(
    each_database: str, environment: dict[str, str], tmp_path: Path, prison: Inmate
) -> None:
    factories.made(
        VisitSession,
        {},
        agency_id=prison.agency_id,
        kind=VisitKind.FAMILY_ON_SITE,
        visit_on=THURSDAY.date(),
        starts_at=THURSDAY,
        minutes=30,
        capacity=1000,
    )
    told = burst(tmp_path, environment, askers(prison, 40), "unsafe")
    assert told["booked"] > 1, "the control shows no race: the tests above prove nothing"
