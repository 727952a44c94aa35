"""What a granted service item is worth today: the kept state, and what the calendar makes of it (SPEC §3)."""

from __future__ import annotations

from datetime import date

from app.i18n import _l
from app.rules.vocabulary import GrantState, Word

#: From so many days before its end a grant is said to expire soon, and may be applied for again.
RENEWED_WITHIN_DAYS = 30


class GrantStanding(Word):
    """How a grant stands, as its holder reads it (WORDING §4)."""

    ACTIVE = "active", _l("有效")
    EXPIRING = "expiring", _l("即將到期")
    TO_CHECK = "to_check", _l("待確認")
    SUSPENDED = "suspended", _l("暫停使用")
    REVOKED = "revoked", _l("已廢止")
    EXPIRED = "expired", _l("已過期")


#: Standings in which a new application is the way on; in the others there is nothing to renew, or the agency acts.
RENEWABLE = frozenset({GrantStanding.EXPIRING, GrantStanding.EXPIRED, GrantStanding.REVOKED})


def standing(state: GrantState, until_on: date, today: date) -> GrantStanding:
    """How a grant of this state and end stands on a day; one whose end has passed is over whatever the state says."""
    if state is GrantState.REVOKED:
        return GrantStanding.REVOKED
    if until_on < today:
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
