"""The last account of headquarters cannot get in any more: the operator's way, since no screen is left to help."""

from __future__ import annotations

from sqlalchemy import select

from app import clock
from app.errors import NotFound, RuleError
from app.i18n import _l
from app.security import Actor
from app.services import audit, passwords, second_factor, sessions, staff, staff_accounts, staff_locks
from app.transaction import transaction
from models import Officer, SessionKind


class NotHeadquarters(RuleError):
    """Any other account is helped by headquarters."""

    sentence = _l("這不是矯正署帳號，請由矯正署於「帳號權限管理」辦理。")
    status = 409


class OthersCanHelp(RuleError):
    """Another account of headquarters can do it, in its own name."""

    sentence = _l("尚有可使用的矯正署帳號%(names)s，請由其於「帳號權限管理」重設密碼或兩步驟驗證。")
    status = 409


def rescue(username: str, has_lost_telephone: bool, note: str, actor: Actor) -> str:
    """Open the only account of headquarters again and return its starting password, shown once.

    It is opened whatever had shut it (stopped, expired, idle, locked); its sessions end, and with a lost telephone its
    second factor goes. ``note`` says on what ground. Raises ``NotFound``, :class:`NotHeadquarters`,
    :class:`OthersCanHelp`.
    """
    password, today = staff_accounts.starting_password(), clock.today()
    with transaction() as session:
        of_headquarters = staff_accounts.lock_headquarters(session)
        officer = session.scalar(select(Officer).where(Officer.username == username))
        if officer is None:
            raise NotFound()
        if officer not in of_headquarters:
            raise NotHeadquarters()
        others = [other.username for other in of_headquarters if other != officer and staff.is_usable(other, today)]
        if others:
            raise OthersCanHelp(names="、".join(others))
        officer.active, officer.signed_in_at = True, None
        if officer.valid_until is not None and officer.valid_until < today:
            officer.valid_until = today
        passwords.set_staff(session, officer, password, must_change=True)
        staff_locks.forget(session, officer)
        if has_lost_telephone:
            second_factor.remove(session, SessionKind.STAFF, str(officer.id))
        sessions.end_all(session, SessionKind.STAFF, str(officer.id))
        facts = {"note": note, "second_factor": "removed" if has_lost_telephone else "kept"}
        audit.record(session, "officer.rescue", actor, officer, facts=facts)
    return password
