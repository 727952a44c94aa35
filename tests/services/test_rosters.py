"""CJALF247R: editions are frozen, numbered one after another, with full names."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app import clock
from app.errors import NotFound
from app.extensions import db
from app.rules.vocabulary import BookingSource, MessageState, Relationship, ReservationState, RestrictionKind
from app.security import Actor
from app.services import reservations, rosters
from models import Agency, RosterEdition
from tests import factories
from tests.stillness import taiwan

DAY = date(2026, 3, 4)


def at(text: str):  # type: ignore[no-untyped-def]
    return taiwan(f"2026-03-04 {text}")


def printed(agency: Agency, source: str = "") -> RosterEdition:
    desk = factories.desk(agency)
    edition_id = rosters.print_edition(agency.id, DAY, source, desk.id, Actor("staff", str(desk.id)))
    return db.session.get_one(RosterEdition, edition_id)


@pytest.fixture
def agency(seeded: None) -> Agency:
    """An agency with two decided visits and one that waits."""
    agency = factories.agency()
    held = factories.inmate(agency, number="0888", name="鄭昱")
    factories.restriction(held, kind=RestrictionKind.NO_CONTACT_ORDER)
    first = factories.granted(by=factories.applicant(name="陳𠮷豪"), about=held)
    second = factories.granted(about=factories.inmate(agency, number="0609", name="黃小萍"))
    approved = {"state": ReservationState.APPROVED}
    visit = factories.reservation(first, at("14:00"), visitor_name="陳𠮷豪", **approved)
    factories.companion(visit, name="阮氏梅", relation=Relationship.INTERPRETER)
    factories.reservation(second, at("09:00"), source=BookingSource.PHONE, **approved)
    factories.reservation(second, at("10:00"))
    factories.reservation(second, at("11:00"), state=ReservationState.CANCELLED)
    return agency


def test_rows_stand_by_arrival_with_full_names_and_remarks(each_database: str, agency: Agency) -> None:
    content = printed(agency).content
    assert [(r["number"], r["arrives_at"], r["inmate_number"], r["inmate"]) for r in content["rows"]] == [
        ("1", "09:00", "0609", "黃小萍"),
        ("2", "14:00", "0888", "鄭昱"),
    ]
    late = content["rows"][1]
    assert (late["visitor"], late["companions"]) == ("陳𠮷豪", "阮氏梅（通譯）")
    assert late["remarks"] == "禁止接見通信、須通譯、首次接見"
    assert [r["arrives_at"] for r in content["pending"]] == ["10:00"]


def test_totals_count_visits_persons_and_inmates(agency: Agency) -> None:
    totals = printed(agency).content["totals"]
    assert (totals["visits"], totals["online"], totals["phone"]) == (2, 1, 1)
    assert (totals["persons"], totals["inmates"]) == (3, 2)
    assert totals["bands"] == [["09:00-10:00", 1], ["14:00-15:00", 1]]


def test_only_one_way_of_booking(agency: Agency) -> None:
    assert [r["arrives_at"] for r in printed(agency, BookingSource.PHONE.value).content["rows"]] == ["09:00"]


def test_an_edition_does_not_change_after_printing(agency: Agency) -> None:
    edition = printed(agency)
    before = edition.content
    visit = db.session.scalars(select(reservations.Reservation).where(reservations.Reservation.state == "approved"))
    first = visit.first()
    assert first is not None
    reservations.cancel(first.applicant_id, first.id, first.version, Actor("applicant"))
    db.session.expire_all()
    assert db.session.get_one(RosterEdition, edition.id).content == before
    assert [e.edition for e in rosters.editions(None, agency.id, DAY)] == [1]
    assert printed(agency).edition == 2


def test_an_undelivered_message_is_a_remark(agency: Agency) -> None:
    visit = db.session.scalars(select(reservations.Reservation).where(reservations.Reservation.state == "approved"))
    for row in visit.all():
        factories.notification(subject_kind="reservation", subject_id=row.id, state=MessageState.FAILED)
    assert all("未送達通知請電洽" in r["remarks"] for r in printed(agency).content["rows"])


def test_another_agencys_edition_is_not_found(agency: Agency) -> None:
    edition = printed(agency)
    assert rosters.get_edition(edition.id, frozenset({agency.id})).id == edition.id
    with pytest.raises(NotFound):
        rosters.get_edition(edition.id, frozenset({factories.agency().id}))


def test_the_default_day_is_the_next_working_day(seeded: None, clock_at) -> None:  # type: ignore[no-untyped-def]
    assert rosters.default_day() == DAY
    clock_at("2026-02-13 10:00")
    assert rosters.default_day() == date(2026, 2, 23)  # after the New Year break
    assert clock.today() == date(2026, 2, 13)


def test_what_happened_at_the_desk_stands_on_a_later_edition(agency: Agency) -> None:
    come = factories.granted(about=factories.inmate(agency, number="0700"))
    times = {"checked_in_at": at("08:50"), "started_at": at("09:05"), "ended_at": at("09:40")}
    factories.reservation(come, at("08:45"), state=ReservationState.COMPLETED, source=BookingSource.WALK_IN, **times)
    factories.reservation(come, at("08:46"), state=ReservationState.IN_PROGRESS, started_at=at("09:50"))
    content = printed(agency).content
    assert [(r["source"], r["checked_in"], r["from_to"]) for r in content["rows"][:2]] == [
        ("現場", "08:50", "09:05~09:40"),
        ("線上", "", "09:50~"),
    ]
    assert content["totals"]["walk_in"] == 1


def test_somebody_without_an_account_is_known_by_the_number_only(agency: Agency) -> None:
    held = factories.inmate(agency, number="0700")
    nobody = {"applicant_id": None, "grant_id": None, "source": BookingSource.PHONE}
    grant = factories.granted(about=held)
    factories.reservation(
        grant, at("08:30"), state=ReservationState.COMPLETED, visitor_id_number="A123456789", **nobody
    )
    approved = {"state": ReservationState.APPROVED, **nobody}
    factories.reservation(grant, at("08:45"), visitor_id_number="A123456789", **approved)
    factories.reservation(grant, at("08:50"), visitor_id_number="B123456780", **approved)
    rows = printed(agency).content["rows"]
    assert ["首次接見" in r["remarks"] for r in rows if r["arrives_at"] in ("08:45", "08:50")] == [False, True]
