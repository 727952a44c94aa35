"""查看機關聯絡簿: what agencies tell my family, by month; one message with its picture and downloads."""

from __future__ import annotations

import uuid

from flask import Response, render_template, request

from app.rules.vocabulary import Audience
from app.services import agency_messages
from models import Applicant
from views.portal.door import door
from views.portal.entries import sent
from views.portal.guard import signed_in


@door.get("/family-book/messages")
@signed_in
def agency_messages_page(applicant: Applicant) -> str:
    """發佈年月, 發佈單位 and 發佈對象; what I have not opened is marked."""
    asked = {name: request.args.get(name, "")[:36] for name in ("month", "publisher", "audience")}
    return render_template(
        "portal/agency_messages.html",
        shelf=agency_messages.shelf(applicant.id, asked["month"], asked["publisher"], asked["audience"]),
        may_read=agency_messages.may_read(applicant.id),
        audiences=Audience.choices(),
        asked=asked,
    )


@door.get("/family-book/messages/<uuid:message_id>")
@signed_in
def agency_message(applicant: Applicant, message_id: uuid.UUID) -> str:
    """One message; opened, it is no longer marked 未讀."""
    message = agency_messages.get(applicant.id, str(message_id))
    agency_messages.mark_read(applicant.id, message.id)
    return render_template(
        "portal/agency_message.html", message=message, month=f"{agency_messages.month_of(message):%Y-%m}"
    )


@door.get("/family-book/messages/files/<uuid:file_id>")
@signed_in
def agency_file(applicant: Applicant, file_id: uuid.UUID) -> Response:
    """附件下載, or the picture on the page."""
    return sent(agency_messages.get_file(applicant.id, str(file_id)))
