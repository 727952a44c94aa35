"""The forms of 家屬資料查詢修改: what is looked for and why, and what may be done to an account."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_login import current_user
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from app.errors import RuleError
from app.i18n import _, _l
from app.rules import names
from app.rules.person_looks import LONGEST_NOTE, LookPurpose, Purpose, SearchKind
from app.rules.vocabulary import AccountState
from app.security import Actor
from app.services import mail_changes, mobile_changes, person_corrections, person_locks, verification
from app.services.person_corrections import Correction
from app.services.persons import Look, Question
from models import Applicant
from views.backoffice import scope
from views.backoffice.forms import ChoiceField, CleanText, Needed, RecordForm
from views.backoffice.posted import version_seen

_MOST = _l("至多%(n)s個字，請縮短。", n=LONGEST_NOTE)


class PurposeForm(RecordForm):
    """Why somebody's data are asked for; the rule itself stands in ``person_looks.Purpose``."""

    purpose = ChoiceField(_l("查閱用途"), choices=[("", _l("請選擇")), *LookPurpose.choices()], validate_choice=False)
    note = StringField(
        _l("用途說明"),
        [CleanText(), Length(max=LONGEST_NOTE, message=_MOST)],
        description=_l("例如案件編號或來電時間；請勿填寫個人資料。用途會顯示於當事人的查閱紀錄，說明不會。"),
    )

    def chosen(self) -> Purpose:
        """What was given as purpose."""
        return Purpose(self.purpose.data or "", " ".join((self.note.data or "").split()))


def _number(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed).strip()


_READ: dict[str, Callable[[str], str]] = {
    SearchKind.MOBILE: names.clean_mobile,
    SearchKind.NAME: names.clean_name,
    SearchKind.INMATE: _number,
}


