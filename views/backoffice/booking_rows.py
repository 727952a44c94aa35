"""The rows of CJALF219F: what waits, filtered, with what an officer has to know about each booking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from app import clock
from app.extensions import db
from app.i18n import _, _l
from app.rules.dates import booking_date, list_date
from app.rules.vocabulary import ReservationState, ServiceItem, VisitKind
from app.services import notifications, visiting
from models import Applicant, Companion, Inmate, Reservation, ServiceGrant
from views.backoffice import booking_hints, scope
from views.backoffice.booking_states import kind_filter
from views.backoffice.case_facts import locale
from views.backoffice.criteria import Criteria
from views.backoffice.filters import AgencyFilter, DateRangeFilter, TextFilter

#: Rows on one page: one save decides them one after another.
PAGE_ROWS = 100
MOST_COUNTED = 1000
#: Lawyers' arrivals and families' visits by session are reviewed in one list, parted by the filter.
KINDS = tuple(VisitKind)
#: Without any of them: everything that waits.
FILTERS = (
    AgencyFilter(),
    kind_filter(KINDS),
    DateRangeFilter("requested_on", _l("申請日期")),
    DateRangeFilter("visit_on", _l("接見日期"), ("visit_from", "visit_until")),
    TextFilter("number", _l("預約編號")),
)


@dataclass(frozen=True)
class Guest:
    """其他接見人, the paper announced, and whether a grant for the inmate is valid (told to officers only).

    A relative's companion needs no grant: ``holds_grant`` is None.
    """

    text: str
    paper: str
    holds_grant: bool | None


@dataclass(frozen=True)
class Row:
    """One booking as the table shows it."""

    id: str
    version: int
    number: str
    day: str
    agency: str
    requested_on: str
    visit_on: str
    arrives_at: str
    is_late: bool
    #: Whether somebody has to look at it by itself: 全部選為審核通過 leaves it alone.
    is_flagged: bool
    inmate_number: str
    inmate: str
    visitor: str
    capacity: str
    guests: list[Guest]
    source: str
    remarks: list[str]


def waiting(asked: Criteria) -> tuple[list[Row], int]:
    """The first rows that wait and how many wait in all (at most MOST_COUNTED).

    The next visits come first; those whose arrival has passed already stand at the end.
    """
    query = _pending().where(*asked.conditions)
    if asked.agency_id:
        query = query.where(Reservation.agency_id == asked.agency_id)
    first = query.with_only_columns(Reservation.id).limit(MOST_COUNTED).subquery()
    count = int(db.session.scalar(select(func.count()).select_from(first)) or 0)
    found = db.session.scalars(
        query.order_by(Reservation.arrives_at <= clock.now(), Reservation.arrives_at, Reservation.id)
        .limit(PAGE_ROWS)
        .options(
            selectinload(Reservation.agency),
            selectinload(Reservation.applicant),
            selectinload(Reservation.grant),
            selectinload(Reservation.companions).selectinload(Companion.grant),
            selectinload(Reservation.inmate).selectinload(Inmate.restrictions),
        )
    ).all()
    holders = _holders([companion for r in found for companion in r.companions])
    others, next_day = booking_hints.live_beside(found), visiting.calendar().next_working_day(clock.today())
    unreached = notifications.undelivered_for(r.id for r in found)
    return [_row(r, holders, others, next_day, unreached) for r in found], count


def known(ids: list[str]) -> set[str]:
    """Which of these bookings the officer may decide at all, waiting or not."""
    query = select(Reservation.id).where(Reservation.id.in_(ids), *_ours())
    return set(db.session.scalars(query))


def flagged(ids: list[str]) -> set[str]:
    """Which of these bookings carry a flag or are late: each is judged by itself."""
    is_flagged = Reservation.attention.is_not(None) | (Reservation.arrives_at <= clock.now())
    return set(db.session.scalars(select(Reservation.id).where(Reservation.id.in_(ids), is_flagged)))


def as_they_are(ids: list[str]) -> dict[str, Reservation]:
    """These bookings as they are now."""
    query = select(Reservation).where(Reservation.id.in_(ids)).execution_options(populate_existing=True)
    return {row.id: row for row in db.session.scalars(query)}


def _ours() -> tuple[Any, ...]:
    return Reservation.kind.in_(KINDS), scope.within(Reservation.agency_id)


def _pending() -> Select[Any]:
    return select(Reservation).where(Reservation.state == ReservationState.PENDING, *_ours())


def _holders(companions: list[Companion]) -> set[tuple[str, str]]:
    """Pairs of ID number digest and inmate for which a grant holds; an officer has seen a paper of each."""
    if not companions:
        return set()
    today = clock.today()
    rows = db.session.execute(
        select(Applicant.id_number_index, ServiceGrant)
        .join(ServiceGrant, ServiceGrant.applicant_id == Applicant.id)
        .where(
            Applicant.id_number_index.in_({c.id_number_index for c in companions}),
            Applicant.id_bound_at.is_not(None),
            ServiceGrant.item == ServiceItem.LAWYER_VISIT,
        )
    )
    return {(digest, grant.inmate_id) for digest, grant in rows if grant.holds_on(today)}


def _row(
    r: Reservation,
    holders: set[tuple[str, str]],
    others: list[Reservation],
    next_day: date,
    unreached: set[str],
) -> Row:
    return Row(
        id=r.id,
        version=r.version,
        number=r.number,
        day=_heading(r, next_day),
        agency=r.agency.name,
        requested_on=list_date(r.requested_on),
        visit_on=booking_date(r.visit_on, locale()),
        arrives_at=f"{r.arrives_local:%H:%M}",
        is_late=r.arrives_at <= clock.now(),
        is_flagged=r.attention is not None or r.arrives_at <= clock.now(),
        inmate_number=r.inmate.number,
        inmate=r.inmate.name,
        visitor=r.visitor_name,
        capacity=str(r.visitor_relation.label),
        guests=[
            Guest(
                _("%(name)s（%(capacity)s）", name=c.name, capacity=c.relation.label),
                c.paper or "",
                _guest_grant(r, c, holders),
            )
            for c in r.companions
        ],
        source=str(r.source.label),
        remarks=booking_hints.hints(r, others, unreached),
    )


def _guest_grant(r: Reservation, guest: Companion, holders: set[tuple[str, str]]) -> bool | None:
    if not r.visitor_relation.is_lawyers:
        return None
    is_matched = guest.grant is not None and guest.grant.holds_on(r.visit_on)
    return is_matched or (guest.id_number_index, r.inmate_id) in holders


def _heading(r: Reservation, next_day: date) -> str:
    """The day under which a row stands: today, the next visiting day, later, or over."""
    day = booking_date(r.visit_on, locale())
    if r.arrives_at <= clock.now():
        return _("已逾到達時間")
    if r.visit_on == clock.today():
        return _("今日 %(day)s", day=day)
    return _("次一接見日 %(day)s", day=day) if r.visit_on == next_day else day
