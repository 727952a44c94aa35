"""服務項目狀態查詢, and the page that says that an application was sent."""

from __future__ import annotations

import uuid

from flask import render_template

from app.errors import NotFound
from app.services import applications
from models import Applicant
from views.portal.door import door
from views.portal.guard import signed_in


@door.get("/applications", endpoint="applications")
@signed_in
def applications_page(applicant: Applicant) -> str:
    """My applications, the newest first."""
    return render_template("portal/applications.html", applications=applications.of_applicant(applicant.id))


@door.get("/applications/<uuid:application_id>/sent")
@signed_in
def application_sent(applicant: Applicant, application_id: uuid.UUID) -> str:
    """服務項目申請已送出."""
    sent = next((a for a in applications.of_applicant(applicant.id) if a.id == str(application_id)), None)
    if sent is None:
        raise NotFound()
    return render_template("portal/application_sent.html", application=sent)
