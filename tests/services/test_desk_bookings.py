"""CJALF223F: telephone bookings, changes and cancellations by the agency, moves of the day, flags."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from sqlalchemy import func, select

from app import clock
from app.errors import IllegalMove, NotFound, RuleErrors, Stale
from app.extensions import db
from app.rules.desk_arrival import ArrivalPast, ExceptionReasonMissing
from app.rules.vocabulary import Attention, BookingSource, CancelledBy, ReservationState
from app.security import Actor
from app.services import desk_bookings, desk_changes, desk_moves
from app.services.companions import CompanionData
from app.services.desk_bookings import Arrival, PhoneBooking, SameVisit, SecondVisit
from app.services.desk_changes import AgencyReasonMissing, Change, NothingChanged, Reason
from app.services.desk_visitors import InmateNotHere, VisitorData
from models import AuditEntry, Inmate, Notification, Officer, Reservation, ServiceGrant, StateMove
from tests import factories
from tests.stillness import StoppedClock, taiwan

TOMORROW = date(2026, 3, 4)
CALLER = VisitorData("王大明", "lawyer", "A123456789", "02-2345-6789#12", "(106)臺檢證字第1號")
REASON = Reason("收容人出庭、借提或就醫", "3月4日出庭")


@pytest.fixture
def inmate(seeded: None) -> Inmate:
    return factories.inmate(number="0609")


@pytest.fixture
def desk(inmate: Inmate) -> Officer:
    return factories.desk(inmate.agency)


def asked(inmate: Inmate, **changes: object) -> PhoneBooking:
    arrival = {k: changes.pop(k) for k in list(changes) if k in Arrival.__dataclass_fields__}
    when = replace(Arrival(TOMORROW, time(10, 30)), **arrival)  # type: ignore[arg-type]
    return replace(PhoneBooking(inmate.agency_id, inmate.number, CALLER, when, "form-1"), **changes)  # type: ignore[arg-type]


def book(inmate: Inmate, desk: Officer, **changes: object) -> Reservation:
    row_id = desk_bookings.book_by_phone(asked(inmate, **changes), frozenset({inmate.agency_id}), desk.id, who(desk))
    return db.session.get_one(Reservation, row_id)


def who(desk: Officer) -> Actor:
    return Actor("staff", str(desk.id), desk.full_name)


def events() -> list[str]:
    return sorted(db.session.scalars(select(Notification.event)))


def fields(error: pytest.ExceptionInfo[RuleErrors]) -> list[str | None]:
    return [one.field for one in error.value.errors]


def test_a_caller_without_an_account_is_booked_and_waits(each_database: str, inmate: Inmate, desk: Officer) -> None:
    row = book(
        inmate,
        desk,
        companions=[CompanionData("許書瑋", factories.id_number(5), "trainee_lawyer", "學習律師證")],
    )
    assert (row.state, row.source, row.entered_by_id) == (ReservationState.PENDING, BookingSource.PHONE, desk.id)
    assert (row.visitor_id_number, row.visitor_phone) == ("A123456789", "02-2345-6789#12")
    assert row.applicant_id is None and row.exception_reason is None
    assert b"A123456789" not in bytes(row.visitor_id_number_sealed or b"")
    assert [(c.name, c.paper) for c in row.companions] == [("許書瑋", "學習律師證")]
    assert events() == []


def test_one_form_is_one_booking_and_one_arrival_is_booked_once(
    each_database: str, inmate: Inmate, desk: Officer
) -> None:
    assert book(inmate, desk).id == book(inmate, desk).id
    with pytest.raises(SameVisit):
        book(inmate, desk, key="form-2", second_visit_confirmed=True)
    assert db.session.scalar(select(func.count()).select_from(Reservation)) == 1


def test_the_holder_of_a_grant_is_matched_silently_and_told(each_database: str, inmate: Inmate, desk: Officer) -> None:
    lawyer = factories.applicant(id_number="A123456789", id_bound_at=clock.now())
    grant = factories.granted(lawyer, inmate)
    row = book(inmate, desk)
    assert (row.applicant_id, row.grant_id) == (lawyer.id, grant.id)
    assert events() == ["booking_received"]


@pytest.mark.parametrize("why", ["unbound", "other inmate", "ended"])
def test_nobody_else_is_matched(inmate: Inmate, desk: Officer, why: str) -> None:
    bound = None if why == "unbound" else clock.now()
    lawyer = factories.applicant(id_number="A123456789", id_bound_at=bound)
    about = factories.inmate(inmate.agency) if why == "other inmate" else inmate
    until = date(2026, 3, 3) if why == "ended" else date(2027, 1, 1)
    factories.granted(lawyer, about, until_on=until)
    assert book(inmate, desk).applicant_id is None


@pytest.mark.parametrize(
    ("now", "changes"),
    [
        ("2026-03-03 16:00", {}),
        ("2026-03-03 09:00", {"arrives": time(12, 30)}),
        ("2026-03-03 09:00", {"visit_on": date(2026, 3, 7)}),
        ("2026-03-03 09:00", {"visit_on": date(2026, 4, 7)}),
        ("2026-03-04 08:00", {}),
    ],
)
def test_rules_of_online_booking_are_broken_with_a_reason_only(
    inmate: Inmate, desk: Officer, clock_at: StoppedClock, now: str, changes: dict[str, object]
) -> None:
    clock_at(now)
    with pytest.raises(RuleErrors) as refused:
        book(inmate, desk, **changes)
    assert fields(refused) == ["exception_reason"]
    assert isinstance(refused.value.errors[0], ExceptionReasonMissing)
    assert book(inmate, desk, exception_reason=" 法院囑託 ", **changes).exception_reason == "法院囑託"


def test_the_past_and_odd_minutes_are_refused_even_with_a_reason(
    inmate: Inmate, desk: Officer, clock_at: StoppedClock
) -> None:
    clock_at("2026-03-04 10:30")
    for at, error in ((time(10, 30), ArrivalPast), (time(10, 31), Exception)):
        with pytest.raises(RuleErrors) as refused:
            book(inmate, desk, arrives=at, exception_reason="x")
        assert isinstance(refused.value.errors[0], error) and fields(refused) == ["at"]


def test_all_that_is_wrong_is_told_at_once(inmate: Inmate, desk: Officer) -> None:
    wrong = VisitorData("", "", "A123456780", "12")
    with pytest.raises(RuleErrors) as refused:
        book(inmate, desk, visitor=wrong, inmate_number="9999", visit_on=None)
    assert fields(refused) == ["inmate_number", "name", "relation", "id_number", "phone", "day"]
    assert isinstance(refused.value.errors[0], InmateNotHere)


def test_another_agencys_inmate_cannot_be_booked(inmate: Inmate, desk: Officer) -> None:
    foreign = factories.inmate()
    with pytest.raises(RuleErrors) as refused:
        desk_bookings.book_by_phone(asked(foreign), frozenset({inmate.agency_id}), desk.id, who(desk))
    assert isinstance(refused.value.errors[0], NotFound)


def test_a_second_visit_in_the_half_day_is_warned_of(inmate: Inmate, desk: Officer) -> None:
    book(inmate, desk)
    with pytest.raises(SecondVisit):
        book(inmate, desk, key="form-2", arrives=time(9, 0))
    book(inmate, desk, key="form-2", arrives=time(9, 0), second_visit_confirmed=True)
    book(inmate, desk, key="form-3", arrives=time(14, 0))


@pytest.fixture
def grant(inmate: Inmate) -> ServiceGrant:
    return factories.granted(about=inmate)


def change_of(row: Reservation, **changes: object) -> Change:
    return replace(Change(Arrival(row.visit_on, row.arrives_local.time()), REASON), **changes)  # type: ignore[arg-type]


def test_the_agency_changes_and_it_waits_again(each_database: str, grant: ServiceGrant, desk: Officer) -> None:
    row = factories.reservation(grant, state=ReservationState.APPROVED, attention=Attention.OUTSIDE_HOURS)
    factories.companion(row)
    row_id = row.id
    guests = [CompanionData("阮氏梅", factories.id_number(6), "interpreter", "護照")]
    to = change_of(row, arrival=Arrival(date(2026, 3, 5), time(14, 0)), companions=guests)
    desk_changes.change(row_id, to, row.version, frozenset({grant.agency_id}), who(desk))
    row = db.session.get_one(Reservation, row_id)
    assert (row.state, row.decided_at, row.attention) == (ReservationState.PENDING, None, None)
    assert [(c.name, c.paper) for c in row.companions] == [("阮氏梅", "護照")]
    told = db.session.scalars(select(Notification)).one()
    assert told.event == "booking_changed_by_agency"
    assert "2026-03-04(星期三) 09:30" in told.body and "2026-03-05(星期四) 14:00" in told.body
    assert "收容人出庭、借提或就醫：3月4日出庭" in told.body
    assert db.session.scalars(select(StateMove)).one().reason == "收容人出庭、借提或就醫：3月4日出庭"


def test_companions_alone_are_a_change_and_raise_the_version(grant: ServiceGrant, desk: Officer) -> None:
    row = factories.reservation(grant)
    row_id = row.id
    with pytest.raises(NothingChanged):
        desk_changes.change(row_id, change_of(row), 1, None, who(desk))
    row = db.session.get_one(Reservation, row_id)
    guests = [CompanionData("阮氏梅", factories.id_number(6), "interpreter", "護照")]
    desk_changes.change(row_id, change_of(row, companions=guests), 1, None, who(desk))
    assert db.session.get_one(Reservation, row_id).version > 1


def test_a_change_is_refused_where_it_has_no_place(grant: ServiceGrant, desk: Officer) -> None:
    row = factories.reservation(grant)
    row_id, to = row.id, change_of(row, arrival=Arrival(date(2026, 3, 5), time(14, 0)))
    for error, args in (
        (Stale, (to, 7, None)),
        (NotFound, (to, 1, frozenset({"x"}))),
        (RuleErrors, (replace(to, reason=Reason("其他")), 1, None)),
    ):
        with pytest.raises(error):
            desk_changes.change(row_id, *args, who(desk))
    desk_changes.cancel(row_id, REASON, 1, None, who(desk))
    with pytest.raises(IllegalMove):
        desk_changes.change(row_id, to, 2, None, who(desk))


def test_the_agency_cancels_with_a_reason(each_database: str, grant: ServiceGrant, desk: Officer) -> None:
    row_id = factories.reservation(grant, state=ReservationState.APPROVED).id
    for reason in (Reason(""), Reason("其他"), Reason("天氣不好")):
        with pytest.raises(AgencyReasonMissing):
            desk_changes.cancel(row_id, reason, 1, None, who(desk))
    desk_changes.cancel(row_id, REASON, 1, frozenset({grant.agency_id}), who(desk))
    row = db.session.get_one(Reservation, row_id)
    assert (row.state, row.cancelled_by, row.rejection_reason) == (
        ReservationState.CANCELLED, CancelledBy.AGENCY, REASON.chosen,
    )  # fmt: skip
    told = db.session.scalars(select(Notification)).one()
    assert told.event == "booking_cancelled_by_agency" and "3月4日出庭" in told.body and "請勿前往" not in told.body


@pytest.mark.parametrize(
    ("move", "state", "event"),
    [
        ("no_show", ReservationState.NO_SHOW, "visit_no_show"),
        ("refuse", ReservationState.REFUSED_BY_INMATE, "visit_refused"),
        ("away", ReservationState.INMATE_AWAY, "visit_inmate_away"),
    ],
)
def test_moves_of_the_day(
    each_database: str,
    grant: ServiceGrant,
    desk: Officer,
    clock_at: StoppedClock,
    move: str,
    state: ReservationState,
    event: str,
) -> None:
    row_id = factories.reservation(grant, taiwan("2026-03-04 09:30"), state=ReservationState.APPROVED).id
    with pytest.raises(desk_moves.NotYet):
        desk_moves.mark(row_id, move, "", 1, None, who(desk))
    clock_at("2026-03-04 09:00")
    if move == "no_show":
        with pytest.raises(desk_moves.NotLateYet):
            desk_moves.mark(row_id, move, "", 1, None, who(desk))
    clock_at("2026-03-04 11:00")
    desk_moves.mark(row_id, move, "名籍告知", 1, frozenset({grant.agency_id}), who(desk))
    assert db.session.get_one(Reservation, row_id).state is state
    told = db.session.scalars(select(Notification)).one()
    assert told.event == event and "重新預約" in told.body
    assert not any(word in told.body for word in ("請勿前往", "未到達", "次", "名籍告知"))
    with pytest.raises(IllegalMove):
        desk_moves.mark(row_id, move, "", 2, None, who(desk))


def test_a_flag_is_cleared_with_a_note(grant: ServiceGrant, desk: Officer) -> None:
    row_id = factories.reservation(grant, attention=Attention.GRANT_SUSPENDED).id
    with pytest.raises(desk_moves.AttentionNoteMissing):
        desk_moves.clear_attention(row_id, " ", 1, None, who(desk))
    desk_moves.clear_attention(row_id, "仍受委任", 1, None, who(desk))
    assert db.session.get_one(Reservation, row_id).attention is None
    with pytest.raises(desk_moves.NothingToClear):
        desk_moves.clear_attention(row_id, "仍受委任", 2, None, who(desk))
    assert db.session.scalars(select(AuditEntry.event)).all() == ["reservation.clear_attention"]
