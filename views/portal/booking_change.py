"""變更預約: another day, another time, other companions; confirmed against what stands now."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import date, time
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField

from app.errors import RuleError, Stale
from app.i18n import _, _l
from app.services import booking_changes, reservations
from app.services.booking_changes import BookingChange
from app.services.companions import CompanionData
from models import Applicant, Reservation
from views.portal.booking_companions import Place, companion_page
from views.portal.booking_confirm import first_of
from views.portal.booking_draft import people_of, stored
from views.portal.booking_time import Offer, TimeForm, time_page
from views.portal.door import door
from views.portal.forms import UNPROCESSABLE, PortalForm
from views.portal.guard import actor, signed_in

#: Where the session keeps changes that have not been sent, by reservation; the oldest go first.
PLACE, MOST_KEPT = "booking_changes", 5
#: Where it keeps the key of the change that was sent last.
SENT = "booking_changed"


class ChangeForm(PortalForm):
    """The last look at a change; ``key`` names the choices that stood on the page."""

    key = HiddenField()
    again = BooleanField(_l("確有需要，仍要繼續預約"))


@dataclass
class ChangeDraft:
    """What one's booking is to become; ``version`` is the one that was looked at, ``key`` is new with each choice."""

    reservation_id: str
    version: int
    visit_on: str
    arrives: str
    companions: list[dict[str, str]]
    key: str = ""
    is_family = False

    @classmethod
    def of(cls, reservation: Reservation) -> ChangeDraft:
        """The change that was begun in this browser, or one in which everything stays."""
        held: dict[str, dict[str, Any]] = session.get(PLACE) or {}
        return cls(**held[reservation.id]) if reservation.id in held else cls.anew(reservation)

    @classmethod
    def anew(cls, reservation: Reservation) -> ChangeDraft:
        """A change in which everything stays so far."""
        people = stored(CompanionData.of(companion) for companion in reservation.companions)
        at = f"{reservation.arrives_local:%H:%M}"
        return cls(reservation.id, reservation.version, reservation.visit_on.isoformat(), at, people)

    @property
    def day(self) -> date:
        return date.fromisoformat(self.visit_on)

    @property
    def at(self) -> time:
        return time.fromisoformat(self.arrives)

    @property
    def people(self) -> list[CompanionData]:
        """The companions as the service takes them."""
        return people_of(self.companions)

    def keep(self) -> None:
        """Put it into this browser's session."""
        self.key = str(uuid.uuid4())
        held = {key: kept for key, kept in (session.get(PLACE) or {}).items() if key != self.reservation_id}
        newest = [*held.items(), (self.reservation_id, asdict(self))][-MOST_KEPT:]
        session[PLACE] = dict(newest)

    def forget(self) -> None:
        """The change was made, or there is nothing to make."""
        session[PLACE] = {key: kept for key, kept in (session.get(PLACE) or {}).items() if key != self.reservation_id}

    def wanted(self, again: bool = False) -> BookingChange:
        """The change as the service takes it."""
        return BookingChange(self.day, self.at, self.version, self.people, again)


def _fixed(reservation: Reservation) -> tuple[str, int] | None:
    """The page that says why nothing can be changed, where that is so."""
    problem = booking_changes.obstacle(reservation)
    if problem is None:
        return None
    return _refused(reservation, problem)


def _refused(reservation: Reservation, error: RuleError) -> tuple[str, int]:
    page = render_template("portal/booking_refused.html", reservation=reservation, sentence=str(error))
    return page, error.status


