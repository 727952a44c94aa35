"""停止辦理接見 as its bookers see it: what stopped a booking, until when to answer, the next times to choose."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import get_locale

from app import clock
from app.i18n import DEFAULT_LOCALE, _
from app.rules import closure_words
from app.rules.dates import sentence_time
from app.rules.vocabulary import ReservationState
from app.services import closure_texts
from models import Reservation, VisitClosure


@dataclass(frozen=True)
class Stopped:
    """Why a booking needs another date, in sentences."""

    sentence: str
    deadline: str
    alternatives: str


def reader() -> str:
    """The language of this page."""
    return str(get_locale() or DEFAULT_LOCALE)


def stopped(reservation: Reservation) -> Stopped | None:
    """What the booker of a stopped visit has to know; None where the visit was not stopped."""
    closure = reservation.closure
    if reservation.state is not ReservationState.AWAITING_NEW_DATE or closure is None:
        return None
    reason, period = closure_words.worded(closure.reason), closure_words.period(closure, reader())
    sentence = _(
        "%(agency)s因%(reason)s，%(period)s停止辦理接見，您的預約須改期，造成不便，尚請見諒。",
        agency=reservation.agency.name,
        reason=reason,
        period=period,
    )
    return Stopped(sentence, _deadline(reservation, closure), closure_texts.next_times(reservation, reader()))


def _deadline(reservation: Reservation, closure: VisitClosure) -> str:
    if reservation.visitor_relation.is_lawyers:  # a lawyer is given no deadline (SPEC §6)
        return _("您可改選其他日期或時間，或取消預約；未預約者，仍得於機關接見時間至現場辦理。")
    if closure.answer_by is None or closure.answer_by <= clock.now():
        return _("請儘速改選其他時段或取消預約；逾期未選擇者，預約予以取消，且不計未到次數。")
    return _(
        "請於%(deadline)s前改選其他時段或取消預約；逾期未選擇者，預約予以取消，且不計未到次數。",
        deadline=sentence_time(closure.answer_by, reader()),
    )


@dataclass(frozen=True)
class Announced:
    """A closure as the public reads it."""

    agency: str
    kind: str
    period: str
    reason: str


def announced(closures: list[VisitClosure]) -> list[Announced]:
    """Running and coming closures in words, the earliest first."""
    every = _("全部接見類型")
    return [
        Announced(
            one.agency.name,
            str(one.kind.label) if one.kind else every,
            closure_words.period(one, reader()),
            closure_words.worded(one.reason),
        )
        for one in closures
        if one.until_at > clock.now()
    ]
