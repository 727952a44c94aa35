"""首頁: the numbers of what waits, each with the age of the oldest and the list behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from views.backoffice.booking_states import KindGroup, StateGroup
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
    """Today's visits: the desk's page where there is one, and for each list its name and a figure for each stage."""

    label: str
    url: str | None
    lines: Sequence[tuple[str, Sequence[tuple[str, int, str]]]]


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
            offers.url("BookingReviewView", kind=KindGroup.LAWYERS.value, visit_from=alarm.day, visit_until=alarm.day),
        )


def cancelled_late(waiting: Waiting, offers: Offers) -> Alarm | None:
    """Who cancelled when the control desk may have its roster already."""
    if not waiting.cancelled_late or "OnsiteBookingView" not in offers:
        return None
    return Alarm(
        _("今日有%(n)s件預約於截止時間後由申請人取消", n=waiting.cancelled_late),
        _("已列印清冊者，請列印補充清冊並通知中央台。"),
        offers.url("OnsiteBookingView", late="1"),
    )


def today(scope: Scope, offers: Offers) -> Day | None:
    """How today's visits stand, in each list that this officer may open; one statement."""
    offered = [group for group in _groups() if group[1] in offers]
    if not offered:
        return None
    found = day_desk.counts_of(scope, clock.today(), [kinds for _label, _name, kinds in offered])
    day = _day(clock.today())
    lines = [
        (label, [(stage, number, offers.url(name, state=state, **day)) for stage, number, state in _stages(counts)])
        for (label, name, _kinds), counts in zip(offered, found, strict=True)
    ]
    return Day(_("今日接見"), offers.url("DayDeskView") if "DayDeskView" in offers else None, lines)


def figures(scope: Scope, offers: Offers, waiting: Waiting) -> Iterator[Figure]:
    """What waits, kind by kind, of what this officer may open."""
    yield from _cases(scope, offers, waiting)
    yield from _bookings(offers, waiting)
    yield from _flagged(offers, waiting)
    if "OnsiteBookingView" in offers:
        day = Shown(waiting.next_day, booking_date)
        url = offers.url("OnsiteBookingView", state=StateGroup.AWAITED.value, **_day(waiting.next_day))
        yield Figure(_("次一接見日之預約律師現場接見"), waiting.next_day_visits, str(day), url)
    if "ClosureView" in offers:
        remark = _("目前沒有待回覆之預約")
        if waiting.next_unanswered:
            remark = _("最早之原接見日期：%(day)s", day=Shown(waiting.next_unanswered, sentence_date))
        yield Figure(
            _("停止辦理接見待申請人回覆"), waiting.unanswered, remark, offers.url("ClosureView", unanswered="1")
        )
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
            url = offers.url(name, attention="any", state=StateGroup.LIVE.value)
            yield Figure(label, number, remark, url)


def _groups() -> Sequence[tuple[str, str, tuple[VisitKind, ...]]]:
    """The two lists of visits."""
    return (
        (_("律師現場接見"), "OnsiteBookingView", (VisitKind.LAWYER_ON_SITE,)),
        (_("家屬及行動接見"), "FamilyBookingView", SESSION_KINDS),
    )


def _stages(counts: day_desk.Counts) -> Sequence[tuple[str, int, str]]:
    """Name, number, and what the list calls it."""
    return (
        (_("未報到"), counts.awaited, StateGroup.AWAITED.value),
        (_("已報到"), counts.here, ReservationState.CHECKED_IN.value),
        (_("接見中"), counts.running, ReservationState.IN_PROGRESS.value),
        (_("結束"), counts.over, StateGroup.OVER.value),
        (_("其中未到"), counts.no_show, ReservationState.NO_SHOW.value),
    )


def _day(day: date) -> dict[str, Any]:
    return {"from": day, "until": day}


def _waited(since: date) -> dict[str, Any]:
    return {"day": Shown(since, sentence_date), "days": (clock.today() - since).days}


def _age(oldest: date | None) -> str:
    if oldest is None:
        return _("目前沒有案件等候審核")
    return _("最早申請日期：%(day)s，已等候%(days)s天", **_waited(oldest))