@door.route("/bookings/<uuid:reservation_id>/change", methods=["GET", "POST"])
@signed_in
def booking_change(applicant: Applicant, reservation_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Choose another day or time; companions have a page beside it."""
    reservation = reservations.get(applicant.id, str(reservation_id))
    if reservation.session_id is not None:
        return redirect(url_for("portal.booking_session_change", reservation_id=reservation.id))
    fixed = _fixed(reservation)
    if fixed is not None:
        return fixed
    draft, form, offer = ChangeDraft.of(reservation), TimeForm(), Offer.of(reservation.agency)
    form.offer(offer.days, offer.spans)
    status = 200
    if request.method != "POST":
        if draft.version != reservation.version:  # begun before somebody else changed or decided it
            draft = ChangeDraft.anew(reservation)
        form.show(draft.visit_on, draft.at)
    elif request.form.get("do") != "tally":
        try:
            day, at = form.chosen()
            booking_changes.check_change(reservation, day, at)
            draft.visit_on, draft.arrives = day.isoformat(), f"{at:%H:%M}"
            draft.keep()
            onward = "companions" if request.form.get("do") == "companions" else "confirm"
            return redirect(url_for(f"portal.booking_change_{onward}", reservation_id=reservation.id))
        except RuleError as error:
            form.refuse(error, {"day": "visit_on", "at": "half"})
            status = UNPROCESSABLE
    page = time_page(form, offer, "portal/booking_change.html", reservation=reservation, draft=draft)
    return page, status


@door.route("/bookings/<uuid:reservation_id>/change/companions", methods=["GET", "POST"])
@signed_in
def booking_change_companions(applicant: Applicant, reservation_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Other companions."""
    reservation = reservations.get(applicant.id, str(reservation_id))
    fixed = _fixed(reservation)
    if fixed is not None:
        return fixed
    own = reservation.id
    place = Place(
        step=None,
        back=url_for("portal.booking_change", reservation_id=own),
        onward=url_for("portal.booking_change_confirm", reservation_id=own),
        here=url_for("portal.booking_change_companions", reservation_id=own),
        remove=lambda position: url_for(
            "portal.booking_change_companion_remove", position=position, reservation_id=own
        ),
    )
    return companion_page(applicant, ChangeDraft.of(reservation), place)


@door.post("/bookings/<uuid:reservation_id>/change/companions/<int:position>/remove")
@signed_in
def booking_change_companion_remove(applicant: Applicant, reservation_id: uuid.UUID, position: int) -> Response:
    """Take one companion off the list."""
    reservation = reservations.get(applicant.id, str(reservation_id))
    draft = ChangeDraft.of(reservation)
    draft.companions = [person for place, person in enumerate(draft.companions) if place != position]
    draft.keep()
    return redirect(url_for("portal.booking_change_companions", reservation_id=reservation.id))


@door.route("/bookings/<uuid:reservation_id>/change/confirm", methods=["GET", "POST"])
@signed_in
def booking_change_confirm(applicant: Applicant, reservation_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """What stands beside what is to come; then it is sent."""
    reservation = reservations.get(applicant.id, str(reservation_id))
    draft, form = ChangeDraft.of(reservation), ChangeForm()
    if request.method != "POST":
        return _fixed(reservation) or _confirm_page(reservation, draft, form)
    if form.key.data and form.key.data == session.get(SENT):  # the second half of a double click
        return redirect(url_for("portal.booking_detail", reservation_id=reservation_id))
    try:
        if form.key.data != draft.key:  # chosen anew in another tab since this page was shown
            raise Stale()
        changed = booking_changes.change(applicant.id, reservation.id, draft.wanted(bool(form.again.data)), actor())
    except RuleError as error:
        return _not_changed(applicant, draft, form, error)
    session[SENT] = draft.key
    draft.forget()
    if changed:
        flash(_("預約已變更，待機關審核。審核結果將以電子郵件通知。"))
    return redirect(url_for("portal.booking_detail", reservation_id=reservation_id))


def _not_changed(applicant: Applicant, draft: ChangeDraft, form: ChangeForm, error: RuleError) -> tuple[str, int]:
    reservation = reservations.get(applicant.id, draft.reservation_id)
    problem = booking_changes.obstacle(reservation)
    if problem is not None:
        return _refused(reservation, problem)
    if isinstance(error, Stale):  # the page below shows what stands now
        draft.version = reservation.version
        draft.keep()
    form.refuse(error, {"second_visit_confirmed": "again"})
    status = error.status if isinstance(error, Stale) else UNPROCESSABLE
    return _confirm_page(reservation, draft, form, first_of(error)), status


def _confirm_page(reservation: Reservation, draft: ChangeDraft, form: ChangeForm, first_id: str | None = None) -> str:
    form.key.data = draft.key
    return render_template(
        "portal/booking_change_confirm.html",
        form=form,
        reservation=reservation,
        draft=draft,
        differs=booking_changes.differs(reservation, draft.wanted()),
        first_id=first_id,
    )
