"""簡訊電子郵件紀錄: what was sent to this applicant; live links are not in it."""

from __future__ import annotations

from flask import render_template

from app.services import notifications
from models import Applicant
from views.portal.door import door
from views.portal.guard import signed_in


@door.get("/messages")
@signed_in
def messages(applicant: Applicant) -> str:
    """The newest messages first."""
    return render_template("portal/messages.html", messages=notifications.log_of(applicant.id))
