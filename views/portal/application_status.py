"""服務項目狀態查詢: what I have sent and hold, one of them, and taking it back."""

from __future__ import annotations

import uuid

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.errors import NotFound, RuleError
from app.rules.vocabulary import ServiceItem
from app.services import application_status, applications, reapplications
from app.services.application_status import Case
from app.services.application_subjects import InmateGone
from models import Applicant
from views.portal import menu
from views.portal.door import door
from views.portal.guard import actor, signed_in
from views.portal.refusals import refused_page


@door.get("/applications", endpoint="applications")
@signed_in
def applications_page(applicant: Applicant) -> str:
    """My applications, the newest first, and the service items that I hold."""
    return render_template("portal/applications.html", status=application_status.of_applicant(applicant.id))


@door.get("/applications/<uuid:application_id>")
@signed_in
def application_detail(applicant: Applicant, application_id: uuid.UUID) -> str:
    """One of my applications: its papers, what was decided and why, what can be done."""
    status = application_status.of_applicant(applicant.id)
    case = _own(status.cases, application_id)
    holdings = [held for held in status.holdings if held.grant.application_id == case.application.id]
    return render_template("portal/application_detail.html", case=case, application=case.application, holdings=holdings)


def _own(cases: list[Case], application_id: uuid.UUID) -> Case:
    case = next((case for case in cases if case.application.id == str(application_id)), None)
    if case is None:
        raise NotFound()
    return case


@door.get("/applications/<uuid:application_id>/sent")
@signed_in
def application_sent(applicant: Applicant, application_id: uuid.UUID) -> str:
    """服務項目申請已送出."""
    sent = applications.get(applicant.id, str(application_id))
    return render_template("portal/application_sent.html", application=sent)


@door.route("/applications/<uuid:application_id>/withdraw", methods=["GET", "POST"])
@signed_in
def application_withdraw(applicant: Applicant, application_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Ask once more, then take the application back."""
    application = applications.get(applicant.id, str(application_id))
    if request.method != "POST":
        return render_template("portal/application_withdraw.html", application=application)
    try:
        applications.withdraw(applicant.id, application.id, request.form.get("version", type=int) or 0, actor())
    except RuleError as error:
        return _refused(error)
    return redirect(url_for("portal.application_detail", application_id=application_id))


@door.post("/applications/<uuid:application_id>/mend")
@signed_in
def application_mend(applicant: Applicant, application_id: uuid.UUID) -> Response | tuple[str, int]:
    """補正後重新送出: a draft with everything but the refused papers."""
    item = applications.get(applicant.id, str(application_id)).item
    try:
        draft_id = reapplications.mend(applicant.id, str(application_id))
    except RuleError as error:
        return _refused(error, item)
    return redirect(url_for("portal.application_papers", draft_id=draft_id))


@door.post("/grants/<uuid:grant_id>/renew")
@signed_in
def application_renew(applicant: Applicant, grant_id: uuid.UUID) -> Response | tuple[str, int]:
    """更新證明文件並重新申請: a draft for the same inmate."""
    item = next((grant.item for grant in applications.grants_of(applicant.id) if grant.id == str(grant_id)), None)
    try:
        draft_id = reapplications.renew(applicant.id, str(grant_id))
    except RuleError as error:
        return _refused(error, item)
    return redirect(url_for("portal.application_capacity", draft_id=draft_id))


def _refused(error: RuleError, item: ServiceItem | None = None) -> tuple[str, int]:
    if isinstance(error, NotFound):
        raise error
    again = (menu.start_of(item),) if item is not None and isinstance(error, InmateGone) else ()
    return refused_page(error, *again, menu.STATUS)
