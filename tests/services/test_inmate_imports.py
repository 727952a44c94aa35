"""A delivery of inmates: staged by the worker, taken in at once or not at all, and what it touches."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from app import clock
from app.errors import IllegalMove, NotFound
from app.extensions import db
from app.rules.office_vocabulary import ImportState, WorkKind
from app.rules.vocabulary import Attention, GrantState, InmateStatus, RestrictionKind
from app.security import Actor
from app.services import attachments, inmate_checking, inmate_comparing, inmate_imports
from app.services.inmate_applying import ComparedAgain, apply
from models import (
    AuditEntry,
    Inmate,
    InmateImport,
    InmateRestriction,
    Reservation,
    ServiceGrant,
    StagedInmate,
    StagedRestriction,
    WorkItem,
)
from tests import factories
from tests.factories.deliveries import delivered, delivery, line_of
from tests.stillness import StoppedClock

BY = Actor("staff", "1", "王小明")


def row(import_id: str) -> InmateImport:
    db.session.expire_all()
    return db.session.get_one(InmateImport, import_id)


def taken_in(agency: Any, *lines: dict[str, Any]) -> InmateImport:
    """A delivery that was confirmed."""
    import_id = delivery(agency, *lines)
    assert row(import_id).state is ImportState.READY, reported(import_id)
    apply(import_id, None, None, None, BY)
    return row(import_id)


def reported(import_id: str) -> list[tuple[int, str, str]]:
    from models import ImportFault

    found = db.session.scalars(select(ImportFault).where(ImportFault.import_id == import_id).order_by(ImportFault.line))
    return [(fault.line, fault.column, fault.expected) for fault in found]


def test_a_delivery_is_taken_in_and_the_same_again_changes_nothing(
    app: Flask, each_database: str, clock_at: StoppedClock
) -> None:
    agency = factories.agency()
    stays = factories.inmate(agency, number="0609", name="黃小萍", treatment_grade="3")
    moves = factories.inmate(agency, number="0071")
    leaves = factories.inmate(agency, number="0100")
    silent = factories.inmate(agency, number="0888")
    clock_at.passes(minutes=1)
    new = delivered(呼號="0100", 限制1種類="禁止接見通信", 限制1起日="115/01/01", 限制1說明="偵查中")
    lines = [
        line_of(stays),
        line_of(moves, 場舍="孝二舍", 呼號="0072"),
        line_of(leaves, 狀態="出監"),  # whose 呼號 goes to somebody new in the same file
        new,
        delivered(呼號="0071", 姓名="𠮷田"),
    ]
    import_id = delivery(agency, *lines)
    waiting = row(import_id)
    counts = (waiting.added, waiting.changed, waiting.left, waiting.unchanged, waiting.faults, waiting.checked)
    assert counts == (2, 1, 1, 1, 0, 5) and waiting.state is ImportState.READY
    assert db.session.scalar(select(func.count()).select_from(Inmate)) == 4, "nothing shows before it is confirmed"

    clock_at.passes(minutes=1)
    apply(import_id, waiting.version, None, None, BY)
    done = row(import_id)
    assert done.state is ImportState.APPLIED
    by_number = {one.number: one for one in db.session.scalars(select(Inmate).where(Inmate.status == "present"))}
    assert set(by_number) == {"0609", "0072", "0100", "0071", "0888"}
    assert by_number["0072"].id == moves.id and by_number["0072"].unit == "孝二舍" and by_number["0888"].id == silent.id
    added = by_number["0100"]
    assert added.id_number == new["身分證號"] and added.birth_date.isoformat() == "1981-05-06"
    assert [(one.kind, one.details) for one in added.restrictions] == [(RestrictionKind.NO_CONTACT_ORDER, "偵查中")]
    assert db.session.get_one(Inmate, leaves.id).status is InmateStatus.RELEASED
    entries = db.session.scalars(select(AuditEntry.event).where(AuditEntry.event == "inmate_import.apply")).all()
    assert len(entries) == 1, "one row in the trail for one import"

    clock_at.passes(minutes=1)
    inmate_checking.run()  # erases what is over
    assert row(import_id).storage_key is None
    assert db.session.scalar(select(func.count()).select_from(StagedInmate)) == 0
    assert db.session.scalar(select(func.count()).select_from(StagedRestriction)) == 0
    again = row(delivery(agency, *lines))
    assert (again.added, again.changed, again.left, again.unchanged) == (0, 0, 0, 5)


def test_two_people_exchange_their_numbers(app: Flask, each_database: str) -> None:
    agency = factories.agency()
    one, other = factories.inmate(agency, number="0001"), factories.inmate(agency, number="0002")
    taken_in(agency, line_of(one, 呼號="0002"), line_of(other, 呼號="0001"))
    assert (db.session.get_one(Inmate, one.id).number, db.session.get_one(Inmate, other.id).number) == ("0002", "0001")


def test_who_has_changed_meanwhile_is_compared_again(app: Flask, each_database: str, clock_at: StoppedClock) -> None:
    agency = factories.agency()
    inmate = factories.inmate(agency, unit="忠一舍")
    clock_at.passes(minutes=1)
    late = delivery(agency, line_of(inmate, 場舍="孝二舍"))
    clock_at.passes(minutes=1)
    taken_in(agency, line_of(inmate, 場舍="仁舍"))
    clock_at.passes(minutes=1)
    with pytest.raises(ComparedAgain):
        apply(late, None, None, None, BY)
    assert row(late).state is ImportState.RECEIVED
    assert db.session.get_one(Inmate, inmate.id).unit == "仁舍"
    inmate_checking.run()
    assert row(late).state is ImportState.READY and row(late).changed == 1
    clock_at.passes(minutes=1)
    apply(late, None, None, None, BY)
    db.session.expire_all()
    assert db.session.get_one(Inmate, inmate.id).unit == "孝二舍"


def test_a_move_to_another_agency_takes_the_person_the_grants_and_marks_the_visits(
    app: Flask, each_database: str, clock_at: StoppedClock
) -> None:
    here, there = factories.agency(), factories.agency()
    inmate = factories.inmate(here)
    grant = factories.granted(about=inmate)
    booking = factories.reservation(grant)
    waits = factories.application(factories.applicant(), inmate)
    clock_at.passes(minutes=1)
    done = taken_in(there, line_of(inmate, 呼號="7777", 入本監日期="115/02/01"))
    moved = db.session.get_one(Inmate, inmate.id)
    assert (moved.agency_id, moved.number, done.touched) == (there.id, "7777", 3)
    kept = db.session.get_one(ServiceGrant, grant.id)
    assert (kept.agency_id, kept.state) == (there.id, GrantState.TO_CHECK)
    assert db.session.get_one(Reservation, booking.id).attention is Attention.INMATE_MOVED
    items = {item.subject_id: (item.agency_id, item.kind) for item in db.session.scalars(select(WorkItem))}
    assert items == {
        grant.id: (there.id, WorkKind.MOVED),
        booking.id: (here.id, WorkKind.MOVED),
        waits.id: (here.id, WorkKind.MOVED),
    }
    # What the old agency still says of him changes nothing; that he is present there is refused.
    clock_at.passes(minutes=1)
    assert row(delivery(here, line_of(inmate, 狀態="移監"))).unchanged == 1
    stale = delivery(here, line_of(inmate, 入本監日期="113/06/01"))
    assert row(stale).state is ImportState.FAULTY and reported(stale)[0][:2] == (2, "入本監日期")


def test_a_release_is_put_on_the_list_and_a_return_takes_the_mark_away(app: Flask, clock_at: StoppedClock) -> None:
    inmate = factories.inmate()
    booking = factories.reservation(factories.granted(about=inmate))
    clock_at.passes(minutes=1)
    taken_in(inmate.agency, line_of(inmate, 狀態="出監"))
    assert db.session.get_one(Reservation, booking.id).attention is Attention.INMATE_MOVED
    assert {item.kind for item in db.session.scalars(select(WorkItem))} == {WorkKind.RELEASED}
    clock_at.passes(minutes=1)
    taken_in(inmate.agency, line_of(inmate))
    assert db.session.get_one(Reservation, booking.id).attention is None


@pytest.mark.parametrize(("kind", "is_marked"), [("禁止接見通信", True), ("違規處分", False)])
def test_a_restriction_marks_what_it_concerns(app: Flask, clock_at: StoppedClock, kind: str, is_marked: bool) -> None:
    inmate = factories.inmate()
    booking = factories.reservation(factories.granted(about=inmate))  # a lawyer's: 違規 never stops one
    clock_at.passes(minutes=1)
    taken_in(inmate.agency, line_of(inmate, 限制1種類=kind, 限制1起日="115/03/01"))
    assert (db.session.get_one(Reservation, booking.id).attention is not None) == is_marked
    clock_at.passes(minutes=1)
    taken_in(inmate.agency, line_of(inmate, 限制1種類="", 限制1起日=""))
    assert db.session.get_one(Reservation, booking.id).attention is None
    assert db.session.scalars(select(InmateRestriction)).all() == []
    kinds = [WorkKind.FREED, WorkKind.RESTRICTED] if is_marked else []
    assert sorted(item.kind for item in db.session.scalars(select(WorkItem))) == kinds


def test_a_grant_that_is_over_is_nobodys_work(app: Flask) -> None:
    inmate = factories.inmate()
    runs = factories.granted(about=inmate, until_on=clock.today())
    factories.granted(about=inmate, state=GrantState.REVOKED)
    yesterday = clock.today() - timedelta(days=1)
    factories.granted(about=inmate, from_on=yesterday, until_on=yesterday)
    taken_in(inmate.agency, line_of(inmate, 狀態="出監"))
    assert list(db.session.scalars(select(WorkItem.subject_id))) == [runs.id]


def test_nobody_elses_restrictions_are_touched(app: Flask, each_database: str, clock_at: StoppedClock) -> None:
    agency = factories.agency()
    named, silent, elsewhere = factories.inmate(agency), factories.inmate(agency), factories.inmate()
    kept = {factories.restriction(one).id for one in (silent, elsewhere)}
    yesterday, today = clock.today() - timedelta(days=1), clock.today()
    kept.add(factories.restriction(named, until_on=yesterday).id)
    gone = {factories.restriction(named, until_on=until).id for until in (None, today)}
    clock_at.passes(minutes=1)
    taken_in(agency, line_of(named, 限制1種類="違規處分", 限制1起日="115/03/01"))
    left = set(db.session.scalars(select(InmateRestriction.id)))
    assert kept < left and not gone & left and len(left) == 4


def test_every_agency_of_a_move_waits_for_it(app: Flask) -> None:
    inmate, there = factories.inmate(), factories.agency()
    delivery(factories.agency(), line_of(factories.inmate(), 入本監日期="115/02/01"))  # another one, about others
    import_id, here_id, there_id = delivery(there, line_of(inmate, 入本監日期="115/02/01")), inmate.agency_id, there.id
    asked: list[Any] = []

    def note(connection: Any, cursor: Any, statement: str, values: Any, *rest: Any) -> None:
        if "FROM agency" in statement and "ORDER BY agency.id" in statement:
            asked.append(sorted(values))

    event.listen(db.engine, "before_cursor_execute", note)
    apply(import_id, None, None, None, BY)
    event.remove(db.engine, "before_cursor_execute", note)
    assert asked == [sorted(one.replace("-", "") for one in (here_id, there_id))]


def test_a_crash_goes_on_where_it_was(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    agency = factories.agency()
    lines = [delivered() for _number in range(5)]
    monkeypatch.setattr(inmate_checking, "BATCH", 2)
    import_id = delivery(agency, *lines, is_checked=False)
    compare, seen = inmate_comparing.compare, []

    def breaks(session: Any, known: Any, batch: Any) -> Any:
        seen.append([line.line for line in batch])
        if len(seen) == 2:
            raise KeyboardInterrupt
        return compare(session, known, batch)

    monkeypatch.setattr(inmate_checking, "compare", breaks)
    with pytest.raises(KeyboardInterrupt):
        inmate_checking.run()
    assert (row(import_id).state, row(import_id).checked) == (ImportState.CHECKING, 2)
    inmate_checking.run()
    assert (row(import_id).state, row(import_id).added) == (ImportState.READY, 5)
    assert seen == [[2, 3], [4, 5], [4, 5], [6]], "the first batch is not done twice"


@pytest.mark.parametrize(
    ("state", "lines", "checked", "percent"),
    [
        (ImportState.RECEIVED, 0, 0, 0),
        (ImportState.CHECKING, 0, 0, 0),
        (ImportState.CHECKING, 3000, 1000, 33),
        (ImportState.FAULTY, 0, 0, 100),
        (ImportState.READY, 3000, 3000, 100),
    ],
)
def test_how_far_a_check_is(state: ImportState, lines: int, checked: int, percent: int) -> None:
    assert inmate_imports.percent(InmateImport(state=state, lines=lines, checked=checked)) == percent


def test_a_number_of_somebody_who_stays_is_a_fault(app: Flask) -> None:
    inmate = factories.inmate(number="0609")
    import_id = delivery(inmate.agency, delivered(呼號="0609"))
    assert row(import_id).state is ImportState.FAULTY
    assert reported(import_id)[0][:2] == (2, "呼號")


def test_a_thousand_wrong_lines_are_all_reported_and_nothing_is_staged(app: Flask) -> None:
    agency = factories.agency()
    lines = [delivered(出生日期="113/13/01") for _number in range(1000)]
    import_id = delivery(agency, delivered(), *lines)
    assert row(import_id).faults == 1000 and len(reported(import_id)) == 1000
    assert db.session.scalar(select(func.count()).select_from(StagedInmate)) == 0
    with pytest.raises(IllegalMove):
        apply(import_id, None, None, None, BY)


def test_what_was_given_up_or_forgotten_is_erased(app: Flask, clock_at: StoppedClock) -> None:
    agency = factories.agency()
    given_up, forgotten = delivery(agency, delivered()), delivery(agency, delivered())
    key = str(row(forgotten).storage_key)
    with pytest.raises(NotFound):
        inmate_imports.abandon(given_up, frozenset({factories.agency().id}), BY)
    inmate_imports.abandon(given_up, frozenset({agency.id}), BY)
    clock_at.passes(days=8)
    inmate_checking.run()
    assert {row(one).state for one in (given_up, forgotten)} == {ImportState.ABANDONED}
    assert row(given_up).file_name is None and not attachments.store().exists(key)
    assert db.session.scalar(select(func.count()).select_from(StagedInmate)) == 0


def test_the_same_file_twice_is_one_delivery_while_it_waits(app: Flask) -> None:
    agency, line = factories.agency(), delivered()
    first = delivery(agency, line, is_checked=False)
    assert delivery(agency, line, is_checked=False) == first
