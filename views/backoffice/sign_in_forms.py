"""The forms of signing in and of one's own account."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField

from app.i18n import _l
from views.backoffice.forms import Needed

_TEXT = {"autocapitalize": "off", "spellcheck": "false"}


class SignInForm(FlaskForm):
    """登入系統 [S manual (一)]."""

    username = StringField(_l("帳號"), [Needed()], render_kw={"autocomplete": "username", "maxlength": 128, **_TEXT})
    password = PasswordField(_l("密碼"), [Needed()], render_kw={"autocomplete": "current-password", "maxlength": 256})
    captcha = StringField(_l("驗證碼"), [Needed()], render_kw={"autocomplete": "off", "maxlength": 32})
    next = HiddenField()


class NewPasswordForm(FlaskForm):
    """變更密碼."""

    current = PasswordField(
        _l("目前的密碼"), [Needed()], render_kw={"autocomplete": "current-password", "maxlength": 256}
    )
    password = PasswordField(
        _l("新密碼"),
        [Needed()],
        description=_l(
            "至少12個字元，須包含大寫英文、小寫英文、數字、特殊符號（或中文）四類中至少三類；不可與前3次相同。"
        ),
        render_kw={"autocomplete": "new-password", "maxlength": 256},
    )
    password_again = PasswordField(
        _l("再次輸入新密碼"), [Needed()], render_kw={"autocomplete": "new-password", "maxlength": 256}
    )


class CodeForm(FlaskForm):
    """兩步驟驗證: a code of the telephone, or a recovery code."""

    code = StringField(
        _l("驗證碼"),
        [Needed()],
        description=_l("請輸入驗證器App目前顯示的6位數字。無法使用App時，請輸入一組備用碼。"),
        render_kw={"autocomplete": "one-time-code", "maxlength": 32, **_TEXT},
    )


class FirstCodeForm(FlaskForm):
    """The code that proves a new set-up."""

    code = StringField(
        _l("驗證碼"),
        [Needed()],
        description=_l("請輸入驗證器App目前顯示的6位數字。"),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 32},
    )


class AgainForm(FlaskForm):
    """The password asked again."""

    password = PasswordField(_l("密碼"), [Needed()], render_kw={"autocomplete": "current-password", "maxlength": 256})
    next = HiddenField()


class OwnMailForm(FlaskForm):
    """變更電子郵件 of one's own account."""

    email = StringField(
        _l("電子郵件"),
        [Needed()],
        description=_l("公務聯絡用電子郵件；每一電子郵件僅能用於一個帳號。"),
        render_kw={"autocomplete": "email", "inputmode": "email", "maxlength": 320, **_TEXT},
    )
