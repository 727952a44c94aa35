"""Staff accounts: making one, signing in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from werkzeug.security import check_password_hash

from app import clock
from app.extensions import db
from app.rules.vocabulary import StaffRole
from app.security import Actor
from app.services import audit, throttle
from app.services.accounts import NOBODY, SignInFailed, failed, hash_password
from app.transaction import transaction
from models import Agency, Officer

__all__ = ["SignInFailed", "create", "ensure_roles", "is_usable", "sign_in"]

#: An account that nobody used for so long is shut until headquarters opens it again (資通系統防護基準, 閒置帳號).
IDLE_ACCOUNT = timedelta(days=90)


def sign_in(username: str, password: str, actor: Actor) -> Officer:
    """The officer with this name and password; the second factor is asked for next.

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
            fresh.signed_in_at = clock.now()
            audit.record(session, "officer.sign_in", who, fresh)
    if officer is None:
        raise failed(throttle.STAFF_SIGN_IN, username, count, "username")
    return officer


def is_usable(officer: Officer, today: date) -> bool:
    """Whether an account may be used on a day: active, not expired, not idle for longer than the rule allows."""
    if not officer.active or (officer.valid_until is not None and today > officer.valid_until):
        return False
    return officer.signed_in_at is None or today - clock.local(officer.signed_in_at).date() <= IDLE_ACCOUNT


def ensure_roles() -> None:
    """Make the rows of the builtin roles where they are missing; safe to run twice."""
    with transaction() as session:
        known = set(session.scalars(select(Role.name)))
        for role in StaffRole:
            if role.value not in known:
                session.add(Role(name=role.value))


def create(
    username: str,
    family_name: str,
    given_name: str,
    password: str,
    roles: Iterable[StaffRole],
    agency_ids: Iterable[str],
    actor: Actor,
    valid_until: date | None = None,
) -> int:
    """Make a staff account and return its number; roles come from the allow-list of :class:`StaffRole`."""
    with transaction() as session:
        names = [StaffRole(role).value for role in roles]
        wanted = list(session.scalars(select(Role).where(Role.name.in_(names))))
        agencies = list(session.scalars(select(Agency).where(Agency.id.in_(list(agency_ids)))))
        officer = Officer()
        officer.username, officer.last_name, officer.first_name = username, family_name, given_name
        officer.email = f"{username}@staff.invalid"
        officer.password = hash_password(password)
        officer.active = True
        officer.valid_until = valid_until
        officer.roles, officer.agencies = wanted, agencies
        session.add(officer)
        session.flush()
        audit.record(session, "officer.create", actor, officer, facts={"username": username, "roles": names})
        return int(officer.id)
