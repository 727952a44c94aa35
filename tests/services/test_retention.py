"""What has outlived its term is erased, once, and the trail stays whole."""

from __future__ import annotations

from sqlalchemy import select

from app import clock
from app.extensions import db
from app.rules.vocabulary import AccountState, MessageState
from app.security import Actor
from app.services import audit, retention, rosters, trail
from app.transaction import transaction
from models import (
    Applicant,
    Attachment,
    AuditValues,
    Companion,
    Notification,
    Reservation,
    RosterEdition,
)
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


def test_a_person_nobody_has_seen_for_years_is_forgotten(
    seeded: None, each_database: str, clock_at: StoppedClock
) -> None:
    lawyer = factories.applicant(id_bound_at=clock.now())
    signed_in = factories.applicant()
    old = factories.granted(lawyer, until_on=clock.today())
    visit = factories.reservation(old)
    factories.companion(visit, name="同行人甲")
    paper_id = factories.attachment(old.application).id
    lawyer_number = lawyer.id_number
    secrets = {lawyer.name, lawyer.mail, lawyer.id_number, lawyer.mobile, lawyer.address}
    clock_at.passes(days=1825 - 10)
    living = factories.granted(factories.applicant()).applicant
    with transaction() as session:
        audit.record(session, "applicant.sign_in", Actor("applicant", signed_in.id), signed_in)
    assert retention.run()["accounts"] == 0
    clock_at.passes(days=30)
    assert retention.run()["accounts"] == 1
    assert retention.run()["accounts"] == 0, "safe to run twice"
    db.session.expire_all()
    gone = db.session.get_one(Applicant, lawyer.id)
    assert gone.erased_at is not None and gone.state == AccountState.DISABLED and gone.id_bound_at is None
    assert not secrets & {gone.name, gone.mail, gone.id_number, gone.mobile, gone.address}
    assert db.session.get(Attachment, paper_id) is None
    assert db.session.get_one(Reservation, visit.id).visitor_name == "（已刪除）"
    assert db.session.scalars(select(Companion)).one().name == "（已刪除）"
    assert all(db.session.get_one(Applicant, one).erased_at is None for one in (living.id, signed_in.id))
    # The number is free: the person may come back with a new account.
    assert factories.applicant(id_number=lawyer_number, id_bound_at=clock.now()).id != lawyer.id


def test_what_the_desk_wrote_down_goes_and_the_visit_stays(seeded: None, clock_at: StoppedClock) -> None:
    visit = factories.reservation(factories.granted(), visit_record={"occupation": "律師"}, visitor_phone="0912345678")
    assert retention.run()["visit_records"] == 0
    clock_at.passes(days=1840)
    assert retention.run()["visit_records"] == 1
    db.session.expire_all()
    kept = db.session.get_one(Reservation, visit.id)
    assert kept.visit_record is None and kept.visitor_phone is None
