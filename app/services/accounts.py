"""Applicants' accounts: signing in, the end of a session, my second factor."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from werkzeug.security import check_password_hash, generate_password_hash

from app.errors import RuleError
from app.extensions import db
from app.i18n import _l
from app.rules.vocabulary import AccountState
from app.security import Actor
from app.services import audit, second_factor, throttle
from app.transaction import locked, transaction
from models import Applicant, BrowserSession, SessionKind
from models.base import search_digest

#: Checked when nobody is found, so that an unknown name takes as long as a known one.
NOBODY = generate_password_hash("nobody's password", method="scrypt")


class SignInFailed(RuleError):
    """Account, password or code is wrong; the sentence never says which."""

    sentence = _l("帳號、密碼或驗證碼不正確，請重新輸入。")


def hash_password(password: str) -> str:
    """What the database keeps of a password (scrypt)."""
    return generate_password_hash(password, method="scrypt")


def sign_in(identifier: str, password: str, actor: Actor) -> Applicant:
    """The applicant with this ID number or verified e-mail and this password.

    Raises :class:`SignInFailed`, after the fifth failure ``throttle.Locked``: the same for names that nobody has.
    """
    throttle.claim(throttle.SENDER_SIGN_IN, actor.remote_address)
    count = throttle.claim(throttle.PORTAL_SIGN_IN, identifier)
    applicant = _matching(identifier, password)
    with transaction() as session:
        if applicant is None:
            audit.record(session, "applicant.sign_in_failed", actor, "applicant")
        else:
            throttle.clear(session, throttle.PORTAL_SIGN_IN, identifier)
            applicant = session.get_one(Applicant, applicant.id)
            who = Actor("applicant", applicant.id, applicant.name, actor.remote_address)
            audit.record(session, "applicant.sign_in", who, applicant)
    if applicant is None:
        raise failed(throttle.PORTAL_SIGN_IN, identifier, count, "identifier")
    return applicant


def failed(limit: throttle.Limit, name: str, count: int, field: str) -> RuleError:
    """What a wrong password is answered with: the fifth one says until when the name is shut."""
    shut = throttle.shut_time(limit, name) if count >= limit.most else None
    return throttle.Locked(field, time=shut) if shut else SignInFailed(field)


def _matching(identifier: str, password: str) -> Applicant | None:
    candidates = list(
        db.session.scalars(
            select(Applicant)
            .where(
                or_(
                    Applicant.mail_index == search_digest("mail", identifier),
                    Applicant.id_number_index == search_digest("id_number", identifier),
                )
            )
            .order_by(Applicant.mail_verified_at, Applicant.created_at)
            .limit(10)
        )
    )
    if not candidates:
        check_password_hash(NOBODY, password)
    found = [a for a in candidates if check_password_hash(a.password_hash, password)]
    return next((a for a in found if a.state == AccountState.ACTIVE), None)


def get(applicant_id: str | None) -> Applicant | None:
    """The applicant of a session, while the account may be used."""
    applicant = db.session.get(Applicant, applicant_id) if applicant_id else None
    return applicant if applicant is not None and applicant.state == AccountState.ACTIVE else None


def end_of_session(session_id: str | None) -> datetime | None:
    """When a session ends whatever is done; None where there is none."""
    row = db.session.get(BrowserSession, session_id) if session_id else None
    return row.expires_at if row else None


def has_second_factor(applicant_id: str) -> bool:
    """Whether signing in asks this applicant for a code."""
    return second_factor.is_set_up(SessionKind.APPLICANT, applicant_id)


def switch_second_factor_off(applicant_id: str, actor: Actor) -> None:
    """Forget one's own second factor and its recovery codes."""
    with transaction() as session:
        applicant = locked(session, Applicant, applicant_id)
        second_factor.remove(session, SessionKind.APPLICANT, applicant.id)
        audit.record(session, "second_factor.remove", actor, applicant)
