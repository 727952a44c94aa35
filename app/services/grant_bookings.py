"""The reservations that stand on a grant: marked when it stops, in order again when it goes on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.rules.vocabulary import Attention, ReservationState
from models import Reservation, ServiceGrant
from models.reservation import LIVE_STATES

_CARRIED_STATES = (*LIVE_STATES, ReservationState.AWAITING_NEW_DATE)
_OF_GRANTS = (Attention.GRANT_SUSPENDED, Attention.GRANT_REVOKED, Attention.GRANT_UNDONE)


def carried_by(grant: ServiceGrant) -> tuple[Any, ...]:
    """The condition that a reservation is live and stands on this grant."""
    return Reservation.grant_id == grant.id, Reservation.state.in_(_CARRIED_STATES)


def flag(session: Session, grant: ServiceGrant, attention: Attention | None) -> int:
    """Mark the live reservations that a grant carries, or (None) take the marks of its stops away; returns how many.

    The version goes up: a colleague who decides on a page from before is told to look again.
    """
    touched = list(carried_by(grant))
    if attention is None:
        touched += [Reservation.attention.in_(_OF_GRANTS), Reservation.visit_on <= grant.until_on]
    changed = session.execute(
        update(Reservation)
        .where(*touched)
        .values(attention=attention, version=Reservation.version + 1)
        .execution_options(synchronize_session=False)
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]
