"""大量查閱: who has opened unusually many different records in one day, counted from the trail of looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from flask import abort, request, url_for
from flask_admin import BaseView, expose
from flask_login import current_user
from sqlalchemy import func, select

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.i18n import _, _l
from app.rules.dates import list_date
from app.security import Actor
from app.services import audit, unmasking
from app.services.unmasking import Purpose
from models import AuditEntry
from reports.spreadsheet import FORMATS
from views.auditor import list_export
from views.auditor.door import Gate
from views.auditor.filters import parse_day
from views.auditor.shown import staff
from views.auditor.trail_words import LOOKS
from views.auditor.unmasking import asked, empty, refusal

#: An officer who reviews all day opens some hundred cases; the reader may ask for another number.
USUAL_THRESHOLD, MOST_THRESHOLD = 100, 100_000
USUAL_DAYS, MOST_DAYS = 7, 31
MOST_ROWS = 200


@dataclass(frozen=True)
class Asked:
    """From which day to which, and how many records make a row; what could not be used falls back and is named."""

    first: date
    last: date
    least: int
    wrong: tuple[Any, ...] = ()

    @property
    def values(self) -> dict[str, str]:
        """The same wishes as an address says them."""
        return {"from": self.first.isoformat(), "until": self.last.isoformat(), "least": str(self.least)}

    @classmethod
    def read(cls, args: Any) -> Asked:
        """The wishes of an address; at most 31 days, because each is counted by itself."""
        wrong, today = [], clock.today()
        days = {name: parse_day(args.get(name, "")) for name in ("from", "until")}
        wrong += [_l("日期") for name, day in days.items() if args.get(name) and day is None]
        last = days["until"] or today
        first = days["from"] or last - timedelta(days=USUAL_DAYS - 1)
        if first > last or (last - first).days >= MOST_DAYS:
            wrong.append(_l("日期"))
            first = last - timedelta(days=USUAL_DAYS - 1)
        typed = args.get("least", "")
        least = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 7 else USUAL_THRESHOLD
        if (typed and str(least) != typed) or not 0 < least <= MOST_THRESHOLD:
            wrong.append(_l("筆數門檻"))
            least = USUAL_THRESHOLD
        return cls(first, last, least, tuple(dict.fromkeys(map(str, wrong))))


@dataclass(frozen=True)
class Line:
    """One member of staff on one day."""

    day: date
    actor_id: str
    name: str
    records: int
    looks: int

    @property
    def trail(self) -> str:
        """The looks themselves."""
        day = self.day.isoformat()
        return url_for("auditor_trail.index_view", person=self.actor_id, looks="1", at_from=day, at_until=day)

    @property
    def cells(self) -> list[str]:
        """As the table and the file show them."""
        return [str(list_date(self.day)), self.name, f"{self.records:,}", f"{self.looks:,}"]


def lines(wanted: Asked) -> list[Line]:
    """The latest day first, of each day whoever opened most; a day is one range of the trail's index over time."""
    found: list[Line] = []
    day = wanted.last
    while day >= wanted.first and len(found) < MOST_ROWS:
        found += _of_day(day, wanted.least)
        day -= timedelta(days=1)
    return found[:MOST_ROWS]


def _of_day(day: date, least: int) -> list[Line]:
    records = func.count(AuditEntry.subject_kind.concat(AuditEntry.subject_id).distinct())
    query = (
        select(AuditEntry.actor_id, func.max(AuditEntry.actor_name), records, func.count())
        .where(
            AuditEntry.at >= clock.at(day, time.min),
            AuditEntry.at < clock.at(day + timedelta(days=1), time.min),
            AuditEntry.event.in_(LOOKS),
            AuditEntry.actor_kind == "staff",
            AuditEntry.actor_id.is_not(None),
        )
        .group_by(AuditEntry.actor_id)
        .having(records >= least)
        .order_by(records.desc(), AuditEntry.actor_id)
    )
    found = db.session.execute(query)
    return [Line(day, str(who), staff(name or "", who), number, looks) for who, name, number, looks in found]


class MassViewing(Gate, BaseView):
    """The report, each row of which leads to the looks behind it."""

    @expose("/")
    def index_view(self) -> str:
        """The report; that it was read is in the trail."""
        wanted = Asked.read(request.args)
        audit.read("audit.mass_viewing", Actor.staff(current_user), "audit_entry")
        found = lines(wanted)
        export: dict[str, Any] = wanted.values
        return self.render(
            "auditor/mass_viewing.html",
            wanted=wanted,
            head=_head(),
            lines=found,
            is_capped=len(found) == MOST_ROWS,
            export=url_for(".export_page", **export),
        )

    @expose("/export/", methods=("GET", "POST"))
    def export_page(self) -> Any:
        """The form; after purpose and password the report as a table."""
        wanted = Asked.read(request.args)
        if wanted.wrong:
            abort(404)
        address: dict[str, Any] = wanted.values
        found = lines(wanted)
        form = {
            "name": self.name,
            "back": url_for(".index_view", **address),
            "count": len(found),
            "most": MOST_ROWS,
            "purposes": Purpose.choices(),
            "send_to": url_for(".export_page", **address),
        }
        if request.method != "POST":
            return self.render("auditor/export_list.html", **form, **empty())
        (reason, password), reader = asked(), Actor.staff(current_user)
        try:
            unmasking.export("audit_entry", len(found), None, reason, current_user.id, password, reader)
        except RuleError as error:
            return self.render("auditor/export_list.html", **form, **refusal(error)), error.status
        name = f"mass-viewing-{wanted.first:%Y%m%d}-{wanted.last:%Y%m%d}"
        return list_export.table(FORMATS["csv"], _head(), [line.cells for line in found], name)


def _head() -> list[str]:
    return [_("日期"), _("人員"), _("查閱之不同資料筆數"), _("查閱次數")]
