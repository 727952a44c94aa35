"""候見號碼: the number that the waiting board calls out, 1, 2, … per agency and day, in the order of check-in."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.rules.vocabulary import VisitKind
from models import Agency, Reservation

#: Whoever visits by a device waits in another place, and is not called out.
CALLED_OUT = (VisitKind.LAWYER_ON_SITE, VisitKind.FAMILY_ON_SITE)


def begin(session: Session, reservation_id: str) -> None:
    """Lock the agency at which a visitor is called out, before the booking: as a closure of the day locks them."""
    of_booking = select(Reservation.agency_id).where(Reservation.id == reservation_id, Reservation.kind.in_(CALLED_OUT))
    session.execute(select(Agency.id).where(Agency.id.in_(of_booking)).with_for_update(key_share=True))


def next_number(session: Session, row: Reservation) -> int | None:
    """The number of whoever checks in now; None for a visit by a device.

    The agency's row is locked until the act ends, so that two desks never give out the same number.
    """
    if row.kind not in CALLED_OUT:
        return None
    session.execute(select(Agency.id).where(Agency.id == row.agency_id).with_for_update(key_share=True))
    highest = select(func.max(Reservation.queue_number)).where(
        Reservation.agency_id == row.agency_id, Reservation.visit_on == row.visit_on
    )
    return (session.scalar(highest) or 0) + 1
