"""預約紀錄查詢及異動: my reservations, one of them, and cancelling it."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.errors import RuleError
from app.i18n import _
from app.rules.device_visits import MOBILE_KINDS
from app.rules.vocabulary import CancelledBy, ReservationState
from app.services import booking_changes, booking_openings, booking_rules, joining, reservations
from app.services.agencies import phone_of
from models import Applicant, Reservation
from models.reservation import LIVE_STATES, RESERVATION_MOVES
from views.portal import booking_closures
from views.portal.door import door
from views.portal.guard import actor, signed_in
from views.portal.look import locale


@door.get("/bookings", endpoint="bookings")
@signed_in
def bookings_page(applicant: Applicant) -> str:
    """My reservations: those to come, then the past ones."""
    mine = reservations.of_applicant(applicant.id)
    openings = booking_openings.of_all(mine.coming)
    return render_template("portal/bookings.html", mine=mine, shown=reservations.PAST_SHOWN, openings=openings)


@door.get("/bookings/<uuid:reservation_id>")
@signed_in
def booking_detail(applicant: Applicant, reservation_id: uuid.UUID) -> str:
    """One of my reservations, what can be done about it, and what has changed since it was made."""
    return _detail(reservations.get(applicant.id, str(reservation_id)))


def _detail(reservation: Reservation) -> str:
    opening = booking_openings.of(reservation)
    return render_template(
        "portal/booking_detail.html",
        reservation=reservation,
        opening=opening,
        told=_told(reservation, opening),
        notice=booking_rules.notice_of(reservation),
        stopped=booking_closures.stopped(reservation),
        is_live=reservation.state in LIVE_STATES,
        is_mobile=reservation.kind in MOBILE_KINDS,
        how=joining.how_to_join(reservation, locale()) if reservation.state is ReservationState.APPROVED else "",
        phone=phone_of(reservation.agency),
    )


def _told(reservation: Reservation, opening: booking_openings.Opening) -> RuleError | None:
    """Why nothing more, or not everything, can be done online about a booking that is not over."""
    over = booking_changes.day_over(reservation) if reservation.state in LIVE_STATES else None
    return over or (opening.refused if RESERVATION_MOVES.allows("cancel", reservation.state) else None)


@door.route("/bookings/<uuid:reservation_id>/cancel", methods=["GET", "POST"])
@signed_in
def booking_cancel(applicant: Applicant, reservation_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Ask once more, then cancel."""
    reservation = reservations.get(applicant.id, str(reservation_id))
    if request.method != "POST":
        if not booking_openings.of(reservation).can_cancel:
            return redirect(url_for("portal.booking_detail", reservation_id=reservation_id))
        return render_template("portal/booking_cancel.html", reservation=reservation)
    version = request.form.get("version", type=int) or 0
    try:
        reservations.cancel(applicant.id, reservation.id, version, actor())
    except RuleError as error:
        return _not_cancelled(applicant, str(reservation_id), error)
    flash(_("預約已取消。"))
    return redirect(url_for("portal.booking_detail", reservation_id=reservation_id))


def _not_cancelled(applicant: Applicant, reservation_id: str, error: RuleError) -> Response | tuple[str, int]:
    """The page to cancel on once more, with what stands now; who has cancelled already is taken there."""
    reservation = reservations.get(applicant.id, reservation_id)
    if reservation.cancelled_by == CancelledBy.APPLICANT:  # the second half of a double click
        return redirect(url_for("portal.booking_detail", reservation_id=reservation_id))
    can_cancel = booking_openings.of(reservation).can_cancel
    page = "booking_cancel" if can_cancel else "booking_refused"
    shown = render_template(f"portal/{page}.html", reservation=reservation, sentence=str(error), is_cancel=True)
    return shown, error.status
