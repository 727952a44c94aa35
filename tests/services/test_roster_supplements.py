"""補充清冊: only what changed since the edition and its earlier supplements, numbered, frozen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.errors import NotFound
from app.extensions import db
from app.rules.vocabulary import BookingSource, CancelledBy, ReservationState
from app.security import Actor
from app.services import roster_supplements, rosters
from app.services.roster_supplements import EditionTooOld, NothingChanged
from app.transaction import transaction
from models import Agency, AuditEntry, Reservation, RosterEdition, RosterSupplement
from tests import factories
from tests.concurrency.contest import Meeting, contest
from tests.stillness import taiwan

DAY = date(2026, 3, 4)
APPROVED = {"state": ReservationState.APPROVED}
DESK = Actor("staff", "1")


def visit(agency: Agency, at: str, number: str, **columns: Any) -> Reservation:
    held = factories.inmate(agency, number=number, name=f"收容{number}")
    return factories.reservation(factories.granted(about=held), taiwan(f"2026-03-04 {at}"), **columns)


def changed(row: Reservation, **columns: Any) -> None:
    """Whatever another door made of a booking."""
    key = row.id
    with transaction() as session:
        fresh = session.get_one(Reservation, key)
        for name, value in columns.items():
            setattr(fresh, name, value)


def lines(supplement: RosterSupplement) -> list[tuple[str, str, str]]:
    return [(row["number"], row["inmate_number"], row["remarks"]) for row in supplement.content["changes"]]


@pytest.fixture
def agency(seeded: None) -> Agency:
    return factories.agency()


@pytest.fixture
def officer_id(agency: Agency) -> int:
    return factories.desk(agency).id


@pytest.fixture
def print_edition(agency: Agency, officer_id: int) -> Callable[..., RosterEdition]:
    def act(source: str = "") -> RosterEdition:
        key = rosters.print_edition(agency.id, DAY, source, officer_id, DESK)
        return db.session.get_one(RosterEdition, key)

    return act


@pytest.fixture
def supplement(officer_id: int) -> Callable[[RosterEdition], RosterSupplement]:
    def act(edition: RosterEdition) -> RosterSupplement:
        key = roster_supplements.print_supplement(edition.id, officer_id, DESK)
        return db.session.get_one(RosterSupplement, key)

    return act


def test_each_supplement_has_only_what_the_papers_before_it_do_not_say(
    each_database: str, agency: Agency, print_edition: Any, supplement: Any
) -> None:
    stays, moved, waits = visit(agency, "09:00", "0001", **APPROVED), visit(agency, "10:00", "0002", **APPROVED), None
    waits = visit(agency, "11:00", "0003")
    edition = print_edition()
    assert roster_supplements.count_changes(edition) == 0
    with pytest.raises(NothingChanged) as refused:
        supplement(edition)
    assert str(refused.value) == "第1版（含其補充清冊）列印後沒有異動，無須列印補充清冊。"

    changed(moved, arrives_at=taiwan("2026-03-04 10:30"))
    changed(waits, decided_at=taiwan("2026-03-03 16:10"), **APPROVED)
    factories.companion(stays, name="阮氏梅")
    visit(agency, "14:00", "0004", **APPROVED)
    assert roster_supplements.count_changes(edition) == 4
    first = supplement(edition)
    assert [(number, inmate, text.split("；")[0]) for number, inmate, text in lines(first)] == [
        ("1", "0004", "新增"),
        ("2", "0001", "變更（原其他接見人無）"),
        ("3", "0002", "變更（原預計到達10:00）"),
        ("4", "0003", "變更（原待核）"),
    ]
    assert first.content["totals"]["visits"] == 4
    frozen = first.content
    assert roster_supplements.count_changes(edition) == 0

    changed(stays, state=ReservationState.CANCELLED, cancelled_by=CancelledBy.APPLICANT)
    changed(moved, visit_on=date(2026, 3, 5), arrives_at=taiwan("2026-03-05 10:30"))
    second = supplement(edition)
    assert lines(second) == [("1", "0001", "取消（申請人取消）"), ("2", "0002", "取消（改至2026年3月5日（星期四））")]
    assert [row.number for row in roster_supplements.supplements(edition.id)] == [1, 2]
    assert db.session.get_one(RosterSupplement, first.id).content == frozen
    events = db.session.scalars(select(AuditEntry.event).order_by(AuditEntry.seq)).all()
    assert events[-3:] == ["roster.print", "roster.supplement", "roster.supplement"]


def test_a_decision_against_a_waiting_booking_is_told(agency: Agency, print_edition: Any, supplement: Any) -> None:
    waits = visit(agency, "11:00", "0003")
    edition = print_edition()
    changed(waits, state=ReservationState.REJECTED, decided_at=taiwan("2026-03-03 16:10"))
    assert lines(supplement(edition)) == [("1", "0003", "取消（審核未通過）")]


def test_who_comes_or_does_not_come_is_no_change_but_a_refusal_is(
    agency: Agency, print_edition: Any, supplement: Any
) -> None:
    comes, absent, refused = (
        visit(agency, at, n, **APPROVED) for at, n in (("09:00", "1"), ("09:30", "2"), ("10:00", "3"))
    )
    edition = print_edition()
    changed(comes, state=ReservationState.CHECKED_IN, checked_in_at=taiwan("2026-03-04 08:55"))
    changed(absent, state=ReservationState.NO_SHOW)
    assert roster_supplements.count_changes(edition) == 0
    changed(refused, state=ReservationState.REFUSED_BY_INMATE)
    assert [text for _, _, text in lines(supplement(edition))] == ["取消（收容人拒絕接見）"]
    changed(absent, state=ReservationState.APPROVED)  # the desk undid its move
    assert roster_supplements.count_changes(edition) == 0


def test_only_the_bookings_of_the_editions_kind_count(agency: Agency, print_edition: Any) -> None:
    phone, everything = print_edition("phone"), print_edition()
    visit(agency, "09:00", "0001", **APPROVED)
    assert (roster_supplements.count_changes(phone), roster_supplements.count_changes(everything)) == (0, 1)
    visit(agency, "09:00", "0002", source=BookingSource.WALK_IN, **APPROVED)
    assert (roster_supplements.count_changes(phone), roster_supplements.count_changes(everything)) == (0, 2)


def test_an_edition_of_before_has_no_supplement_and_says_so(
    agency: Agency, print_edition: Any, supplement: Any
) -> None:
    visit(agency, "09:00", "0001", **APPROVED)
    edition = print_edition()
    with transaction() as session:
        row = session.get_one(RosterEdition, edition.id)
        content = row.content
        row.content = {**content, "rows": [{k: v for k, v in r.items() if k != "id"} for r in content["rows"]]}
    edition = db.session.get_one(RosterEdition, edition.id)
    assert roster_supplements.count_changes(edition) is None
    with pytest.raises(EditionTooOld):
        supplement(edition)


def test_another_agencys_supplement_is_not_found(agency: Agency, print_edition: Any, supplement: Any) -> None:
    edition = print_edition()
    visit(agency, "09:00", "0001", **APPROVED)
    made = supplement(edition)
    assert roster_supplements.get_supplement(made.id, frozenset({agency.id})).id == made.id
    for key in (made.id, "00000000-0000-4000-8000-000000000000"):
        with pytest.raises(NotFound):
            roster_supplements.get_supplement(key, frozenset({factories.agency().id}))


def test_two_printings_at_once_lose_and_double_nothing(
    app: Flask, each_database: str, agency: Agency, officer_id: int, print_edition: Any, monkeypatch: Any
) -> None:
    """The second waits for the first at the edition's row and finds what is left: here nothing."""
    edition_id = print_edition().id
    visit(agency, "09:00", "0001", **APPROVED)
    meeting = Meeting(expected=False)
    compare = roster_supplements.compare

    def at_the_same_time(*states: Any) -> Any:
        meeting.wait()
        return compare(*states)

    monkeypatch.setattr(roster_supplements, "compare", at_the_same_time)
    act = lambda: roster_supplements.print_supplement(edition_id, officer_id, DESK)  # noqa: E731
    outcomes = contest(app, act, act)
    assert meeting.held_back, "both compared at once"
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "NothingChanged"]
    assert [(s.number, len(s.content["changes"])) for s in roster_supplements.supplements(edition_id)] == [(1, 1)]


