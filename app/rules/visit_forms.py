"""The fields of the readable rules, for marshmallow: what each may hold, in words when it does not."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from app.i18n import _l
from app.rules.visit_rules import GROUPS
from app.rules.vocabulary import FAMILY, VisitKind

TIME = "%H:%M"
MOST_LINES = 200
WORDS: dict[str, Any] = {
    "Missing data for required field.": _l("此欄位必填"),
    "Unknown field.": _l("沒有這個欄位，請檢查拼字"),
    "Not a valid integer.": _l("應為整數"),
    "Not a valid time.": _l("應為24小時制時間，例如 09:00"),
    "Not a valid date.": _l("應為西元日期，例如 2026-03-10"),
    "Not a valid boolean.": _l("應為 true 或 false"),
    "Not a valid list.": _l("應為清單"),
    "Not a valid string.": _l("應為文字"),
    "Invalid input type.": _l("格式不正確"),
    "Field may not be null.": _l("不可為空"),
}


class Moment(fields.Time):
    """A time of day; YAML reads an unquoted 14:00 as a number of minutes."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
            value = f"{value // 60:02}:{value % 60:02}"
        return super()._deserialize(value, *args, **options)


class Day(fields.Date):
    """A day; YAML reads one that is not quoted as a date already."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        return super()._deserialize(value.isoformat() if isinstance(value, date) else value, *args, **options)


class Strict(Schema):
    """Refuses what it does not know: a misspelt field must not be lost in silence."""

    class Meta:
        unknown = RAISE


def _number(least: int, most: int, **options: Any) -> fields.Integer:
    fault: Any = _l("應為%(least)s至%(most)s之整數", least=least, most=most)
    return fields.Integer(strict=True, validate=validate.Range(least, most, error=fault), **options)


def _long(least: int, most: int) -> list[Any]:
    fault: Any = _l("應為%(least)s至%(most)s字", least=least, most=most)
    return [validate.Length(least, most, error=fault), _is_text]


def _is_text(words: str) -> None:
    """A file can spell what nobody types and no database keeps: "\\0", half a character."""
    if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in words):
        raise ValidationError("Not a valid string.")


def _some() -> validate.Length:
    fault: Any = _l("請至少選擇一項")
    return validate.Length(1, error=fault)


def _lines(form: type[Schema]) -> fields.List:
    """A list that a person has written: what is longer is a mistake, and slow to check."""
    fault: Any = _l("至多%(n)s行", n=MOST_LINES)
    return fields.List(fields.Nested(form), load_default=list, validate=validate.Length(max=MOST_LINES, error=fault))


def _one_of(words: list[str]) -> Any:
    return validate.OneOf(words, error="{input}: " + "、".join(words))


class DeadlineForm(Strict):
    """A time of day so many days before."""

    days = _number(0, 90, required=True)
    at = Moment(TIME, required=True)
    count = fields.String(load_default="calendar", validate=_one_of(["calendar", "working"]))


class BookingForm(Strict):
    """From when until when one may book."""

    opens = fields.Nested(DeadlineForm, required=True)
    closes = fields.Nested(DeadlineForm, required=True)


class LineForm(Strict):
    """One line of the timetable."""

    name = fields.String(required=True, validate=_long(1, 20))
    weekdays = fields.List(_number(1, 7), required=True, validate=_some())
    start = Moment(TIME, required=True)
    minutes = _number(5, 240, required=True)
    places = _number(1, 200, required=True)
    from_on = Day(data_key="from", load_default=None, allow_none=True)
    until_on = Day(data_key="until", load_default=None, allow_none=True)
    every_weeks = _number(1, 8, load_default=1)
    nth_of_month = fields.List(_number(1, 5), load_default=list)
    make_up_saturdays = fields.Boolean(load_default=False)


class WhomForm(Strict):
    """A kind of inmate; empty lists mean any."""

    custody = fields.List(fields.String(), load_default=list)
    grades = fields.List(fields.String(), load_default=list)


class WhoForm(WhomForm):
    """Who may come to a kind of inmate."""

    relations = fields.List(
        fields.String(validate=_one_of([*GROUPS, *(word.value for word in FAMILY)])),
        required=True,
        validate=_some(),
    )


class NthForm(Strict):
    """The n-th visit of a period, and its sessions."""

    nth = _number(1, 31, required=True)
    sessions = fields.List(fields.String(), required=True, validate=_some())


class QuotaForm(WhomForm):
    """How many visits in a period."""

    times = _number(1, 31, required=True)
    per = fields.String(required=True, validate=_one_of(["day", "calendar_week", "calendar_month", "rolling_days"]))
    days = _number(0, 366, load_default=0)
    from_on = Day(data_key="from", load_default=None, allow_none=True)
    until_on = Day(data_key="until", load_default=None, allow_none=True)
    counts = fields.List(fields.String(validate=_one_of(VisitKind.values())), load_default=list)
    nth_only_in = fields.List(fields.Nested(NthForm), load_default=list)


class PersonsForm(Strict):
    """How many persons at once."""

    most = _number(1, 20, required=True)
    free_under = _number(0, 20, load_default=12)


class NoShowsForm(Strict):
    """What follows missed visits."""

    times = _number(1, 20, required=True)
    months = _number(1, 24, required=True)
    closed_months = _number(1, 12, required=True)


class DocumentForm(Strict):
    """The whole document."""

    offered = fields.Boolean(load_default=True)
    booking = fields.Nested(BookingForm, required=True)
    cancel = fields.Nested(DeadlineForm, required=True)
    timetable = _lines(LineForm)
    who = _lines(WhoForm)
    quota = _lines(QuotaForm)
    persons = fields.Nested(PersonsForm, load_default={"most": 3, "free_under": 12})
    earlier_visit = fields.Boolean(load_default=False)
    one_open_booking_per_inmate = fields.Boolean(load_default=False)
    no_shows = fields.Nested(NoShowsForm, load_default=None, allow_none=True)
    report_minutes_before = _number(0, 120, load_default=0)
    notes = fields.String(load_default="", validate=_long(0, 500))
