"""當日接見報到: moves of the day and their undoing, numbers of the board, who is found by what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.errors import IllegalMove, NotFound, RuleErrors
from app.extensions import db
from app.rules.vocabulary import IdentityKind, MessageState, ServiceItem, VisitKind
from app.rules.vocabulary import ReservationState as State
from app.security import Actor
from app.services import (
    day_desk,
    day_moves,
    desk_moves,
    desk_visitors,
    roster_supplements,
    rosters,
    waiting_board,
    waiting_screens,
)
from app.services.desk_visitors import VisitorData
from app.transaction import end_reading
from models import AuditEntry, Notification, Officer, Reservation, ServiceGrant
from tests import factories
from tests.stillness import StoppedClock, taiwan

DAY = "2026-03-03"


@pytest.fixture
def grant(seeded: None) -> ServiceGrant:
    return factories.granted(about=factories.inmate(number="0609", name="黃小萍"))


@pytest.fixture
def desk(grant: ServiceGrant) -> Officer:
    return factories.desk(grant.agency, last_name="林", first_name="美玲")


def booked(grant: ServiceGrant, at: str = "09:30", **columns: object) -> str:
    columns = {"state": State.APPROVED, **columns}
    return factories.reservation(grant, taiwan(f"{DAY} {at}"), **columns).id


def now(row_id: str) -> Reservation:
    end_reading()
    return db.session.get_one(Reservation, row_id)


def who(desk: Officer) -> Actor:
    return Actor("staff", str(desk.id), "林美玲")


def test_a_visit_goes_through_the_day_and_back(
    each_database: str, grant: ServiceGrant, desk: Officer, clock_at: StoppedClock
) -> None:
    scope, actor = frozenset({grant.agency_id}), who(desk)
    first, second = booked(grant), booked(grant, "10:00", kind=VisitKind.FAMILY_ON_SITE)
    by_device = booked(grant, "10:30", kind=VisitKind.FAMILY_REMOTE, room="第2視訊室")
    with pytest.raises(day_moves.NotCheckedIn):
        day_moves.start(first, 1, scope, actor)
    assert [day_moves.check_in(key, 1, scope, actor) for key in (second, first, by_device)] == [1, 2, None]
    clock_at(f"{DAY} 09:40")
    day_moves.start(first, 2, scope, actor)
    clock_at(f"{DAY} 10:05")
    day_moves.finish(first, 3, scope, actor)
    row = now(first)
    assert (row.state, row.queue_number, row.version) == (State.COMPLETED, 2, 4)
    assert (row.ended_at - row.started_at).total_seconds() == 25 * 60  # type: ignore[operator]
    for version, state in ((4, State.IN_PROGRESS), (5, State.CHECKED_IN), (6, State.APPROVED)):
        assert day_moves.undo(first, version, scope, actor) is False
        assert now(first).state is state
    row = now(first)
    assert (row.checked_in_at, row.started_at, row.ended_at, row.queue_number) == (None, None, None, None)
    with pytest.raises(day_moves.NothingToUndo):
        day_moves.undo(first, 7, scope, actor)
    assert day_moves.check_in(first, 7, scope, actor) == 2
    events = db.session.scalars(select(AuditEntry.event).order_by(AuditEntry.seq)).all()
    assert events.count("reservation.undo") == 3 and events[-1] == "reservation.check_in"


def test_what_speaks_against_a_check_in_is_told(grant: ServiceGrant, desk: Officer, clock_at: StoppedClock) -> None:
    actor = who(desk)
    with pytest.raises(day_moves.NotReviewed):
        day_moves.check_in(booked(grant, state=State.PENDING), 1, None, actor)
    tomorrow = factories.reservation(grant, taiwan("2026-03-04 09:30"), state=State.APPROVED).id
    with pytest.raises(day_moves.NotItsDay):
        day_moves.check_in(tomorrow, 1, None, actor)
    with pytest.raises(NotFound):
        day_moves.check_in(tomorrow, 1, frozenset(), actor)
    today = booked(grant, "10:00")
    day_moves.check_in(today, 1, None, actor)
    with pytest.raises(day_moves.MovedMeanwhile) as refused:
        day_moves.check_in(today, 1, None, actor)
    assert "林美玲" in str(refused.value) and "已報到" in str(refused.value)
    with pytest.raises(IllegalMove):
        day_moves.check_in(today, 2, None, actor)
    day_moves.start(today, 2, None, actor)
    with pytest.raises(day_moves.MovedMeanwhile):  # undo after somebody else moved on
        day_moves.undo(today, 2, None, actor)
    assert now(today).state is State.IN_PROGRESS
    clock_at("2026-03-04 09:00")
    with pytest.raises(day_moves.NothingToUndo):
        day_moves.undo(today, 3, None, actor)


def test_a_failure_taken_back_recalls_its_message(
    each_database: str, grant: ServiceGrant, desk: Officer, clock_at: StoppedClock
) -> None:
    actor, row_id = who(desk), booked(grant)
    with pytest.raises(desk_moves.NotLateYet):
        day_moves.fail(row_id, "no_show", "", 1, None, actor)
    clock_at(f"{DAY} 10:00")
    day_moves.fail(row_id, "no_show", "", 1, None, actor)
    assert day_moves.undo(row_id, 2, None, actor) is False and now(row_id).state is State.APPROVED
    day_moves.check_in(row_id, 3, None, actor)
    clock_at.passes(minutes=1)
    day_moves.fail(row_id, "refuse", "不願出房", 4, None, actor)
    told = {m.event: m.state for m in db.session.scalars(select(Notification).where(Notification.channel == "mail"))}
    assert told == {"visit_no_show": MessageState.REPLACED, "visit_refused": MessageState.QUEUED}
    assert day_moves.undo(row_id, 5, None, actor) is False and now(row_id).state is State.CHECKED_IN


def test_walk_ins_cannot_be_undone_to_before_they_came(grant: ServiceGrant, desk: Officer) -> None:
    row_id = booked(grant, state=State.CHECKED_IN, checked_in_at=clock.now(), queue_number=1)
    with pytest.raises(day_moves.NothingToUndo):
        day_moves.undo(row_id, 1, None, who(desk))


def test_two_desks_never_give_out_one_number(
    each_database: str, app: Flask, grant: ServiceGrant, desk: Officer
) -> None:
    rows, actor = [booked(grant, f"1{n}:00") for n in range(6)], who(desk)
    end_reading()

    def check_in(row_id: str) -> int | None:
        with app.app_context():
            return day_moves.check_in(row_id, 1, None, actor)

    with ThreadPoolExecutor(3) as desks:
        assert sorted(desks.map(check_in, rows)) == [1, 2, 3, 4, 5, 6]  # type: ignore[type-var]


def test_who_stands_at_the_desk_is_found(each_database: str, grant: ServiceGrant) -> None:
    agency = grant.agency_id
    row_id = booked(grant, number="L260303-ABC234", visitor_name="李大同")
    guest = factories.companion(now(row_id), name="許書瑋", id_number="A123456789")
    other = booked(
        grant, "10:00", applicant_id=None, grant_id=None, visitor_name="阮氏", visitor_id_number="VN-C1234567"
    )
    for typed in ("L260303-ABC234", " ｌ260303-abc234 ", "大同", guest.name, "a123456789"):
        assert [r.id for r in day_desk.found(typed, agency)] == [row_id], typed
    assert [r.id for r in day_desk.found("vn-c1234567", agency)] == [other]
    assert [r.id for r in day_desk.found("0609", agency)] == [row_id, other]
    for typed in ("", " ", "\x00"):
        with pytest.raises(day_desk.NothingTyped):
            day_desk.found(typed, agency)
    for typed in ("L260303-ABC999", "9999", "%", "不存在", "https://example.com/"):
        with pytest.raises(day_desk.NobodyFound):
            day_desk.found(typed, agency)


def test_a_code_of_elsewhere_names_nobody(grant: ServiceGrant) -> None:
    agency = grant.agency_id
    later = factories.reservation(grant, taiwan("2026-03-05 09:30"), number="L260305-ABC234", state=State.APPROVED)
    with pytest.raises(day_desk.OtherDay) as refused:
        day_desk.found("L260305-ABC234", agency)
    assert "2026年3月5日" in str(refused.value) and later.visitor_name not in str(refused.value)
    foreign = factories.reservation(None, taiwan(f"{DAY} 09:30"), number="L260303-XYZ234", state=State.APPROVED)
    with pytest.raises(day_desk.OtherAgency) as elsewhere:
        day_desk.found("L260303-XYZ234", agency)
    assert foreign.agency.name not in str(elsewhere.value)
    booked(grant, number="L260303-GNE234", state=State.CANCELLED)
    with pytest.raises(day_desk.OutOfTheDay):
        day_desk.found("L260303-GNE234", agency)


def test_counts_of_a_day(grant: ServiceGrant) -> None:
    for n, state in enumerate((State.PENDING, State.APPROVED, State.CHECKED_IN, State.NO_SHOW, State.CANCELLED)):
        booked(grant, f"1{n}:00", state=state)
    of_day = day_desk.counts(frozenset({grant.agency_id}), clock.today())
    assert of_day == day_desk.Counts(awaited=2, here=1, running=0, over=1, no_show=1) and of_day.total == 4
    assert day_desk.counts(None, clock.today()) == of_day
    assert day_desk.counts(frozenset(), clock.today()).total == 0


def test_the_board_shows_no_name_and_reckons_by_the_day(grant: ServiceGrant, clock_at: StoppedClock) -> None:
    clock_at(f"{DAY} 10:00")
    times = {"started_at": taiwan(f"{DAY} 09:00"), "ended_at": taiwan(f"{DAY} 09:20")}
    came = taiwan(f"{DAY} 08:50")
    booked(grant, state=State.COMPLETED, checked_in_at=came, queue_number=1, **times)
    running = {"checked_in_at": came, "queue_number": 2, "started_at": taiwan(f"{DAY} 09:50")}
    booked(grant, state=State.IN_PROGRESS, **running)
    for number in (4, 3):
        booked(
            grant,
            f"10:{number}0",
            state=State.CHECKED_IN,
            queue_number=number,
            checked_in_at=taiwan(f"{DAY} 09:5{number}"),
        )
    board = waiting_board.board(grant.agency_id, clock.today())
    assert [line.number for line in board.running] == [2] and board.waiting[0].name == "陳○○"
    assert [(line.number, line.wait) for line in board.waiting] == [(3, 10), (4, 30)]


def test_a_screen_opens_by_its_own_address_only(grant: ServiceGrant) -> None:
    token = waiting_screens.token(grant.agency_id)
    assert waiting_screens.agency_of(token).id == grant.agency_id
    key = token.partition(".")[2]
    for wrong in (token[:-1], f"{factories.agency().id}.{key}", f"x.{key}", "", "...", f"{grant.agency_id}.人"):
        with pytest.raises(NotFound):
            waiting_screens.agency_of(wrong)


def test_a_changed_address_opens_nothing_any_more(grant: ServiceGrant, desk: Officer) -> None:
    agency_id, other = grant.agency_id, waiting_screens.token(factories.agency().id)
    first = waiting_screens.token(agency_id)
    waiting_screens.renew(agency_id, 1, who(desk))
    with pytest.raises(waiting_screens.ScreenChanged):
        waiting_screens.renew(agency_id, 1, who(desk))
    second = waiting_screens.token(agency_id)
    waiting_screens.renew(agency_id, 2, who(desk))
    for gone in (first, second):
        with pytest.raises(NotFound):
            waiting_screens.agency_of(gone)
    assert waiting_screens.agency_of(waiting_screens.token(agency_id)).id == agency_id
    assert waiting_screens.agency_of(other), "the screens of others stay"
    renewals = db.session.scalars(select(AuditEntry.id).where(AuditEntry.event == "waiting_screen.renew"))
    assert len(renewals.all()) == 2


def test_the_supplement_tells_who_was_refused_and_who_came_unannounced(
    grant: ServiceGrant, desk: Officer, clock_at: StoppedClock
) -> None:
    rows = [booked(grant, f"{hour}:00") for hour in (10, 11, 14, 15)]
    edition = rosters.print_edition(grant.agency_id, clock.today(), "", desk.id, who(desk))
    clock_at(f"{DAY} 15:30")
    for row_id, move in zip(rows[:3], ("refuse", "away", "no_show"), strict=True):
        day_moves.fail(row_id, move, "", 1, None, who(desk))
    day_moves.check_in(rows[3], 1, None, who(desk))
    booked(grant, "15:20", source="walk_in", state=State.CHECKED_IN, visitor_name="趙律師", checked_in_at=clock.now())
    printed = roster_supplements.print_supplement(edition, desk.id, who(desk))
    changes = roster_supplements.get_supplement(printed, None).content["changes"]
    told = sorted((change["kind"], change["remarks"]) for change in changes)
    assert [kind for kind, _remark in told] == ["added", "cancelled", "cancelled"], told
    assert any("收容人拒絕接見" in remark for _kind, remark in told) and any(
        "不在監" in remark for _kind, remark in told
    )


def test_a_passport_is_kept_with_its_country(grant: ServiceGrant) -> None:
    typed = VisitorData("阮氏", "lawyer", " c123 4567", "", "1號", IdentityKind.PASSPORT.value, "vn")
    assert desk_visitors.clean_visitor(typed, needs_phone=False).id_number == "VN-C1234567"
    holder = factories.applicant(
        id_kind=IdentityKind.PASSPORT, id_country="VN", id_number="VN-C1234567", id_bound_at=clock.now()
    )
    mine = factories.granted(holder, grant.inmate)
    assert mine.item is ServiceItem.LAWYER_VISIT
    found = desk_visitors.grant_of(db.session(), "VN-C1234567", grant.inmate_id, clock.today())
    assert found is not None and found.id == mine.id
    for number, country, field in (("C1234567", "", "id_country"), ("C1", "VN", "id_number")):
        wrong = VisitorData("阮氏", "lawyer", number, "", "1號", IdentityKind.PASSPORT.value, country)
        with pytest.raises(RuleErrors) as refused:
            desk_visitors.clean_visitor(wrong, needs_phone=False)
        assert [error.field for error in refused.value.errors] == [field]
