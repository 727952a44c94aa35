"""服務項目申請 of a family: for whom and how related, then which items; the papers follow as for a lawyer."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField

from app import clock
from app.errors import RuleError
from app.i18n import _l
from app.rules.family_items import FAMILY_ITEMS, in_order
from app.rules.vocabulary import FAMILY, ServiceItem, choices_of
from app.services import agencies, application_status, drafts, family_drafts
from models import Applicant, ApplicationDraft
from views.portal.door import door
from views.portal.forms import PLEASE_SELECT, UNPROCESSABLE, PortalForm, Text, choice
from views.portal.guard import actor, signed_in


class FamilySubjectForm(PortalForm):
    """服務項目申請對象: agency, 呼號 and relationship."""

    agency_id = choice(_l("矯正機關"), [])
    number = Text(_l("呼號"))
    relation = choice(_l("與收容人關係"), [PLEASE_SELECT, *choices_of(FAMILY)])


class ItemsForm(PortalForm):
    """申請服務項目內容, and the relationship once more, to be mended here."""

    relation = choice(_l("與收容人關係"), [PLEASE_SELECT, *choices_of(FAMILY)])
    items = SelectMultipleField(_l("申請服務項目內容"), choices=choices_of(FAMILY_ITEMS), validate_choice=False)


def agencies_offered() -> list[tuple[str, str]]:
    """Every agency that is open today, for a drop-down."""
    return [(agency.id, agency.name) for agency in agencies.active(clock.today())]


@door.route("/family-applications/new", methods=["GET", "POST"])
@signed_in
def application_family_start(applicant: Applicant) -> str | Response | tuple[str, int]:
    """Choose agency, 呼號 and relationship; opens a draft on the server."""
    form = FamilySubjectForm()
    form.agency_id.choices = [PLEASE_SELECT, *agencies_offered()]
    if request.method != "POST":
        return render_template("portal/application_family_start.html", form=form)
    try:
        agency_id = form.agency_id.data if form.agency_id.data in dict(form.agency_id.choices) else ""
        draft_id = family_drafts.start(applicant.id, agency_id, form.number.data, form.relation.data, actor())
    except RuleError as error:
        form.refuse(error)
        return render_template("portal/application_family_start.html", form=form), UNPROCESSABLE
    return redirect(url_for("portal.application_capacity", draft_id=draft_id))


def chosen(applicant: Applicant, draft: ApplicationDraft) -> str | Response | tuple[str, int]:
    """Tick the items; the draft keeps what was typed, right or wrong."""
    form, draft_id = ItemsForm(), draft.id
    if request.method != "POST":
        typed = draft.fields or {}
        form.relation.data = typed.get("relation", "")
        form.items.data = [item.value for item in in_order(typed.get("items", ()))]
        return _page(form, draft)
    try:
        family_drafts.save(applicant.id, draft_id, relation=form.relation.data, items=form.items.data or ())
    except RuleError as error:
        form.refuse(error)
        return _page(form, drafts.get(applicant.id, draft_id)), UNPROCESSABLE
    return redirect(url_for("portal.application_papers", draft_id=draft_id))


def _page(form: ItemsForm, draft: ApplicationDraft) -> str:
    free, held = family_drafts.offered(draft)
    form.items.choices = choices_of(free)
    mendable = None
    if not draft.previous_id:
        mendable = application_status.mendable(draft.applicant_id, draft.inmate_id, ServiceItem.FAMILY)
    return render_template("portal/application_items.html", form=form, draft=draft, held=held, mendable=mendable)
