"""登入系統 for staff: name, password and code of the picture; sign out, stay signed in."""

from __future__ import annotations

from typing import cast

from flask import abort, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_login import current_user
from werkzeug.wrappers import Response

from app.errors import RuleError
from app.security import Actor, forgotten
from app.services import sessions, staff
from app.session import ServerSession
from views.backoffice import captcha_gate, half_signed_in
from views.backoffice.access import front_page, local_path
from views.backoffice.sign_in_forms import SignInForm

Answer = str | Response | tuple[str, int]


class SignInView(BaseView):
    """Sign in and out at the back office."""

    route_base = "/backoffice"
    default_view = "login"

    @expose("/login/", methods=["GET", "POST"])
    def login(self) -> Answer:
        """The sign-in page; somebody who is signed in already is led on."""
        if current_user.is_authenticated:
            return redirect(front_page(current_user))
        form = SignInForm()
        wanted = request.form.get("captcha_change")
        if request.method != "POST" or wanted:  # another picture or other form of it: nothing is checked yet
            form.next.data = local_path(request.values.get("next"))
            return self._page(form, wanted or captcha_gate.PICTURE)
        form_of_code = request.form.get("captcha_form", "")
        right_code = captcha_gate.passed(request.form.get("captcha", ""))
        if not form.validate():
            return self._page(form, form_of_code), 422
        try:
            if not right_code:
                raise staff.SignInFailed("username")
            officer = staff.sign_in(form.username.data, form.password.data, Actor.visitor())
        except RuleError as error:
            # The sentence does not say which of the three was wrong, so it stands beside none.
            form.form_errors = [str(error)]
            return self._page(form, form_of_code), error.status
        return half_signed_in.begin(officer, form.next.data)

    def _page(self, form: SignInForm, form_of_code: str) -> str:
        form.captcha.data = ""
        challenge = captcha_gate.ask(form_of_code)
        return str(self.render_template("backoffice/sign_in.html", form=form, challenge=challenge))

    @expose("/captcha.png")
    def picture(self) -> Response:
        """The picture of the code that this session is asked for; kept by no cache."""
        png = captcha_gate.picture()
        if png is None:
            abort(404)
        return Response(png, mimetype="image/png")

    @expose("/captcha.wav")
    def voice(self) -> Response:
        """The same code, spoken; a few times only."""
        wav = captcha_gate.voice()
        if wav is None:
            abort(404)
        return Response(wav, mimetype="audio/wav")

    @expose("/logout/", methods=["POST"])
    def logout(self) -> Response:
        """End the session on the server; the browser is told to forget what it holds."""
        held = cast(ServerSession, session)
        if current_user.is_authenticated:
            sessions.note_sign_out(held.row_id, Actor.staff(current_user))
        held.sign_out()
        return forgotten(redirect(url_for("SignInView.login", left=1)))

    @expose("/session/", methods=["POST"])
    def stay(self) -> Response:
        """A sign of life from a page that stays open; 401 tells it that the session is over."""
        return Response(status=204 if current_user.is_authenticated else 401)
