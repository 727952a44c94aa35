"""停止辦理接見: bookings wait for another date, are chosen anew, end, or stand again. Tuesday, 3 March 2026, 09:00."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest
from sqlalchemy import select

from app.errors import NotFound, Stale
from app.extensions import db
from app.rules import closure_refusals as why
from app.rules import visit_refusals
from app.rules.closure_words import Answer
from app.rules.closures import Span
from app.rules.vocabulary import CancelledBy, ReservationState, SessionState, Verdict, VisitKind
from app.security import Actor
from app.services import (
    booking_changes,
    booking_review,
    closure_answers,
    closure_reopening,
    closures,
    reservations,
    roster_content,
)
from app.services.booking_changes import BookingChange
from app.services.closures import HitsChanged, Wanted
from app.services.place_holds import HoldStopped, extend
from app.transaction import end_reading
from models import Inmate, Notification, Reservation, StateMove, VisitClosure, VisitSession
from tests import factories
from tests.services.test_session_bookings import FRIDAY, THURSDAY, Relative, inmate, sister, taken, wife
from tests.stillness import StoppedClock, taiwan

__all__ = ["inmate", "wife"]
ANSWER_BY = taiwan("2026-03-10 17:00")
WHOLE_THURSDAY = Span(taiwan("2026-03-05 00:00"), taiwan("2026-03-06 00:00"), "颱風停止上班")
ON_SITE = VisitKind.FAMILY_ON_SITE
AWAITING = ReservationState.AWAITING_NEW_DATE


class Agency:
    """The agency's officer, who stops visits and takes them up again."""

    def __init__(self, of: Inmate) -> None:
        self.id = of.agency_id
        self.officer_id = factories.officer(of.agency).id
        self.actor = Actor("staff", str(self.officer_id), "王小明")
        self.scope = frozenset({self.id})

    def wants(self, span: Span = WHOLE_THURSDAY, kind: VisitKind | None = None) -> Wanted:
        return Wanted(self.id, kind, span, ANSWER_BY)

    def closes(self, span: Span = WHOLE_THURSDAY, kind: VisitKind | None = None) -> VisitClosure:
        wanted = self.wants(span, kind)
        mark = closures.preview(wanted, self.scope)[1]
        made = closures.close(wanted, mark, self.scope, self.officer_id, self.actor)
        end_reading()
        return db.session.get_one(VisitClosure, made)

    def reopens(self, closure: VisitClosure) -> closure_reopening.Reopened:
        return closure_reopening.reopen(closure.id, closure.version, self.scope, self.actor)

    def approves(self, booked: Reservation) -> None:
        verdict = booking_review.RowVerdict(booked.id, Verdict.APPROVE.value, booked.version)
        booking_review.decide(verdict, None, self.officer_id, self.actor)
        end_reading()


@pytest.fixture
def prison(inmate: Inmate) -> Agency:
    return Agency(inmate)


def told(event: str) -> Notification:
    return db.session.scalars(select(Notification).where(Notification.event == event)).one()


def session_state(at: datetime) -> SessionState:
    end_reading()
    return db.session.scalars(select(VisitSession).where(VisitSession.starts_at == at)).one().state


def answers(closure: VisitClosure) -> list[Answer]:
    end_reading()
    return [one.answer for one in closure_answers.answers(closure)]


def test_an_approved_booking_waits_for_another_date_and_is_told_which(
    each_database: str, wife: Relative, prison: Agency
) -> None:
    booked = wife.books(THURSDAY)
    prison.approves(booked)
    hits, _mark = closures.preview(prison.wants(), prison.scope)
    assert [(hit.visitor, hit.inmate, hit.arrives) for hit in hits] == [("林○○", "0609黃○○", "09:00")]
    closure = prison.closes()
    row = db.session.get_one(Reservation, booked.id)
    assert (row.state, row.closure_id) == (AWAITING, closure.id)
    assert taken(THURSDAY) == 0 and session_state(THURSDAY) is SessionState.SUSPENDED
    mail = told("closure")
    assert "測試監獄因颱風停止上班，2026-03-05(星期四)全日停止辦理接見，您的預約須改期" in mail.body
    assert "可改約時段：2026-03-06(星期五) 09:00、2026-03-06(星期五) 10:00、2026-03-09(星期一) 09:00" in mail.body
    assert "請於2026年3月10日（星期二）17:00前登入選擇" in mail.body
    assert answers(closure) == [Answer.WAITING]
    moved = db.session.scalars(select(StateMove).where(StateMove.move == "close")).one()
    assert moved.reason == "颱風停止上班"


def test_nothing_new_is_booked_in_a_closed_session_and_an_open_form_is_told_why(
    app: object, inmate: Inmate, wife: Relative, prison: Agency
) -> None:
    wife.holds(THURSDAY)
    prison.closes()
    with pytest.raises(HoldStopped):
        extend(wife.applicant_id)
    with pytest.raises(visit_refusals.SessionSuspended) as refused:
        wife.confirms()
    assert "2026年3月5日（星期四）09:00因颱風停止上班停止辦理接見。最近可預約之時段為2026年3月6日" in str(refused.value)
    with pytest.raises(visit_refusals.SessionSuspended):
        sister(inmate).holds(taiwan("2026-03-05 10:00"))
    wife.books(FRIDAY)
    assert taken(FRIDAY) == 1


