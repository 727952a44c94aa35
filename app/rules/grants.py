"""A grant in the course of its days: how it stands, when its end is told, when it is renewed (SPEC §3)."""

from __future__ import annotations

from datetime import date

from app.i18n import _l
from app.rules.vocabulary import GrantState, Word

#: Days before the end at which the holder is warned (SPEC §3), the earliest first.
WARN_AT = (30, 7, 1)
#: From so many days before its end a grant is said to expire soon, and may be applied for again.
RENEWED_WITHIN_DAYS = WARN_AT[0]
#: States in which nobody has ended the grant before its time.
RUNNING = (GrantState.ACTIVE, GrantState.TO_CHECK, GrantState.SUSPENDED)


class GrantStanding(Word):
    """狀態 of a grant as readers see it: its state and what the calendar makes of it (WORDING §4)."""

    ACTIVE = "active", _l("有效")
    EXPIRING = "expiring", _l("即將到期")
    TO_CHECK = "to_check", _l("待確認")
    SUSPENDED = "suspended", _l("暫停使用")
    REVOKED = "revoked", _l("已廢止")
    EXPIRED = "expired", _l("已過期")


#: Standings in which a new application is the way on; in the others there is nothing to renew, or the agency acts.
RENEWABLE = frozenset({GrantStanding.EXPIRING, GrantStanding.EXPIRED, GrantStanding.REVOKED})


def standing(state: GrantState, until_on: date, today: date) -> GrantStanding:
    """How a grant stands today, whether or not the worker has already moved it past its end."""
    if state in RUNNING and until_on < today:
        return GrantStanding.EXPIRED
    if state is GrantState.ACTIVE and days_left(until_on, today) <= RENEWED_WITHIN_DAYS:
        return GrantStanding.EXPIRING
    return GrantStanding(state.value)


def days_left(until_on: date, today: date) -> int:
    """How many days a grant still lasts after today."""
    return (until_on - today).days


def blocks_another(state: GrantState, until_on: date, today: date) -> bool:
    """Whether a grant makes a further application for the same item pointless (application_duplicate)."""
    return standing(state, until_on, today) is GrantStanding.ACTIVE


def told(until_on: date, today: date) -> int | None:
    """The warning that somebody who is told the end today needs no more: 30, 7, 1; None while the end is far."""
    left = days_left(until_on, today)
    return min((days for days in WARN_AT if left <= days), default=None)


def warning_due(until_on: date, today: date, warned: int | None) -> int | None:
    """The one warning to send today, if any; of several that were missed only the most urgent is still useful."""
    due = told(until_on, today)
    if due is None or until_on < today or (warned is not None and warned <= due):
        return None
    return due
