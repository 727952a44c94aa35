"""What messages say about a booking: the places of their texts, and who is told what."""

from __future__ import annotations

import functools
from typing import Any

from flask_babel import force_locale
from sqlalchemy.orm import Session

from app.i18n import _
from app.rules import masking
from app.rules.dates import booking_date
from app.rules.vocabulary import VisitKind, Word
from app.services import companions, joining, notifications
from models import Agency, Applicant, Companion, Inmate, Reservation

#: In the place of a reason that nobody has to give.
NO_REASON = "－"


def described(reservation: Reservation, locale: str) -> dict[str, str]:
    """The places of the message texts about a reservation."""
    agency: Agency = reservation.agency
    inmate: Inmate = reservation.inmate
    return {
        "how": joining.how_to_join(reservation, locale),
        "minutes": str(reservation.minutes or NO_REASON),
        "agency": agency.name,
        "address": agency.address or "",
        "inmate": masking.name_middle(inmate.name),
        "kind": _in(locale, reservation.kind),
        "state": _in(locale, reservation.stood),
        "date": booking_date(reservation.visit_on, locale),
        "time": f"{reservation.arrives_local:%H:%M}",
        "companions": _named(reservation) or "－",
        "number": reservation.number,
    }


@functools.cache
def _in(locale: str, word: Word) -> str:
    """The label of a word in a language; a page of verdicts asks for the same few hundreds of times."""
    with force_locale(locale):
        return str(word.label)


def occasion(reservation: Reservation, locale: str) -> str:
    """Day, arrival and companions in one phrase, as a message about a change names the old and the new."""
    when = f"{booking_date(reservation.visit_on, locale)} {reservation.arrives_local:%H:%M}"
    names = _named(reservation)
    with force_locale(locale):
        return str(_("%(when)s，其他接見人：%(names)s", when=when, names=names)) if names else when


def _named(reservation: Reservation) -> str:
    return "、".join(companion.name for companion in reservation.companions)


#: Messages that speak to families in other words than to lawyers.
FOR_FAMILIES = {
    "booking_received": "family_booking_received",
    "booking_approved": "family_booking_approved",
    "booking_rejected": "family_booking_rejected",
    "booking_lapsed": "family_booking_lapsed",
    "booking_cancelled": "family_booking_cancelled",
}
#: Messages about a visit on one's own telephone: nobody travels, and how to join is told.
FOR_MOBILE = {"booking_approved": "mobile_booking_approved", "reminder": "mobile_join"}
#: The wordings of each kind of visit; a lawyer on site has the plain ones.
WORDINGS = {
    VisitKind.FAMILY_ON_SITE: FOR_FAMILIES,
    VisitKind.FAMILY_REMOTE: {**FOR_FAMILIES, "booking_approved": "remote_booking_approved"},
    VisitKind.FAMILY_MOBILE: {**FOR_FAMILIES, **FOR_MOBILE},
    VisitKind.LAWYER_MOBILE: {**FOR_MOBILE, "booking_received": "mobile_booking_received"},
}


def wording(event: str, reservation: Reservation) -> str:
    """The event under which a message about this booking has its text."""
    return WORDINGS.get(reservation.kind, {}).get(event, event)


def tell(session: Session, event: str, reservation: Reservation, **places: Any) -> None:
    """Queue a message about a reservation to its booker; who has no account is not written to."""
    event = wording(event, reservation)
    if reservation.applicant_id is None:
        return
    applicant = session.get_one(Applicant, reservation.applicant_id)
    values = {**described(reservation, applicant.locale), **places}
    _queue(session, event, applicant, reservation, values)


def tell_companions(session: Session, reservation: Reservation, before: dict[str, Companion]) -> None:
    """Tell the companions who hold a grant that they are named, and those of ``before`` who no longer are."""
    now = companions.matched(session, reservation)
    for applicant_id, companion in now.items():
        _tell_companion(session, "companion_named", reservation, applicant_id, companion)
    for applicant_id, companion in before.items():
        if applicant_id not in now:
            _tell_companion(session, "companion_released", reservation, applicant_id, companion)


def release_companions(session: Session, reservation: Reservation) -> None:
    """Tell the companions who hold a grant that nothing comes of the visit."""
    for applicant_id, companion in companions.matched(session, reservation).items():
        _tell_companion(session, "companion_released", reservation, applicant_id, companion)


def _tell_companion(
    session: Session, event: str, reservation: Reservation, applicant_id: str, companion: Companion
) -> None:
    applicant = session.get_one(Applicant, applicant_id)
    with force_locale(applicant.locale):
        capacity = str(companion.relation.label)
    values = {
        **described(reservation, applicant.locale),
        "by": masking.name_middle(reservation.visitor_name),
        "capacity": capacity,
    }
    _queue(session, event, applicant, reservation, values)


def _queue(
    session: Session, event: str, applicant: Applicant, reservation: Reservation, values: dict[str, Any]
) -> None:
    agency = reservation.agency
    notifications.enqueue(
        session, event, applicant, reservation, version=reservation.version, agency=agency, values=values
    )
