"""The acts on a grant as the page offers them: label, what will happen, form, service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from app import clock
from app.i18n import _l
from app.rules import grants as rules
from app.rules.vocabulary import GrantState, ReasonScope
from app.security import Actor
from app.services import grants, reasons
from models import ServiceGrant
from models.application import GRANT_MOVES
from views.backoffice.case_facts import locale
from views.backoffice.forms import ChoiceField, CleanText, DayField, RecordForm

_LONGEST = 500


def _words(label: Any) -> StringField:
    too_long = Length(max=_LONGEST, message=_l("至多%(longest)s個字，請縮短。", longest=_LONGEST))
    return TextAreaField(label, [too_long, CleanText()], render_kw={"rows": 3})


class StopForm(RecordForm):
    """暫停使用, 廢止: a reason from the list."""

    reason = ChoiceField(_l("原因"), choices=[], validate_choice=False)
    note = _words(_l("補充說明（申請人可見）"))

    def offer(self) -> None:
        """Put in the reasons of the list."""
        is_english = locale() == "en"
        listed = [(r.text, r.text_en if is_english else r.text) for r in reasons.offered(ReasonScope.GRANT)]
        self.reason.choices = [("", _l("--請選擇--")), *listed]


class GoOnForm(RecordForm):
    """恢復使用, 撤銷廢止, 確認: why."""

    note = _words(_l("說明（申請人可見）"))


class EndForm(GoOnForm):
    """變更有效期限."""

    until_on = DayField(_l("有效期限迄日"))


@dataclass(frozen=True)
class Act:
    """One act: ``does`` takes id, form, reason and actor."""

    label: Any
    sentence: Any
    form: type[RecordForm]
    does: Callable[[str, Any, grants.Because, Actor], int | None]
    is_danger: bool = False


ACTS: dict[str, Act] = {
    "suspend": Act(
        _l("暫停使用"),
        _l("暫停期間申請人無法線上預約；已預約之接見將標示待處理，不會自動取消。系統以電子郵件通知申請人。"),
        StopForm,
        lambda pk, form, why, by: grants.suspend(pk, why, by),
        is_danger=True,
    ),
    "resume": Act(
        _l("恢復使用"),
        _l("申請人可再線上預約；因暫停而標示之預約恢復正常。系統以電子郵件通知申請人。"),
        GoOnForm,
        lambda pk, form, why, by: grants.resume(pk, why, by),
    ),
    "confirm": Act(
        _l("確認有效"),
        _l("收容人異動後，經確認仍屬有效者，申請人可再線上預約。系統以電子郵件通知申請人。"),
        GoOnForm,
        lambda pk, form, why, by: grants.confirm(pk, why, by),
    ),
    "end": Act(
        _l("變更有效期限"),
        _l("系統以電子郵件通知申請人新的有效期限，並依新期限重新提醒。"),
        EndForm,
        lambda pk, form, why, by: grants.change_end(pk, form.until_on.data, why, by),
    ),
    "revoke": Act(
        _l("廢止"),
        _l("廢止後申請人須重新申請；已預約之接見將標示待處理，不會自動取消。系統以電子郵件通知申請人。"),
        StopForm,
        lambda pk, form, why, by: grants.revoke(pk, why, by),
        is_danger=True,
    ),
    "reinstate": Act(
        _l("撤銷廢止"),
        _l("廢止有誤時使用：服務項目恢復有效，因廢止而標示之預約恢復正常。系統以電子郵件通知申請人。"),
        GoOnForm,
        lambda pk, form, why, by: grants.reinstate(pk, why, by),
    ),
}


def offered(grant: ServiceGrant) -> dict[str, Act]:
    """What may be done with a grant as it stands; the service decides again."""
    standing = rules.standing(grant.state, grant.until_on, clock.today())
    if standing is rules.GrantStanding.EXPIRED:
        return {}
    is_over = grant.until_on < clock.today()
    allowed = {name for name in ACTS if GRANT_MOVES.allows(name, grant.state)}
    if grant.state in rules.RUNNING:
        allowed.add("end")
    if grant.state is GrantState.REVOKED and is_over:
        allowed.clear()
    return {name: act for name, act in ACTS.items() if name in allowed}
