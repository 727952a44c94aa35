"""線上預約接見, first half: 選擇接見類型, 選擇接見對象, 選擇其他接見人."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.errors import RuleError
from app.i18n import _l
from app.rules import masking
from app.rules.vocabulary import LAWYERS, VisitKind, choices_of
from app.services import companions, reservations
from models import Applicant, ServiceGrant
from views.portal import booking_draft
from views.portal.door import door
from views.portal.forms import PLEASE_SELECT, UNPROCESSABLE, PortalForm, Text, choice
from views.portal.guard import signed_in

#: The kinds that can be booked here.
KINDS = (VisitKind.LAWYER_ON_SITE,)


class NotChosen(RuleError):
    """A step was left without a choice."""

    sentence = _l("請選擇一項，再按「下一步」。")


class KindForm(PortalForm):
    """選擇接見類型."""

    kind = choice(_l("接見類型"), [(kind.value, kind.label) for kind in KINDS], radio=True)


class InmateForm(PortalForm):
    """選擇接見對象: one of the grants."""

    grant_id = choice(_l("接見對象"), [], radio=True)


class CompanionForm(PortalForm):
    """選擇其他接見人: typed, never picked from a list."""

    name = Text(_l("姓名"))
    id_number = Text(_l("身分證號（或統一證號）"))
    relation = choice(_l("身分"), [PLEASE_SELECT, *choices_of(LAWYERS)])

    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.name.data.strip() or self.id_number.data.strip() or self.relation.data)


@door.route("/bookings/new", methods=["GET", "POST"])
@signed_in
def booking_kind(applicant: Applicant) -> str | Response | tuple[str, int]:
    """Step 1."""
    draft, form = booking_draft.current(), KindForm()
    grants = reservations.bookable_grants(applicant.id)
    if request.method == "POST" and grants:
        if form.kind.data in [kind.value for kind in KINDS]:
            draft.kind = form.kind.data
            draft.keep()
            return redirect(url_for("portal.booking_inmate"))
        form.refuse(NotChosen("kind"))
        return render_template("portal/booking_kind.html", form=form, grants=grants), UNPROCESSABLE
    form.kind.data = draft.kind or KINDS[0].value
    return render_template("portal/booking_kind.html", form=form, grants=grants)


@door.route("/bookings/new/inmate", methods=["GET", "POST"])
@signed_in
def booking_inmate(applicant: Applicant) -> str | Response | tuple[str, int]:
    """Step 2."""
    draft, form = booking_draft.current(), InmateForm()
    back = booking_draft.skipped(draft, "portal.booking_inmate")
    if back is not None:
        return back
    grants = reservations.bookable_grants(applicant.id)
    form.grant_id.choices = [(grant.id, _named(grant)) for grant in grants]
    if request.method == "POST":
        if form.grant_id.data in [grant.id for grant in grants]:
            if draft.grant_id != form.grant_id.data:
                # Another agency has other days and hours.
                draft.grant_id, draft.visit_on, draft.arrives = form.grant_id.data, "", ""
            draft.keep()
            return redirect(url_for("portal.booking_companions"))
        form.refuse(NotChosen("grant_id"))
        return render_template("portal/booking_inmate.html", form=form, grants=grants), UNPROCESSABLE
    form.grant_id.data = draft.grant_id or (grants[0].id if len(grants) == 1 else "")
    return render_template("portal/booking_inmate.html", form=form, grants=grants)


def _named(grant: ServiceGrant) -> str:
    return f"{grant.agency.name} {grant.inmate.number}{masking.name_circle(grant.inmate.name)}"


@door.route("/bookings/new/companions", methods=["GET", "POST"])
@signed_in
def booking_companions(applicant: Applicant) -> str | Response | tuple[str, int]:
    """Step 3: add one, or go on; what stands in the fields when going on is added first."""
    draft, form = booking_draft.current(), CompanionForm()
    back = booking_draft.skipped(draft, "portal.booking_companions")
    if back is not None:
        return back
    if request.method == "POST":
        goes_on = request.form.get("do") == "next"
        if not (goes_on and form.is_empty()):
            try:
                _add(draft, form)
            except RuleError as error:
                place = f"companions-{len(draft.companions)}"
                form.refuse(error, {f"{place}-{name}": name for name in ("name", "id_number", "relation")})
                return render_template("portal/booking_companions.html", form=form, draft=draft), UNPROCESSABLE
        draft.companions_seen = draft.companions_seen or goes_on
        draft.keep()
        return redirect(url_for("portal.booking_time" if goes_on else "portal.booking_companions"))
    return render_template("portal/booking_companions.html", form=form, draft=draft)


def _add(draft: booking_draft.BookingDraft, form: CompanionForm) -> None:
    typed = companions.CompanionData(form.name.data, form.id_number.data, form.relation.data)
    clean = companions.clean_companions([*draft.people, typed])
    draft.companions = [{"name": p.name, "id_number": p.id_number, "relation": p.relation} for p in clean]


@door.post("/bookings/new/companions/<int:position>/remove")
@signed_in
def booking_companion_remove(applicant: Applicant, position: int) -> Response:
    """Take one companion off the list."""
    draft = booking_draft.current()
    draft.companions = [person for place, person in enumerate(draft.companions) if place != position]
    draft.keep()
    return redirect(url_for("portal.booking_companions"))
