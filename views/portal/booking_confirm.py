"""線上預約接見, 確認預約接見資訊, and 預約接見申請完成."""

from __future__ import annotations

import uuid

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField

from app.errors import RuleError
from app.i18n import _l
from app.services import booking_openings, reservations, visiting
from app.services.booking_rules import Overtaken
from models import Applicant
from views.portal import booking_draft
from views.portal.booking_draft import BookingDraft
from views.portal.door import door
from views.portal.forms import UNPROCESSABLE, PortalForm
from views.portal.guard import actor, signed_in

#: Where the session keeps the booking that was just made: (key of the form, reservation).
BOOKED = "booked"


class ConfirmForm(PortalForm):
    """The last look; ``again`` is asked only where a second booking falls into the same half-day."""

    key = HiddenField()
    remind_me = BooleanField(_l("增加提醒：接見前以電子郵件提醒我"))
    again = BooleanField(_l("確有需要，仍要繼續預約"))


@door.route("/bookings/new/confirm", methods=["GET", "POST"])
@signed_in
def booking_confirm(applicant: Applicant) -> str | Response | tuple[str, int]:
    """Step 5: read once more, and send."""
    draft, form = booking_draft.current(), ConfirmForm()
    booked = session.get(BOOKED)
    if request.method == "POST" and booked and form.key.data == booked[0]:
        return redirect(url_for("portal.booking_done", reservation_id=booked[1]))  # the second half of a double click
    back = booking_draft.skipped(draft, "portal.booking_confirm")
    if back is not None or draft.by_session:
        return back or redirect(url_for("portal.booking_session_confirm"))
    if request.method != "POST":
        form.remind_me.data = True
        return _page(applicant, draft, form)
    try:
        if form.key.data != draft.key:
            raise Overtaken()
        reservation_id = reservations.book(applicant.id, _request(draft, form), actor())
    except RuleError as error:
        form.refuse(error, {"second_visit_confirmed": "again"})
        if isinstance(error, Overtaken):
            form.again.data = False  # was said of another time
            return _page(applicant, draft, form), error.status
        return _page(applicant, draft, form, first_of(error)), UNPROCESSABLE
    session[BOOKED] = [draft.key, reservation_id]
    booking_draft.forget()
    return redirect(url_for("portal.booking_done", reservation_id=reservation_id))


def _request(draft: BookingDraft, form: ConfirmForm) -> reservations.BookingRequest:
    day, at = draft.day, draft.at
    assert day is not None and at is not None  # the step before has been answered
    return reservations.BookingRequest(
        grant_id=draft.grant_id,
        visit_on=day,
        arrives=at,
        key=draft.key,
        companions=draft.people,
        remind_me=bool(form.remind_me.data),
        second_visit_confirmed=bool(form.again.data),
    )


def first_of(error: RuleError) -> str | None:
    """The booking that could be changed instead of making a second one in its half-day."""
    return error.first_id if isinstance(error, reservations.SecondBooking) else None


def _page(applicant: Applicant, draft: BookingDraft, form: ConfirmForm, first_id: str | None = None) -> str:
    form.key.data = draft.key
    grant = reservations.own_grant(applicant.id, draft.grant_id)
    return render_template("portal/booking_confirm.html", form=form, draft=draft, grant=grant, first_id=first_id)


@door.get("/bookings/<uuid:reservation_id>/done")
@signed_in
def booking_done(applicant: Applicant, reservation_id: uuid.UUID) -> str:
    """預約接見申請完成."""
    reservation = reservations.get(applicant.id, str(reservation_id))
    tally = visiting.tally(reservation.agency_id, reservation.visit_on)
    opening = booking_openings.of(reservation)
    return render_template("portal/booking_done.html", reservation=reservation, opening=opening, tally=tally)
