"""A place is kept for ten minutes while its form is open (SPEC §4.3): one for each applicant, extended twice at most.

Rows are locked in one order everywhere: agency, applicant, grant, booking, inmate, hold, sessions by id; so nobody
waits in a ring.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session, contains_eager

from app import clock
from app.errors import NotFound, RuleError
from app.extensions import db
from app.i18n import _l
from app.rules import visits_by_session
from app.rules.visit_refusals import NoSuchSession, SessionFull
from app.rules.visit_timetable import Slot, slots_on
from app.rules.visits_by_session import Place, Question
from app.rules.vocabulary import SessionState, VisitKind
from app.services import visit_facts, visit_sessions
from app.transaction import transaction
from models import Applicant, Inmate, PlaceHold, Reservation, ServiceGrant, VisitSession

HOLD = timedelta(minutes=10)
MOST_EXTENSIONS = 2
#: How far ahead "when again" looks.
SIGHT = timedelta(days=35)


class HoldGone(RuleError):
    """The ten minutes are over, or the place was never held."""

    sentence = _l("保留時間已到或尚未選擇時段，請重新選擇。您填寫的資料已保留。")
    status = 409


class HeldOtherwise(RuleError):
    """Another window has taken the hold to another session since the page was shown."""

    sentence = _l("您已在其他視窗改選時段或變更預約內容，本頁原列內容未送出。請確認下列最新內容，或重新選擇時段。")
    status = 409


class HoldStopped(RuleError):
    """The agency has closed the session while its form was open."""

    sentence = _l("該時段已停止辦理接見，無法延長保留。請重新選擇時段；您填寫的資料已保留。")
    status = 409


class NoMoreExtensions(RuleError):
    """A hold was extended twice already."""

    sentence = _l("保留時間最多延長%(n)s次。請於時間內送出；逾時仍可重新選擇時段，填寫的資料會保留。")


def take(
    applicant_id: str,
    grant_id: str,
    kind: VisitKind,
    starts_at: datetime,
    *,
    persons: int = 1,
    replaces_id: str | None = None,
) -> str:
    """Hold a place and return the hold's id; a place held before is given back in the same commit.

    A place that is held already is not held anew: its minutes go on. Raises the errors of
    ``app.rules.visit_refusals`` and ``NotFound``. The inmate's row is locked, so that two relatives cannot take the
    last visit of a period in two sessions.
    """
    with transaction() as session:
        # The row's lock alone: nothing of the applicant is read here. Who only points to the row does not wait.
        own = select(Applicant.id).where(Applicant.id == applicant_id)
        session.execute(own.with_for_update(key_share=True))
        grant = grant_locking(session, applicant_id, grant_id, kind, Inmate)
        if replaces_id is not None:
            own_reservation(session, applicant_id, replaces_id)
        asked = visit_facts.question(session, grant, kind, persons=persons, replaces_id=replaces_id)
        slot = slot_at(asked, grant, starts_at)
        before = of_applicant(session, applicant_id)
        row = visit_sessions.row_for(session, grant.agency_id, kind, slot, lock=before is None)
        if before is not None:
            lock_sessions(session, row.id, before.session_id)
        goes_on = before is not None and before.session_id == row.id and before.expires_at > clock.now()
        expires_at = before.expires_at if before and goes_on else clock.now() + HOLD
        extensions = before.extensions if before and goes_on else 0
        if before is not None:
            release_own(session, applicant_id)
            session.refresh(row)
        _make_room(session, row, slot)
        found = visits_by_session.refusal(asked, visit_sessions.place_of(row, slot), sight(asked, grant))
        if found is not None:
            raise found
        if not visit_sessions.take(session, row.id):
            raise visits_by_session.refusal(asked, Place(slot, slot.places), sight(asked, grant)) or SessionFull(
                "session"
            )
        hold = PlaceHold(
            applicant_id=applicant_id,
            session_id=row.id,
            inmate_id=grant.inmate_id,
            grant_id=grant.id,
            replaces_id=replaces_id,
            expires_at=expires_at,
            extensions=extensions,
        )
        session.add(hold)
        session.flush()
        return hold.id


def of_applicant(session: Session, applicant_id: str) -> PlaceHold | None:
    """Inside a transaction: the applicant's hold, locked, whether it still runs or not."""
    wanted = select(PlaceHold).where(PlaceHold.applicant_id == applicant_id).with_for_update()
    return session.scalar(wanted.execution_options(populate_existing=True))


def agency_of(applicant_id: str) -> Select[str]:
    """The query for the agency at which an applicant holds a place."""
    of_hold = select(ServiceGrant.agency_id).join(PlaceHold, PlaceHold.grant_id == ServiceGrant.id)
    return of_hold.where(PlaceHold.applicant_id == applicant_id)


def redeem(session: Session, applicant_id: str) -> Any:
    """Inside a transaction: end a hold that still runs and keep its place; raises :class:`HoldGone`."""
    held = delete(PlaceHold).where(PlaceHold.applicant_id == applicant_id, PlaceHold.expires_at > clock.now())
    columns = (PlaceHold.session_id, PlaceHold.grant_id, PlaceHold.replaces_id)
    row = session.execute(held.returning(*columns), execution_options={"synchronize_session": False}).one_or_none()
    if row is None:
        raise HoldGone()
    return row


