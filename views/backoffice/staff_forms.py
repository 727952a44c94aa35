"""The form of a staff account: who it is, what they may do, where, until when."""

from __future__ import annotations

import re
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, SelectMultipleField, StringField
from wtforms.validators import Length, Optional, ValidationError

from app.i18n import _, _l
from app.rules.vocabulary import StaffRole
from app.services.staff_accounts import AccountData
from models import Officer
from views.backoffice import scope
from views.backoffice.forms import CleanText, DayField, Needed

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,63}")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_LONGEST_NAME, _LONGEST_MAIL = 64, 320


def _stripped(value: str | None) -> str | None:
    return value.strip() if isinstance(value, str) else value


def _short(longest: int) -> Length:
    return Length(max=longest, message=_l("至多%(longest)s個字，請縮短。", longest=longest))


class _Username:
    def __call__(self, form: Any, field: Field) -> None:
        if not _NAME.fullmatch(field.data or ""):
            raise ValidationError(_("帳號須為3至64個英文字母、數字、句點、底線或連字號，並以英文字母或數字開頭。"))


class _Mail:
    def __call__(self, form: Any, field: Field) -> None:
        if not _MAIL.fullmatch(field.data or ""):
            raise ValidationError(_("電子郵件格式不正確，例如name@mail.example.gov.tw。請重新輸入。"))


class Ticks(SelectMultipleField):
    """Several of the options on offer, as boxes to tick; anything else that is posted is refused."""

    def pre_validate(self, form: Any) -> None:
        if not set(self.data or ()) <= {value for value, _label in self.choices}:
            raise ValidationError(_("「%(label)s」沒有這個選項，請由清單重新選擇。", label=self.label.text))


class AccountForm(FlaskForm):
    """新增帳號 and 編輯帳號 (without ``username``, which never changes)."""

    username = StringField(
        _l("帳號"),
        [Needed(), _Username()],
        description=_l("每人一個帳號，不可共用；建立後不可變更。"),
        filters=[_stripped],
        render_kw={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"},
    )
    family_name = StringField(_l("姓"), [Needed(), CleanText(), _short(_LONGEST_NAME)], filters=[_stripped])
    given_name = StringField(_l("名"), [Needed(), CleanText(), _short(_LONGEST_NAME)], filters=[_stripped])
    email = StringField(_l("電子郵件"), [Needed(), CleanText(), _short(_LONGEST_MAIL), _Mail()], filters=[_stripped])
    roles = Ticks(_l("角色"), validate_choice=False)
    agencies = Ticks(
        _l("機關"), description=_l("機關專責人員及接見室人員僅能處理所選機關之資料。"), validate_choice=False
    )
    valid_until = DayField(_l("有效期限"), [Optional()], description=_l("該日仍可登入，次日起停用；不限期者免填。"))
    version = HiddenField()
    back = HiddenField()

    def offer(self) -> None:
        """Put in what may be chosen: the roles of the allow-list, all agencies."""
        self.roles.choices = StaffRole.choices()
        self.agencies.choices = [(agency.id, agency.label) for agency in scope.agencies()]

    def show(self, officer: Officer) -> None:
        """Fill in what is kept."""
        self.family_name.data, self.given_name.data = officer.last_name, officer.first_name
        self.email.data, self.valid_until.data = officer.email, officer.valid_until
        self.roles.data = [role.name for role in officer.roles]
        self.agencies.data = [agency.id for agency in officer.agencies]

    def account(self) -> AccountData:
        """What was typed."""
        return AccountData(
            self.family_name.data,
            self.given_name.data,
            self.email.data,
            tuple(StaffRole(role) for role in self.roles.data),
            tuple(self.agencies.data),
            self.valid_until.data,
        )
