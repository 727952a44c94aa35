"""辦公日曆維護: the days that differ from the plain week, one day at a time or a year's file of the government."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user

from app import clock
from app.errors import NotFound, RuleError, Stale
from app.i18n import _, _l
from app.rules import office_calendar as rules
from app.rules.calendar import DayInfo
from app.rules.calendar_refusals import FileFaulty
from app.rules.dates import Shown, booking_date
from app.security import Actor
from app.services import calendar_changes
from app.services.calendar_changes import CalendarUnseen
from models import CalendarDay
from views.backoffice.access import permitted
from views.backoffice.base import AgencyScopedModelView, Answer
from views.backoffice.calendar_forms import OFF, PLAIN, WORKS, DayForm, FileForm
from views.backoffice.columns import Column, RowLink
from views.backoffice.filters import OptionFilter
from views.backoffice.forms import refuse
from views.backoffice.interface import UnitOfWorkInterface

#: How many bookings a page lists.
MOST_SHOWN = 200


class YearFilter(OptionFilter):
    """年度: one year at a time, this one to begin with."""

    label, names = _l("年度"), ("year",)

    def usual(self) -> str:
        return str(clock.today().year)

    def options(self) -> list[tuple[str, Any]]:
        return [(str(year), str(year)) for year in calendar_changes.years()]

    def meant(self, model: Any, typed: str) -> list[Any]:
        return [model.day >= date(int(typed), 1, 1), model.day <= date(int(typed), 12, 31)]


def _state(info: Any) -> str:
    return _("上班（辦公）") if info.is_working else _("放假")


class OfficeCalendarView(AgencyScopedModelView):
    """辦公日曆維護."""

    route_base = "/backoffice/calendar"
    datamodel = UnitOfWorkInterface(CalendarDay)
    scope_column = None
    base_permissions = ["can_list", "can_change"]
    list_title = _l("辦公日曆維護")
    list_template = "backoffice/calendar/list.html"
    note = _l(
        "未列出之日期依一般星期（星期一至五上班、星期六日放假）。線上預約截止、可預約日期及各項期限均依本日曆計算。"
    )
    filters = (YearFilter(),)
    order = ("day",)
    columns = (
        Column(_l("日期"), lambda row: Shown(row.day, booking_date)),
        Column(_l("上班或放假"), _state),
        Column(_l("名稱"), "name", kind="wide"),
    )
    links = (RowLink(_l("編輯"), "day", "can_change"),)

    @expose("/day", methods=["GET", "POST"])
    @permitted
    @permission_name("change")
    def other_day(self) -> Answer:
        """Any day, also one that follows its weekday until now."""
        form = DayForm()
        if request.method == "POST" and form.day.validate(form) and form.day.data is not None:
            return redirect(url_for(f"{self.endpoint}.day", pk=form.day.data.isoformat()))
        status = 422 if form.day.errors else 200
        return self.render("backoffice/calendar/choose.html", _("選擇日期"), form=form), status

    @expose("/day/<pk>", methods=["GET", "POST"])
    @permitted
    @permission_name("change")
    def day(self, pk: str) -> Answer:
        """One day: works, off, or as its weekday says."""
        day, form, refused = _day(pk), DayForm(), None
        del form.day
        seen = calendar_changes.info_of(day)
        if request.method != "POST":
            form.seen.data = calendar_changes.mark_of(seen)
            form.state.data = PLAIN if seen is None else WORKS if seen.is_working else OFF
            form.name.data = seen.name if seen else ""
        elif form.validate():
            info = None if form.state.data == PLAIN else DayInfo(form.state.data == WORKS, form.name.data or "")
            try:
                opened = calendar_changes.read_mark(form.seen.data or "")
                accepted = request.form.get("accepted", "")
                calendar_changes.save_day(day, info, opened, accepted, Actor.staff(current_user))
                flash(_("已儲存。"), "success")
                return redirect(url_for(f"{self.endpoint}.list", year=day.year))
            except RuleError as error:
                refused = error
                refuse(form, error)
        page = self.render(
            "backoffice/calendar/day.html",
            _("編輯辦公日曆：%(day)s", day=Shown(day, booking_date)),
            form=form,
            day=day,
            plan=refused.plan if isinstance(refused, CalendarUnseen) else None,
            is_stale=isinstance(refused, Stale),
            most=MOST_SHOWN,
        )
        return page, refused.status if refused else 422 if form.errors else 200

    @expose("/import", methods=["GET", "POST"])
    @permitted
    @permission_name("change")
    def import_file(self) -> Answer:
        """政府行政機關辦公日曆表 of one year: differences first, then all of it or nothing."""
        form, plan, text = FileForm(), None, ""
        refused: RuleError | None = None
        if request.method != "POST":
            form.year.data = clock.today().year + (clock.today().month > 6)
        elif form.validate():
            try:
                text = request.form.get("document", "") or _uploaded()
                year, accepted = form.year.data or 0, request.form.get("accepted", "")
                days = calendar_changes.check_file(text, year)
                if not accepted:
                    plan = calendar_changes.plan_year(year, days)
                else:
                    done = calendar_changes.save_year(year, days, accepted, Actor.staff(current_user))
                    told = _("已匯入%(year)s年辦公日曆：異動%(n)s日。", year=year, n=len(done.differences))
                    flash(told, "success")
                    return redirect(url_for(f"{self.endpoint}.list", year=year))
            except CalendarUnseen as error:
                plan, refused = error.plan, error
                refuse(form, error)
            except RuleError as error:
                refused = error
                refuse(form, error)
        page = self.render(
            "backoffice/calendar/import.html",
            _("匯入辦公日曆"),
            form=form,
            plan=plan,
            document=text if plan else "",
            reading=refused.reading if isinstance(refused, FileFaulty) else None,
            state_of=lambda info: _state(info) if info else _("依一般星期"),
            named=lambda day: Shown(day, booking_date),
            kinds={"added": _("新增"), "changed": _("變更"), "removed": _("刪除")},
            most=MOST_SHOWN,
            most_faults=rules.MOST_FAULTS,
        )
        return page, refused.status if refused else 422 if form.errors else 200


class NoFile(RuleError):
    """Nothing was chosen."""

    sentence = _l("請選擇檔案。")


def _uploaded() -> str:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise NoFile("file")
    return rules.decode(upload.stream.read(rules.LONGEST_FILE + 1))


def _day(text: str) -> date:
    """A day of an address; raises ``NotFound``."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotFound() from None
    if not calendar_changes.FIRST_YEAR <= day.year <= calendar_changes.LAST_YEAR:
        raise NotFound()
    return day
