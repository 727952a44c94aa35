"""Forgotten, changed and expired passwords, for applicants and staff."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.i18n import _l
from app.rules import passwords as rules
from app.rules.dates import list_date
from app.rules.vocabulary import AccountState
from app.security import Actor
from app.services import audit, notifications, one_time_links, sessions, throttle
from app.services.accounts import hash_password
from app.services.registration import FieldMissing, PasswordsDiffer
from app.transaction import locked, transaction, undone
from models import Applicant, FormerPassword, Officer, OneTimeToken, SessionKind
from models.base import search_digest

RESET = "reset_password"
RESET_LIVES = timedelta(minutes=30)


class ResetLinkInvalid(RuleError):
    """The link has expired or was used."""

    sentence = _l("密碼重設連結已失效或已使用。請重新申請。")
    status = 410


class CurrentPasswordWrong(RuleError):
    """The present password does not fit."""

    sentence = _l("目前的密碼不正確，請重新輸入。")


def request_reset(identifier: str, actor: Actor) -> None:
    """Mail a one-time link to the owner of an account; says nothing about who has one, nor by the time it takes.

    A locked account may ask too: the link gets in. Raises ``throttle.TooMany``.
    """
    throttle.claim(throttle.SENDER_MAIL, actor.remote_address)
    applicant = db.session.scalar(
        select(Applicant)
        .where(
            or_(
                Applicant.mail_index == search_digest("mail", identifier),
                Applicant.id_number_index == search_digest("id_number", identifier),
            ),
            Applicant.state == AccountState.ACTIVE,
            Applicant.mail_verified_at.is_not(None),
        )
        .order_by(Applicant.id_bound_at.desc(), Applicant.created_at)
    )
    if not _may_mail(applicant.id if applicant else identifier):
        return
    if applicant is None:
        _refuse_as_slowly(actor)
        return
    with transaction() as session:
        owner = locked(session, Applicant, applicant.id)
        _mail_link(session, owner)
        audit.record(session, "applicant.reset_requested", actor, owner)


def _mail_link(session: Session, owner: Applicant) -> None:
    raw, now = secrets.token_urlsafe(32), clock.now()
    one_time_links.withdraw(session, owner.id, RESET)
    token = OneTimeToken(
        applicant_id=owner.id,
        purpose=RESET,
        digest=one_time_links.digest_of(raw),
        created_at=now,
        expires_at=now + RESET_LIVES,
    )
    session.add(token)
    notifications.enqueue(
        session,
        "password",
        owner,
        token,
        values={"minutes": int(RESET_LIVES.total_seconds() // 60)},
        link=notifications.address(f"/portal/password/{raw}"),
    )
    session.flush()


def _refuse_as_slowly(actor: Actor) -> None:
    """For a name that nobody has: the same work for a stand-in, undone, so that the answer takes as long."""
    with transaction() as session:
        stand_in = session.scalar(select(Applicant).order_by(Applicant.id).limit(1))
        if stand_in is not None:
            with undone(session):
                _mail_link(session, stand_in)
        audit.record(session, "applicant.reset_unknown", actor, "applicant")


def _may_mail(recipient: str) -> bool:
    try:
        throttle.claim(throttle.RECIPIENT_MAIL, recipient)
    except throttle.TooMany:
        return False  # told to nobody: it would say that the account exists
    return True


def reset_is_live(raw: str) -> bool:
    """Whether a reset link would still work; looking does not use it up."""
    token = db.session.scalar(
        select(OneTimeToken).where(OneTimeToken.digest == one_time_links.digest_of(raw), OneTimeToken.purpose == RESET)
    )
    return token is not None and token.used_at is None and clock.now() < token.expires_at


def reset(raw: str, password: str, again: str, actor: Actor) -> None:
    """Set a new password by a link, once; every session of the account ends.

    Raises :class:`ResetLinkInvalid` and the errors of ``app.rules.passwords``; a refused password does not use the
    link up.
    """
    if not reset_is_live(raw):
        raise ResetLinkInvalid()
    with transaction() as session:
        used = one_time_links.use_up(session, raw, RESET)
        if used is None:
            raise ResetLinkInvalid()
        applicant = locked(session, Applicant, used.applicant_id)
        _set_applicant(session, applicant, password, again)
        for name in (applicant.mail, applicant.id_number):
            throttle.clear(session, throttle.PORTAL_SIGN_IN, name)
        audit.record(session, "applicant.reset_password", actor, applicant)


def change(applicant_id: str, current: str, password: str, again: str, keep: str | None, actor: Actor) -> None:
    """Change one's own password; all other sessions end. Raises :class:`CurrentPasswordWrong` and the rules' errors."""
    _prove(applicant_id, db.session.get_one(Applicant, applicant_id).password_hash, current)
    with transaction() as session:
        applicant = locked(session, Applicant, applicant_id)
        _set_applicant(session, applicant, password, again, keep)
        audit.record(session, "applicant.change_password", actor, applicant)


def _prove(name: str, stored: str, current: str) -> None:
    """Check the present password; only wrong ones count towards the lock, not an empty field or a weak new one."""
    if not current:
        raise FieldMissing("current")
    throttle.claim(throttle.ASK_AGAIN, name)
    if not check_password_hash(stored, current):
        raise CurrentPasswordWrong("current")
    with transaction() as session:
        throttle.clear(session, throttle.ASK_AGAIN, name)


def _set_applicant(session: Session, applicant: Applicant, password: str, again: str, keep: str | None = None) -> None:
    personal = [applicant.name, applicant.id_number, applicant.mail, applicant.mobile, applicant.birth_date.isoformat()]
    rules.check_portal_password(password, personal)
    if password != again:
        raise PasswordsDiffer("password_again")
    applicant.password_hash = hash_password(password)
    session.flush()
    sessions.end_all(session, SessionKind.APPLICANT, applicant.id, keep)
    notifications.enqueue(session, "password_changed", applicant, applicant, version=applicant.version)


def confirm(kind: SessionKind, subject_id: str, password: str, actor: Actor) -> None:
    """The password asked again; raises :class:`CurrentPasswordWrong` or ``throttle.Locked``."""
    throttle.claim(throttle.ASK_AGAIN, f"{kind}:{subject_id}")
    person: Applicant | Officer | None
    if kind is SessionKind.STAFF:
        person = db.session.get(Officer, int(subject_id))
        stored = (person.password if person else None) or ""
    else:
        person = db.session.get(Applicant, subject_id)
        stored = person.password_hash if person else ""
    fits = check_password_hash(stored, password)
    with transaction() as session:
        if fits:
            throttle.clear(session, throttle.ASK_AGAIN, f"{kind}:{subject_id}")
        audit.record(session, "password.confirmed" if fits else "password.refused", actor, "session")
    if not fits:
        raise CurrentPasswordWrong("password")


def must_change(officer: Officer) -> bool:
    """Whether a member of staff has to choose a new password first: at the first sign-in, or after 90 days."""
    if officer.must_change_password or officer.password_set_at is None:
        return True
    return clock.now() - officer.password_set_at > timedelta(days=rules.STAFF_OLDEST_DAYS)


def change_staff(officer_id: int, current: str, password: str, again: str, keep: str | None, actor: Actor) -> None:
    """Change one's own staff password under the annex's rules; all other sessions end.

    Raises :class:`CurrentPasswordWrong`, ``PasswordTooYoung``, ``PasswordReused`` and the errors of
    ``check_staff_password``.
    """
    _prove(f"staff:{officer_id}", db.session.get_one(Officer, officer_id).password or "", current)
    with transaction() as session:
        officer = locked(session, Officer, officer_id)
        _check_age(officer)
        if password != again:
            raise PasswordsDiffer("password_again")
        rules.check_staff_password(password, [officer.username, officer.full_name, officer.email or ""])
        _refuse_former(session, officer, password)
        set_staff(session, officer, password, must_change=False)
        sessions.end_all(session, SessionKind.STAFF, str(officer.id), keep)
        audit.record(session, "officer.change_password", actor, officer)


def set_staff(session: Session, officer: Officer, password: str, *, must_change: bool) -> None:
    """Set a staff password in the caller's transaction and remember it among the former ones."""
    officer.password = hash_password(password)
    officer.must_change_password, officer.password_set_at = must_change, clock.now()
    session.flush()
    session.add(FormerPassword(officer_id=officer.id, password_hash=officer.password, set_at=clock.now()))


def _check_age(officer: Officer) -> None:
    set_at = officer.password_set_at
    if officer.must_change_password or set_at is None:
        return
    if clock.now() - set_at < timedelta(days=rules.STAFF_YOUNGEST_DAYS):
        at = clock.local(set_at)
        raise rules.PasswordTooYoung("password", time=f"{list_date(at.date())} {at:%H:%M}")


def _refuse_former(session: Session, officer: Officer, password: str) -> None:
    former = session.scalars(
        select(FormerPassword.password_hash)
        .where(FormerPassword.officer_id == officer.id)
        .order_by(FormerPassword.set_at.desc(), FormerPassword.id)
        .limit(rules.STAFF_HISTORY)
    )
    if any(check_password_hash(old, password) for old in former):
        raise rules.PasswordReused("password")
