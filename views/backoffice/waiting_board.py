"""候見順序看板: who waits in which order and for how long; names masked, for the desk's own screen."""

from __future__ import annotations

from flask import current_app, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from werkzeug.wrappers import Response

from app import clock
from app.errors import NotFound, RuleError
from app.i18n import _
from app.rules.dates import Shown, sentence_date
from app.security import Actor
from app.services import audit, waiting_board, waiting_screens
from app.session import BY_ITSELF
from views.backoffice import desk_agencies, scope
from views.backoffice.access import may, permitted
from views.backoffice.posted import version_seen

Answer = str | Response | tuple[str, int]


class WaitingBoardView(BaseView):
    """The board, which fetches itself anew while it is looked at."""

    route_base = "/backoffice/desk/board"
    default_view = "list"
    base_permissions = ["can_list", "can_renew"]

    @expose("/")
    @permitted
    def list(self) -> str:
        """The board of one agency; opening it is written down, its own fetching is not."""
        agency = desk_agencies.chosen(request.args.get("agency", ""))
        if agency and BY_ITSELF not in request.headers:
            audit.read("reservation.board", Actor.staff(current_user), "reservation", agency_id=agency.id)
        token = waiting_screens.token(agency.id) if agency else None
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
                base=current_app.config["BASE_URL"],
                may_renew=may(self, "can_renew"),
            )
        )

    @expose("/renew", methods=["GET", "POST"])
    @permitted
    @permission_name("renew")
    def renew(self) -> Answer:
        """更換候見室螢幕網址 (GET asks): the address before opens nothing from then on."""
        agency, refused = desk_agencies.chosen(request.values.get("agency", "")), None
        if agency is None:
            raise NotFound()
        back = url_for(".list", agency=agency.id if len(scope.agencies()) > 1 else None)
        if request.method == "POST":
            try:
                waiting_screens.renew(agency.id, version_seen(request.form.get("seen")), Actor.staff(current_user))
                flash(_("候見室螢幕之網址已更換，原網址已失效；請於候見室之螢幕改開新網址。"), "success")
                return redirect(back)
            except RuleError as error:
                refused = error
        page = self.render_template(
            "backoffice/desk/screen_renew.html",
            title=_("更換候見室螢幕網址"),
            view=self,
            agency=agency,
            back=back,
            seen=waiting_screens.number(agency.id),
            refused=refused,
        )
        return str(page), refused.status if refused else 200
