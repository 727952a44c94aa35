"""The desk's forms: who comes, when, with whom; what was typed stays whatever is refused."""

from __future__ import annotations

import unicodedata
from datetime import time
from typing import Any
from uuid import UUID, uuid4

from flask import request
from flask_babel import get_locale
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import TextInput

from app.errors import RuleError, Stale
from app.i18n import DEFAULT_LOCALE, _l
from app.rules.countries import countries
from app.rules.vocabulary import LAWYERS, IdentityKind, choices_of
from app.services.companions import MOST_COMPANIONS, CompanionData
from app.services.desk_bookings import Arrival
from app.services.desk_visitors import VisitorData
from models import Companion
from views.backoffice import desk_agencies, scope
from views.backoffice.filters import parse_day
from views.backoffice.forms import ChoiceField, CleanText, RecordForm, refuse
from views.backoffice.posted import version_seen

#: Lines for companions that a form begins with.
FEWEST_LINES = 2
#: The button that gives one more line and saves nothing.
MORE = "more"
_PLEASE = ("", _l("--請選擇--"))
RELATIONS = [_PLEASE, *choices_of(LAWYERS)]


class _Input(TextInput):
    """A text field that a browser may help with (a day, a time, a telephone number)."""

    def __init__(self, kind: str) -> None:
        super().__init__(input_type=kind)


def text(label: Any, longest: int, hint: Any = "", kind: str = "text") -> StringField:
    """One line of text, a date or a time as it was typed."""
    sentence = _l("「%(label)s」至多%(longest)s個字，請縮短。", label=label, longest=longest)
    rules = [Length(max=longest, message=sentence), CleanText()]
    return StringField(label, rules, description=hint, widget=_Input(kind), default="")


def note(label: Any, hint: Any = "") -> TextAreaField:
    """A few lines of text."""
    sentence = _l("「%(label)s」至多%(longest)s個字，請縮短。", label=label, longest=500)
    return TextAreaField(label, [Length(max=500, message=sentence), CleanText()], description=hint, default="")


class DeskForm(RecordForm):
    """What all of the desk's forms share: one form is one entry, lines for companions."""

    key = HiddenField()
    lines = HiddenField()

    @property
    def line_numbers(self) -> range:
        """The numbers of the lines for companions."""
        return range(sum(name.startswith("companions_") and name.endswith("_name") for name in self._fields))

    @property
    def idempotency_key(self) -> str:
        """The key that was made with the form."""
        try:
            return str(UUID(self.key.data or ""))
        except ValueError:
            return str(uuid4())

    def guests(self) -> list[CompanionData]:
        """The companions that were typed, line by line; empty lines are nobody."""
        companions = []
        for n in self.line_numbers:
            name, number, relation, paper = (
                self._guest(n, part) for part in ("name", "id_number", "relation", "paper")
            )
            if name or number or relation or paper:
                companions.append(CompanionData(name, number, relation, paper))
        return companions

    def fill_guests(self, companions: list[Companion]) -> None:
        """Show the companions of a booking."""
        for n, companion in enumerate(companions):
            parts = {"name": companion.name, "id_number": companion.id_number, "paper": companion.paper or ""}
            for part, value in {**parts, "relation": companion.relation.value}.items():
                self[f"companions_{n}_{part}"].data = value

    def told(self, error: RuleError) -> None:
        """Put a refusal beside the fields that it names: the n-th companion stands in the n-th line in use."""
        used = [
            n for n in self.line_numbers if any(self._guest(n, p) for p in ("name", "id_number", "relation", "paper"))
        ]
        for one in getattr(error, "errors", [error]):
            kind, _dash, rest = (one.field or "").partition("-")
            if kind == "companions" and rest:
                place, _dash, part = rest.partition("-")
                one.field = f"companions_{used[int(place)]}_{part}"
            elif one.field == "companions" and "companions_0_name" in self:
                one.field = "companions_0_name"
        refuse(self, error)

    def _guest(self, n: int, part: str) -> str:
        return str(self[f"companions_{n}_{part}"].data or "").strip()


def visitor_fields(*, phone_hint: Any) -> dict[str, Any]:
    """呼號 and the visitor."""
    return {
        "inmate_number": text(_l("呼號"), 10),
        "name": text(_l("接見人姓名"), 50),
        "relation": ChoiceField(_l("身分"), choices=RELATIONS, validate_choice=False),
        "certificate": text(_l("律師證書字號"), 40, _l("身分為律師者必填。")),
        "id_kind": ChoiceField(_l("身分證件種類"), choices=IdentityKind.choices(), validate_choice=False),
        "id_number": text(_l("身分證號、統一證號或護照號碼"), 24),
        "id_country": ChoiceField(_l("護照核發國家或地區"), choices=_countries(), validate_choice=False),
        "phone": text(_l("聯絡電話"), 30, phone_hint, "tel"),
    }


