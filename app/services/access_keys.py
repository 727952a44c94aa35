"""Keys of other systems: made once and shown once, hashed, for one purpose, ending by themselves or at once."""

from __future__ import annotations

import secrets
from datetime import date, time, timedelta

from sqlalchemy import select, update

from app import clock, crypto
from app.errors import IllegalMove, NotAllowed, NotFound, RuleError
from app.extensions import db
from app.i18n import _, _l
from app.rules.office_vocabulary import ApiScope
from app.security import Actor
from app.services import audit, throttle
from app.transaction import locked, transaction
from models import AccessKey, Agency

PREFIX = "bmfw_"
LONGEST_NAME, LONGEST_LIFE_DAYS = 60, 366
#: Keys that were refused, per sender: those that are right are not counted here.
REFUSED = throttle.Limit("sender.access_key", 30, timedelta(minutes=15))
#: Deliveries of one key.
DELIVERIES = throttle.Limit("access_key.deliveries", 120, timedelta(hours=1))
_SEEN_AGAIN = timedelta(minutes=1)


class NameMissing(RuleError):
    """Whoever revokes a key has to know which one it is."""

    sentence = _l("請填寫介接系統名稱（至多%(n)s個字）。")


class EndWrong(RuleError):
    """A key ends within a year."""

    sentence = _l("到期日須為明日以後、%(n)s日以內之日期，請重新選擇。")


class KeyRefused(RuleError):
    """No key, an unknown one, one that has ended: the answer is the same."""

    sentence = _l("介接金鑰缺漏、不正確、已到期或已廢止。")
    status = 401


class ScopeMissing(NotAllowed):
    """The key is good for something else."""

    sentence = _l("這把介接金鑰沒有使用這項服務的權限。")


def make(name: str, scope: ApiScope, agency_id: str | None, ends_on: date | None, officer_id: int, actor: Actor) -> str:
    """Make a key and return it, for the only time.

    Raises :class:`NameMissing`, :class:`EndWrong`, ``NotFound`` for an agency that is not there.
    """
    words, today = name.strip(), clock.today()
    if not 0 < len(words) <= LONGEST_NAME:
        raise NameMissing("name", n=LONGEST_NAME)
    if ends_on is None or not today < ends_on <= today + timedelta(days=LONGEST_LIFE_DAYS):
        raise EndWrong("ends_on", n=LONGEST_LIFE_DAYS)
    key = PREFIX + secrets.token_urlsafe(32)
    with transaction() as session:
        if agency_id is not None and session.get(Agency, agency_id) is None:
            raise NotFound()
        row = AccessKey(
            name=words,
            scope=scope,
            agency_id=agency_id,
            digest=_digest(key),
            hint=key[: len(PREFIX) + 4],
            expires_at=clock.at(ends_on + timedelta(days=1), time.min),
            made_by_id=officer_id,
        )
        session.add(row)
        session.flush()
        facts = {"name": words, "scope": scope.value, "ends_on": ends_on.isoformat(), "hint": row.hint}
        audit.record(session, "access_key.make", actor, row, agency_id=agency_id, facts=facts)
    return key


def revoke(key_id: str, actor: Actor) -> None:
    """廢止, at once. Raises ``NotFound``, ``IllegalMove`` where it already is."""
    with transaction() as session:
        row = locked(session, AccessKey, key_id)
        if row.revoked_at is not None:
            raise IllegalMove(state=state_of(row))
        row.revoked_at = clock.now()
        session.flush()
        audit.record(session, "access_key.revoke", actor, row, agency_id=row.agency_id, facts={"hint": row.hint})


def holder(key: str, scope: ApiScope, remote_address: str | None) -> AccessKey:
    """Whose key this is, if it opens this purpose today.

    Raises :class:`KeyRefused` (counted per sender, then ``TooMany``), :class:`ScopeMissing`.
    """
    row = None
    if key.startswith(PREFIX) and key.isascii() and len(key) < 100:
        row = db.session.scalar(select(AccessKey).where(AccessKey.digest == _digest(key)))
    if row is None or not is_open(row):
        throttle.claim(REFUSED, remote_address or "?")
        raise KeyRefused()
    if row.scope is not scope:
        raise ScopeMissing()
    if row.last_used_at is None or clock.now() - row.last_used_at > _SEEN_AGAIN:
        _note_use(row.id)
    return row


def _note_use(key_id: str) -> None:
    with transaction() as session:
        used = update(AccessKey).where(AccessKey.id == key_id).values(last_used_at=clock.now())
        session.execute(used.execution_options(synchronize_session=False))


def is_open(row: AccessKey) -> bool:
    """Whether a key can be used now."""
    return row.revoked_at is None and row.expires_at > clock.now()


def state_of(row: AccessKey) -> str:
    """How a key stands, in words."""
    if row.revoked_at is not None:
        return _("已廢止")
    return _("使用中") if is_open(row) else _("已到期")


def _digest(key: str) -> str:
    return crypto.current().digest("access-key", key.encode())