def test_choosing_another_session_answers(app: object, wife: Relative, prison: Agency) -> None:
    booked = wife.books(THURSDAY)
    closure = prison.closes()
    wife.holds(FRIDAY, replaces_id=booked.id)
    end_reading()
    version = db.session.get_one(Reservation, booked.id).version
    assert wife.confirms("form-2", version=version) == booked.id
    row = db.session.get_one(Reservation, booked.id)
    assert (row.state, row.arrives_at) == (ReservationState.PENDING, FRIDAY)
    assert (taken(THURSDAY), taken(FRIDAY)) == (0, 1)
    assert answers(closure) == [Answer.CHOSEN]


def test_reopening_puts_back_what_nobody_has_answered(
    each_database: str, inmate: Inmate, wife: Relative, prison: Agency
) -> None:
    booked, other = wife.books(THURSDAY), sister(inmate).books(THURSDAY)
    prison.approves(booked)
    closure = prison.closes()
    assert prison.reopens(closure) == closure_reopening.Reopened(2, 0)
    end_reading()
    states = [db.session.get_one(Reservation, row.id).state for row in (booked, other)]
    assert states == [ReservationState.APPROVED, ReservationState.PENDING]  # what nobody had reviewed waits again
    assert taken(THURSDAY) == 2 and session_state(THURSDAY) is SessionState.OPEN
    assert answers(closure) == [Answer.RESTORED] * 2
    mails = db.session.scalars(select(Notification).where(Notification.event == "closure_reopened")).all()
    assert len(mails) == 2 and any("狀態：審核通過" in mail.body for mail in mails)
    with pytest.raises(why.AlreadyReopened):
        prison.reopens(db.session.get_one(VisitClosure, closure.id))
    wife.cancels(db.session.get_one(Reservation, booked.id))
    assert taken(THURSDAY) == 1


def test_reopening_leaves_what_was_answered_what_is_past_and_what_has_no_place(
    app: object, inmate: Inmate, wife: Relative, prison: Agency, clock_at: StoppedClock
) -> None:
    gone, late = wife.books(THURSDAY), sister(inmate).books(taiwan("2026-03-05 10:00"))
    closure = prison.closes()
    wife.cancels(db.session.get_one(Reservation, gone.id))
    clock_at("2026-03-05 10:10")
    closure = db.session.get_one(VisitClosure, closure.id)
    assert prison.reopens(closure) == closure_reopening.Reopened(0, 1)
    end_reading()
    assert db.session.get_one(Reservation, late.id).state is AWAITING
    assert set(answers(closure)) == {Answer.CANCELLED, Answer.WAITING}


def test_a_session_that_another_closure_stops_stays_closed(app: object, wife: Relative, prison: Agency) -> None:
    booked = wife.books(THURSDAY)
    family = prison.closes(kind=VisitKind.FAMILY_ON_SITE)
    every = prison.closes()  # a whole day goes over the closure of one kind
    assert prison.reopens(family) == closure_reopening.Reopened(0, 1)
    assert session_state(THURSDAY) is SessionState.SUSPENDED
    end_reading()
    assert db.session.get_one(Reservation, booked.id).closure_id == every.id
    assert prison.reopens(db.session.get_one(VisitClosure, every.id)).restored == 1
    assert session_state(THURSDAY) is SessionState.OPEN


def test_what_nobody_answers_ends_after_the_deadline_and_an_extension_counts(
    app: object, wife: Relative, prison: Agency, clock_at: StoppedClock
) -> None:
    booked = wife.books(THURSDAY)
    closure = prison.closes()
    with pytest.raises(why.NotLater):
        closure_reopening.extend(closure.id, date(2026, 3, 9), closure.version, prison.scope, prison.actor)
    version = db.session.get_one(VisitClosure, closure.id).version
    assert closure_reopening.extend(closure.id, date(2026, 3, 12), version, prison.scope, prison.actor) == 1
    assert "改期期限延長至2026年3月12日（星期四）17:00" in told("closure_extended").body
    with pytest.raises(Stale):
        closure_reopening.extend(closure.id, date(2026, 3, 13), version, prison.scope, prison.actor)
    clock_at("2026-03-12 16:59")
    assert closure_answers.end_unanswered() == 0
    clock_at("2026-03-12 17:00")
    assert closure_answers.end_unanswered() == 1 and closure_answers.end_unanswered() == 0
    row = db.session.get_one(Reservation, booked.id)
    assert (row.state, row.cancelled_by) == (ReservationState.CANCELLED, CancelledBy.AGENCY)
    assert "不計未到次數" in told("closure_ended").body
    assert answers(db.session.get_one(VisitClosure, closure.id)) == [Answer.ENDED]


