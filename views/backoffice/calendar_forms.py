"""The forms of 辦公日曆維護: which day, what it is, a year's file."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import FileField, HiddenField, SelectField, StringField
from wtforms.validators import Optional, ValidationError

from app.i18n import _, _l
from app.services.calendar_changes import FIRST_YEAR, LAST_YEAR
from views.backoffice.forms import DayField, Needed, NumberField

WORKS, OFF, PLAIN = "works", "off", "plain"


class _WithinReach:
    def __call__(self, form: Any, field: Any) -> None:
        year = getattr(field.data, "year", field.data)
        if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
            raise ValidationError(
                _(
                    "「%(label)s」須在%(first)s年至%(last)s年之間。",
                    label=field.label.text,
                    first=FIRST_YEAR,
                    last=LAST_YEAR,
                )
            )


class DayForm(FlaskForm):
    """One day; ``seen`` is what its editor has read of it."""

    day = DayField(_l("日期"), [Needed(), _WithinReach()])
    seen = HiddenField()
    state = SelectField(
        _l("上班或放假"),
        choices=[(WORKS, _l("上班（辦公）")), (OFF, _l("放假")), (PLAIN, _l("依一般星期（刪除本日設定）"))],
    )
    name = StringField(
        _l("名稱"),
        [Optional()],
        description=_l("例如國慶日、補行上班、颱風停止上班；顯示於入口網。"),
        filters=[lambda v: (v or "").strip()],
    )


class FileForm(FlaskForm):
    """匯入: which year's file."""

    year = NumberField(_l("年度（西元）"), [Needed(), _WithinReach()])
    file = FileField(
        _l("檔案"),
        description=_l(
            "行政院人事行政總處「政府行政機關辦公日曆表」CSV檔（西元日期、星期、是否放假、備註；全年每日一行；UTF-8或Big5）。"
        ),
        render_kw={"accept": ".csv,.txt,text/csv"},
    )
