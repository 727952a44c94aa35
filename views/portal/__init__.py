"""便民服務入口網: the applicants' door."""

from __future__ import annotations

from flask import Flask

from app.extensions import csrf
from views.portal import (
    application_papers,
    application_status,
    applications,
    booking,
    booking_confirm,
    booking_time,
    bookings,
    captcha,
    language,
    look,
    messages,
    outbox,
    pages,
    refusals,
    registration,
    registration_result,
    sign_in,
    verification,
)
from views.portal.door import door

#: The modules whose pages hang in this door.
PAGES = (
    *(pages, language, captcha, registration, registration_result, verification, sign_in, applications),
    *(application_papers, application_status, booking, booking_time, booking_confirm, bookings, messages, outbox),
    refusals,
)


def register(app: Flask) -> None:
    """Hang the portal's pages into this app."""
    csrf.exempt(language.language)  # it checks the Origin instead, so that a reader without a session can choose
    look.dress(app)
    app.register_blueprint(door)
