"""A grant in the course of its days: how it stands, when its end is told."""

from __future__ import annotations

from datetime import date

from app.i18n import _l
from app.rules.vocabulary import GrantState, Word

#: Days before the end at which the holder is warned (SPEC §3), the earliest first.
WARN_AT = (30, 7, 1)
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


def standing(state: GrantState, until_on: date, today: date) -> GrantStanding:
    """How a grant stands today, whether or not the worker has already moved it past its end."""
    if state in RUNNING and until_on < today:
        return GrantStanding.EXPIRED
    if state is GrantState.ACTIVE and (until_on - today).days <= WARN_AT[0]:
        return GrantStanding.EXPIRING
    return GrantStanding(state.value)


def told(until_on: date, today: date) -> int | None:
    """The warning that somebody who is told the end today needs no more: 30, 7, 1; None while the end is far."""
    left = (until_on - today).days
    return min((days for days in WARN_AT if left <= days), default=None)


def warning_due(until_on: date, today: date, warned: int | None) -> int | None:
    """The one warning to send today, if any; of several that were missed only the most urgent is still useful."""
    due = told(until_on, today)
    if due is None or until_on < today or (warned is not None and warned <= due):
        return None
    return due
