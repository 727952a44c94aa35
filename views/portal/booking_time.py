"""線上預約接見, 預約時段挑選: the day, the expected arrival, and how many are announced already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock
from app.errors import RuleError, RuleErrors
from app.i18n import _l
from app.rules.arrival import ArrivalWindows
from app.rules.dates import booking_date
from app.rules.parameters import ARRIVAL_STEP_MINUTES, Window
from app.services import reservations, visiting
from models import Agency, Applicant
from views.portal import booking_draft
from views.portal.door import door
from views.portal.forms import PLEASE_SELECT, UNPROCESSABLE, PortalForm, choice
from views.portal.guard import signed_in
from views.portal.look import locale

#: Arrival windows, each with the first day on which it holds.
Spans = list[tuple[date, ArrivalWindows]]
NOON = time(12)
MINUTES = [(f"{minute:02}", f"{minute:02}") for minute in range(0, 60, ARRIVAL_STEP_MINUTES)]


class DayMissing(RuleError):
    """No day was chosen."""

    sentence = _l("請選擇接見日期。")


class ArrivalMissing(RuleError):
    """No arrival was chosen."""

    sentence = _l("請選擇預計上午或下午到達，並選擇點、分。")


class TimeForm(PortalForm):
    """預約時段挑選."""

    visit_on = choice(_l("接見日期"), [])
    half = choice(_l("預計到達時間"), [], radio=True)
    morning_hour = choice(_l("點"), [])
    morning_minute = choice(_l("分"), MINUTES)
    afternoon_hour = choice(_l("點"), [])
    afternoon_minute = choice(_l("分"), MINUTES)

    def offer(self, days: list[date], spans: Spans) -> None:
        """Fill in the agency's days, and every hour in which one may arrive on one of them."""
        self.visit_on.choices = [PLEASE_SELECT, *((d.isoformat(), booking_date(d, locale())) for d in days)]
        self.half.choices = [("morning", _l("預計上午到達")), ("afternoon", _l("預計下午到達"))]
        self.morning_hour.choices = _hours([windows.morning for _day, windows in spans])
        self.afternoon_hour.choices = _hours([windows.afternoon for _day, windows in spans])

    def show(self, day: str, at: time | None) -> None:
        """Show what was chosen before."""
        self.visit_on.data = day
        if at is not None:
            self.half.data = "morning" if at < NOON else "afternoon"
            self.morning_hour.data = self.afternoon_hour.data = f"{at:%H}"
            self.morning_minute.data = self.afternoon_minute.data = f"{at:%M}"

    def day(self) -> date | None:
        """The chosen day."""
        try:
            return date.fromisoformat(self.visit_on.data or "")
        except ValueError:
            return None

    def arrival(self) -> time | None:
        """The chosen arrival."""
        is_morning = self.half.data == "morning"
        hour, minute = (
            (self.morning_hour, self.morning_minute) if is_morning else (self.afternoon_hour, self.afternoon_minute)
        )
        try:
            return time(int(hour.data), int(minute.data)) if self.half.data else None
        except (ValueError, OverflowError):
            return None

    def chosen(self) -> tuple[date, time]:
        """Day and arrival; raises ``RuleErrors`` where one is missing."""
        day, at = self.day(), self.arrival()
        missing: list[RuleError] = [] if day else [DayMissing("visit_on")]
        missing += [] if at else [ArrivalMissing("half")]
        if day is None or at is None:
            raise RuleErrors(missing)
        return day, at


def _hours(windows: list[Window]) -> list[tuple[str, str]]:
    hours = sorted({hour for start, end in windows for hour in range(start.hour, end.hour + 1)})
    return [(f"{hour:02}", f"{hour:02}") for hour in hours]


@dataclass(frozen=True)
class Offer:
    """What an agency offers now: its days, and its windows with the day from which each holds."""

    agency: Agency
    days: list[date]
    spans: Spans

    @classmethod
    def of(cls, agency: Agency) -> Offer:
        """Read it; without a bookable day the windows of today are told."""
        spans = visiting.windows_ahead(agency.id)
        return cls(agency, visiting.bookable_days(agency.id), spans or [(clock.today(), _todays(agency))])


def _todays(agency: Agency) -> ArrivalWindows:
    return visiting.rules_for(agency.id).windows


def time_page(form: TimeForm, offer: Offer, template: str, **values: Any) -> str:
    """A page on which day and arrival are chosen, with the table of the day that stands in the form."""
    day = form.day() or (offer.days[0] if offer.days else None)
    return render_template(
        template,
        form=form,
        offer=offer,
        rules=visiting.rules_for(offer.agency.id, day),
        tally_day=day,
        tally=visiting.tally(offer.agency.id, day) if day else [],
        **values,
    )


@door.route("/bookings/new/time", methods=["GET", "POST"])
@signed_in
def booking_time(applicant: Applicant) -> str | Response | tuple[str, int]:
    """Step 4."""
    draft, form = booking_draft.current(), TimeForm()
    back = booking_draft.skipped(draft, "portal.booking_time")
    if back is not None or draft.by_session:
        return back or redirect(url_for("portal.booking_session"))
    offer = Offer.of(reservations.own_grant(applicant.id, draft.grant_id).agency)
    form.offer(offer.days, offer.spans)
    status = 200
    if request.method != "POST":
        form.show(draft.visit_on, draft.at)
    elif request.form.get("do") != "tally":  # that button only shows the table of another day
        try:
            day, at = form.chosen()
            reservations.check_time(applicant.id, draft.grant_id, day, at)
            draft.visit_on, draft.arrives = day.isoformat(), f"{at:%H:%M}"
            draft.keep()
            return redirect(url_for("portal.booking_confirm"))
        except RuleError as error:
            form.refuse(error, {"day": "visit_on", "at": "half"})
            status = UNPROCESSABLE
    return time_page(form, offer, "portal/booking_time.html"), status
