"""線上預約接見, first steps: 選擇接見類型, 選擇接見對象."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.errors import RuleError
from app.i18n import _l
from app.rules.vocabulary import VisitKind
from app.services import reservations, session_choices
from models import Applicant, ServiceGrant
from views.portal import booking_draft
from views.portal.door import door
from views.portal.forms import UNPROCESSABLE, PortalForm, choice
from views.portal.guard import signed_in
from views.portal.look import masked_inmate

#: The kinds that can be booked here.
KINDS = (
    VisitKind.LAWYER_ON_SITE,
    VisitKind.LAWYER_MOBILE,
    VisitKind.FAMILY_ON_SITE,
    VisitKind.FAMILY_REMOTE,
    VisitKind.FAMILY_MOBILE,
)


def grants_for(applicant_id: str, kind: str) -> list[ServiceGrant]:
    """What an applicant can book visits of this kind with."""
    if kind == VisitKind.LAWYER_ON_SITE:
        return reservations.bookable_grants(applicant_id)
    return session_choices.bookable_grants(applicant_id, VisitKind(kind))


class NotChosen(RuleError):
    """A step was left without a choice."""

    sentence = _l("請選擇一項，再按「下一步」。")


class KindForm(PortalForm):
    """選擇接見類型."""

    kind = choice(_l("接見類型"), [(kind.value, kind.label) for kind in KINDS], radio=True)


class InmateForm(PortalForm):
    """選擇接見對象: one of the grants."""

    grant_id = choice(_l("接見對象"), [], radio=True)


@door.route("/bookings/new", methods=["GET", "POST"])
@signed_in
def booking_kind(applicant: Applicant) -> str | Response | tuple[str, int]:
    """Step 1."""
    draft, form = booking_draft.current(), KindForm()
    kinds = [kind for kind in KINDS if grants_for(applicant.id, kind)]
    form.kind.choices = [(kind.value, kind.label) for kind in kinds]
    if request.method == "POST" and kinds:
        if form.kind.data in [kind.value for kind in kinds]:
            if draft.kind != form.kind.data:  # other inmates, other people, other hours
                draft = booking_draft.BookingDraft(kind=form.kind.data)
            draft.keep()
            return redirect(url_for("portal.booking_inmate"))
        form.refuse(NotChosen("kind"))
        return _kinds(form, kinds), UNPROCESSABLE
    form.kind.data = draft.kind or (kinds[0].value if kinds else "")
    return _kinds(form, kinds)


def _kinds(form: KindForm, kinds: list[VisitKind]) -> str:
    # That nobody needs a booking is said to lawyers: a family's visits are counted, and held by session.
    is_family = bool(kinds) and not any(kind in (VisitKind.LAWYER_ON_SITE, VisitKind.LAWYER_MOBILE) for kind in kinds)
    return render_template("portal/booking_kind.html", form=form, grants=kinds, is_family=is_family)


@door.route("/bookings/new/inmate", methods=["GET", "POST"])
@signed_in
def booking_inmate(applicant: Applicant) -> str | Response | tuple[str, int]:
    """Step 2."""
    draft, form = booking_draft.current(), InmateForm()
    back = booking_draft.skipped(draft, "portal.booking_inmate")
    if back is not None:
        return back
    grants = grants_for(applicant.id, draft.kind)
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
    return f"{grant.agency.name} {masked_inmate(grant.inmate)}"
