"""註冊帳號: the notice with its tick, then the form."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField

from app.errors import RuleError
from app.i18n import _l
from app.rules.countries import countries
from app.rules.vocabulary import IdentityKind
from app.services import registration
from views.portal import captcha
from views.portal.door import door
from views.portal.forms import PLEASE_SELECT, UNPROCESSABLE, PortalForm, Text, choice
from views.portal.guard import actor
from views.portal.look import locale

#: Where the session keeps which notice was read, and who has just registered.
NOTICE, REGISTERED = "notice_id", "registered"
#: The fields that the service knows under the form's names.
SAME_NAMES = (
    *("name", "id_kind", "id_number", "id_country", "birth_calendar", "mail", "mobile", "landline", "address"),
    *("occupation", "password", "password_again"),
)


class NoticeForm(PortalForm):
    """個資收集聲明 with its tick."""

    agree = BooleanField(
        _l("本人已詳閱本網站依個人資料保護法所告知事項並清楚瞭解蒐集、處理或利用個人資料之目的及用途。")
    )


class RegistrationForm(PortalForm):
    """註冊帳號."""

    name = Text(_l("姓名"))
    id_kind = choice(_l("身分證件種類"), IdentityKind.choices(), radio=True)
    id_number = Text(_l("證件號碼"))
    id_country = choice(_l("護照核發國家或地區"), [])
    birth_calendar = choice(_l("出生年份之紀年"), [("roc", _l("民國年")), ("ad", _l("西元年"))], radio=True)
    birth_year = Text(_l("出生日期"))
    birth_month = Text(_l("月"))
    birth_day = Text(_l("日"))
    mail = Text(_l("電子郵件"))
    mobile = Text(_l("行動電話"))
    landline = Text(_l("市內電話"))
    address = Text(_l("地址"))
    occupation = Text(_l("職業"))
    password = Text(_l("密碼"))
    password_again = Text(_l("確認密碼"))
    captcha = Text(_l("驗證碼"))

    def typed(self, notice_id: str) -> registration.Registration:
        """What was typed, for the service to judge."""
        birth = (self.birth_year.data, self.birth_month.data, self.birth_day.data)
        same: dict[str, Any] = {name: self._fields[name].data or "" for name in SAME_NAMES}
        return registration.Registration(**same, birth=birth, notice_id=notice_id, locale=locale())


@door.route("/register/notice", methods=["GET", "POST"])
def register_notice() -> str | Response | tuple[str, int]:
    """個資收集聲明: to be read and ticked first."""
    form, notice = NoticeForm(), registration.current_notice()
    if request.method == "POST":
        if form.agree.data:
            session[NOTICE] = notice.id
            return redirect(url_for("portal.register"))
        form.refuse(registration.ConsentMissing("agree"))
        return render_template("portal/register_notice.html", form=form, notice=notice), UNPROCESSABLE
    return render_template("portal/register_notice.html", form=form, notice=notice)


@door.route("/register", methods=["GET", "POST"])
def register() -> str | Response | tuple[str, int]:
    """The form; whoever has not read the notice is sent there."""
    if not session.get(NOTICE):
        return redirect(url_for("portal.register_notice"))
    form = RegistrationForm()
    form.id_country.choices = [PLEASE_SELECT, *countries(locale())]
    if request.method == "POST" and not captcha.change_wanted():
        try:
            return _register(form)
        except RuleError as error:
            form.refuse(error, {"birth": "birth_year", "birth_date": "birth_year", "country": "id_country"})
            _forget_wrong_passwords(form)
            return _page(form), error.status
    if request.method != "POST":
        form.id_kind.data, form.birth_calendar.data = IdentityKind.NATIONAL_ID.value, "roc"
    return _page(form)


def _page(form: RegistrationForm) -> str:
    challenge = None if captcha.is_waived() else captcha.challenge()
    return render_template("portal/register.html", form=form, challenge=challenge)


def _register(form: RegistrationForm) -> Response:
    if not captcha.proven(form.captcha.data):
        raise captcha.CaptchaWrong("captcha")
    receipt = registration.register(form.typed(session[NOTICE]), actor())
    captcha.ask_again()
    session[REGISTERED] = asdict(receipt)
    session.pop(NOTICE)
    return redirect(url_for("portal.register_done"))


def _forget_wrong_passwords(form: RegistrationForm) -> None:
    # What is right stays typed: a slip in the telephone number must not cost two passwords on a small keyboard.
    if form.password.errors or form.password_again.errors:
        form.password.data = form.password_again.data = ""
    form.captcha.data = ""
