"""A visit as a calendar file (RFC 5545): discreet, because calendars are shared; later files replace earlier ones."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from icalendar import Calendar, Event, vCalAddress

from app import clock
from app.i18n import _
from app.rules.vocabulary import ReservationState
from models import Reservation

#: How long a visit is taken to last: the announced arrival is all that is known.
LASTS = timedelta(minutes=30)
_SETTLED = (ReservationState.APPROVED, ReservationState.CHECKED_IN, ReservationState.IN_PROGRESS)
_OPEN = (ReservationState.PENDING, ReservationState.AWAITING_NEW_DATE)


def method_of(reservation: Reservation) -> str:
    """PUBLISH for a visit that may take place or did, CANCEL for one that will not."""
    happens = (*_SETTLED, *_OPEN, ReservationState.COMPLETED)
    return "PUBLISH" if reservation.state in happens else "CANCEL"


def calendar_of(reservation: Reservation) -> bytes:
    """The calendar file of a reservation as it stands, in the language of the moment.

    The same UID all its life and the version as SEQUENCE, so that a calendar changes its entry instead of adding one.
    Neither the agency nor the inmate is named.
    """
    calendar, visit, method = Calendar(), Event(), method_of(reservation)
    sender = str(current_app.config["MAIL_SENDER"]).rpartition("<")[2].rstrip(">")
    calendar.add("prodid", "-//Agency of Corrections//Public Services Portal//ZH-TW")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    visit.add("uid", f"{reservation.id}@{sender.rpartition('@')[2]}")
    visit.add("sequence", reservation.version)
    visit.add("dtstamp", clock.now())
    visit.add("dtstart", reservation.arrives_at)
    visit.add("dtend", reservation.arrives_at + LASTS)
    visit.add("summary", _("預約 %(number)s", number=reservation.number))
    visit.add("description", _("詳情請登入便民服務入口網查看。"))
    visit.add("url", f"{current_app.config['BASE_URL']}/portal/")
    visit.add("class", "PRIVATE")
    visit.add("status", "CANCELLED" if method == "CANCEL" else _status(reservation))
    visit.add("organizer", vCalAddress(f"mailto:{sender}"))
    calendar.add_component(visit)
    return bytes(calendar.to_ical())


def _status(reservation: Reservation) -> str:
    return "TENTATIVE" if reservation.state in _OPEN else "CONFIRMED"