def test_twin_without_the_lock_a_change_is_printed_twice_or_the_number_taken(
    app: Flask, each_database: str, agency: Agency, officer_id: int, print_edition: Any, monkeypatch: Any
) -> None:
    """The control: the same contest without the edition's lock collides (SQLite lets one writer in at a time)."""
    if each_database == "sqlite":
        pytest.skip("BEGIN IMMEDIATE is the lock there")
    edition_id = print_edition().id
    visit(agency, "09:00", "0001", **APPROVED)
    meeting = Meeting(expected=True)
    compare = roster_supplements.compare

    def at_the_same_time(*states: Any) -> Any:
        meeting.wait()
        return compare(*states)

    monkeypatch.setattr(roster_supplements, "compare", at_the_same_time)
    monkeypatch.setattr(roster_supplements, "locked", lambda session, model, key: session.get_one(model, key))
    act = lambda: roster_supplements.print_supplement(edition_id, officer_id, DESK)  # noqa: E731
    outcomes = contest(app, act, act)
    assert "IntegrityError" in {type(outcome).__name__ for outcome in outcomes}


def test_two_editions_at_once_are_two_in_a_row(app: Flask, each_database: str, agency: Agency, officer_id: int) -> None:
    agency_id = agency.id
    act = lambda: rosters.print_edition(agency_id, DAY, "", officer_id, DESK)  # noqa: E731
    assert contest(app, act, act) == [None, None]
    db.session.rollback()
    assert [row.edition for row in rosters.editions(None, agency_id, DAY)] == [2, 1]