def test_the_list_that_was_seen_is_the_list_that_is_stopped(app: object, wife: Relative, prison: Agency) -> None:
    wanted = prison.wants()
    seen = closures.preview(wanted, prison.scope)[1]
    booked = wife.books(THURSDAY)
    with pytest.raises(HitsChanged) as refused:
        closures.close(wanted, seen, prison.scope, prison.officer_id, prison.actor)
    assert [hit.id for hit in refused.value.hits] == [booked.id]
    longer = replace(wanted, span=replace(WHOLE_THURSDAY, until_at=taiwan("2026-03-07 00:00")))
    with pytest.raises(HitsChanged):
        closures.close(longer, refused.value.mark, prison.scope, prison.officer_id, prison.actor)
    closures.close(wanted, refused.value.mark, prison.scope, prison.officer_id, prison.actor)


@pytest.mark.parametrize(
    ("span", "kind", "refused"),
    [
        (WHOLE_THURSDAY, None, why.ClosureOverlaps),
        (WHOLE_THURSDAY, VisitKind.FAMILY_ON_SITE, why.ClosureOverlaps),
        (Span(taiwan("2026-03-05 23:00"), taiwan("2026-03-06 23:00"), "停電"), None, why.ClosureOverlaps),
        (Span(taiwan("2026-03-07 00:00"), taiwan("2026-03-09 00:00"), "停電"), None, why.NothingToStop),
        (
            Span(taiwan("2026-03-06 11:00"), taiwan("2026-03-06 12:00"), "停電"),
            VisitKind.FAMILY_ON_SITE,
            why.NothingToStop,
        ),
    ],
)
def test_closures_that_make_no_sense(
    app: object, prison: Agency, span: Span, kind: VisitKind | None, refused: type[Exception]
) -> None:
    prison.closes()
    with pytest.raises(refused):
        closures.preview(prison.wants(span, kind), prison.scope)
    assert closures.preview(prison.wants(FRIDAY_SPAN), prison.scope)[0] == [], "the day after may be closed, too"


def test_another_agencys_closure_is_none(app: object, prison: Agency) -> None:
    closure = prison.closes()
    elsewhere = frozenset({factories.agency().id})
    for act in (
        lambda: closures.preview(prison.wants(FRIDAY_SPAN), elsewhere),
        lambda: closure_reopening.reopen(closure.id, closure.version, elsewhere, prison.actor),
        lambda: closure_reopening.extend(closure.id, date(2026, 3, 20), 1, elsewhere, prison.actor),
    ):
        with pytest.raises(NotFound):
            act()


FRIDAY_SPAN = Span(taiwan("2026-03-06 00:00"), taiwan("2026-03-07 00:00"), "停電")


def test_a_lawyers_arrival_is_stopped_without_threats_and_chosen_anew(
    app: object, seeded: None, clock_at: StoppedClock
) -> None:
    grant = factories.grant(factories.application(factories.applicant(), factories.inmate(factories.agency())))
    prison, applicant_id = Agency(grant.inmate), grant.applicant_id
    lawyer = Actor("applicant", applicant_id, "陳律師")
    wanted = reservations.BookingRequest(grant.id, date(2026, 3, 5), time(9, 30), "form-1")
    booked = reservations.book(applicant_id, wanted, lawyer)
    half = Span(taiwan("2026-03-05 09:00"), taiwan("2026-03-05 12:00"), "颱風停止上班")
    closure = prison.closes(half)
    mail = told("lawyer_closure")
    assert "2026-03-05(星期四) 09:00~12:00停止辦理接見" in mail.body and "可改約日期或時段：2026-03-04" in mail.body
    for word in ("請勿前往", "逾期", "未到", "17:00"):
        assert word not in mail.body
    assert not db.session.scalars(roster_content.of_day(prison.id, date(2026, 3, 5), "")).all()
    row = db.session.get_one(Reservation, booked)
    with pytest.raises(why.VisitsStopped) as refused:
        again = BookingChange(date(2026, 3, 5), time(10), row.version)
        booking_changes.change(applicant_id, booked, again, lawyer)
    assert "因颱風停止上班停止辦理接見" in str(refused.value)
    afternoon = BookingChange(date(2026, 3, 5), time(14, 30), db.session.get_one(Reservation, booked).version)
    assert booking_changes.change(applicant_id, booked, afternoon, lawyer)
    assert db.session.get_one(Reservation, booked).state is ReservationState.PENDING
    assert answers(closure) == [Answer.CHOSEN]


def test_a_whole_day_is_offered_to_no_lawyer(app: object, seeded: None) -> None:
    from app.rules import arrival
    from app.services import visiting

    grant = factories.grant(factories.application(factories.applicant(), factories.inmate(factories.agency())))
    prison = Agency(grant.inmate)
    assert date(2026, 3, 5) in visiting.bookable_days(prison.id)
    prison.closes(kind=VisitKind.LAWYER_ON_SITE)
    assert date(2026, 3, 5) not in visiting.bookable_days(prison.id)
    wanted = reservations.BookingRequest(grant.id, date(2026, 3, 5), time(9, 30), "form-1")
    with pytest.raises(arrival.DayOff) as refused:
        reservations.book(grant.applicant_id, wanted, Actor("applicant", grant.applicant_id, "陳律師"))
    assert "2026年3月5日（星期四）為颱風停止上班，該機關不辦理接見" in str(refused.value)