class SearchForm(PurposeForm):
    """查詢: one exact value."""

    kind = ChoiceField(_l("查詢方式"), choices=SearchKind.choices(), validate_choice=False)
    agency_id = ChoiceField(_l("機關名稱"), choices=[], validate_choice=False)
    value = StringField(
        _l("查詢內容"),
        [Needed(), CleanText(), Length(max=254, message=_l("至多%(n)s個字，請縮短。", n=254))],
        description=_l("須完整輸入，不可僅輸入一部分；查詢收容人時請輸入呼號。"),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    def offer(self) -> None:
        """Put in the agencies of the officer's scope."""
        self.agency_id.choices = [("", _("請選擇")), *((choice.id, choice.label) for choice in scope.agencies())]

    def validate_value(self, field: Any) -> None:
        """A number with a digit too few is told, not searched in vain."""
        try:
            self._value()
        except RuleError as error:
            raise ValidationError(str(error)) from error

    def validate_agency_id(self, field: Any) -> None:
        """A 呼號 is one only together with its agency."""
        if self.kind.data == SearchKind.INMATE and not field.data:
            raise ValidationError(_("查詢收容人時，請選擇機關。"))

    def question(self) -> Question:
        """What is looked for."""
        return Question(self.kind.data, self._value(), self.agency_id.data or "")

    def _value(self) -> str:
        """As it is kept: whoever types 0912-345-678 or in full width means the same."""
        typed = self.value.data or ""
        return _READ.get(self.kind.data, str.strip)(typed)


class CorrectionForm(RecordForm):
    """更正資料."""

    name = StringField(_l("姓名"), [CleanText()])
    birth_date = StringField(_l("出生日期（西元）"), [CleanText()], description=_l("例如1980/05/17"))
    id_number = StringField(
        _l("身分證號"), [CleanText()], description=_l("已經機關確認者，請先核對證件正本並於原因說明依據。")
    )
    address = StringField(_l("地址"), [CleanText()])
    landline = StringField(_l("市內電話"), [CleanText()])
    occupation = StringField(_l("職業"), [CleanText()])
    reason = TextAreaField(_l("更正原因及依據"), [CleanText()], render_kw={"rows": 3})

    def show(self, person: Applicant) -> None:
        """Fill in what is kept."""
        for name in ("name", "id_number", "address", "landline", "occupation"):
            self[name].data = getattr(person, name)
        self.birth_date.data = f"{person.birth_date:%Y/%m/%d}"


class ReasonForm(RecordForm):
    """Lock or unlock, with a reason."""

    reason = TextAreaField(_l("原因"), [CleanText()], render_kw={"rows": 3})


class MailForm(RecordForm):
    """提出新的電子郵件."""

    mail = StringField(_l("新的電子郵件"), [CleanText()], render_kw={"type": "email", "autocomplete": "off"})


class MobileForm(RecordForm):
    """提出新的手機號碼."""

    mobile = StringField(_l("新的手機號碼"), [CleanText()], render_kw={"type": "tel", "autocomplete": "off"})


class MergeForm(RecordForm):
    """合併帳號: what was seen, why, and that two numbers are one person."""

    gone = HiddenField()
    mark = HiddenField()
    says_same = BooleanField(_l("兩個帳號之身分證號不同，但確為同一人"))
    reason = TextAreaField(_l("合併原因及依據"), [CleanText()], render_kw={"rows": 3})


@dataclass(frozen=True)
class PersonAct:
    """One thing that can be done to an account: its words, its form, when it is offered, what it does."""

    label: Any
    sentence: Any
    form: type[RecordForm]
    when: Callable[[Applicant], bool]
    does: Callable[[str, RecordForm, Look, Actor], Any]
    done: Any
    is_danger: bool = False


def version_of(form: RecordForm) -> int:
    """The version of the account that the reader had opened."""
    return version_seen(form.version.data)


def _correct(person_id: str, form: RecordForm, look: Look, actor: Actor) -> None:
    fields = (*person_corrections.FIELDS, "reason")
    typed = Correction(**{name: form[name].data or "" for name in fields}, version=version_of(form))
    person_corrections.correct(person_id, typed, look, actor)


def _lock(person_id: str, form: RecordForm, look: Look, actor: Actor) -> None:
    person_locks.lock(person_id, version_of(form), form["reason"].data or "", look, actor)


def _unlock(person_id: str, form: RecordForm, look: Look, actor: Actor) -> None:
    person_locks.unlock(person_id, version_of(form), form["reason"].data or "", look, actor)


def _mail(person_id: str, form: RecordForm, look: Look, actor: Actor) -> None:
    mail_changes.propose(person_id, form["mail"].data or "", look.agency_id, actor, look.facts)


def _mobile(person_id: str, form: RecordForm, look: Look, actor: Actor) -> None:
    mobile_changes.propose(person_id, form["mobile"].data or "", look, actor)


def _resend(person_id: str, form: RecordForm, look: Look, actor: Actor) -> None:
    verification.resend_for(person_id, look.facts, look.agency_id, actor)


def _is(*states: AccountState) -> Callable[[Applicant], bool]:
    return lambda person: person.state in states


ACTS: dict[str, PersonAct] = {
    "correct": PersonAct(
        _l("更正資料"),
        _l("請核對證明文件後更正；更正項目以電子郵件通知當事人。電子郵件及手機須由當事人確認，請另行提出。"),
        CorrectionForm,
        _is(AccountState.ACTIVE, AccountState.LOCKED, AccountState.UNVERIFIED),
        _correct,
        _l("資料已更正。"),
    ),
    "mail": PersonAct(
        _l("提出新的電子郵件"),
        _l("確認連結寄至新信箱，原信箱一併通知；當事人輸入帳號密碼確認後始生變更。"),
        MailForm,
        _is(AccountState.ACTIVE),
        _mail,
        _l("確認連結已寄至新信箱，待當事人確認。"),
    ),
    "mobile": PersonAct(
        _l("提出新的手機號碼"),
        _l("以電子郵件通知當事人；當事人登入並以簡訊驗證碼（無法傳送簡訊者以密碼）確認後始生變更。"),
        MobileForm,
        _is(AccountState.ACTIVE),
        _mobile,
        _l("已通知當事人，待其登入確認新的手機號碼。"),
    ),
    "resend": PersonAct(
        _l("再次寄送驗證信"),
        _l("新的驗證連結寄至帳號登記之電子郵件，先前的連結失效。"),
        RecordForm,
        _is(AccountState.UNVERIFIED),
        _resend,
        _l("驗證信已排入寄送。"),
    ),
    "lock": PersonAct(
        _l("鎖定帳號"),
        _l("帳號立即無法登入，登入中的裝置一併登出；已核准之服務項目及預約不受影響。"),
        ReasonForm,
        _is(AccountState.ACTIVE),
        _lock,
        _l("帳號已鎖定。"),
        is_danger=True,
    ),
    "unlock": PersonAct(
        _l("解除鎖定"),
        _l("帳號恢復使用，密碼及兩步驟驗證不變。"),
        ReasonForm,
        _is(AccountState.LOCKED),
        _unlock,
        _l("帳號已解除鎖定。"),
    ),
}


def offered(person: Applicant) -> dict[str, PersonAct]:
    """What can be done to an account as it stands."""
    return {name: act for name, act in ACTS.items() if act.when(person)}


def reader() -> Actor:
    """The officer of this request, as the trail names him."""
    return Actor.staff(current_user)
