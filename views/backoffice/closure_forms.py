"""The forms of 停止辦理接見: a new closure, and another deadline for answers."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from typing import Any

from wtforms import StringField
from wtforms.validators import Length

from app import clock
from app.errors import RuleError, RuleErrors
from app.i18n import _l
from app.rules import closures as rules
from app.rules.closure_words import UsualReason
from app.rules.vocabulary import VisitKind
from app.services.closures import Wanted
from views.backoffice.desk_forms import text, time_of
from views.backoffice.forms import ChoiceField, CleanText, DayField, Needed, RecordForm


class TimeUnreadable(RuleError):
    """What was typed is no time of day."""

    sentence = _l("「%(label)s」請以24小時制輸入，例如09:00；全日者請空白。")


class ClosureForm(RecordForm):
    """Which visits stop, from when until when, and why."""

    agency_id = ChoiceField(_l("矯正機關"), [Needed()], choices=[], validate_choice=False)
    kind = ChoiceField(_l("接見類型"), choices=[], validate_choice=False)
    first = DayField(_l("起日"), description=_l("例如2026/03/10"))
    since = text(_l("起日時間"), 5, _l("空白者，自當日00:00起"), kind="time")
    last = DayField(_l("迄日"), description=_l("空白者，同起日"))
    until = text(_l("迄日時間"), 5, _l("空白者，至當日24:00止"), kind="time")
    usual = ChoiceField(_l("常用原因"), choices=[], validate_choice=False)
    reason = StringField(
        _l("原因或補充說明"),
        [Length(max=rules.LONGEST_REASON, message=_l("原因至多100個字，請縮短。")), CleanText()],
        description=_l("原因將公開並通知預約人，例如「中央災害應變中心發布停止上班」"),
        default="",
    )
    answer_on = DayField(_l("回覆期限"), description=_l("家屬須於當日17:00前改選時段，逾期未改選者，預約予以取消"))

    def offer(self, agencies: Sequence[tuple[str, Any]]) -> None:
        """Put in what may be chosen; a single agency is chosen already."""
        please = [] if len(agencies) == 1 else [("", _l("--請選擇--"))]
        self.agency_id.choices = [*please, *agencies]
        self.kind.choices = [("", _l("全部接見類型")), *VisitKind.choices()]
        self.usual.choices = [("", _l("--請選擇--")), *UsualReason.choices()]

    def wanted(self) -> Wanted:
        """What was typed, as the service takes it; raises ``RuleErrors`` with a sentence for each mistake."""
        errors: list[RuleError] = []

        def read(part: Any) -> Any:
            try:
                return part()
            except RuleError as error:
                errors.append(error)
                return None

        since, until = read(lambda: _time(self.since)), read(lambda: _time(self.until, is_end=True))
        span = read(lambda: rules.span_of(self.first.data, self.last.data, since, until)) if not errors else None
        reason = read(lambda: rules.reason_of(self.usual.data or "", self.reason.data or ""))
        deadline = read(lambda: rules.answer_by(self.answer_on.data, clock.now()))
        if span is not None:
            read(lambda: rules.check_span(span, clock.now()))
        if errors or span is None:
            raise RuleErrors(errors)
        kind = VisitKind(self.kind.data) if self.kind.data else None
        return Wanted(self.agency_id.data, kind, replace(span, reason=reason), deadline)


class ExtendForm(RecordForm):
    """延長回覆期限."""

    answer_on = DayField(_l("新回覆期限"), description=_l("當日17:00截止；將通知尚未回覆之家屬"))


def _time(field: Any, is_end: bool = False) -> time | None:
    typed = unicodedata.normalize("NFKC", field.data or "").strip()
    # A day ends at 24:00; as a beginning that would be the next day's, and is none of this one's times.
    if not typed or (is_end and typed == "24:00"):
        return None
    found = time_of(typed)
    if found is None:
        raise TimeUnreadable(field.name, label=field.label.text)
    return found