def _countries() -> list[tuple[str, Any]]:
    """Countries that issue passports; their codes stand before them, as in the numbers that are kept."""
    named = countries(str(get_locale() or DEFAULT_LOCALE))
    return [("", _l("--非護照者免選--")), *((code, f"{code} {name}") for code, name in named)]


def arrival_fields() -> dict[str, Any]:
    """When, and why a rule is broken."""
    return {
        "day": text(_l("接見日期"), 20, kind="date"),
        "at": text(_l("預計到達時間"), 8, _l("以5分鐘為單位，例如10:30。"), "time"),
        "exception_reason": note(
            _l("例外理由"), _l("已逾線上截止時間、非開放時段、停止辦理日或超過可預約天數時必填。")
        ),
        "second_visit_confirmed": BooleanField(_l("確有需要，於同一時段再次預約")),
    }


def guest_fields(lines: int) -> dict[str, Any]:
    """Lines for companions."""
    fields: dict[str, Any] = {}
    for n in range(lines):
        number = n + 1
        fields[f"companions_{n}_name"] = text(_l("其他接見人%(n)s姓名", n=number), 50)
        label = _l("其他接見人%(n)s身分", n=number)
        fields[f"companions_{n}_relation"] = ChoiceField(label, choices=RELATIONS, validate_choice=False)
        fields[f"companions_{n}_id_number"] = text(_l("其他接見人%(n)s身分證號", n=number), 24)
        fields[f"companions_{n}_paper"] = text(_l("其他接見人%(n)s證明文件", n=number), 100)
    return fields


def made(fields: dict[str, Any], known_lines: int = 0) -> DeskForm:
    """The form of this request: new with a key of its own, or as it was sent."""
    lines = max(FEWEST_LINES, known_lines)
    if request.method == "POST":
        typed = request.form.get("lines", "")
        lines = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 3 else lines
        lines += MORE in request.form
    lines = min(max(lines, FEWEST_LINES), MOST_COMPANIONS)
    agency = ChoiceField(_l("機關"), choices=[_PLEASE, *scope.agencies()], validate_choice=False)
    agency.creation_counter = 0  # it stands first, in the list of mistakes too
    has_agency = {"agency": agency} if "inmate_number" in fields and len(scope.agencies()) > 1 else {}
    form: DeskForm = type("Form", (DeskForm,), {**has_agency, **fields, **guest_fields(lines)})()
    form.lines.data = str(lines)
    if request.method != "POST":
        form.key.data = str(uuid4())
        own = desk_agencies.chosen("")
        if own and "agency" in form:
            form["agency"].data = own.id
    return form


def agency_of(form: DeskForm) -> str:
    """The agency that was chosen, or the only one there is."""
    if "agency" in form:
        return str(form["agency"].data or "")
    return scope.agencies()[0].id if scope.agencies() else ""


def visitor_of(form: DeskForm) -> VisitorData:
    """The visitor as typed."""
    names = ("name", "relation", "id_number", "phone", "certificate", "id_kind", "id_country")
    return VisitorData(*(str(form[name].data or "") for name in names))


def arrival_of(form: DeskForm) -> Arrival:
    """Day and time as typed."""
    day, at = parse_day(form["day"].data.strip()) if form["day"].data else None, time_of(form["at"].data or "")
    confirmed = bool(form["second_visit_confirmed"].data)
    return Arrival(day, at, str(form["exception_reason"].data or ""), confirmed)


def version_of(form: RecordForm) -> int:
    """The version that the page showed; raises ``Stale`` for what is none, before any field is judged."""
    seen = version_seen(form.version.data)
    if not seen:
        raise Stale()
    return seen


def time_of(typed: str) -> time | None:
    """A time of day as typed; None where it is none."""
    hour, _colon, minute = unicodedata.normalize("NFKC", typed).strip().partition(":")
    digits = hour + minute
    if not (digits.isascii() and digits.isdecimal() and 1 <= len(hour) <= 2 and len(minute) == 2):
        return None
    return time(int(hour), int(minute)) if int(hour) < 24 and int(minute) < 60 else None
