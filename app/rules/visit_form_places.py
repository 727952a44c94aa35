"""Where a mistake in the rules of visits stands: the place of a document as a control of the form, and in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.i18n import _, _l

#: What a control is called, on the page as in a sentence about it.
LABELS: dict[str, Any] = {
    "offered": _l("開放線上預約"),
    "notes": _l("備註"),
    "booking": _l("預約期間"),
    "opens": _l("開放預約"),
    "closes": _l("截止預約"),
    "cancel": _l("取消期限"),
    "at": _l("時刻"),
    "count": _l("計算方式"),
    "timetable": _l("時段表"),
    "name": _l("名稱"),
    "weekdays": _l("星期"),
    "start": _l("起始時間"),
    "minutes": _l("分鐘數"),
    "places": _l("組數"),
    "from": _l("適用起日"),
    "until": _l("適用迄日"),
    "every_weeks": _l("每幾週一次"),
    "nth_of_month": _l("每月第幾個"),
    "make_up_saturdays": _l("補行上班之星期六亦辦理"),
    "who": _l("可接見對象"),
    "custody": _l("處分種類"),
    "grades": _l("教化等級"),
    "relations": _l("與收容人關係"),
    "quota": _l("次數限制"),
    "times": _l("次數"),
    "per": _l("計算期間"),
    "days": _l("日數"),
    "counts": _l("合併計算之接見類型"),
    "nth_only_in": _l("限定時段"),
    "nth": _l("第幾次"),
    "sessions": _l("僅限之時段"),
    "persons": _l("同時接見人數"),
    "most": _l("每次至多人數"),
    "free_under": _l("未滿幾歲不計"),
    "earlier_visit": _l("須曾至機關辦理接見"),
    "one_open_booking_per_inmate": _l("每位收容人同時僅能有一件未完成之預約"),
    "no_shows": _l("未到之處置"),
    "months": _l("期間（月）"),
    "closed_months": _l("停止預約（月）"),
    "report_minutes_before": _l("幾分鐘前報到"),
}
_STEP = re.compile(r"([a-z_]+)|\[([0-9]+)\]")

Rows = Mapping[str, Sequence[int]]


def control_of(place: str, rows: Rows) -> str:
    """The name of the control; of a tick the group that it belongs to. ``rows`` as ``visit_form_values`` gives them."""
    return _walk(place, rows)[0]


def words_of(place: str, rows: Rows) -> str:
    """The place as an officer finds it on the page."""
    return _walk(place, rows)[1]


def row_words(number: int, label: Any) -> str:
    """One control of a numbered row."""
    return _("第%(n)s列 %(field)s", n=number, field=label)


def _walk(place: str, rows: Rows) -> tuple[str, str]:
    control, words = "", ""
    for name, index in _STEP.findall(place):
        if name:
            control, words = (f"{control}-{name}", _joined(words, name)) if control else (name, _label(name))
        elif control in rows and 0 < int(index) <= len(rows[control]):
            number = rows[control][int(index) - 1]
            control, words = f"{control}-{number}", _("%(list)s第%(n)s列", list=words, n=number)
    return control, words


def _joined(words: str, name: str) -> str:
    return _("%(part)s　%(field)s", part=words, field=_label(name))


def _label(name: str) -> str:
    return str(LABELS.get(name, name))
