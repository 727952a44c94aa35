"""The steps after the password: a code, a new password, the set-up of the second factor."""

from __future__ import annotations

from typing import Any

from flask import abort, flash
from flask_appbuilder import BaseView, expose
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.errors import RuleError
from app.extensions import db
from app.i18n import _
from app.services import passwords, second_factor
from models import Officer, SessionKind
from views.backoffice import half_signed_in, qr_code
from views.backoffice.forms import refuse
from views.backoffice.half_signed_in import Half, step
from views.backoffice.posted import status_of
from views.backoffice.sign_in_forms import CodeForm, FirstCodeForm, NewPasswordForm

Answer = str | Response | tuple[str, int]


class SignInStepsView(BaseView):
    """Pages that only somebody on the way in sees."""

    route_base = "/backoffice/login"
    default_view = "code"

    @expose("/code/", methods=["GET", "POST"])
    @step("code")
    def code(self, half: Half) -> Answer:
        """兩步驟驗證: the code of the telephone, or a recovery code."""
        form, refused = CodeForm(), None
        if form.validate_on_submit():
            try:
                second_factor.check(SessionKind.STAFF, half.subject_id, form.code.data, half.actor)
                half_signed_in.remember(code_passed=True)
                return half_signed_in.to_next_step()
            except RuleError as error:
                refused = error
        form.code.data = ""
        return self._form_page("sign_in_code.html", _("兩步驟驗證"), form, refused)

    @expose("/password/", methods=["GET", "POST"])
    @step("password")
    def password(self, half: Half) -> Answer:
        """變更密碼, before anything else: at the first sign-in, after a reset, after 90 days."""
        form, refused = NewPasswordForm(), None
        officer_id, is_first = half.officer.id, half.officer.must_change_password
        if form.validate_on_submit():
            new = (form.current.data, form.password.data, form.password_again.data)
            try:
                passwords.change_staff(officer_id, *new, None, half.actor)
                half_signed_in.password_changed(db.session.get_one(Officer, officer_id))
                flash(_("密碼已變更。"), "success")
                return half_signed_in.to_next_step()
            except RuleError as error:
                refused = error
        return self._form_page("sign_in_password.html", _("變更密碼"), form, refused, is_first=is_first)

    @expose("/set-up/", methods=["GET", "POST"])
    @step("set_up")
    def set_up(self, half: Half) -> Answer:
        """設定兩步驟驗證: a secret of this session, proved by a code; then the recovery codes, once."""
        secret, _address = second_factor.propose(half.officer.username, half.secret)
        half_signed_in.remember(secret=secret)
        form, refused = FirstCodeForm(), None
        if form.validate_on_submit():
            try:
                codes = second_factor.adopt(
                    SessionKind.STAFF, half.subject_id, secret, form.code.data, None, half.actor
                )
                officer = db.session.get_one(Officer, int(half.subject_id))
                onward = half_signed_in.finish(Half(officer, half.next, None))
                return self._page("recovery_codes.html", _("備用碼"), codes=codes, onward=onward)
            except RuleError as error:
                refused = error
        form.code.data = ""
        return self._form_page(
            "sign_in_set_up.html", _("設定兩步驟驗證"), form, refused, secret=qr_code.in_fours(secret)
        )

    @expose("/qr.png")
    @step("set_up")
    def qr(self, half: Half) -> Response:
        """The secret of this session as a QR code; kept by no cache."""
        if half.secret is None:
            abort(404)
        return qr_code.answer(second_factor.propose(half.officer.username, half.secret)[1])

    def _form_page(
        self, template: str, title: str, form: FlaskForm, refused: RuleError | None, **values: Any
    ) -> tuple[str, int]:
        if refused is not None:
            refuse(form, refused)
        status = status_of(form, refused)
        return self._page(template, title, form=form, **values), status

    def _page(self, template: str, title: str, **values: Any) -> str:
        return str(self.render_template(f"backoffice/{template}", title=title, **values))
