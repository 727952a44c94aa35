"""What a booker takes along: 預約接見明細 as a PDF with a QR code, and an entry for a calendar."""

from __future__ import annotations

import uuid

from flask import Response

from app.errors import IllegalMove
from app.i18n import _
from app.rules.dates import paper_date, sentence_date
from app.rules.vocabulary import ReservationState
from app.services import reservations
from app.services.calendar_files import calendar_of
from models import Applicant, Reservation
from models.reservation import LIVE_STATES
from reports.slip import VisitSlip, render_slip
from views.portal.door import door
from views.portal.guard import signed_in
from views.portal.look import locale


@door.get("/bookings/<uuid:reservation_id>/slip")
@signed_in
def booking_slip(applicant: Applicant, reservation_id: uuid.UUID) -> Response:
    """預約接見明細 of a visit that may take place; one that waits for review says so."""
    reservation = reservations.get(applicant.id, str(reservation_id))
    if reservation.state not in LIVE_STATES:
        raise IllegalMove(state=reservation.state_label)
    return _file(render_slip(_slip(reservation)), "application/pdf", f"booking-{reservation.number}.pdf")


@door.get("/bookings/<uuid:reservation_id>/calendar")
@signed_in
def booking_calendar(applicant: Applicant, reservation_id: uuid.UUID) -> Response:
    """An entry for the booker's calendar; taken again after a change it replaces the first one."""
    reservation = reservations.get(applicant.id, str(reservation_id))
    return _file(calendar_of(reservation), "text/calendar", f"booking-{reservation.number}.ics")


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, mimetype=media_type, headers=headers)


def _slip(reservation: Reservation) -> VisitSlip:
    agency, day = reservation.agency, reservation.visit_on
    state = str(reservation.state_label)
    if reservation.state == ReservationState.PENDING:
        state = _("%(state)s（尚未核准，審核結果將以電子郵件通知）", state=state)
    return VisitSlip(
        agency=agency.full_name,
        address=agency.address or "",
        phone=agency.phone or "",
        number=reservation.number,
        visit_on=paper_date(day) if locale().startswith("zh") else sentence_date(day, locale()),
        arrives_at=f"{reservation.arrives_local:%H:%M}",
        inmate=f"{reservation.inmate.number}　{reservation.inmate.name}",
        visitor=reservation.visitor_name,
        capacity=str(reservation.visitor_relation.label),
        companions="\n".join(
            _("%(name)s（%(capacity)s）", name=companion.name, capacity=companion.relation.label)
            for companion in reservation.companions
        ),
        state=state,
        qr_content=reservation.number,
    )
