"""統計報表: the month's numbers of each agency in scope, as a page and as a file for a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any, NamedTuple

from flask import Response, request, send_file
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import permission_name
from flask_login import current_user

from app import clock
from app.errors import NotFound, RuleError
from app.i18n import _, _l
from app.rules import figures
from app.security import Actor
from app.services import audit, statistics
from app.services.statistics import AgencyMonth, Matter, Report
from reports.spreadsheet import FORMATS, NOTHING, Cell
from views.backoffice import scope
from views.backoffice.access import permitted


class AgencyUnknown(RuleError):
    """The same words for an agency that does not exist and for one that is not the officer's."""

    sentence = _l("查無此機關，或您無權查看。請由清單重新選擇。")


@dataclass(frozen=True)
class Asked:
    """What an address asks for: a month, and one agency of the scope or all of them."""

    first: date
    agency: str

    @classmethod
    def read(cls) -> Asked:
        """Raises ``MonthInvalid``, ``MonthAhead``, :class:`AgencyUnknown`."""
        agency = request.args.get("agency", "").strip()
        if agency and agency not in {choice.id for choice in scope.agencies()}:
            raise AgencyUnknown("agency")
        return cls(figures.month_of(request.args.get("month", ""), clock.today()), agency)

    @property
    def month(self) -> str:
        """As it stands in addresses and in the form."""
        return f"{self.first:%Y-%m}"

    def report(self) -> Report:
        """The numbers."""
        return statistics.of_month(self.first, frozenset({self.agency}) if self.agency else scope.agency_ids())


class StatisticsView(BaseView):
    """Headquarters sees every agency, an officer the own ones."""

    route_base = "/backoffice/statistics"
    default_view = "list"
    base_permissions = ["can_list", "can_export"]

    @expose("/")
    @permitted
    def list(self) -> str | tuple[str, int]:
        """A month as a table; this month where none is asked for."""
        try:
            asked = Asked.read()
        except RuleError as error:
            return self._page(None, error), error.status
        return self._page(asked)

    @expose("/export/<form>")
    @permitted
    @permission_name("export")
    def export(self, form: str) -> Any:
        """The same table as a file; it names nobody, so no password is asked for again."""
        kind = FORMATS.get(form)
        if kind is None:
            raise NotFound()
        try:
            asked = Asked.read()
        except RuleError as error:
            return self._page(None, error), error.status
        report = asked.report()
        lines = [*((line.agency, line.month) for line in report.lines), (_("合計"), report.total)]
        head = [_("統計月份"), _("機關名稱"), *(column.title for column in columns())]
        rows = [[asked.month, name, *(_number(cell) for cell in cells(month))] for name, month in lines]
        table = BytesIO(kind.write(head, rows))
        facts = {"format": kind.ending, "month": asked.month, "rows": len(report.lines)}
        reader = Actor.staff(current_user)
        audit.read("statistics.export", reader, "agency", agency_id=asked.agency or None, facts=facts)
        name = _("統計報表%(month)s", month=asked.month) + f".{kind.ending}"
        return _sent(table, kind.media_type, name)

    def _page(self, asked: Asked | None, error: RuleError | None = None) -> str:
        typed = {name: request.args.get(name, "").strip()[:40] for name in ("month", "agency")}
        first = asked.first if asked else clock.today().replace(day=1)
        before = (first - timedelta(days=1)).replace(day=1)
        after = figures.following(first)
        return str(
            self.render_template(
                "backoffice/statistics.html",
                title=_("統計報表"),
                asked=asked,
                error=error,
                typed=typed if error else {"month": f"{first:%Y-%m}", "agency": asked.agency if asked else ""},
                report=asked.report() if asked else None,
                choices=scope.agencies(),
                parts=parts(),
                columns=columns(),
                cells=cells,
                before=f"{before:%Y-%m}" if before.year >= figures.FIRST_YEAR else None,
                after=f"{after:%Y-%m}" if after <= clock.today() else None,
                formats=FORMATS,
            )
        )


def parts() -> Sequence[tuple[str, int]]:
    """The groups of columns, and how wide each is."""
    return ((_("收件"), len(Matter)), (_("審結"), len(Matter)), (_("審核及到場"), 3), (_("家屬及行動接見"), 5))


class Column(NamedTuple):
    """A column after the agency: its group, its title below the group, and its title where there are no groups."""

    part: str
    short: str
    title: str


def columns() -> Sequence[Column]:
    """The columns after the agency."""
    received, decided, outcome, use = (name for name, _width in parts())
    plain = (
        (outcome, _("平均審核天數")),
        (outcome, _("未到件數")),
        (outcome, _("未到率")),
        (use, _("預約件數")),
        (use, _("額滿未能預約")),
        (use, _("需求合計")),
        (use, _("名額")),
        (use, _("需求比")),
    )
    return (
        *(Column(received, str(matter.label), _("收件：%(item)s", item=matter.label)) for matter in Matter),
        *(Column(decided, str(matter.label), _("審結：%(item)s", item=matter.label)) for matter in Matter),
        *(Column(part, name, name) for part, name in plain),
    )


def cells(month: AgencyMonth) -> Sequence[str]:
    """A line's figures in the order of :func:`columns`."""
    return (
        *(str(month.received[matter]) for matter in Matter),
        *(str(month.decided[matter]) for matter in Matter),
        NOTHING if month.mean_days is None else f"{month.mean_days:.1f}",
        str(month.missed),
        _percent(month.missed_rate),
        str(month.booked),
        str(month.turned_away),
        str(month.demand),
        str(month.places),
        _percent(month.demand_rate),
    )


def _number(cell: str) -> Cell:
    """A figure as a number, so that a spreadsheet adds it up; a share in percent and a dash are texts."""
    if cell.isdecimal():
        return int(cell)
    return cell if cell == NOTHING or cell.endswith("%") else float(cell)


def _percent(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1f}%"


def _sent(table: BytesIO, media_type: str, name: str) -> Response:
    return send_file(table, media_type, as_attachment=True, download_name=name, max_age=0)
