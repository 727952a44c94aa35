"""Applicants' accounts: signing in, the end of a session, my second factor."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from app.errors import NotFound, RuleError
from app.extensions import db
from app.i18n import _l
from app.rules.vocabulary import AccountState
from app.security import Actor
from app.services import audit, second_factor, sessions, throttle
from app.transaction import locked, transaction
from models import Applicant, BrowserSession, SessionKind
from models.base import search_digest

#: How passwords are hashed, with the rounds that the library recommends.
METHOD = "scrypt"
#: Checked when nobody is found, so that an unknown name takes as long as a known one.
NOBODY = generate_password_hash("nobody's password", method=METHOD)


class SignInFailed(RuleError):
    """Account, password or code is wrong; the sentence never says which."""

    sentence = _l("帳號、密碼或驗證碼不正確，請重新輸入。")


class AccountLocked(RuleError):
    """The password is right, and an agency or headquarters has locked the account."""

    sentence = _l("此帳號目前無法使用。如有疑問，請洽您辦理案件之矯正機關或法務部矯正署。")
    status = 403


class NoSecondFactor(RuleError):
    """There is nothing to switch off."""

    sentence = _l("這個帳號沒有開啟兩步驟驗證，資料未變更。")
    status = 409


def hash_password(password: str) -> str:
    """What the database keeps of a password (scrypt)."""
    return generate_password_hash(password, method=METHOD)


def sign_in(identifier: str, password: str, actor: Actor) -> Applicant:
    """The applicant with this ID number or verified e-mail and this password.

    Raises :class:`SignInFailed`, after the fifth failure ``throttle.Locked``: the same for names that nobody has.
    Only who knows the password hears :class:`AccountLocked`.
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
            is_locked = applicant.state is AccountState.LOCKED
            audit.record(session, "applicant.sign_in_locked" if is_locked else "applicant.sign_in", who, applicant)
    if applicant is None:
        raise failed(throttle.PORTAL_SIGN_IN, identifier, count, "identifier")
    if applicant.state is AccountState.LOCKED:
        raise AccountLocked("identifier")
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
                ),
                # Anybody can leave unverified accounts under anybody's name: they must not crowd out its owner.
                Applicant.state.in_((AccountState.ACTIVE, AccountState.LOCKED)),
            )
            .order_by(Applicant.state, Applicant.mail_verified_at, Applicant.created_at)
            .limit(10)
        )
    )
    if not candidates:
        check_password_hash(NOBODY, password)
    return next((a for a in candidates if check_password_hash(a.password_hash, password)), None)


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
    """Forget one's own second factor and its recovery codes; the owner is told by mail."""
    with transaction() as session:
        _forget_second_factor(session, locked(session, Applicant, applicant_id), actor)


def with_address(mail: str) -> Applicant:
    """The one account that may be used with this verified address; raises ``NotFound``."""
    applicant = db.session.scalar(
        select(Applicant).where(
            Applicant.mail_index == search_digest("mail", mail),
            Applicant.mail_verified_at.is_not(None),
            Applicant.state == AccountState.ACTIVE,
        )
    )
    if applicant is None:
        raise NotFound("mail")
    return applicant


def forget_lost_telephone(applicant_id: str, note: str, actor: Actor) -> None:
    """Switch off, for its owner, a second factor whose telephone and recovery codes are lost; all sessions end.

    ``note`` says on what ground (who was seen with which paper). The owner is told by mail. Raises ``NotFound`` and
    :class:`NoSecondFactor`.
    """
    with transaction() as session:
        applicant = locked(session, Applicant, applicant_id)
        if not second_factor.is_set_up(SessionKind.APPLICANT, applicant.id):
            raise NoSecondFactor("mail")
        throttle.clear(session, throttle.SECOND_FACTOR, f"{SessionKind.APPLICANT}:{applicant.id}")
        sessions.end_all(session, SessionKind.APPLICANT, applicant.id)
        _forget_second_factor(session, applicant, actor, {"note": note})


def _forget_second_factor(
    session: Session, applicant: Applicant, actor: Actor, facts: dict[str, str] | None = None
) -> None:
    second_factor.remove(session, SessionKind.APPLICANT, applicant.id)
    second_factor.tell(session, SessionKind.APPLICANT, applicant.id, "second_factor_off")
    audit.record(session, "second_factor.remove", actor, applicant, facts=facts)
