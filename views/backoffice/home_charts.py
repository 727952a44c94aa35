"""首頁: the charts of the last weeks, each with its figures as a table whose numbers lead to their lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from app import clock
from app.i18n import _
from app.rules import figures as rules
from app.rules.calendar import WorkCalendar
from app.rules.dates import list_date
from app.rules.vocabulary import ReservationState, ServiceItem, VisitKind
from app.services import figures
from app.services.figures import ApplicationWeek, Scope, SessionWeek, VisitWeek
from views.backoffice import charts
from views.backoffice.booking_states import StateGroup
from views.backoffice.charts import Chart, Series
from views.backoffice.family_bookings import KINDS as SESSION_KINDS
from views.backoffice.offers import Offers

NOTHING = "－"
_LISTS = {ServiceItem.LAWYER_VISIT: "LawyerApplicationView", ServiceItem.FAMILY: "FamilyApplicationView"}


@dataclass(frozen=True)
class Cell:
    """A figure, and the list of what it counts where there is one."""

    text: str
    url: str | None = None


@dataclass(frozen=True)
class Panel:
    """A chart with what it means, and the same figures as a table: a head, and per week its Monday and the figures."""

    chart: Chart
    remark: str
    head: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]

    @property
    def svg(self) -> Markup:
        """The drawing."""
        return charts.draw(self.chart)

    @property
    def key(self) -> Markup:
        """What its bars and lines stand for."""
        return charts.key(self.chart)


def panels(scope: Scope, offers: Offers, calendar: WorkCalendar) -> Iterator[Panel]:
    """The charts of the lists that this officer may open."""
    weeks = rules.weeks_until(clock.today())
    items = [item for item in figures.ITEMS if _LISTS[item] in offers]
    if items:
        found = figures.applications(scope, weeks)
        yield _applications(found, items, offers)
        yield _turnaround(found, items, offers)
    if "FamilyBookingView" in offers:
        for kind, use in figures.sessions(scope, weeks, calendar).items():
            yield _use(kind, use, offers)
    if "FamilyBookingView" in offers or "OnsiteBookingView" in offers:
        yield _missed(figures.visits(scope, weeks), weeks, offers)


def _applications(found: Sequence[ApplicationWeek], items: Sequence[ServiceItem], offers: Offers) -> Panel:
    received = [sum(week.received[item] for item in items) for week in found]
    decided = [sum(week.decided[item] for item in items) for week in found]
    chart = Chart(
        "ch-applications",
        _("每週收件與審結"),
        _("近%(weeks)s週共收件%(n)s件、審結%(m)s件。", weeks=len(found), n=sum(received), m=sum(decided)),
        [_short(week.monday) for week in found],
        [Series(_("收件"), received), Series(_("審結"), decided)],
    )
    rows = [
        (
            list_date(week.monday),
            [Cell(str(week.received[item]), _received(week, item, offers)) for item in items]
            + [Cell(str(week.decided[item]), _decided(week, item, offers)) for item in items],
        )
        for week in found
    ]
    head = [_("收件：%(item)s", item=_name(item)) for item in items]
    head += [_("審結：%(item)s", item=_name(item)) for item in items]
    remark = _("服務項目申請，依申請日期及審核日期計。")
    return Panel(chart, remark, head, rows)


def _turnaround(found: Sequence[ApplicationWeek], items: Sequence[ServiceItem], offers: Offers) -> Panel:
    series = [Series(_name(item), [week.median_days[item] for week in found], "line") for item in items]
    decided = {item: [week.median_days[item] for week in found] for item in items}
    comma = _("；")
    words = comma.join(
        _("%(item)s最近一週：%(days)s天", item=_name(item), days=_number(_latest(decided[item]))) for item in items
    )
    chart = Chart("ch-turnaround", _("審核天數中位數"), words, [_short(week.monday) for week in found], series)
    rows = [
        (
            list_date(week.monday),
            [
                Cell(_number(week.median_days[item]), _decided(week, item, offers) if week.decided[item] else None)
                for item in items
            ],
        )
        for week in found
    ]
    remark = _("當週審結之申請，自申請日至審核日之天數；半數案件不超過此天數。")
    return Panel(chart, remark, [_("%(item)s（天）", item=_name(item)) for item in items], rows)


def _use(kind: VisitKind, found: Sequence[SessionWeek], offers: Offers) -> Panel:
    taken, places = sum(week.taken for week in found), sum(week.places for week in found)
    chart = Chart(
        f"ch-use-{kind.value.replace('_', '-')}",
        _("梯次使用情形：%(kind)s", kind=kind.label),
        _("近%(weeks)s週共%(places)s個名額，已預約%(n)s個。", weeks=len(found), places=places, n=taken),
        [_short(week.monday) for week in found],
        [
            Series(_("已預約"), [week.taken for week in found]),
            Series(_("名額"), [week.places for week in found], "frame"),
        ],
    )
    rows = [
        (
            list_date(week.monday),
            [
                Cell(str(week.taken), _taken(kind, week, offers)),
                Cell(str(week.places)),
                Cell(_percent(rules.rate(week.taken, week.places))),
            ],
        )
        for week in found
    ]
    remark = _("依接見日期計；名額為現行時段表所定，停止辦理者除外。")
    return Panel(chart, remark, [_("已預約"), _("名額"), _("使用率")], rows)


def _missed(found: dict[VisitKind, list[VisitWeek]], weeks: Sequence[date], offers: Offers) -> Panel:
    groups: list[tuple[str, str, tuple[VisitKind, ...]]] = [
        (_("律師現場接見"), "OnsiteBookingView", (VisitKind.LAWYER_ON_SITE,)),
        (_("家屬及行動接見"), "FamilyBookingView", SESSION_KINDS),
    ]
    shown = [
        (label, name, [_sum(found, kinds, n, week) for n, week in enumerate(weeks)])
        for label, name, kinds in groups
        if name in offers
    ]
    missed = sum(week.missed for _label, _name, of_group in shown for week in of_group)
    known = sum(week.known for _label, _name, of_group in shown for week in of_group)
    rate = _percent(rules.rate(missed, known))
    chart = Chart(
        "ch-missed",
        _("每週未到"),
        _("近%(weeks)s週應到%(n)s件，未到%(m)s件，未到率%(rate)s。", weeks=len(weeks), n=known, m=missed, rate=rate),
        [_short(week) for week in weeks],
        [Series(label, [week.missed for week in of_group]) for label, _name, of_group in shown],
    )
    rows = []
    for n, week in enumerate(weeks):
        cells: list[Cell] = []
        for _label, name, of_group in shown:
            one = of_group[n]
            url = offers.url(name, state=ReservationState.NO_SHOW.value, **_days(one))
            cells += [Cell(str(one.missed), url), Cell(_percent(rules.rate(one.missed, one.known)))]
        rows.append((list_date(week), cells))
    head = [text for label, _name, _weeks in shown for text in (label, _("未到率"))]
    remark = _("依接見日期計；未到率為未到件數占已知是否到場之件數。")
    return Panel(chart, remark, head, rows)


def _sum(found: dict[VisitKind, list[VisitWeek]], kinds: Sequence[VisitKind], n: int, week: date) -> VisitWeek:
    of_kinds = [found[kind][n] for kind in kinds if kind in found]
    return VisitWeek(week, sum(one.missed for one in of_kinds), sum(one.known for one in of_kinds))


def _received(week: ApplicationWeek, item: ServiceItem, offers: Offers) -> str:
    return offers.url(_LISTS[item], state="", **_days(week))


def _decided(week: ApplicationWeek, item: ServiceItem, offers: Offers) -> str:
    """The list of what was decided this week; it begins with the oldest of it, so that the index helps."""
    since = {"from": week.oldest[item]} if item in week.oldest else {}
    return offers.url(_LISTS[item], state="", decided_from=week.monday, decided_until=week.last, **since)


def _taken(kind: VisitKind, week: SessionWeek, offers: Offers) -> str:
    return offers.url("FamilyBookingView", kind=kind.value, state=StateGroup.PLACED.value, **_days(week))


def _days(week: Any) -> dict[str, date]:
    return {"from": week.monday, "until": week.last}


def _name(item: ServiceItem) -> str:
    return _("律師") if item is ServiceItem.LAWYER_VISIT else _("家屬")


def _short(day: date) -> str:
    return f"{day:%m/%d}"


def _latest(values: Sequence[float | None]) -> float | None:
    return next((value for value in reversed(values) if value is not None), None)


def _number(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1f}".removesuffix(".0")


def _percent(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.0f}%"
