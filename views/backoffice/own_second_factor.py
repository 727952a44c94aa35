"""基本資料修改 > 兩步驟驗證: another telephone, new recovery codes; the password is asked again first."""

from __future__ import annotations

from typing import Any, cast

from flask import abort, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user
from werkzeug.wrappers import Response

from app.errors import RuleError
from app.i18n import _
from app.security import Actor
from app.services import second_factor
from app.session import ServerSession
from models import SessionKind
from views.backoffice import qr_code
from views.backoffice.access import ask_again, permitted
from views.backoffice.forms import refuse
from views.backoffice.sign_in_forms import FirstCodeForm

Answer = str | Response | tuple[str, int]
#: Under which name the session keeps a secret that is not in use yet.
_SECRET = "proposed_secret"


class OwnSecondFactorView(BaseView):
    """One's own second factor; every kind of staff, auditors too."""

    route_base = "/backoffice/account/second-factor"
    default_view = "index"
    base_permissions = ["can_use"]

    @expose("/")
    @permitted
    @permission_name("use")
    def index(self) -> Answer:
        """What is set up, and what can be renewed."""
        left = second_factor.codes_left(SessionKind.STAFF, str(current_user.id))
        return self._page("own_second_factor.html", _("兩步驟驗證"), codes_left=left)

    @expose("/codes/", methods=["GET", "POST"])
    @permitted
    @permission_name("use")
    @ask_again
    def codes(self) -> Answer:
        """New recovery codes: asked about first (GET), then shown once (POST); the old ones die."""
        if request.method != "POST":
            return self._page("own_new_codes.html", _("重新產生備用碼"))
        actor = Actor.staff(current_user)
        codes = second_factor.renew_codes(SessionKind.STAFF, str(current_user.id), actor)
        return self._shown_once(codes, is_new=True)

    @expose("/renew/", methods=["GET", "POST"])
    @permitted
    @permission_name("use")
    @ask_again
    def renew(self) -> Answer:
        """更換驗證器: the present one works until a code of the new one has been accepted."""
        secret, _address = second_factor.propose(current_user.username, session.get(_SECRET))
        session[_SECRET] = secret
        form, refused = FirstCodeForm(), None
        if form.validate_on_submit():
            subject = str(current_user.id)
            actor = Actor.staff(current_user)
            try:
                codes = second_factor.adopt(SessionKind.STAFF, subject, secret, form.code.data, None, actor)
                del session[_SECRET]
                cast(ServerSession, session).change_number()
                return self._shown_once(codes)
            except RuleError as error:
                refused = error
                refuse(form, error)
        form.code.data = ""
        page = self._page("own_renew.html", _("更換驗證器"), form=form, secret=qr_code.in_fours(secret))
        return page, refused.status if refused is not None else 422 if form.errors else 200

    @expose("/qr.png")
    @permitted
    @permission_name("use")
    @ask_again
    def qr(self) -> Response:
        """The proposed secret as a QR code; kept by no cache."""
        if _SECRET not in session:
            abort(404)
        return qr_code.answer(second_factor.propose(current_user.username, session[_SECRET])[1])

    def _shown_once(self, codes: list[str], is_new: bool = False) -> str:
        onward = url_for("OwnSecondFactorView.index")
        return self._page("recovery_codes.html", _("備用碼"), codes=codes, onward=onward, is_new=is_new)

    def _page(self, template: str, title: str, **values: Any) -> str:
        return str(self.render_template(f"backoffice/{template}", title=title, **values))
