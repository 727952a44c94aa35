"""首頁 of the back office: what waits, what rings, and the way there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, url_for
from flask_appbuilder import BaseView, expose
from flask_login import current_user
from werkzeug.wrappers import Response

from app import clock
from app.errors import NotAllowed
from app.i18n import _
from app.rules.dates import Shown, booking_date, sentence_date
from app.rules.vocabulary import ReservationState
from app.services import office, undelivered
from views.backoffice import scope
from views.backoffice.access import front_page, is_only_auditor, may, to_sign_in


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


class HomeView(BaseView):
    """What waits, and where to go."""

    route_base = "/backoffice"
    default_view = "index"
    base_permissions = ["can_index"]

    @expose("/")
    def index(self) -> str | Response:
        """The first page after signing in; an auditor's stands in another house."""
        if not current_user.is_authenticated:
            return to_sign_in()
        if is_only_auditor(current_user):
            return redirect(front_page(current_user))
        if not may(self, "can_index"):
            raise NotAllowed()
        today = clock.today()
        waiting = office.waiting(scope.agency_ids())
        return str(
            self.render_template(
                "backoffice/home.html",
                title=_("首頁"),
                alarms=list(self._alarms()),
                late=self._cancelled_late(waiting),
                figures=list(self._figures(waiting, today)),
                day=Shown(today, sentence_date),
            )
        )

    def _alarms(self) -> Iterator[Alarm]:
        """From 16:00 of the working day before: what has not been decided, day by day."""
        if not self._list_of("BookingReviewView"):
            return
        for alarm in office.alarms(scope.agency_ids()):
            day = Shown(alarm.day, sentence_date)
            yield Alarm(
                _("%(day)s之預約律師接見尚有%(n)s件未審核", day=day, n=alarm.count),
                _(
                    "最早申請日期：%(oldest)s；最早預計到達時間：%(time)s。請立即審核，逾到達時間即失效。",
                    oldest=Shown(alarm.oldest, sentence_date),
                    time=alarm.first_arrival,
                ),
                url_for("BookingReviewView.list", visit_from=alarm.day, visit_until=alarm.day),
            )

    def _cancelled_late(self, waiting: office.Waiting) -> Alarm | None:
        """Who cancelled when the control desk may have its roster already."""
        if not waiting.cancelled_late or not self._list_of("OnsiteBookingView"):
            return None
        return Alarm(
            _("今日有%(n)s件預約於截止時間後由申請人取消", n=waiting.cancelled_late),
            _("已列印清冊者，請列印補充清冊並通知中央台。"),
            _onsite(state=ReservationState.CANCELLED.value, **{"from": clock.today(), "until": waiting.next_day}),
        )

    def _figures(self, waiting: office.Waiting, today: date) -> Iterator[Figure]:
        if url := self._list_of("LawyerApplicationView"):
            remark = _age(waiting.oldest_application, today)
            yield Figure(_("未審核之律師接見服務項目申請"), waiting.applications, remark, url)
        if url := self._list_of("FamilyApplicationView"):
            remark = _age(waiting.oldest_family, today)
            yield Figure(_("未審核之家屬服務項目申請"), waiting.family_applications, remark, url)
        yield from self._of_families(today)
        if url := self._list_of("BookingReviewView"):
            yield Figure(_("待審核之預約律師現場接見"), waiting.bookings, _age(waiting.oldest_booking, today), url)
        if self._list_of("OnsiteBookingView"):
            remark = _("目前沒有注意事項")
            if waiting.next_flagged:
                remark = _("最近接見日期：%(day)s", day=Shown(waiting.next_flagged, sentence_date))
            yield Figure(_("有注意事項之預約"), waiting.flagged, remark, _onsite(attention="any"))
            day = Shown(waiting.next_day, booking_date)
            url = _onsite(**{"from": waiting.next_day, "until": waiting.next_day})
            yield Figure(_("次一接見日之預約律師現場接見"), waiting.next_day_visits, str(day), url)
        if url := self._list_of("UndeliveredView"):
            number = undelivered.count(scope.agency_ids())
            remark = _("請重新寄送、更正電子郵件或電話告知") if number else _("目前沒有未送達之通知")
            yield Figure(_("未送達通知"), number, remark, url)

    def _of_families(self, today: date) -> Iterator[Figure]:
        if url := self._list_of("FamilyEntryView"):
            number, oldest = office.entries_waiting(scope.agency_ids())
            yield Figure(_("待審核之家庭聯絡簿"), number, _age(oldest, today), url)
        if self._list_of("FamilyBookingView"):
            number, following = office.flagged_by_session(scope.agency_ids())
            remark = _("目前沒有注意事項")
            if following:
                remark = _("最近接見日期：%(day)s", day=Shown(following, sentence_date))
            url = url_for("FamilyBookingView.list", attention="any")
            yield Figure(_("有注意事項之家屬及行動接見預約"), number, remark, url)

    def _list_of(self, name: str) -> str | None:
        """The address of a screen, if there is one that this officer may open."""
        views = {type(view).__name__: view for view in self.appbuilder.baseviews}
        view = views.get(name)
        return str(view.get_default_url()) if view is not None and may(view, "can_list") else None


def _onsite(**filters: Any) -> str:
    return url_for("OnsiteBookingView.list", **filters)


def _age(oldest: date | None, today: date) -> str:
    if oldest is None:
        return _("目前沒有案件等候審核")
    day = Shown(oldest, sentence_date)
    return _("最早申請日期：%(day)s，已等候%(days)s天", day=day, days=(today - oldest).days)
