"""A message as a letter: text, the same as HTML, and a calendar file where the matter has a date."""

from __future__ import annotations

import re

from flask import current_app
from flask_babel import force_locale
from markupsafe import Markup, escape
from sqlalchemy.orm import object_session

from app.adapters.mailer import Mail, MailAttachment
from app.i18n import DEFAULT_LOCALE, html_lang
from app.services import calendar_files
from app.services.notifications import HIDDEN_LINK
from models import Notification, Reservation

_ADDRESS = re.compile(r"https?://[^\s<>\"'，。；、）」】]+")


def letter(message: Notification, locale: str | None) -> Mail:
    """The mail of a message; needs the session in which the message was loaded."""
    link = (message.secret or {}).get("link")
    sender, body = current_app.config["MAIL_SENDER"], message.body
    text = body.replace(HIDDEN_LINK, link) if link else body
    return Mail(
        message_id=message_id(message.id),
        sender=sender,
        recipient=message.recipient,
        subject=message.subject,
        text=text,
        html=html_of(message.subject, text, locale or DEFAULT_LOCALE),
        attachments=_calendar(message, locale or DEFAULT_LOCALE) if message.has_calendar else (),
    )


def message_id(notification_id: str) -> str:
    """The Message-ID of a message, the same at each attempt."""
    return f"<{notification_id}@{message_domain()}>"


def message_domain() -> str:
    """The domain of our Message-IDs: that of the sender."""
    sender: str = current_app.config["MAIL_SENDER"]
    return sender.rpartition("@")[2].rstrip(">")


def html_of(subject: str, text: str, locale: str) -> str:
    """The text as a page of its own: nothing is loaded, and only addresses of the portal are links."""
    template = current_app.jinja_env.get_template("mail/letter.html")
    lines = [_linked(line) for line in text.strip().splitlines()]
    return template.render(lang=html_lang(locale), subject=subject, lines=lines)


def _linked(line: str) -> Markup:
    base = current_app.config["BASE_URL"]
    shown, end = Markup(), 0
    for found in _ADDRESS.finditer(line):
        address = found.group()
        if address == base or address.startswith((f"{base}/", f"{base}?")):
            link = Markup('<a href="{0}">{0}</a>').format(address)
            shown += escape(line[end : found.start()]) + link
            end = found.end()
    return shown + escape(line[end:])


def _calendar(message: Notification, locale: str) -> tuple[MailAttachment, ...]:
    session = object_session(message)
    if message.subject_kind != Reservation.__tablename__ or session is None:
        return ()
    reservation = session.get(Reservation, message.subject_id, populate_existing=True)
    if reservation is None:
        return ()
    with force_locale(locale):
        content = calendar_files.calendar_of(reservation)
        method = calendar_files.method_of(reservation)
    return (MailAttachment("visit.ics", f"text/calendar; method={method}; charset=utf-8", content),)
