"""候見順序看板: who waits in which order and for how long; names masked, for the desk's own screen."""

from __future__ import annotations

from flask import request, url_for
from flask_appbuilder import BaseView, expose
from flask_login import current_user

from app import clock
from app.i18n import _
from app.rules.dates import Shown, sentence_date
from app.security import Actor
from app.services import audit, waiting_board
from app.session import BY_ITSELF
from views.backoffice import desk_agencies, scope
from views.backoffice.access import permitted


class WaitingBoardView(BaseView):
    """The board, which fetches itself anew while it is looked at."""

    route_base = "/backoffice/desk/board"
    default_view = "list"
    base_permissions = ["can_list"]

    @expose("/")
    @permitted
    def list(self) -> str:
        """The board of one agency; opening it is written down, its own fetching is not."""
        agency = desk_agencies.chosen(request.args.get("agency", ""))
        if agency and BY_ITSELF not in request.headers:
            audit.read("reservation.board", Actor.staff(current_user), "reservation", agency_id=agency.id)
        token = waiting_board.screen_token(agency.id) if agency else None
        return str(
            self.render_template(
                "backoffice/desk/board.html",
                title=_("候見順序看板"),
                view=self,
                agency=agency,
                choices=scope.agencies(),
                day=Shown(clock.today(), sentence_date),
                board=waiting_board.board(agency.id, clock.today()) if agency else None,
                screen=url_for("portal.waiting_screen", token=token) if token else None,
            )
        )
