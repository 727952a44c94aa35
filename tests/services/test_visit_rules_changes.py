"""公告時段管理: rules are kept whole or not at all, no booking breaks unseen. Tuesday, 3 March 2026, 09:00."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.errors import RuleError, Stale
from app.extensions import db
from app.rules import visit_documents
from app.rules.visit_documents import ClosesBeforeOpening, DocumentInvalid, LinesClash
from app.rules.vocabulary import Attention, VisitKind
from app.security import Actor
from app.seeds import reference
from app.services import place_holds, session_bookings, visit_rules
from app.services import visit_rules_changes as changes
from app.services.session_bookings import SessionBooking
from app.services.visit_rules_changes import BookingsWouldBreak, OtherKind, TextTooLong
from app.transaction import end_reading, transaction
from models import Agency, AuditEntry, Reservation, VisitRules
from tests import factories
from tests.concurrency.contest import Meeting, contest
from tests.rules.visits import document
from tests.stillness import taiwan

ON_SITE, REMOTE = VisitKind.FAMILY_ON_SITE, VisitKind.FAMILY_REMOTE
BY = Actor("staff", "1", "王小明")
LINE = {"name": "早上", "weekdays": [1, 2, 3, 4, 5], "start": "10:00", "minutes": 30, "places": 1}


@pytest.fixture
def agency_id(app: object) -> str:
    with transaction() as session:
        reference.calendar(session)
        reference.texts(session)
    return factories.agency(name="測試監獄").id


def text(kind: VisitKind = ON_SITE, **parts: object) -> str:
    return visit_documents.write_yaml({kind.value: document(**parts)})


def saved(agency_id: str, written: str, kind: VisitKind = ON_SITE, **options: str) -> None:
    changes.save(agency_id, kind, written, changes.edition(agency_id, kind), BY, **options)
    end_reading()


def events() -> list[str]:
    wanted = select(AuditEntry.event).where(AuditEntry.event.like("visit_rules.%")).order_by(AuditEntry.seq)
    return list(db.session.scalars(wanted))


def booked(agency_id: str) -> str:
    """林小美 comes on Thursday at nine."""
    agency = db.session.get_one(Agency, agency_id)
    grant = factories.relative(factories.inmate(agency))
    applicant_id, grant_id = grant.applicant_id, grant.id
    place_holds.take(applicant_id, grant_id, ON_SITE, taiwan("2026-03-05 09:00"))
    actor = Actor("applicant", applicant_id, "林小美")
    reservation_id = session_bookings.confirm(applicant_id, SessionBooking("form-1"), actor)
    end_reading()
    return reservation_id


def test_what_is_saved_holds_and_stands_in_the_trail(each_database: str, agency_id: str) -> None:
    saved(agency_id, text(timetable=[LINE]))
    assert [line.name for line in visit_rules.rules_of(agency_id, ON_SITE).timetable] == ["早上"]
    saved(agency_id, text(offered=False))
    row = visit_rules.row_of(agency_id, ON_SITE)
    assert row is not None and not row.is_offered and events() == ["visit_rules.save"] * 2
    saved(agency_id, text(offered=False))  # nothing new: no line in the trail
    assert events() == ["visit_rules.save"] * 2
    assert [rules.kind for rules in visit_rules.own_of(agency_id)] == []


def test_who_edited_an_older_edition_changes_nothing(each_database: str, agency_id: str) -> None:
    empty = changes.edition(agency_id, ON_SITE)
    saved(agency_id, text(timetable=[LINE]))
    first = changes.edition(agency_id, ON_SITE)
    for seen in (empty, "", "rubbish"):
        with pytest.raises(Stale):
            changes.save(agency_id, ON_SITE, text(), seen, BY)
    changes.restore(agency_id, ON_SITE, first, BY)
    saved(agency_id, text(timetable=[LINE]))  # the same again is not the same edition
    with pytest.raises(Stale):
        changes.restore(agency_id, ON_SITE, first, BY)
    assert len(visit_rules.rules_of(agency_id, ON_SITE).timetable) == 1


def test_a_booking_outside_is_shown_first_and_stays_valid(each_database: str, agency_id: str) -> None:
    saved(agency_id, text())
    reservation_id = booked(agency_id)
    with pytest.raises(BookingsWouldBreak) as refused:
        saved(agency_id, text(timetable=[LINE]))
    [one] = refused.value.bookings
    assert (one.visit_on, one.arrives, one.visitor) == (date(2026, 3, 5), "09:00", "林○○")
    with pytest.raises(BookingsWouldBreak):
        saved(agency_id, text(timetable=[LINE]), accepted="another")
    assert len(visit_rules.rules_of(agency_id, ON_SITE).timetable) == 2
    saved(agency_id, text(timetable=[LINE]), accepted=refused.value.mark)
    saved(agency_id, text(timetable=[{**LINE, "places": 4}]))  # what was accepted once is not asked again
    reservation = db.session.get_one(Reservation, reservation_id)
    assert reservation.state in ("pending", "approved") and reservation.attention is Attention.OUTSIDE_HOURS
    saved(agency_id, text())  # nine o'clock is back
    assert db.session.get_one(Reservation, reservation_id).attention is None


def test_two_officers_at_once_and_the_second_is_told(each_database: str, app: Flask, agency_id: str) -> None:
    """Both have read the same edition; whoever comes second is refused, and what the first has saved stands."""
    seen, here = changes.edition(agency_id, ON_SITE), Meeting(expected=True)
    end_reading()

    def saves(name: str) -> Callable[[], None]:
        def act() -> None:
            here.wait()
            changes.save(agency_id, ON_SITE, text(timetable=[{**LINE, "name": name}]), seen, BY)

        return act

    outcomes = contest(app, saves("甲"), saves("乙"))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "Stale"]
    kept = "甲" if outcomes[0] is None else "乙"
    assert [line.name for line in visit_rules.rules_of(agency_id, ON_SITE).timetable] == [kept]
    assert events() == ["visit_rules.save"]


def test_a_longer_or_larger_session_breaks_nothing(agency_id: str) -> None:
    saved(agency_id, text())
    booked(agency_id)
    saved(agency_id, text(timetable=[{**LINE, "start": "09:00", "minutes": 45, "places": 9}]))
    with pytest.raises(BookingsWouldBreak):
        saved(agency_id, text(timetable=[{**LINE, "start": "09:00"}], offered=False))


def test_the_defaults_again_lose_the_timetable_and_its_bookings_are_shown(each_database: str, agency_id: str) -> None:
    saved(agency_id, text())
    booked(agency_id)
    seen = changes.edition(agency_id, ON_SITE)
    with pytest.raises(BookingsWouldBreak) as refused:
        changes.restore(agency_id, ON_SITE, seen, BY)
    changes.restore(agency_id, ON_SITE, seen, BY, accepted=refused.value.mark)
    end_reading()
    assert visit_rules.row_of(agency_id, ON_SITE) is None and events()[-1] == "visit_rules.restore"
    assert visit_rules.document_of(agency_id, ON_SITE) == visit_rules.defaults()[ON_SITE]


@pytest.mark.parametrize(
    ("written", "error", "words"),
    [
        (text(cancel={"days": 1}), DocumentInvalid, "family_on_site.cancel.at"),
        ("family_on_site:\n  booking: {\n", DocumentInvalid, "第3行"),
        (text(REMOTE), DocumentInvalid, "family_on_site"),
        (text() + text(REMOTE), OtherKind, "預約現場接見"),
        (text(timetable=[LINE, {**LINE, "name": "另一"}]), LinesClash, "預約現場接見之時段「早上」"),
        (
            text(booking={k: {"days": 2, "at": "08:00"} for k in ("opens", "closes")}),
            ClosesBeforeOpening,
            "預約現場接見之預約截止（2日前",
        ),
        ("#" * 100_001, TextTooLong, "100000"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_saved(
    agency_id: str, written: str, error: type[RuleError], words: str
) -> None:
    with pytest.raises(error) as refused:
        saved(agency_id, written)
    assert words in str(refused.value) and refused.value.field in ("document", "timetable", "booking")
    assert visit_rules.row_of(agency_id, ON_SITE) is None


def test_a_file_is_imported_whole_or_not_at_all(each_database: str, agency_id: str) -> None:
    seen = changes.edition(agency_id)
    with pytest.raises(DocumentInvalid) as refused:
        changes.import_file(agency_id, text() + text(REMOTE, notes=5), seen, BY)
    assert "family_remote.notes" in str(refused.value) and not db.session.scalars(select(VisitRules)).all()
    end_reading()
    assert changes.import_file(agency_id, text() + text(REMOTE), seen, BY) == [ON_SITE, REMOTE]
    with pytest.raises(Stale):
        changes.import_file(agency_id, text(), seen, BY)
    assert events() == ["visit_rules.save"] * 2


def test_an_export_is_imported_without_change(agency_id: str) -> None:
    other = factories.agency().id
    saved(agency_id, text(timetable=[LINE], notes="請攜帶證件"))
    exported = changes.export(agency_id)
    changes.import_file(other, exported, changes.edition(other), BY)
    end_reading()
    assert changes.export(other) == exported and "請攜帶證件" in exported


def test_in_force_tells_own_rules_from_defaults(agency_id: str) -> None:
    saved(agency_id, text(timetable=[LINE]))
    told = {one.kind: one for one in visit_rules.in_force([agency_id])[agency_id]}
    assert told[ON_SITE].is_own and told[ON_SITE].changed_at == clock.now()
    assert not told[REMOTE].is_own and not told[REMOTE].rules.timetable


def test_lawyers_on_site_have_no_sessions(agency_id: str) -> None:
    with pytest.raises(DocumentInvalid) as refused:
        changes.documents(text(VisitKind.LAWYER_ON_SITE))
    assert "lawyer_on_site" in str(refused.value)
