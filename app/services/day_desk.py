"""當日接見報到: the visits of one day at an agency, how many are in which stage, and who stands at the desk."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import selectinload

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.i18n import _l
from app.rules.characters import are_typed
from app.rules.dates import Shown, sentence_date
from app.rules.vocabulary import ReservationState, VisitKind, Word
from app.services.desk_visitors import searched_number
from models import Applicant, Companion, Inmate, Reservation
from models.base import search_digest

LONGEST_SEARCH = 60
#: A name that half the day has in common helps nobody.
MOST_FOUND = 50
#: What the QR code of a 預約接見明細 holds: the booking's number.
_NUMBER = re.compile(r"[A-Z][0-9]{6}-[0-9A-Z]{4,9}")


class Stage(Word):
    """Where a visit of the day stands."""

    AWAITED = "awaited", _l("未報到")
    HERE = "here", _l("已報到")
    RUNNING = "running", _l("接見中")
    OVER = "over", _l("結束")


STAGE_OF = {
    ReservationState.PENDING: Stage.AWAITED,
    ReservationState.APPROVED: Stage.AWAITED,
    ReservationState.CHECKED_IN: Stage.HERE,
    ReservationState.IN_PROGRESS: Stage.RUNNING,
    ReservationState.COMPLETED: Stage.OVER,
    ReservationState.NO_SHOW: Stage.OVER,
    ReservationState.REFUSED_BY_INMATE: Stage.OVER,
    ReservationState.INMATE_AWAY: Stage.OVER,
}


class NothingTyped(RuleError):
    """The search box was empty."""

    sentence = _l("請掃描預約接見明細之QR Code，或輸入預約編號、呼號、身分證號或姓名。")


class NobodyFound(RuleError):
    """No visit of today fits."""

    sentence = _l("今日查無符合的預約，請核對後重新輸入；律師未預約者，得以「現場登記（未預約）」辦理。")


class OtherAgency(RuleError):
    """A booking of another agency; whose it is stays untold."""

    sentence = _l("此預約編號不屬於本機關。請接見人確認預約接見明細所載之接見機關。")


class OtherDay(RuleError):
    """A booking of another day."""

    sentence = _l("此預約的接見日期為%(day)s，不是今日，無法報到。律師今日仍要接見者，得以「現場登記（未預約）」辦理。")


class OutOfTheDay(RuleError):
    """A booking of today that was taken back."""

    sentence = _l("此預約目前狀態為「%(state)s」，無法報到。律師仍要接見者，得以「現場登記（未預約）」辦理。")


@dataclass(frozen=True)
class Counts:
    """How many visits of a day are in which stage."""

    awaited: int = 0
    here: int = 0
    running: int = 0
    over: int = 0
    no_show: int = 0

    @property
    def total(self) -> int:
        """All visits of the day that were not taken back."""
        return self.awaited + self.here + self.running + self.over


def counts(agency_ids: frozenset[str] | None, day: date) -> Counts:
    """How many visits of a day are in which stage, at these agencies together (``None``: all)."""
    return counts_of(agency_ids, day, [tuple(VisitKind)])[0]


def counts_of(agency_ids: frozenset[str] | None, day: date, groups: Sequence[Collection[VisitKind]]) -> list[Counts]:
    """The same for each group of kinds; one statement."""
    kind, state = Reservation.kind, Reservation.state
    query = select(kind, state, func.count()).where(Reservation.visit_on == day).group_by(kind, state)
    if agency_ids is not None:
        query = query.where(Reservation.agency_id.in_(sorted(agency_ids)))
    rows = db.session.execute(query).all()
    found = []
    for group in groups:
        stages: Counter[str] = Counter()
        for of_kind, of_state, number in rows:
            if of_kind in group and of_state in STAGE_OF:
                stages[STAGE_OF[of_state].value] += number
                stages["no_show"] += number if of_state is ReservationState.NO_SHOW else 0
        found.append(Counts(**stages))
    return found


def visits(agency_id: str, day: date) -> dict[Stage, list[Reservation]]:
    """The visits of a day by stage and arrival; who is here stands in the order of checking in."""
    by_stage: dict[Stage, list[Reservation]] = {stage: [] for stage in Stage}
    for row in db.session.scalars(_of_day(agency_id, day)):
        by_stage[STAGE_OF[row.state]].append(row)
    by_stage[Stage.HERE].sort(key=lambda row: (row.queue_number or 0, row.checked_in_at or row.arrives_at))
    return by_stage


def found(typed: str, agency_id: str) -> list[Reservation]:
    """Today's visits at an agency that a QR code, booking number, 呼號, ID number or name leads to.

    Raises :class:`NothingTyped`, :class:`OtherAgency`, :class:`OtherDay`, :class:`OutOfTheDay`, :class:`NobodyFound`.
    """
    text = unicodedata.normalize("NFKC", typed).strip()[:LONGEST_SEARCH]
    if not text or not are_typed(text):
        raise NothingTyped("find")
    if _NUMBER.fullmatch(text.upper()):
        return [_by_number(text.upper(), agency_id)]
    rows = list(
        db.session.scalars(_of_day(agency_id, clock.today()).where(_fits(text, typed.strip())).limit(MOST_FOUND))
    )
    if not rows:
        raise NobodyFound("find")
    return rows


def _of_day(agency_id: str, day: date):  # type: ignore[no-untyped-def]
    loads = (Reservation.agency, Reservation.inmate, Reservation.companions, Reservation.session)
    return (
        select(Reservation)
        .where(Reservation.agency_id == agency_id, Reservation.visit_on == day, Reservation.state.in_(sorted(STAGE_OF)))
        .order_by(Reservation.arrives_at, Reservation.id)
        .options(*map(selectinload, loads))
    )


def _by_number(number: str, agency_id: str) -> Reservation:
    row = db.session.scalar(select(Reservation).where(Reservation.number == number))
    if row is None:
        raise NobodyFound("find")
    if row.agency_id != agency_id:
        raise OtherAgency("find")
    if row.visit_on != clock.today():
        raise OtherDay("find", day=Shown(row.visit_on, sentence_date))
    if row.state not in STAGE_OF:
        raise OutOfTheDay("find", state=row.state_label)
    return row


def _fits(text: str, as_typed: str) -> ColumnElement[bool]:
    guests = Reservation.companions
    one_of = [Reservation.inmate.has(Inmate.number == text)]
    for name in {text, as_typed}:  # names keep their compatibility characters, numbers are typed in any width
        one_of.append(Reservation.visitor_name.contains(name, autoescape=True))
        one_of.append(guests.any(Companion.name.contains(name, autoescape=True)))
    number = _id_number(text)
    if number is not None:
        digest = search_digest("id_number", number)
        one_of += [
            Reservation.visitor_id_number_index == digest,
            Reservation.applicant.has(Applicant.id_number_index == digest),
            guests.any(Companion.id_number_index == digest),
        ]
    return or_(*one_of)


def _id_number(text: str) -> str | None:
    try:
        return searched_number(text)
    except RuleError:
        return None
