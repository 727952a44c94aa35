"""線上預約接見 by session: the week with its free places, the held place, and confirming; new bookings and changes."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask import flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField

from app import clock
from app.errors import RuleError
from app.i18n import _, _l
from app.rules.visit_refusals import SessionFull
from app.rules.visits_by_session import refusal_of_person
from app.rules.vocabulary import VisitKind
from app.services import (
    companions,
    place_holds,
    reservations,
    session_bookings,
    session_choices,
    session_demand,
    visit_rules,
)
from app.services.companions import CompanionData
from app.services.place_holds import MOST_EXTENSIONS, HeldOtherwise, HoldGone
from app.services.session_bookings import SessionBooking
from models import Applicant, PlaceHold, Reservation, ServiceGrant
from views.portal import booking_draft
from views.portal.booking_week import days_of
from views.portal.door import door
from views.portal.forms import UNPROCESSABLE, PortalForm, Text
from views.portal.guard import actor, signed_in

#: Where the session keeps what was booked or changed last: (key of the form, reservation).
BOOKED = "booked"


class SessionMissing(RuleError):
    """No session was chosen."""

    sentence = _l("請選擇一個可預約的時段。")


class SessionForm(PortalForm):
    """預約時段挑選: the beginning of one session."""

    session = Text(_l("接見時段"))

    def start(self) -> datetime:
        """The chosen beginning; raises :class:`SessionMissing`."""
        try:
            chosen = datetime.fromisoformat(self.session.data)
            start = chosen if chosen.tzinfo else clock.at(chosen.date(), chosen.time())
            clock.local(start)
            return start
        except (ValueError, OverflowError):  # the ends of the calendar are another day elsewhere
            raise SessionMissing("session") from None


class HoldForm(PortalForm):
    """The last look, while the place is held."""

    key = HiddenField()
    #: The session that stands on the page: another window may have taken the hold elsewhere.
    place = HiddenField()
    remind_me = BooleanField(_l("增加提醒：接見前以電子郵件提醒我"))


def _persons(people: list[CompanionData], grant: ServiceGrant, kind: VisitKind) -> int:
    rules = visit_rules.rules_of(grant.agency_id, kind)
    return companions.counted_persons(people, clock.today(), rules.free_under_years)


def _week(
    form: SessionForm,
    grant: ServiceGrant,
    kind: VisitKind,
    people: list[CompanionData],
    changed: Reservation | None = None,
) -> str:
    asked = session_choices.question_of(grant, kind, people, changed.id if changed else None)
    problem = refusal_of_person(asked)
    return render_template(
        "portal/booking_session.html",
        form=form,
        grant=grant,
        kind=kind,
        rules=asked.rules,
        problem=problem,
        days=[] if problem else days_of(session_choices.week(asked, grant), changed),
        reservation=changed,
    )


@door.route("/bookings/new/session", methods=["GET", "POST"])
@signed_in
def booking_session(applicant: Applicant) -> str | Response | tuple[str, int]:
    """Step 4: choose a session, which is held from then on."""
    draft, form = booking_draft.current(), SessionForm()
    back = booking_draft.skipped(draft, "portal.booking_time")
    if back is not None or not draft.by_session:
        return back or redirect(url_for("portal.booking_time"))
    grant, kind = reservations.own_grant(applicant.id, draft.grant_id), VisitKind(draft.kind)
    status = 200
    if request.method == "POST":
        try:
            start, persons = form.start(), _persons(draft.people, grant, kind)
            place_holds.take(applicant.id, draft.grant_id, kind, start, persons=persons)
            local = clock.local(start)
            draft.visit_on, draft.arrives = local.date().isoformat(), f"{local:%H:%M}"
            draft.keep()
            return redirect(url_for("portal.booking_session_confirm"))
        except RuleError as error:
            form.refuse(error)
            if isinstance(error, SessionFull):
                session_demand.turned_away(draft.grant_id, kind, start, actor())
            status, grant = UNPROCESSABLE, reservations.own_grant(applicant.id, draft.grant_id)
    return _week(form, grant, kind, draft.people), status


@door.route("/bookings/new/session/confirm", methods=["GET", "POST"])
@signed_in
def booking_session_confirm(applicant: Applicant) -> str | Response | tuple[str, int]:
    """Step 5: read once more while the place is held, and send."""
    draft, form = booking_draft.current(), HoldForm()
    booked = session.get(BOOKED)
    if request.method == "POST" and booked and form.key.data == booked[0]:
        return redirect(url_for("portal.booking_done", reservation_id=booked[1]))  # the second half of a double click
    back = booking_draft.skipped(draft, "portal.booking_confirm")
    if back is not None or not draft.by_session:
        return back or redirect(url_for("portal.booking_confirm"))
    if request.method != "POST":
        form.remind_me.data = True
        return _confirm_page(applicant, form, draft.key, draft.people, draft.grant_id)
    try:
        if form.key.data != draft.key:  # something was chosen anew in another window
            raise HeldOtherwise()
        wanted = SessionBooking(draft.key, draft.people, bool(form.remind_me.data), session_id=form.place.data or "")
        made = session_bookings.confirm(applicant.id, wanted, actor())
    except RuleError as error:
        form.refuse(error)
        return _confirm_page(applicant, form, draft.key, draft.people, draft.grant_id), error.status
    session[BOOKED] = [draft.key, made]
    booking_draft.forget()
    return redirect(url_for("portal.booking_done", reservation_id=made))


def _confirm_page(
    applicant: Applicant,
    form: HoldForm,
    key: str,
    people: list[CompanionData],
    grant_id: str,
    reservation: Reservation | None = None,
) -> str:
    hold, grant = place_holds.current(applicant.id), reservations.own_grant(applicant.id, grant_id)
    if not _is_for(hold, grant, reservation):
        hold = None
        if not form.listed_errors():
            form.refuse(HoldGone())
    form.key.data, form.place.data = key, hold.session_id if hold else ""
    left = max(0, int((hold.expires_at - clock.now()).total_seconds())) if hold else 0
    return render_template(
        "portal/booking_session_confirm.html",
        form=form,
        hold=hold,
        seconds=left,
        may_extend=bool(hold and hold.extensions < MOST_EXTENSIONS),
        extensions_left=MOST_EXTENSIONS - hold.extensions if hold else 0,
        grant=grant,
        people=people,
        reservation=reservation,
    )


def _is_for(hold: PlaceHold | None, grant: ServiceGrant, reservation: Reservation | None) -> bool:
    """Whether the held place is the one of this page, and not of another tab."""
    replaces_id = reservation.id if reservation else None
    return hold is not None and hold.grant_id == grant.id and hold.replaces_id == replaces_id


@door.post("/bookings/hold/extend")
@signed_in
def booking_hold_extend(applicant: Applicant) -> Response:
    """Ten more minutes, and back to the page."""
    try:
        place_holds.extend(applicant.id)
        flash(_("已延長保留10分鐘。"))
    except RuleError as error:
        flash(str(error), "refused")
    hold = place_holds.current(applicant.id)
    if hold is not None and hold.replaces_id is not None:
        return redirect(url_for("portal.booking_session_change_confirm", reservation_id=hold.replaces_id))
    return redirect(url_for("portal.booking_session_confirm"))


@door.route("/bookings/<uuid:reservation_id>/session", methods=["GET", "POST"])
@signed_in
def booking_session_change(applicant: Applicant, reservation_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """變更預約: choose another session; the old place is kept until the new one is booked."""
    reservation = reservations.get(applicant.id, str(reservation_id))
    fixed = _fixed(reservation)
    if fixed is not None:
        return fixed
    form, people, status = SessionForm(), _people_of(reservation), 200
    grant = reservations.own_grant(applicant.id, reservation.grant_id or "")
    if request.method == "POST":
        own, grant_id, kind = reservation.id, grant.id, reservation.kind
        persons = _persons(people, grant, kind)
        try:
            start = form.start()
            place_holds.take(applicant.id, grant_id, kind, start, persons=persons, replaces_id=own)
            return redirect(url_for("portal.booking_session_change_confirm", reservation_id=own))
        except RuleError as error:
            form.refuse(error)
            if isinstance(error, SessionFull):
                session_demand.turned_away(grant_id, kind, start, actor())
            status, reservation = UNPROCESSABLE, reservations.get(applicant.id, own)
            grant = reservations.own_grant(applicant.id, grant_id)
    return _week(form, grant, reservation.kind, people, reservation), status


@door.route("/bookings/<uuid:reservation_id>/session/confirm", methods=["GET", "POST"])
@signed_in
def booking_session_change_confirm(applicant: Applicant, reservation_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """The new session beside the old one; then it is sent."""
    reservation, form = reservations.get(applicant.id, str(reservation_id)), HoldForm()
    key = f"{reservation.id[:24]}-{reservation.version}"
    booked = session.get(BOOKED)
    if request.method == "POST" and booked and form.key.data == booked[0]:
        return redirect(url_for("portal.booking_detail", reservation_id=reservation_id))
    fixed = _fixed(reservation)
    if fixed is not None:
        return fixed
    people, grant_id = _people_of(reservation), reservation.grant_id or ""
    if request.method != "POST":
        return _confirm_page(applicant, form, key, people, grant_id, reservation)
    own = reservation.id
    try:
        if form.key.data != key:  # the booking was changed since this page was shown
            raise HeldOtherwise()
        seen = form.place.data or ""
        wanted = SessionBooking(key, people, version=reservation.version, session_id=seen, replaces_id=own)
        session_bookings.confirm(applicant.id, wanted, actor())
    except RuleError as error:
        form.refuse(error)
        reservation = reservations.get(applicant.id, str(reservation_id))
        return _confirm_page(applicant, form, key, people, grant_id, reservation), error.status
    session[BOOKED] = [key, str(reservation_id)]
    flash(_("預約已變更，待機關審核。審核結果將以電子郵件通知。"))
    return redirect(url_for("portal.booking_detail", reservation_id=reservation_id))


def _people_of(reservation: Reservation) -> list[CompanionData]:
    return [CompanionData.of(companion) for companion in reservation.companions]


def _fixed(reservation: Reservation) -> Response | tuple[str, int] | None:
    """Elsewhere, or the page that says why nothing can be changed, where that is so."""
    if reservation.session_id is None:
        return redirect(url_for("portal.booking_change", reservation_id=reservation.id))
    problem = session_bookings.obstacle(reservation)
    if problem is None:
        return None
    page = render_template("portal/booking_refused.html", reservation=reservation, sentence=str(problem))
    return page, problem.status
