"""Counted attempts: lockouts and limits, in a table of ours, the same for names that exist and names that do not.

An attempt is written down before it is judged, so that twenty at once are still five.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock, crypto
from app.errors import RuleError
from app.extensions import db
from app.i18n import _l
from app.transaction import transaction
from models import AttemptCounter, new_id


class TooMany(RuleError):
    """A limit of attempts is reached."""

    sentence = _l("操作次數已達上限，請於%(time)s後再試。")
    status = 429


class Locked(RuleError):
    """Too many wrong passwords or codes."""

    sentence = _l("登入失敗已達5次，帳號鎖定15分鐘。您可於%(time)s後再試，或使用「忘記密碼」。")
    status = 429


@dataclass(frozen=True)
class Limit:
    """``most`` attempts within ``window``; once full, shut for ``lock`` (or until the window ends)."""

    purpose: str
    most: int
    window: timedelta
    lock: timedelta | None = None
    error: type[RuleError] = TooMany


_QUARTER, _HOUR, _DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)

#: Wrong passwords per typed name (資通系統防護基準: 5 times, 15 minutes).
PORTAL_SIGN_IN = Limit("portal.sign_in", 5, _DAY, _QUARTER, Locked)
STAFF_SIGN_IN = Limit("staff.sign_in", 5, _DAY, _QUARTER, Locked)
#: Wrong second factors per person.
SECOND_FACTOR = Limit("second_factor", 5, _DAY, _QUARTER, Locked)
#: The password asked again, per person.
ASK_AGAIN = Limit("ask_again", 5, _DAY, _QUARTER, Locked)
#: Per sender's address: a crowd behind one address must still get in.
SENDER_SIGN_IN = Limit("sender.sign_in", 100, _QUARTER)
SENDER_REGISTER = Limit("sender.register", 20, _HOUR)
SENDER_MAIL = Limit("sender.mail", 20, _HOUR)
#: Mails that somebody else can make us send, per recipient.
RECIPIENT_MAIL = Limit("recipient.mail", 5, _HOUR)
#: Look-ups of inmates, per account and per inmate's number (呼號 must not be tried out).
ACCOUNT_LOOKUP = Limit("account.lookup", 20, _HOUR)
INMATE_LOOKUP = Limit("inmate.lookup", 60, _HOUR)


def claim(limit: Limit, name: str | None) -> int:
    """Write an attempt down and return how many there are now; raises the limit's error where it is full.

    One short transaction of its own: a wrong attempt counts whatever comes after.
    """
    if not name:
        return 0
    with transaction() as session:
        count = session.execute(_attempt(session, limit, name)).scalar()
        if count is None:
            raise limit.error(time=_until(session, limit, name))
        return int(count)


def shut_time(limit: Limit, name: str) -> str | None:
    """The time (Taiwan, HH:MM) until which a name is shut, or None."""
    row = db.session.scalar(_row(limit, name))
    return f"{clock.local(row.until):%H:%M}" if row and row.count >= limit.most and row.until > clock.now() else None


def shut(*limits: Limit) -> Callable[[Limit, str], datetime | None]:
    """Asks once which names are shut under these limits, and answers for any of them until when."""
    full = or_(*((AttemptCounter.purpose == limit.purpose) & (AttemptCounter.count >= limit.most) for limit in limits))
    now = select(AttemptCounter.purpose, AttemptCounter.digest, AttemptCounter.until).where(
        full, AttemptCounter.until > clock.now()
    )
    known = {(purpose, digest): until for purpose, digest, until in db.session.execute(now)}
    return lambda limit, name: known.get((limit.purpose, _digest(limit, name)))


def clear(session: Session, limit: Limit, name: str) -> None:
    """Forget the attempts of a name, in the caller's transaction: it has proved itself."""
    session.execute(
        delete(AttemptCounter).where(
            AttemptCounter.purpose == limit.purpose, AttemptCounter.digest == _digest(limit, name)
        )
    )


def sweep() -> int:
    """Delete counters whose time is over; returns how many."""
    with transaction() as session:
        done = session.execute(delete(AttemptCounter).where(AttemptCounter.until <= clock.now()))
        return int(done.rowcount)  # type: ignore[attr-defined]


def _digest(limit: Limit, name: str) -> str:
    return crypto.current().index(limit.purpose, name)


def _row(limit: Limit, name: str) -> Any:
    return select(AttemptCounter).where(
        AttemptCounter.purpose == limit.purpose, AttemptCounter.digest == _digest(limit, name)
    )


def _attempt(session: Session, limit: Limit, name: str) -> Any:
    """One statement: count, or start afresh where the time is over, or change nothing where it is full."""
    now, table = clock.now(), AttemptCounter.__table__
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    over = table.c.until <= now
    shut_at = now + (limit.lock or limit.window)
    count = case((over, 1), else_=table.c.count + 1)
    until: Any = case((over, now + limit.window), else_=table.c.until)
    if limit.lock is not None:
        until = case((count >= limit.most, shut_at), else_=until)
    first = shut_at if limit.most == 1 else now + limit.window
    statement = insert(AttemptCounter).values(
        id=new_id(), purpose=limit.purpose, digest=_digest(limit, name), count=1, until=first
    )
    return statement.on_conflict_do_update(
        index_elements=["purpose", "digest"],
        set_={"count": count, "until": until},
        where=or_(over, table.c.count < limit.most),
    ).returning(table.c.count)


def _until(session: Session, limit: Limit, name: str) -> str:
    until: datetime = session.scalars(_row(limit, name)).one().until
    return f"{clock.local(until):%H:%M}"
