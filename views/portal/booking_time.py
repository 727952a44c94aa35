"""線上預約接見, 預約時段挑選: the day, the expected arrival, and how many are announced already."""

from __future__ import annotations

from datetime import date, time

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.errors import RuleError, RuleErrors
from app.i18n import _l
from app.rules.arrival import ArrivalWindows
from app.rules.dates import booking_date
from app.rules.parameters import ARRIVAL_STEP_MINUTES, Window
from app.services import reservations, visiting
from models import Applicant
from views.portal import booking_draft
from views.portal.booking_draft import BookingDraft
from views.portal.door import door
from views.portal.forms import PLEASE_SELECT, UNPROCESSABLE, PortalForm, choice
from views.portal.guard import signed_in
from views.portal.look import locale

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

    def offer(self, days: list[date], windows: ArrivalWindows) -> None:
        """Fill in the agency's days and hours."""
        self.visit_on.choices = [PLEASE_SELECT, *((d.isoformat(), booking_date(d, locale())) for d in days)]
        self.half.choices = [("morning", _l("預計上午到達")), ("afternoon", _l("預計下午到達"))]
        self.morning_hour.choices = _hours(windows.morning)
        self.afternoon_hour.choices = _hours(windows.afternoon)

    def show(self, draft: BookingDraft, windows: ArrivalWindows) -> None:
        """Show what was chosen before."""
        self.visit_on.data, at = draft.visit_on, draft.at
        if at is not None:
            self.half.data = windows.half_day(at) or ""
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
        except ValueError:
            return None


def _hours(window: Window) -> list[tuple[str, str]]:
    return [(f"{hour:02}", f"{hour:02}") for hour in range(window[0].hour, window[1].hour + 1)]


@door.route("/bookings/new/time", methods=["GET", "POST"])
@signed_in
def booking_time(applicant: Applicant) -> str | Response | tuple[str, int]:
    """Step 4."""
    draft, form = booking_draft.current(), TimeForm()
    back = booking_draft.skipped(draft, "portal.booking_time")
    if back is not None:
        return back
    grant = reservations.own_grant(applicant.id, draft.grant_id)
    rules, days = visiting.rules_for(grant.agency_id), visiting.bookable_days(grant.agency_id)
    form.offer(days, rules.windows)
    status = 200
    if request.method != "POST":
        form.show(draft, rules.windows)
    elif request.form.get("do") != "tally":  # that button only shows the table of another day
        try:
            _choose(applicant, draft, form)
            return redirect(url_for("portal.booking_confirm"))
        except RuleError as error:
            form.refuse(error, {"day": "visit_on", "at": "half"})
            status = UNPROCESSABLE
    day = form.day() or (days[0] if days else None)
    tally = visiting.tally(grant.agency_id, day) if day else []
    return (
        render_template(
            "portal/booking_time.html", form=form, grant=grant, rules=rules, days=days, tally_day=day, tally=tally
        ),
        status,
    )


def _choose(applicant: Applicant, draft: BookingDraft, form: TimeForm) -> None:
    day, at = form.day(), form.arrival()
    missing: list[RuleError] = [] if day else [DayMissing("visit_on")]
    missing += [] if at else [ArrivalMissing("half")]
    if day is None or at is None:
        raise RuleErrors(missing)
    reservations.check_time(applicant.id, draft.grant_id, day, at)
    draft.visit_on, draft.arrives = day.isoformat(), f"{at:%H:%M}"
    draft.keep()
