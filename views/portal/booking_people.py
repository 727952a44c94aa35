"""變更其他接見人 of a visit by session: typed as in a new booking, confirmed against what stands now."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField

from app.errors import RuleError, Stale
from app.i18n import _
from app.services import reservations, session_parties
from app.services.companions import CompanionData
from models import Applicant, Reservation
from views.portal.booking_companions import Place, companion_page
from views.portal.booking_draft import people_of, stored
from views.portal.door import door
from views.portal.forms import UNPROCESSABLE, PortalForm
from views.portal.guard import actor, signed_in

#: Where the session keeps lists that have not been sent, by reservation; the oldest go first.
PLACE, MOST_KEPT = "booking_people", 5
#: Where it keeps the key of the list that was sent last.
SENT = "booking_people_sent"


class PeopleForm(PortalForm):
    """The last look; ``key`` names the list that stood on the page."""

    key = HiddenField()


@dataclass
class PeopleDraft:
    """Who is to come along; ``version`` is the one that was looked at, ``key`` is new with each change of the list."""

    reservation_id: str
    version: int
    companions: list[dict[str, str]]
    is_family: bool
    key: str = ""

    @classmethod
    def of(cls, reservation: Reservation) -> PeopleDraft:
        """The list that was begun in this browser, or that of the booking."""
        held: dict[str, dict[str, Any]] = session.get(PLACE) or {}
        if reservation.id in held:
            return cls(**held[reservation.id])
        people = stored(CompanionData.of(companion) for companion in reservation.companions)
        return cls(reservation.id, reservation.version, people, not reservation.visitor_relation.is_lawyers)

    @property
    def people(self) -> list[CompanionData]:
        """The companions as the service takes them."""
        return people_of(self.companions)

    def keep(self) -> None:
        """Put it into this browser's session."""
        self.key = str(uuid.uuid4())
        newest = [*_others(self.reservation_id).items(), (self.reservation_id, asdict(self))][-MOST_KEPT:]
        session[PLACE] = dict(newest)

    def forget(self) -> None:
        """The list was sent, or there is nothing to send."""
        session[PLACE] = _others(self.reservation_id)


def _others(reservation_id: str) -> dict[str, Any]:
    return {key: kept for key, kept in (session.get(PLACE) or {}).items() if key != reservation_id}


@door.route("/bookings/<uuid:reservation_id>/people", methods=["GET", "POST"])
@signed_in
def booking_people(applicant: Applicant, reservation_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Add or take off companions."""
    reservation = reservations.get(applicant.id, str(reservation_id))
    fixed = _fixed(reservation)
    if fixed is not None:
        return fixed
    own = reservation.id
    place = Place(
        step=None,
        back=url_for("portal.booking_detail", reservation_id=own),
        onward=url_for("portal.booking_people_confirm", reservation_id=own),
        here=url_for("portal.booking_people", reservation_id=own),
        remove=lambda position: url_for("portal.booking_people_remove", position=position, reservation_id=own),
    )
    return companion_page(applicant, PeopleDraft.of(reservation), place)


@door.post("/bookings/<uuid:reservation_id>/people/<int:position>/remove")
@signed_in
def booking_people_remove(applicant: Applicant, reservation_id: uuid.UUID, position: int) -> Response:
    """Take one companion off the list."""
    reservation = reservations.get(applicant.id, str(reservation_id))
    draft = PeopleDraft.of(reservation)
    draft.companions = [person for place, person in enumerate(draft.companions) if place != position]
    draft.keep()
    return redirect(url_for("portal.booking_people", reservation_id=reservation.id))


@door.route("/bookings/<uuid:reservation_id>/people/confirm", methods=["GET", "POST"])
@signed_in
def booking_people_confirm(applicant: Applicant, reservation_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Who stands beside who is to come; then it is sent."""
    reservation = reservations.get(applicant.id, str(reservation_id))
    draft, form = PeopleDraft.of(reservation), PeopleForm()
    if request.method != "POST":
        return _fixed(reservation) or _page(reservation, draft, form)
    if form.key.data and form.key.data == session.get(SENT):  # the second half of a double click
        return redirect(url_for("portal.booking_detail", reservation_id=reservation_id))
    try:
        if form.key.data != draft.key:  # the list was changed in another tab since this page was shown
            raise Stale()
        changed = session_parties.change(applicant.id, reservation.id, draft.people, draft.version, actor())
    except RuleError as error:
        return _not_changed(applicant, draft, form, error)
    session[SENT] = draft.key
    draft.forget()
    if changed:
        flash(_("預約已變更，待機關審核。審核結果將以電子郵件通知。"))
    return redirect(url_for("portal.booking_detail", reservation_id=reservation_id))


def _not_changed(applicant: Applicant, draft: PeopleDraft, form: PeopleForm, error: RuleError) -> Any:
    reservation = reservations.get(applicant.id, draft.reservation_id)
    fixed = _fixed(reservation)
    if fixed is not None:
        return fixed
    if isinstance(error, Stale):  # the page below shows what stands now
        draft.version = reservation.version
        draft.keep()
    form.refuse(error)
    return _page(reservation, draft, form), error.status if isinstance(error, Stale) else UNPROCESSABLE


def _fixed(reservation: Reservation) -> Response | tuple[str, int] | None:
    """Elsewhere, or the page that says why nothing can be changed, where that is so."""
    if reservation.session_id is None:
        return redirect(url_for("portal.booking_change", reservation_id=reservation.id))
    problem = session_parties.obstacle(reservation)
    if problem is None:
        return None
    page = render_template("portal/booking_refused.html", reservation=reservation, sentence=str(problem))
    return page, problem.status


def _page(reservation: Reservation, draft: PeopleDraft, form: PeopleForm) -> str:
    form.key.data = draft.key
    is_other = session_parties.differs(reservation, draft.people)
    problem = session_parties.refusal(reservation, draft.people) if is_other else None
    if problem is not None and not form.listed_errors():
        form.refuse(problem)
    return render_template(
        "portal/booking_people_confirm.html",
        form=form,
        reservation=reservation,
        draft=draft,
        differs=is_other,
        problem=problem,
    )
