"""便民服務入口網: the applicants' door."""

from __future__ import annotations

from flask import Flask

from app.extensions import csrf
from views.portal import (
    agency_messages,
    application_papers,
    application_status,
    applications,
    booking,
    booking_change,
    booking_companions,
    booking_confirm,
    booking_papers,
    booking_people,
    booking_sessions,
    booking_time,
    bookings,
    captcha,
    confirmation,
    entries,
    entry_drafts,
    family_applications,
    hours,
    language,
    look,
    looks,
    mail_changes,
    messages,
    mobile_changes,
    my_sessions,
    outbox,
    pages,
    passwords,
    refusals,
    registration,
    registration_result,
    second_factor,
    sign_in,
    sms,
    sms_receipts,
    staying,
    verification,
    waiting_screen,
)
from views.portal.door import door

#: The modules whose pages hang in this door.
PAGES = (
    *(pages, hours, language, captcha, registration, registration_result, verification, sign_in, applications),
    *(family_applications, application_papers, application_status, messages, outbox),
    *(booking, booking_companions, booking_time, booking_confirm, bookings, booking_change, booking_papers),
    *(booking_sessions, booking_people, entries, entry_drafts, agency_messages),
    *(passwords, confirmation, my_sessions, second_factor, staying, refusals, mail_changes),
    *(sms, sms_receipts, waiting_screen, looks, mobile_changes),
)


def register(app: Flask) -> None:
    """Hang the portal's pages into this app."""
    csrf.exempt(language.language)  # it checks the Origin instead, so that a reader without a session can choose
    csrf.exempt(sms_receipts.sms_receipt)  # signed by the gateway, which has no session
    look.dress(app)
    app.register_blueprint(door)
