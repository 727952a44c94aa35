"""Staff accounts: making one, signing in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from werkzeug.security import check_password_hash

from app import clock
from app.extensions import db
from app.rules.vocabulary import StaffRole
from app.security import Actor
from app.services import audit
from app.services.accounts import NOBODY, SignInFailed, hash_password
from app.transaction import transaction
from models import Agency, Officer

__all__ = ["SignInFailed", "create", "ensure_roles", "sign_in"]


def sign_in(username: str, password: str, actor: Actor) -> Officer:
    """The officer with this name and password; raises :class:`SignInFailed`."""
    officer = db.session.scalar(select(Officer).where(Officer.username == username.strip()))
    fits = check_password_hash(officer.password if officer and officer.password else NOBODY, password)
    today = clock.today()
    with transaction() as session:
        if officer is None or not fits or not _usable(session.get_one(Officer, officer.id), today):
            audit.record(session, "officer.sign_in_failed", actor, "ab_user")
            failed = True
        else:
            officer = session.get_one(Officer, officer.id)
            officer.signed_in_at = clock.now()
            who = Actor("staff", str(officer.id), officer.full_name, actor.remote_address)
            audit.record(session, "officer.sign_in", who, officer)
            failed = False
    if failed or officer is None:
        raise SignInFailed("username")
    return officer


def _usable(officer: Officer, today: date) -> bool:
    return bool(officer.active) and (officer.valid_until is None or today <= officer.valid_until)


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
