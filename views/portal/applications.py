"""律師接見服務項目申請: for whom, and in which capacity; the papers follow on a page of their own.

A family's 服務項目申請 begins in ``family_applications`` and goes the same way from there.
"""

from __future__ import annotations

import uuid

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.errors import RuleError
from app.i18n import _l
from app.rules.vocabulary import LAWYERS, Relationship, ServiceItem, choices_of
from app.services import application_status, drafts
from models import Applicant, ApplicationDraft
from views.portal import family_applications
from views.portal.door import door
from views.portal.forms import PLEASE_SELECT, UNPROCESSABLE, PortalForm, Text, choice
from views.portal.guard import actor, signed_in


class SubjectForm(PortalForm):
    """服務項目申請對象: agency and 呼號."""

    agency_id = choice(_l("矯正機關"), [])
    number = Text(_l("呼號"))


class CapacityForm(PortalForm):
    """與收容人關係, and what belongs to it."""

    relation = choice(_l("與收容人關係"), choices_of(LAWYERS), radio=True)
    certificate_number = Text(_l("律師證書字號"))
    defender_number = Text(_l("律師證書字號"))
    supervising_lawyer = Text(_l("指導律師姓名"))

    def shown_number(self) -> str:
        """The certificate number of the choice that was made: two choices have a field for it."""
        is_defender = self.relation.data == Relationship.DEFENDER
        return str(self.defender_number.data if is_defender else self.certificate_number.data)


@door.route("/applications/new", methods=["GET", "POST"])
@signed_in
def application_start(applicant: Applicant) -> str | Response | tuple[str, int]:
    """Choose agency and 呼號; opens a draft on the server."""
    form = SubjectForm()
    form.agency_id.choices = [PLEASE_SELECT, *family_applications.agencies_offered()]
    if request.method != "POST":
        return render_template("portal/application_start.html", form=form)
    try:
        chosen = form.agency_id.data if form.agency_id.data in dict(form.agency_id.choices) else ""
        draft_id = drafts.start(applicant.id, chosen, form.number.data, actor())
    except RuleError as error:
        form.refuse(error)
        return render_template("portal/application_start.html", form=form), UNPROCESSABLE
    return redirect(url_for("portal.application_capacity", draft_id=draft_id))


@door.route("/applications/draft/<uuid:draft_id>", methods=["GET", "POST"])
@signed_in
def application_capacity(applicant: Applicant, draft_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Choose the relationship; the draft keeps what was typed, right or wrong."""
    draft, form = drafts.get(applicant.id, str(draft_id)), CapacityForm()
    if draft.item is ServiceItem.FAMILY:
        return family_applications.chosen(applicant, draft)
    if request.method != "POST":
        typed = draft.fields or {}
        form.relation.data = typed.get("relation", "")
        form.certificate_number.data = form.defender_number.data = typed.get("certificate_number", "")
        form.supervising_lawyer.data = typed.get("supervising_lawyer", "")
        return _capacity_page(form, draft)
    try:
        drafts.save(
            applicant.id,
            str(draft_id),
            relation=form.relation.data,
            certificate_number=form.shown_number(),
            supervising_lawyer=form.supervising_lawyer.data,
        )
    except RuleError as error:
        form.refuse(error)
        return _capacity_page(form, drafts.get(applicant.id, str(draft_id))), UNPROCESSABLE
    return redirect(url_for("portal.application_papers", draft_id=draft_id))


def _capacity_page(form: CapacityForm, draft: ApplicationDraft) -> str:
    mendable = None if draft.previous_id else application_status.mendable(draft.applicant_id, draft.inmate_id)
    return render_template("portal/application_capacity.html", form=form, draft=draft, mendable=mendable)
