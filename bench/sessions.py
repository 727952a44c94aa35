"""Visits by session on PostgreSQL, against the same without a guard: ``.venv/bin/python -m bench.sessions``.

Booking: relatives of as many inmates ask for 20 sessions at once, in threads. The twin asks the same rules and writes
the same rows (hold, place, booking, trail, message; sealing included) by looking first and writing then: no row is
locked, nothing is decided by the database, and it may sell a place twice. Both sides take turns; the median of the
ratios counts.

Availability: four weeks of 20 sessions a day as the portal's page, with 10,000 bookings against the page without any.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import delete, insert, select, update

from app import clock
from app.extensions import db
from app.rules import visits_by_session
from app.rules.vocabulary import BookingSource, VisitKind
from app.security import Actor
from app.services import (
    audit,
    booking_texts,
    companions,
    place_holds,
    session_bookings,
    session_choices,
    visit_facts,
    visit_sessions,
)
from app.services.session_bookings import SessionBooking
from app.transaction import end_reading, transaction
from bench.page import statements
from models import Applicant, Notification, PlaceHold, Reservation, ServiceGrant, StateMove, VisitSession, new_id
from tests import factories
from tests.conftest import BrowserClient
from tests.databases import Databases, build_app
from tests.doors import Portal
from tests.postgres import RUN_FOLDER, close_run
from tests.stillness import USUAL_TIME, taiwan

SESSIONS, RELATIVES, THREADS, REPEATS, BOOKED = 20, 160, 8, 9, 10_000
DAY = date(2026, 3, 5)
KIND = VisitKind.FAMILY_ON_SITE
STARTS = tuple(f"{9 + n // 4:02}:{n % 4 * 15:02}" for n in range(SESSIONS))
PLACES = BOOKED // SESSIONS // 20 + 5


@dataclass(frozen=True)
class Asker:
    """A relative, and the session that is wanted."""

    applicant_id: str
    grant_id: str
    at: datetime

    @property
    def actor(self) -> Actor:
        """As the trail knows him."""
        return Actor("applicant", self.applicant_id, "林小美")


def safe(asker: Asker) -> None:
    """Hold and confirm, as the portal does."""
    place_holds.take(asker.applicant_id, asker.grant_id, KIND, asker.at)
    session_bookings.confirm(asker.applicant_id, SessionBooking(asker.applicant_id), asker.actor)


def unsafe(asker: Asker) -> None:
    """Look, then write: the same questions and the same rows, held and booked."""
    with transaction() as session:
        grant = session.get_one(ServiceGrant, asker.grant_id)
        row = _free(session, grant, asker.at)
        more = update(VisitSession).where(VisitSession.id == row.id).values(taken=VisitSession.taken + 1)
        session.execute(more.execution_options(synchronize_session=False))
        columns = {"applicant_id": asker.applicant_id, "grant_id": asker.grant_id, "session_id": row.id}
        session.add(PlaceHold(**columns, inmate_id=grant.inmate_id, expires_at=clock.now() + place_holds.HOLD))
    with transaction() as session:
        booker = session.get_one(Applicant, asker.applicant_id)
        hold = session.scalars(select(PlaceHold).where(PlaceHold.applicant_id == booker.id)).one()
        grant = session.get_one(ServiceGrant, hold.grant_id)
        row = _free(session, grant, asker.at)
        session.delete(hold)
        reservation = Reservation(**_booking(booker, grant, row), companions=[])
        session.add(reservation)
        session.flush()
        companions.keep(session, reservation, [])
        audit.record(session, "reservation.book", asker.actor, reservation, agency_id=reservation.agency_id)
        booking_texts.tell(session, "booking_received", reservation)


def _free(session: Any, grant: ServiceGrant, at: datetime) -> VisitSession:
    asked = visit_facts.question(session, grant, KIND)
    slot = place_holds.slot_at(asked, grant, at)
    row = visit_sessions.row_for(session, grant.agency_id, KIND, slot)
    found = visits_by_session.refusal(asked, visit_sessions.place_of(row, slot))
    if found is not None:
        raise found
    return row


def _booking(booker: Applicant, grant: ServiceGrant, row: VisitSession) -> dict[str, Any]:
    return {
        "number": f"F{row.visit_on:%y%m%d}-{new_id()[:6]}",
        "kind": KIND,
        "source": BookingSource.ONLINE,
        "agency_id": grant.agency_id,
        "inmate_id": grant.inmate_id,
        "applicant_id": booker.id,
        "grant_id": grant.id,
        "visitor_name": booker.name,
        "visitor_relation": grant.relation,
        "visit_on": row.visit_on,
        "arrives_at": row.starts_at,
        "requested_on": clock.today(),
        "idempotency_key": booker.id,
        "session_id": row.id,
        "persons": 1,
        "minutes": row.minutes,
    }


def seconds(app: Flask, book: Callable[[Asker], None], askers: list[Asker]) -> float:
    """Wall-clock seconds until everybody has a booking, on sessions that nobody has asked for yet."""
    with transaction() as session:
        for model in (Notification, StateMove, PlaceHold, Reservation, VisitSession):
            session.execute(delete(model))
    end_reading()

    def one(asker: Asker) -> None:
        with app.app_context():
            try:
                book(asker)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(THREADS) as pool:
        start = time.perf_counter()
        list(pool.map(one, askers))
        return time.perf_counter() - start


def booking(app: Flask, repeats: int, show: Callable[[str], None]) -> None:
    """Print how fast bookings are made, guarded and not."""
    agency = factories.agency()
    timetable = factories.timetable(places=RELATIVES, starts=STARTS)
    factories.visit_rules(agency, timetable=[{**line, "minutes": 15} for line in timetable])
    askers = []
    with transaction():
        for n in range(RELATIVES):
            grant = factories.relative(factories.inmate(agency))
            askers.append(Asker(grant.applicant_id, grant.id, taiwan(f"{DAY} {STARTS[n % SESSIONS]}")))
    times: dict[Callable[[Asker], None], list[float]] = {safe: [], unsafe: []}
    for side in times:
        seconds(app, side, askers)
    for _ in range(repeats):
        for side, measured in times.items():
            measured.append(seconds(app, side, askers))
    ours, twin = median(times[safe]), median(times[unsafe])
    ratio = median(b / a for a, b in zip(times[safe], times[unsafe], strict=True))
    show("| bookings | sessions | threads | ours, a second | without guard, a second | throughput |")
    show("|---:|---:|---:|---:|---:|---:|")
    show(f"| {RELATIVES} | {SESSIONS} | {THREADS} | {RELATIVES / ours:.0f} | {RELATIVES / twin:.0f} | {ratio:.2f} |")


@contextmanager
def at_the_week(app: Flask) -> Iterator[tuple[Portal, ServiceGrant]]:
    """A relative who stands before the sessions of four weeks."""
    agency = factories.agency()
    timetable = [{**line, "minutes": 15} for line in factories.timetable(places=PLACES, starts=STARTS)]
    window = {"opens": {"days": 28, "at": "00:00"}, "closes": {"days": 1, "at": "17:00"}}
    factories.visit_rules(agency, timetable=timetable, booking=window)
    grant = factories.relative(factories.inmate(agency))
    portal = Portal(app.test_client()).is_signed_in_as(grant.applicant)
    grant_id = grant.id
    portal.opens("/portal/bookings/new")
    portal.submits({"kind": KIND.value})
    portal.submits({"grant_id": grant_id})
    page = portal.submits(button="下一步")
    assert page.text.count("尚餘") > SESSIONS * 15, "the page does not show four weeks"
    yield portal, db.session.get_one(ServiceGrant, grant_id)


def fill(grant: ServiceGrant) -> None:
    """Ten thousand bookings of others in the four weeks."""
    first, agency_id = date(2026, 3, 5), grant.agency_id
    days = [day for day in (first + timedelta(days=n) for n in range(28)) if day.isoweekday() < 6]
    count = BOOKED // (len(days) * SESSIONS)
    with transaction() as session:
        others = [factories.relative(factories.inmate(grant.agency)) for _ in range(count)]
        rows, booked = [], []
        for n in range(len(days) * SESSIONS):
            day, start = days[n // SESSIONS], STARTS[n % SESSIONS]
            columns = {"agency_id": agency_id, "kind": KIND, "visit_on": day, "starts_at": taiwan(f"{day} {start}")}
            rows.append({"id": new_id(), **columns, "minutes": 15, "capacity": PLACES, "taken": count})
            row = VisitSession(**rows[-1])
            for other in others:
                own = {"number": f"F{len(booked):011}", "idempotency_key": new_id()}
                booked.append(Reservation(**{**_booking(other.applicant, other, row), **own}))
        session.execute(insert(VisitSession), rows)
        session.add_all(booked)


def availability(app: Flask, repeats: int, show: Callable[[str], None]) -> None:
    """Print what four weeks of free places cost, empty and full."""
    with at_the_week(app) as (portal, grant):
        address = "/portal/bookings/new/session"
        show("| bookings | statements of the page | page s | without HTML s |")
        show("|---:|---:|---:|---:|")
        figures, grant_id = [], grant.id
        for count in (0, BOOKED):
            if count:
                fill(db.session.get_one(ServiceGrant, grant_id))
            end_reading()
            portal.opens(address)
            asked = statements(portal, address)
            pages = [_timed(lambda: portal.opens(address)) for _ in range(repeats)]
            bare = [_timed(lambda: _week(grant_id)) for _ in range(repeats)]
            figures.append((median(pages), median(bare)))
            show(f"| {count} | {asked} | {figures[-1][0]:.3f} | {figures[-1][1]:.3f} |")
        (empty, empty_bare), (full, full_bare) = figures
        show(f"\nFull against empty: page ×{full / empty:.2f}, without HTML ×{full_bare / empty_bare:.2f}.")


def _week(grant_id: str) -> None:
    end_reading()
    grant = db.session.get_one(ServiceGrant, grant_id)
    session_choices.week(session_choices.question_of(grant, KIND), grant)


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def main(repeats: int) -> None:
    """Start a PostgreSQL, measure both, and stop it."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    os.environ[RUN_FOLDER] = str(folder)
    try:
        url = Databases(folder, "bench").fresh("postgresql", seeded=True)
        app = build_app(url, folder / "data-files")
        app.test_client_class = BrowserClient
        clock.stop_everywhere(taiwan(USUAL_TIME))
        with app.app_context():
            booking(app, repeats, print)
            print()
            availability(app, repeats, print)
            db.session.remove()
            db.engine.dispose()
    finally:
        close_run(folder)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS)
