"""預約紀錄查詢及異動: my reservations, one of them, and cancelling it."""

from __future__ import annotations

import uuid

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.services import reservations
from models import Applicant
from models.reservation import RESERVATION_MOVES
from views.portal.door import door
from views.portal.guard import actor, signed_in


@door.get("/bookings", endpoint="bookings")
@signed_in
def bookings_page(applicant: Applicant) -> str:
    """My reservations, the latest visit first."""
    return render_template("portal/bookings.html", reservations=reservations.of_applicant(applicant.id))


@door.get("/bookings/<uuid:reservation_id>")
@signed_in
def booking_detail(applicant: Applicant, reservation_id: uuid.UUID) -> str:
    """One of my reservations."""
    reservation = reservations.get(applicant.id, str(reservation_id))
    can_cancel = RESERVATION_MOVES.allows("cancel", reservation.state)
    return render_template("portal/booking_detail.html", reservation=reservation, can_cancel=can_cancel)


@door.route("/bookings/<uuid:reservation_id>/cancel", methods=["GET", "POST"])
@signed_in
def booking_cancel(applicant: Applicant, reservation_id: uuid.UUID) -> str | Response:
    """Ask once more, then cancel."""
    reservation = reservations.get(applicant.id, str(reservation_id))
    if request.method != "POST":
        return render_template("portal/booking_cancel.html", reservation=reservation)
    version = request.form.get("version", type=int) or 0
    reservations.cancel(applicant.id, reservation.id, version, actor())
    return redirect(url_for("portal.booking_detail", reservation_id=reservation_id))
