"""選擇其他接見人: typed one by one, in a new booking and in a change alike; no list is ever offered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.errors import RuleError
from app.i18n import _l
from app.rules.companion_papers import PAPERS
from app.rules.countries import countries
from app.rules.vocabulary import FAMILY, LAWYERS, IdentityKind, choices_of
from app.services import companions
from app.services.companions import CompanionData
from models import Applicant
from views.portal import booking_draft
from views.portal.door import door
from views.portal.forms import PLEASE_SELECT, UNPROCESSABLE, PortalForm, Text, choice
from views.portal.guard import signed_in
from views.portal.look import locale

FIELDS = ("name", "id_number", "id_country", "relation", "paper", "birth_date")


class CompanionForm(PortalForm):
    """One companion: typed, never picked from a list."""

    name = Text(_l("姓名"))
    id_kind = choice(_l("身分證件種類"), IdentityKind.choices(), radio=True)
    id_number = Text(_l("證件號碼"))
    id_country = choice(_l("護照核發國家或地區"), [])
    relation = choice(_l("身分"), [PLEASE_SELECT, *choices_of(LAWYERS)])
    paper = Text(_l("將出示的文件"))
    birth_date = Text(_l("出生日期"))

    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not any(str(self[name].data or "").strip() for name in FIELDS)


class Party(Protocol):
    """A draft of a booking or of a change, as far as this page goes."""

    companions: list[dict[str, str]]

    @property
    def is_family(self) -> bool:
        """Whether a relative comes, with relatives."""

    @property
    def people(self) -> list[CompanionData]:
        """Those named so far."""

    def keep(self) -> None:
        """Put it into this browser's session."""


@dataclass(frozen=True)
class Place:
    """Where this page stands: its step (None outside the steps), its neighbours, and where one is taken off."""

    step: int | None
    back: str
    onward: str
    here: str
    remove: Callable[[int], str]


def companion_page(applicant: Applicant, draft: Party, place: Place) -> str | Response | tuple[str, int]:
    """Add one, or go on; what stands in the fields when going on is added first."""
    form = CompanionForm()
    form.id_country.choices = [PLEASE_SELECT, *countries(locale())]
    if draft.is_family:
        form.relation.label.text = _l("與收容人關係")
        form.relation.choices = [PLEASE_SELECT, *choices_of(FAMILY)]
    status = 200
    if request.method == "POST":
        goes_on = request.form.get("do") == "next"
        try:
            if not (goes_on and form.is_empty()):
                _add(applicant, draft, form)
            draft.keep()
            return redirect(place.onward if goes_on else place.here)
        except RuleError as error:
            spot = f"companions-{len(draft.companions)}"
            form.refuse(error, {f"{spot}-{name}": name for name in FIELDS})
            status = UNPROCESSABLE
    form.id_kind.data = form.id_kind.data or IdentityKind.NATIONAL_ID.value
    page = render_template("portal/booking_companions.html", form=form, draft=draft, place=place, papers=PAPERS)
    return page, status


def _add(applicant: Applicant, draft: Party, form: CompanionForm) -> None:
    paper, born = ("", form.birth_date.data) if draft.is_family else (form.paper.data, "")
    kind, country = form.id_kind.data, form.id_country.data
    typed = CompanionData(form.name.data, form.id_number.data, form.relation.data, paper, born, kind, country)
    clean = companions.clean_companions([*draft.people, typed], applicant.id_number, is_family=draft.is_family)
    draft.companions = booking_draft.stored(clean)


@door.route("/bookings/new/companions", methods=["GET", "POST"])
@signed_in
def booking_companions(applicant: Applicant) -> str | Response | tuple[str, int]:
    """Step 3 of a new booking."""
    draft = booking_draft.current()
    back = booking_draft.skipped(draft, "portal.booking_companions")
    if back is not None:
        return back
    draft.companions_seen = draft.companions_seen or request.form.get("do") == "next"
    place = Place(
        step=3,
        back=url_for("portal.booking_inmate"),
        onward=url_for("portal.booking_time"),
        here=url_for("portal.booking_companions"),
        remove=lambda position: url_for("portal.booking_companion_remove", position=position),
    )
    return companion_page(applicant, draft, place)


@door.post("/bookings/new/companions/<int:position>/remove")
@signed_in
def booking_companion_remove(applicant: Applicant, position: int) -> Response:
    """Take one companion off the list."""
    draft = booking_draft.current()
    draft.companions = [person for place, person in enumerate(draft.companions) if place != position]
    draft.keep()
    return redirect(url_for("portal.booking_companions"))
