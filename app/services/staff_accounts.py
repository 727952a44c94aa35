"""帳號權限管理: what headquarters changes about staff accounts; what takes rights away ends the sessions at once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.errors import RuleError, Stale
from app.i18n import _l
from app.rules import passwords as rules
from app.rules.vocabulary import StaffRole
from app.security import Actor
from app.services import audit, passwords, second_factor, sessions, staff, staff_messages, throttle
from app.transaction import locked, transaction
from models import Officer, SessionKind

_LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_STARTING_LENGTH = 16


class LastHeadquarters(RuleError):
    """Without headquarters nobody could make or open accounts."""

    sentence = _l("這是最後一個可使用的矯正署帳號，不可停用、設為逾期或移除角色。")
    status = 409


class NotOneself(RuleError):
    """Nobody shuts oneself out."""

    sentence = _l("不可對自己的帳號執行這項作業，請由其他矯正署帳號辦理。")
    status = 409


@dataclass(frozen=True)
class AccountData:
    """What headquarters writes about an account."""

    family_name: str
    given_name: str
    email: str
    roles: tuple[StaffRole, ...]
    agency_ids: tuple[str, ...]
    valid_until: date | None = None


def starting_password() -> str:
    """A password for one first sign-in, which the rules for staff would accept."""
    while True:
        password = "".join(secrets.choice(_LETTERS) for _place in range(_STARTING_LENGTH))
        try:
            rules.check_staff_password(password)
        except RuleError:
            continue
        return password


def create(username: str, data: AccountData, actor: Actor) -> str:
    """Make an account and return its starting password, shown once. Raises what ``staff.create`` raises."""
    password = starting_password()
    names = (username, data.family_name, data.given_name)
    staff.create(*names, password, data.roles, data.agency_ids, actor, data.valid_until, data.email)
    return password


def seen(officer: Officer) -> str:
    """What a reader has seen of an account, as one word: it changes when somebody else changes the account."""
    parts = [officer.last_name, officer.first_name, officer.email, str(officer.valid_until), str(officer.active)]
    parts += sorted(role.name for role in officer.roles) + sorted(agency.id for agency in officer.agencies)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def change(officer_id: int, data: AccountData, version: str, actor: Actor) -> None:
    """Change an account; with other roles or agencies its sessions end, of another address the old one is told.

    Raises ``Stale``, ``staff.AccountTaken``, :class:`NotOneself`, :class:`LastHeadquarters` and what ``staff.rights``
    raises.
    """
    try:
        with transaction() as session:
            lock_headquarters(session)
            officer = locked(session, Officer, officer_id)
            if seen(officer) != version:
                raise Stale()
            before = _facts(officer)
            rights_before = (before["roles"], before["agencies"])
            officer.last_name, officer.first_name, officer.email = data.family_name, data.given_name, data.email
            officer.roles, officer.agencies = staff.rights(session, data.roles, data.agency_ids)
            officer.valid_until = data.valid_until
            after = _facts(officer)
            if before == after:
                return
            loses = StaffRole.HEADQUARTERS.value in set(before["roles"]) - set(after["roles"])
            if _is_self(actor, officer) and (loses or not staff.is_usable(officer, clock.today())):
                raise NotOneself("roles" if loses else "valid_until")
            session.flush()
            staff_messages.mail_changed(session, officer, before["email"], actor)
            if StaffRole.HEADQUARTERS.value in before["roles"]:
                _keep_one_headquarters(session, "roles" if loses else "valid_until")
            if rights_before != (after["roles"], after["agencies"]) and not _is_self(actor, officer):
                sessions.end_all(session, SessionKind.STAFF, str(officer.id))
            facts = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
            audit.record(session, "officer.edit", actor, officer, facts=facts)
    except IntegrityError as error:
        raise staff.AccountTaken("email") from error


def disable(officer_id: int, actor: Actor) -> None:
    """Shut an account now; its sessions end. Raises :class:`NotOneself`, :class:`LastHeadquarters`."""
    with transaction() as session:
        lock_headquarters(session)
        officer = _other(session, officer_id, actor)
        officer.active = False
        session.flush()
        if StaffRole.HEADQUARTERS.value in {role.name for role in officer.roles}:
            _keep_one_headquarters(session)
        sessions.end_all(session, SessionKind.STAFF, str(officer.id))
        audit.record(session, "officer.disable", actor, officer)


def enable(officer_id: int, actor: Actor) -> None:
    """Open a shut account again, also one that nobody had used for too long."""
    with transaction() as session:
        officer = locked(session, Officer, officer_id)
        if staff.is_idle(officer, clock.today()):
            officer.signed_in_at = None
        officer.active = True
        audit.record(session, "officer.enable", actor, officer)


def reset_password(officer_id: int, actor: Actor) -> str:
    """Give an account a new starting password (returned, shown once); its sessions end and a lock is lifted."""
    password = starting_password()
    with transaction() as session:
        officer = _other(session, officer_id, actor)
        passwords.set_staff(session, officer, password, must_change=True)
        throttle.clear(session, throttle.STAFF_SIGN_IN, officer.username)
        sessions.end_all(session, SessionKind.STAFF, str(officer.id))
        audit.record(session, "officer.reset_password", actor, officer)
    return password


def reset_second_factor(officer_id: int, actor: Actor) -> None:
    """Forget the second factor of somebody who has lost the telephone: it is set up anew at the next sign-in."""
    with transaction() as session:
        officer = _other(session, officer_id, actor)
        second_factor.remove(session, SessionKind.STAFF, str(officer.id))
        throttle.clear(session, throttle.SECOND_FACTOR, f"{SessionKind.STAFF}:{officer.id}")
        sessions.end_all(session, SessionKind.STAFF, str(officer.id))
        audit.record(session, "officer.reset_second_factor", actor, officer)


def _facts(officer: Officer) -> dict[str, Any]:
    return {
        "name": officer.full_name,
        "email": officer.email,
        "roles": sorted(role.name for role in officer.roles),
        "agencies": sorted(agency.name for agency in officer.agencies),
        "valid_until": str(officer.valid_until or ""),
    }


def _is_self(actor: Actor, officer: Officer) -> bool:
    return actor.kind == "staff" and actor.id == str(officer.id)


def refuse_oneself(actor: Actor, officer: Officer) -> None:
    """Raises :class:`NotOneself` where an account is the actor's own."""
    if _is_self(actor, officer):
        raise NotOneself()


def _other(session: Session, officer_id: int, actor: Actor) -> Officer:
    officer = locked(session, Officer, officer_id)
    refuse_oneself(actor, officer)
    return officer


def _of_headquarters() -> Select[tuple[int]]:
    return select(Officer.id).where(Officer.roles.any(Role.name == StaffRole.HEADQUARTERS.value))


def lock_headquarters(session: Session) -> list[Officer]:
    """The accounts of headquarters, locked: two who shut each other out at once go one after the other."""
    rows = select(Officer).where(Officer.id.in_(_of_headquarters())).order_by(Officer.id)
    return list(session.scalars(rows.with_for_update(of=Officer)))


def _keep_one_headquarters(session: Session, field: str | None = None) -> None:
    left = session.scalars(select(Officer).where(Officer.id.in_(_of_headquarters())))
    if not any(staff.is_usable(officer, clock.today()) for officer in left):
        raise LastHeadquarters(field)
