"""首頁: the numbers of what waits, each with the age of the oldest and the list behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from app import clock
from app.i18n import _
from app.rules.calendar import WorkCalendar
from app.rules.dates import Shown, booking_date, sentence_date
from app.rules.device_visits import DEVICE_KINDS
from app.rules.vocabulary import ReservationState, VisitKind
from app.services import day_desk, office, undelivered
from app.services.office import Scope, Waiting
from views.backoffice.family_bookings import KINDS as SESSION_KINDS
from views.backoffice.offers import Offers


@dataclass(frozen=True)
class Figure:
    """A number on the front page: what it counts, a second line, the list behind it."""

    label: str
    number: int
    remark: str
    url: str


@dataclass(frozen=True)
class Alarm:
    """A sentence that stands on the front page until somebody has acted, the second line, the list behind it."""

    heading: str
    remark: str
    url: str


@dataclass(frozen=True)
class Day:
    """Today's visits by stage, and the list behind them."""

    label: str
    counts: day_desk.Counts
    url: str


def alarms(scope: Scope, offers: Offers, calendar: WorkCalendar) -> Iterator[Alarm]:
    """From 16:00 of the working day before: what has not been decided, day by day."""
    if "BookingReviewView" not in offers:
        return
    for alarm in office.alarms(scope, calendar):
        day = Shown(alarm.day, sentence_date)
        yield Alarm(
            _("%(day)s之預約律師接見尚有%(n)s件未審核", day=day, n=alarm.count),
            _(
                "最早申請日期：%(oldest)s；最早預計到達時間：%(time)s。請立即審核，逾到達時間即失效。",
                oldest=Shown(alarm.oldest, sentence_date),
                time=alarm.first_arrival,
            ),
            offers.url("BookingReviewView", visit_from=alarm.day, visit_until=alarm.day),
        )


def cancelled_late(waiting: Waiting, offers: Offers) -> Alarm | None:
    """Who cancelled when the control desk may have its roster already."""
    if not waiting.cancelled_late or "OnsiteBookingView" not in offers:
        return None
    days = {"from": clock.today(), "until": waiting.next_day}
    return Alarm(
        _("今日有%(n)s件預約於截止時間後由申請人取消", n=waiting.cancelled_late),
        _("已列印清冊者，請列印補充清冊並通知中央台。"),
        offers.url("OnsiteBookingView", state=ReservationState.CANCELLED.value, **days),
    )


def today(scope: Scope, offers: Offers) -> Day | None:
    """How today's visits stand: all of them at the desk, those by session for whoever has no desk."""
    day = clock.today()
    if "DayDeskView" in offers:
        return Day(_("今日接見"), day_desk.counts(scope, day), offers.url("DayDeskView"))
    if "FamilyBookingView" in offers:
        counts = day_desk.counts(scope, day, SESSION_KINDS)
        return Day(_("今日家屬及行動接見"), counts, offers.url("FamilyBookingView", **{"from": day, "until": day}))
    return None


def figures(scope: Scope, offers: Offers, waiting: Waiting) -> Iterator[Figure]:
    """What waits, kind by kind, of what this officer may open."""
    yield from _cases(scope, offers, waiting)
    yield from _bookings(offers, waiting)
    yield from _flagged(offers, waiting)
    if "OnsiteBookingView" in offers:
        day = Shown(waiting.next_day, booking_date)
        url = offers.url("OnsiteBookingView", **{"from": waiting.next_day, "until": waiting.next_day})
        yield Figure(_("次一接見日之預約律師現場接見"), waiting.next_day_visits, str(day), url)
    if "ClosureView" in offers:
        remark = _("目前沒有待回覆之預約")
        if waiting.next_unanswered:
            remark = _("最早之原接見日期：%(day)s", day=Shown(waiting.next_unanswered, sentence_date))
        yield Figure(_("停止辦理接見待申請人回覆"), waiting.unanswered, remark, offers.url("ClosureView"))
    if "WorkItemView" in offers:
        number, since = office.work_items(scope)
        remark = _("目前沒有待辦事項")
        if since:
            remark = _("最早列入日期：%(day)s，已等候%(days)s天", **_waited(since))
        yield Figure(_("收容人異動待辦事項"), number, remark, offers.url("WorkItemView"))
    if "UndeliveredView" in offers:
        number, queued_at = undelivered.waiting(scope)
        remark = _("目前沒有未送達之通知")
        if queued_at:
            remark = _("最早傳送日期：%(day)s，已%(days)s天", **_waited(clock.local(queued_at).date()))
        yield Figure(_("未送達通知"), number, remark, offers.url("UndeliveredView"))


def _cases(scope: Scope, offers: Offers, waiting: Waiting) -> Iterator[Figure]:
    if "LawyerApplicationView" in offers:
        remark = _age(waiting.oldest_application)
        url = offers.url("LawyerApplicationView")
        yield Figure(_("未審核之律師接見服務項目申請"), waiting.applications, remark, url)
    if "FamilyApplicationView" in offers:
        remark = _age(waiting.oldest_family)
        yield Figure(
            _("未審核之家屬服務項目申請"), waiting.family_applications, remark, offers.url("FamilyApplicationView")
        )
    if "FamilyEntryView" in offers:
        number, oldest = office.entries_waiting(scope)
        yield Figure(_("待審核之家庭聯絡簿"), number, _age(oldest), offers.url("FamilyEntryView"))


def _bookings(offers: Offers, waiting: Waiting) -> Iterator[Figure]:
    """Each kind where it is reviewed; a lawyer's mobile visit stands with the other visits by telephone."""
    lines: tuple[tuple[str, str, tuple[VisitKind, ...], dict[str, Any]], ...] = (
        (
            _("待審核之預約律師現場接見"),
            "BookingReviewView",
            (VisitKind.LAWYER_ON_SITE,),
            {"kind": VisitKind.LAWYER_ON_SITE.value},
        ),
        (_("待審核之行動及遠距接見"), "DeviceVisitView", DEVICE_KINDS, {}),
        (_("待審核之家屬現場接見"), "FamilyVisitView", (VisitKind.FAMILY_ON_SITE,), {}),
    )
    for label, name, kinds, filters in lines:
        if name in offers:
            number, oldest = waiting.of_kinds(waiting.reviews, *kinds)
            yield Figure(label, number, _age(oldest), offers.url(name, **filters))


def _flagged(offers: Offers, waiting: Waiting) -> Iterator[Figure]:
    for label, name, kinds in (
        (_("有注意事項之預約"), "OnsiteBookingView", (VisitKind.LAWYER_ON_SITE,)),
        (_("有注意事項之家屬及行動接見預約"), "FamilyBookingView", SESSION_KINDS),
    ):
        if name in offers:
            number, following = waiting.of_kinds(waiting.flags, *kinds)
            remark = _("目前沒有注意事項")
            if following:
                remark = _("最近接見日期：%(day)s", day=Shown(following, sentence_date))
            yield Figure(label, number, remark, offers.url(name, attention="any"))


def _waited(since: date) -> dict[str, Any]:
    return {"day": Shown(since, sentence_date), "days": (clock.today() - since).days}


def _age(oldest: date | None) -> str:
    if oldest is None:
        return _("目前沒有案件等候審核")
    return _("最早申請日期：%(day)s，已等候%(days)s天", **_waited(oldest))
