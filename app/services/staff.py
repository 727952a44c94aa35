"""Staff accounts: signing in, whether one may be used, making one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.i18n import _l
from app.rules.vocabulary import StaffRole
from app.security import Actor
from app.services import audit, passwords, throttle
from app.services.accounts import NOBODY, SignInFailed, failed
from app.transaction import locked, transaction
from models import Agency, Officer

__all__ = ["SignInFailed", "create", "ensure_roles", "is_usable", "rights", "sign_in", "signed_in"]

#: An account that nobody used for so long is shut until headquarters opens it again (資通系統防護基準, 閒置帳號).
IDLE_ACCOUNT = timedelta(days=90)
#: Ends the address of an account that was made without one: nobody reads there.
NO_ADDRESS = "@staff.invalid"
#: Kinds of staff who see nothing without an agency.
_AT_AN_AGENCY = {StaffRole.OFFICER, StaffRole.VISIT_DESK}


class AccountTaken(RuleError):
    """Another account has this name or e-mail."""

    sentence = _l("已有相同帳號或電子郵件的人員，請改用其他帳號或電子郵件。")
    status = 409


class RoleNeeded(RuleError):
    """An account without a role opens nothing."""

    sentence = _l("請至少選擇一個角色。")


class AgencyNeeded(RuleError):
    """Officers and the visit desk work at an agency."""

    sentence = _l("機關專責人員及接見室人員須至少選擇一個機關。")


class AuditorAlone(RuleError):
    """Who audits does nothing else."""

    sentence = _l("「稽核」不可與其他角色併用，請另設帳號。")


def sign_in(username: str, password: str, actor: Actor) -> Officer:
    """The officer with this name and password; the second factor is asked for next, then :func:`signed_in`.

    Raises :class:`SignInFailed`, after the fifth failure ``throttle.Locked``.
    """
    username = username.strip()
    throttle.claim(throttle.SENDER_SIGN_IN, actor.remote_address)
    count = throttle.claim(throttle.STAFF_SIGN_IN, username)
    officer = db.session.scalar(select(Officer).where(Officer.username == username))
    fits = check_password_hash(officer.password if officer and officer.password else NOBODY, password)
    today = clock.today()
    with transaction() as session:
        fresh = session.get(Officer, officer.id) if officer is not None and fits else None
        if fresh is None or not is_usable(fresh, today):
            officer = None
            audit.record(session, "officer.sign_in_failed", actor, "ab_user")
        else:
            throttle.clear(session, throttle.STAFF_SIGN_IN, username)
            who = Actor("staff", str(fresh.id), fresh.full_name, actor.remote_address)
            audit.record(session, "officer.password_accepted", who, fresh)
    if officer is None:
        raise failed(throttle.STAFF_SIGN_IN, username, count, "username")
    return officer


def signed_in(officer_id: int, actor: Actor) -> None:
    """Write down that an officer has passed every step; raises :class:`SignInFailed` on a shut account."""
    with transaction() as session:
        officer = locked(session, Officer, officer_id)
        if not is_usable(officer, clock.today()):
            raise SignInFailed()
        officer.signed_in_at = clock.now()
        audit.record(session, "officer.sign_in", actor, officer)


def is_usable(officer: Officer, today: date) -> bool:
    """Whether an account may be used on a day: active, not expired, not idle for longer than the rule allows."""
    if not officer.active or (officer.valid_until is not None and today > officer.valid_until):
        return False
    return not is_idle(officer, today)


def is_idle(officer: Officer, today: date) -> bool:
    """Whether nobody has used an account for longer than the rule allows."""
    return officer.signed_in_at is not None and today - clock.local(officer.signed_in_at).date() > IDLE_ACCOUNT


def ensure_roles() -> None:
    """Make the rows of the builtin roles where they are missing; safe to run twice."""
    with transaction() as session:
        known = set(session.scalars(select(Role.name)))
        for role in StaffRole:
            if role.value not in known:
                session.add(Role(name=role.value))


def rights(session: Session, roles: Iterable[StaffRole], agency_ids: Iterable[str]) -> tuple[list[Role], list[Agency]]:
    """The rows of roles (of the allow-list :class:`StaffRole` only) and agencies, in the caller's transaction.

    Raises :class:`RoleNeeded`, :class:`AgencyNeeded`, :class:`AuditorAlone`.
    """
    kinds = {StaffRole(role) for role in roles}
    agencies = list(session.scalars(select(Agency).where(Agency.id.in_(list(agency_ids))).order_by(Agency.name)))
    if not kinds:
        raise RoleNeeded("roles")
    if StaffRole.AUDITOR in kinds and len(kinds) > 1:
        raise AuditorAlone("roles")
    if kinds & _AT_AN_AGENCY and not agencies:
        raise AgencyNeeded("agencies")
    names = [kind.value for kind in kinds]
    return list(session.scalars(select(Role).where(Role.name.in_(names)).order_by(Role.name))), agencies


def create(
    username: str,
    family_name: str,
    given_name: str,
    password: str,
    roles: Iterable[StaffRole],
    agency_ids: Iterable[str],
    actor: Actor,
    valid_until: date | None = None,
    email: str | None = None,
) -> int:
    """Make a staff account and return its number; its password has to be changed at the first sign-in.

    Raises :class:`AccountTaken` and the errors of :func:`rights`.
    """
    try:
        with transaction() as session:
            officer = Officer()
            officer.username, officer.last_name, officer.first_name = username, family_name, given_name
            officer.email = email or f"{username}{NO_ADDRESS}"
            officer.active, officer.valid_until = True, valid_until
            officer.roles, officer.agencies = rights(session, roles, agency_ids)
            session.add(officer)
            passwords.set_staff(session, officer, password, must_change=True)
            names = [role.name for role in officer.roles]
            audit.record(session, "officer.create", actor, officer, facts={"username": username, "roles": names})
            return int(officer.id)
    except IntegrityError as error:
        raise AccountTaken("username") from error
