"""機關接見時段查詢: open to everybody, from the same data that bookings are checked against."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from app import clock
from app.i18n import _, _l
from app.rules import visit_words
from app.rules.vocabulary import VisitKind
from app.services import agencies, closure_guard, hours, visit_rules
from views.portal import booking_closures
from views.portal.door import door
from views.portal.forms import PortalForm, choice


class HoursForm(PortalForm):
    """Which agency's hours."""

    agency_id = choice(_l("矯正機關"), [])


@door.get("/hours", endpoint="hours")
def look_up() -> str:
    """One agency's arrival hours, cut-off and days off, or the hours of all agencies."""
    active = agencies.active(clock.today())
    form = HoursForm(request.args)
    form.agency_id.choices = [("", _("全部機關")), *((agency.id, agency.name) for agency in active)]
    agency = next((agency for agency in active if agency.id == form.agency_id.data), None)
    shown: dict[str, Any] = {"one": None, "all": []}
    if agency:
        [one] = hours.of([agency])
        days = hours.bookable_days(one)
        deadline = hours.deadline_of(one, days[0]) if days else None
        shown = {"one": one, "days": days, "deadline": deadline, "sessions": _sessions(agency.id)}
    else:
        shown["all"] = hours.of(active)
    closed = closure_guard.coming([agency.id] if agency else None)
    shown["closures"] = booking_closures.announced(closed)
    return render_template(
        "portal/hours.html", form=form, lawyers=VisitKind.LAWYER_ON_SITE.label, holidays=hours.holidays_ahead(), **shown
    )


def _sessions(agency_id: str) -> list[tuple[VisitKind, list[visit_words.Part]]]:
    """Visits that the agency offers by session, in the words in which it has decided them."""
    return [(rules.kind, visit_words.public(rules)) for rules in visit_rules.own_of(agency_id)]