def lock_sessions(session: Session, *ids: str | None) -> list[VisitSession]:
    """Lock the sessions of which places are moved, always in the same order, and read them as they are now."""
    wanted = select(VisitSession).where(VisitSession.id.in_([row_id for row_id in ids if row_id]))
    wanted = wanted.order_by(VisitSession.id).with_for_update(of=VisitSession)
    return list(session.scalars(wanted.execution_options(populate_existing=True)))


def _make_room(session: Session, row: VisitSession, slot: Slot) -> None:
    """Let a locked session follow the timetable; lapsed holds are given back where they stand in the way."""
    if row.taken >= min(slot.places, row.capacity) and _drop_lapsed(session, row.id):
        session.refresh(row)
    if row.capacity != slot.places:
        visit_sessions.fit(session, row, slot)
        session.refresh(row)


def own_grant(session: Session, applicant_id: str, grant_id: str, kind: VisitKind) -> ServiceGrant:
    """One's own grant of the item that this kind of visit needs; raises ``NotFound``."""
    grant = session.get(ServiceGrant, grant_id) if grant_id else None
    if grant is None or grant.applicant_id != applicant_id or grant.item is not visit_facts.ITEM_FOR.get(kind):
        raise NotFound()
    return grant


def grant_locking(
    session: Session, applicant_id: str, grant_id: str, kind: VisitKind, *rows: type[ServiceGrant] | type[Inmate]
) -> ServiceGrant:
    """As :func:`own_grant`, read together with its inmate while the rows of one or of both are locked."""
    wanted = select(ServiceGrant).join(ServiceGrant.inmate).options(contains_eager(ServiceGrant.inmate))
    wanted = wanted.where(ServiceGrant.id == grant_id, ServiceGrant.applicant_id == applicant_id)
    wanted = wanted.with_for_update(of=rows, key_share=True).execution_options(populate_existing=True)
    grant = session.scalar(wanted) if grant_id else None
    if grant is None or grant.item is not visit_facts.ITEM_FOR.get(kind):
        raise NotFound()
    return grant


def own_reservation(session: Session, applicant_id: str, reservation_id: str) -> Reservation:
    """One's own booking of a session; raises ``NotFound``."""
    reservation = session.get(Reservation, reservation_id)
    if reservation is None or reservation.applicant_id != applicant_id or reservation.session_id is None:
        raise NotFound()
    return reservation


def slot_at(asked: Question, grant: ServiceGrant, starts_at: datetime) -> Slot:
    """The session of the timetable that begins then; raises :class:`NoSuchSession` with when again."""
    local = clock.local(starts_at)
    for slot in slots_on(asked.rules, local.date(), asked.calendar):
        if slot.starts_at == starts_at:
            return slot
    error = NoSuchSession("session", date=visits_by_session.shown_day(local.date()), time=f"{local:%H:%M}")
    raise visits_by_session.with_next(error, asked, sight(asked, grant))


def sight(asked: Question, grant: ServiceGrant, besides: str | None = None) -> Iterator[Place]:
    """The sessions in which "when again" is looked for; read when somebody looks, which a free place never needs.

    What an applicant (``besides``) holds is free to him: it is given back when he takes another place.
    """
    today: date = clock.today()
    yield from visit_sessions.places(grant.agency_id, asked.rules, asked.calendar, today, today + SIGHT, besides)


def current(applicant_id: str) -> PlaceHold | None:
    """The hold of an applicant that still runs; None where there is none."""
    hold = db.session.scalar(select(PlaceHold).where(PlaceHold.applicant_id == applicant_id))
    return hold if hold is not None and hold.expires_at > clock.now() else None


def extend(applicant_id: str) -> datetime:
    """Begin the ten minutes anew, at most twice, and return the new end; raises the errors above."""
    with transaction() as session:
        hold = of_applicant(session, applicant_id)
        if hold is None or hold.expires_at <= clock.now():
            raise HoldGone()
        if hold.session.state is SessionState.SUSPENDED:
            raise HoldStopped()
        if hold.extensions >= MOST_EXTENSIONS:
            raise NoMoreExtensions(n=MOST_EXTENSIONS)
        hold.extensions += 1
        hold.expires_at = clock.now() + HOLD
        return hold.expires_at


def release_own(session: Session, applicant_id: str) -> None:
    """Inside a transaction: end the applicant's hold and give its place back once."""
    gone = session.execute(
        delete(PlaceHold).where(PlaceHold.applicant_id == applicant_id).returning(PlaceHold.session_id)
    ).scalar()
    if gone is not None:
        visit_sessions.give_back(session, gone)


def _drop_lapsed(session: Session, session_id: str | None = None, limit: int = 100) -> int:
    lapsed = select(PlaceHold.id).where(PlaceHold.expires_at <= clock.now())
    if session_id is not None:
        lapsed = lapsed.where(PlaceHold.session_id == session_id)
    ids = list(session.scalars(lapsed.order_by(PlaceHold.session_id).limit(limit).with_for_update(skip_locked=True)))
    for hold_id in ids:
        gone = session.execute(
            delete(PlaceHold).where(PlaceHold.id == hold_id).returning(PlaceHold.session_id)
        ).scalar()
        if gone is not None:
            visit_sessions.give_back(session, gone)
    return len(ids)


def lapse() -> int:
    """Give back every place whose ten minutes are over; returns how many. For the worker's round."""
    total = 0
    while True:
        with transaction() as session:
            count = _drop_lapsed(session)
        total += count
        if count < 100:
            return total
