"""What has outlived its term is erased, once, and the trail stays whole."""

from __future__ import annotations

from sqlalchemy import select

from app.extensions import db
from app.rules.vocabulary import MessageState
from app.security import Actor
from app.services import audit, retention, rosters, trail
from app.transaction import transaction
from models import AuditValues, Notification, RosterEdition
from tests import factories
from tests.stillness import StoppedClock


def test_texts_and_addresses_of_old_messages_go_and_the_line_stays(
    seeded: None, each_database: str, clock_at: StoppedClock
) -> None:
    old = factories.notification(state=MessageState.SENT, body="本文", recipient="old@example.com").id
    waiting = factories.notification(state=MessageState.QUEUED, recipient="waiting@example.com").id
    clock_at.passes(days=731)
    young = factories.notification(state=MessageState.SENT, recipient="young@example.com").id
    assert retention.run()["message_bodies"] == 1
    assert retention.run()["message_bodies"] == 0, "safe to run twice"
    db.session.expire_all()
    kept = {row.id: row for row in db.session.scalars(select(Notification))}
    assert "old@" not in kept[old].recipient and kept[old].body != "本文" and kept[old].erased_at is not None
    assert (kept[waiting].recipient, kept[young].recipient) == ("waiting@example.com", "young@example.com")


def test_old_rosters_go(seeded: None, clock_at: StoppedClock) -> None:
    reservation = factories.reservation(factories.granted())
    officer = factories.desk(reservation.agency)
    rosters.print_edition(reservation.agency_id, reservation.visit_on, "", officer.id, Actor("staff", str(officer.id)))
    assert retention.run()["rosters"] == 0
    clock_at.passes(days=731)
    assert retention.run()["rosters"] == 1
    assert db.session.scalars(select(RosterEdition)).all() == []


def test_values_of_the_trail_go_and_the_chain_still_holds(
    seeded: None, each_database: str, clock_at: StoppedClock
) -> None:
    with transaction() as session:
        audit.record(session, "test", Actor("staff", "1"), "word", facts={"phone": ["1", "2"]})
    clock_at.passes(days=1826)
    before = len(db.session.scalars(select(AuditValues)).all())
    assert retention.run()["trail_values"] == before > 0
    assert trail.verify() is None
    events = [entry.event for entry, _values in trail._rows(0)]
    assert "test" in events and "retention.erase" in events
