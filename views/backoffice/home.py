"""首頁 of the back office: what waits, and the way there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import redirect
from flask_appbuilder import BaseView, expose
from flask_login import current_user
from werkzeug.wrappers import Response

from app import clock
from app.errors import NotAllowed
from app.i18n import _
from app.rules.dates import Shown, booking_date, sentence_date
from app.services import office
from views.backoffice import scope
from views.backoffice.access import front_page, is_only_auditor, may, to_sign_in


@dataclass(frozen=True)
class Figure:
    """A number on the front page: what it counts, a second line, the list behind it."""

    label: str
    number: int
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
        day = Shown(today, sentence_date)
        figures = list(self._figures(office.waiting(scope.agency_ids()), today))
        return str(self.render_template("backoffice/home.html", title=_("首頁"), figures=figures, day=day))

    def _figures(self, waiting: office.Waiting, today: date) -> Iterator[Figure]:
        if url := self._list_of("LawyerApplicationView"):
            remark = _age(waiting.oldest_application, today)
            yield Figure(_("未審核之律師接見服務項目申請"), waiting.applications, remark, url)
        if url := self._list_of("BookingReviewView"):
            yield Figure(_("待審核之預約律師現場接見"), waiting.bookings, _age(waiting.oldest_booking, today), url)
        if url := self._list_of("RosterView"):
            day = Shown(waiting.next_day, booking_date)
            yield Figure(_("次一接見日之預約律師現場接見"), waiting.next_day_visits, str(day), url)

    def _list_of(self, name: str) -> str | None:
        """The address of a screen, if there is one that this officer may open."""
        views = {type(view).__name__: view for view in self.appbuilder.baseviews}
        view = views.get(name)
        return str(view.get_default_url()) if view is not None and may(view, "can_list") else None


def _age(oldest: date | None, today: date) -> str:
    if oldest is None:
        return _("目前沒有案件等候審核")
    day = Shown(oldest, sentence_date)
    return _("最早申請日期：%(day)s，已等候%(days)s天", day=day, days=(today - oldest).days)
