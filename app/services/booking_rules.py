"""What an online booking has to obey, and why one is refused: the same for booking and for changing."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.errors import RuleError
from app.i18n import _l
from app.rules import arrival, closure_words
from app.rules.calendar import WorkCalendar
from app.rules.closure_refusals import VisitsStopped
from app.rules.dates import Shown, sentence_date
from app.rules.vocabulary import Attention, GrantState, InmateStatus, VisitKind
from app.services import closure_guard, visiting
from app.services.agencies import phone_of
from models import Reservation, ServiceGrant
from models.reservation import LIVE_STATES


class GrantMissing(RuleError):
    """There is no valid grant for this visit."""

    sentence = _l(
        "您目前沒有可用於該日期的律師接見服務項目（可能已到期、暫停或廢止）。請先至「律師接見服務項目申請」辦理。"
    )


class NotBookable(RuleError):
    """It cannot be booked online: one sentence for every cause that is not the booker's to know."""

    sentence = _l("目前無法線上預約，請洽該機關（電話：%(phone)s）。")
    status = 409


class Overtaken(RuleError):
    """Another tab or device of the same booker has chosen something else since this page was shown."""

    sentence = _l("您已於另一視窗或裝置變更預約內容，本次尚未送出。請確認本頁所示最新內容，再行送出或重新選擇。")
    status = 409


class SecondBooking(RuleError):
    """The same lawyer has a booking for the same inmate and half-day: a warning, not a refusal (§72)."""

    sentence = _l("您於同一時段已預約接見該收容人（%(time)s到達）。建議變更原預約；如確有需要，仍可繼續預約。")
    status = 409

    def __init__(self, first: Reservation) -> None:
        super().__init__("second_visit_confirmed", time=f"{first.arrives_local:%H:%M}")
        #: The booking that could be changed instead.
        self.first_id = first.id


class SameArrival(RuleError):
    """The same lawyer has already announced this very arrival."""

    sentence = _l("您已預約同一日期及時間接見該收容人，無須重複預約。請至「預約紀錄查詢及異動」查看。")
    status = 409


class VisitDayOff(RuleError):
    """The calendar was changed after the booking."""

    sentence = _l("%(date)s已改為不辦理接見（%(reason)s）。請變更接見日期，或洽該機關（電話：%(phone)s）。")


class VisitOutsideHours(RuleError):
    """The agency's hours were changed after the booking."""

    sentence = _l(
        "該機關開放律師到達時間已改為%(morning)s及%(afternoon)s，您的預約不在其內。"
        "請變更預計到達時間，或洽該機關（電話：%(phone)s）。"
    )


class SessionMoved(RuleError):
    """The agency's timetable was changed after the booking, and the agency has kept the booking as it is."""

    sentence = _l(
        "該機關之接見時段已調整，您的預約仍依原時段保留。如不便前往，請變更或取消預約，或洽該機關（電話：%(phone)s）。"
    )


class VisitUnsettled(RuleError):
    """What a booking rests on has changed: one sentence for every cause."""

    sentence = _l("本預約有待該機關確認之事項，請於前往前先洽該機關（電話：%(phone)s）。")


def check_booking(grant: ServiceGrant, visit_on: date, arrives: time) -> None:
    """Check a grant, its inmate, the day and the arrival of an online booking.

    Raises :class:`GrantMissing`, :class:`NotBookable` and the errors of ``app.rules.arrival``.
    """
    if not _can_be_visited(grant, visit_on):
        raise NotBookable(phone=phone_of(grant.agency))
    rules = visiting.rules_for(grant.agency_id, visit_on)
    offices = visiting.lawyers_calendar(grant.agency_id)
    arrival.check_arrival(
        visit_on,
        arrives,
        windows=rules.windows,
        calendar=offices,
        now=clock.now(),
        cutoff=rules.cutoff,
        days_ahead=rules.days_ahead,
        agency_name=grant.agency.name,
    )
    _check_not_stopped(grant, visit_on, arrives, arrival.next_bookable_day(clock.now(), offices, rules.cutoff))
    if not grant.holds_on(visit_on):
        raise GrantMissing("day")


def _check_not_stopped(grant: ServiceGrant, visit_on: date, arrives: time, again: date) -> None:
    """Refuse an arrival in a part of a day that the agency has closed; a whole day is a day off already."""
    spans = closure_guard.spans(grant.agency_id, visit_on, visit_on, VisitKind.LAWYER_ON_SITE)
    found = next((span for span in spans if span.stops(clock.at(visit_on, arrives))), None)
    if found is not None:
        raise VisitsStopped(
            "at",
            agency=grant.agency.name,
            period=Shown(found, closure_words.period),  # type: ignore[arg-type]
            reason=found.reason,
            next=Shown(again, sentence_date),
        )


def _can_be_visited(grant: ServiceGrant, visit_on: date) -> bool:
    """Whether the inmate still is where the grant says; what else became of him or her is not told."""
    inmate = grant.inmate
    is_here = inmate.status == InmateStatus.PRESENT and inmate.agency_id == grant.agency_id
    return grant.state != GrantState.TO_CHECK and is_here and grant.agency.is_active_on(visit_on)


def warn_of_second(
    session: Session, grant: ServiceGrant, visit_on: date, arrives: time, besides: str | None = None
) -> None:
    """Raise :class:`SecondBooking` where the half-day holds another booking than the one with the id ``besides``."""
    windows = visiting.rules_for(grant.agency_id, visit_on).windows
    same_day = session.scalars(
        select(Reservation)
        .where(
            Reservation.applicant_id == grant.applicant_id,
            Reservation.inmate_id == grant.inmate_id,
            Reservation.visit_on == visit_on,
            Reservation.state.in_(LIVE_STATES),
        )
        .order_by(Reservation.arrives_at)
    )
    for other in same_day:
        at = other.arrives_local.time()
        if other.id != besides and at != arrives and windows.half_day(at) == windows.half_day(arrives):
            raise SecondBooking(other)


def deadline_of(reservation: Reservation, calendar: WorkCalendar | None = None) -> datetime:
    """Until when a booking's day can be booked, and so a booking changed, online."""
    cutoff = visiting.rules_for(reservation.agency_id, reservation.visit_on).cutoff
    return (calendar or visiting.calendar()).deadline_before(reservation.visit_on, cutoff)


def notice_of(reservation: Reservation) -> RuleError | None:
    """What the booker of a coming visit has to be told because things have changed since; None where all stands."""
    if reservation.state not in LIVE_STATES or reservation.visit_on < clock.today():
        return None
    phone, day = phone_of(reservation.agency), reservation.visit_on
    grant = reservation.grant
    if grant is not None and not (grant.holds_on(day) and _can_be_visited(grant, day)):
        return VisitUnsettled(phone=phone)
    if reservation.session_id is not None:  # its day and time are the timetable's
        return SessionMoved(phone=phone) if reservation.attention is Attention.OUTSIDE_HOURS else None
    off = visiting.calendar().reason_off(day)
    if off is not None:
        return VisitDayOff(date=Shown(day, sentence_date), reason=off, phone=phone)
    windows = visiting.rules_for(reservation.agency_id, day).windows
    if not windows.contains(reservation.arrives_local.time()):
        return VisitOutsideHours(morning=windows.morning_text, afternoon=windows.afternoon_text, phone=phone)
    return None
