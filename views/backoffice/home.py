"""首頁 of the back office: what rings, what waits, how the day stands, how the last weeks went."""

from __future__ import annotations

from flask import redirect
from flask_appbuilder import BaseView, expose
from flask_login import current_user
from werkzeug.wrappers import Response

from app import clock
from app.errors import NotAllowed
from app.i18n import _
from app.rules.dates import Shown, sentence_date
from app.services import office, visiting
from views.backoffice import home_charts, home_waiting, scope
from views.backoffice.access import front_page, is_only_auditor, may, to_sign_in
from views.backoffice.offers import Offers


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
        ids, offers, calendar = scope.agency_ids(), Offers(), visiting.calendar()
        waiting = office.waiting(ids, calendar)
        return str(
            self.render_template(
                "backoffice/home.html",
                title=_("首頁"),
                alarms=list(home_waiting.alarms(ids, offers, calendar)),
                late=home_waiting.cancelled_late(waiting, offers),
                figures=list(home_waiting.figures(ids, offers, waiting)),
                visits=home_waiting.today(ids, offers),
                panels=list(home_charts.panels(ids, offers, calendar)),
                day=Shown(clock.today(), sentence_date),
            )
        )
