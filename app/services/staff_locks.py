"""鎖定中: staff whom five wrong passwords or codes have shut out, until when, and lifting it before its time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from app.errors import RuleError
from app.i18n import _l
from app.security import Actor
from app.services import audit, throttle
from app.services.staff_accounts import refuse_oneself
from app.transaction import locked, transaction
from models import Officer, SessionKind

_LIMITS = (throttle.STAFF_SIGN_IN, throttle.SECOND_FACTOR, throttle.ASK_AGAIN)


class NotShut(RuleError):
    """Nothing is locked, or no longer."""

    sentence = _l("這個帳號目前沒有鎖定，可直接登入，資料未變更。")
    status = 409


def ends() -> Callable[[Officer], datetime | None]:
    """Asks once who is shut out now, and answers for any account until when."""
    shut = throttle.shut(*_LIMITS)
    return lambda officer: max(filter(None, (shut(*name) for name in _names(officer))), default=None)


def lift(officer_id: int, actor: Actor) -> None:
    """Let somebody try again before the time is over; raises ``NotOneself`` and :class:`NotShut`."""
    with transaction() as session:
        officer = locked(session, Officer, officer_id)
        refuse_oneself(actor, officer)
        if ends()(officer) is None:
            raise NotShut()
        forget(session, officer)
        audit.record(session, "officer.lift_lock", actor, officer)


def forget(session: Session, officer: Officer) -> None:
    """Forget the wrong attempts of an account, in the caller's transaction."""
    for limit, name in _names(officer):
        throttle.clear(session, limit, name)


def _names(officer: Officer) -> list[tuple[throttle.Limit, str]]:
    """Under which names an account's attempts are counted."""
    return list(zip(_LIMITS, (officer.username, *[f"{SessionKind.STAFF}:{officer.id}"] * 2), strict=True))
