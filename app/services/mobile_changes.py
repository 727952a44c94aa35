"""Another mobile number for an account: proposed by an officer, counted only when its owner has confirmed it signed in.

Where SMS can go there the owner types the code that was sent to the new number; else the account's password confirms
it, and no SMS ever goes there.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock, crypto
from app.errors import RuleError
from app.extensions import db
from app.i18n import _, _l
from app.rules import masking, names
from app.rules.vocabulary import AccountState
from app.security import Actor
from app.services import (
    audit,
    known_owners,
    mobile_codes,
    notifications,
    one_time_links,
    passwords,
    short_messages,
    throttle,
)
from app.services.mobile_codes import CODE_LIVES, CodeWrong
from app.services.persons import Look
from app.transaction import locked, transaction
from models import Agency, Applicant, OneTimeToken, SessionKind, new_id

CHANGE_MOBILE, MOBILE_CODE = "change_mobile", "change_mobile_code"
PROPOSAL_LIVES = timedelta(days=7)


class SameMobile(RuleError):
    """The proposed number is the one on the account."""

    sentence = _l("此手機號碼與申請人目前登記之號碼相同。")


class NotOpen(RuleError):
    """An account that is not in use gets no new number."""

    sentence = _l("這個帳號目前為「%(state)s」，無法提出新的手機號碼。")
    status = 409


class ProposalGone(RuleError):
    """Nothing is proposed, or its time is over."""

    sentence = _l("新的手機號碼已逾確認期限或已撤回，手機號碼未變更。如仍需變更，請洽原承辦機關。")
    status = 409


def propose(applicant_id: str, mobile: str, look: Look, actor: Actor) -> None:
    """Keep a proposal and tell the account by mail; older ones die.

    Raises ``MobileInvalid``, :class:`SameMobile`, :class:`NotOpen`, ``throttle.TooMany``.
    """
    clean = names.clean_mobile(mobile)
    throttle.claim(throttle.RECIPIENT_MAIL, applicant_id)
    with transaction() as session:
        applicant = locked(session, Applicant, applicant_id)
        if applicant.state is not AccountState.ACTIVE:
            raise NotOpen(state=applicant.state.label)
        if applicant.mobile == clean:
            raise SameMobile("mobile")
        for purpose in (CHANGE_MOBILE, MOBILE_CODE):
            one_time_links.withdraw(session, applicant.id, purpose)
        digest = one_time_links.digest_of(secrets.token_urlsafe(32))
        _token(session, applicant.id, CHANGE_MOBILE, clean, PROPOSAL_LIVES, digest=digest)
        agency = session.get(Agency, look.agency_id) if look.agency_id else None
        values = {
            "agency": agency.name if agency else _("法務部矯正署"),
            "mobile": masking.mobile(clean),
            "days": PROPOSAL_LIVES.days,
        }
        number = known_owners.serial()
        notifications.enqueue(
            session, "mobile_change", applicant, applicant, version=number, agency=agency, values=values
        )
        facts = look.facts
        audit.record(session, "applicant.mobile_proposed", actor, applicant, agency_id=look.agency_id, facts=facts)


def waiting_for(applicant_id: str) -> OneTimeToken | None:
    """The proposal that an account has not answered yet."""
    return db.session.scalar(_live(applicant_id, CHANGE_MOBILE))


def needs_code(token: OneTimeToken) -> bool:
    """Whether a code can prove the proposed number; else the password confirms it."""
    return short_messages.are_on() and short_messages.is_taiwanese(token.value)


def send_code(applicant_id: str, actor: Actor) -> None:
    """Send a code to the proposed number; raises as ``mobile_codes.send_code``, and :class:`ProposalGone`."""
    waiting = waiting_for(applicant_id)
    if waiting is None:
        raise ProposalGone()
    mobile_codes.count(applicant_id, waiting.value, actor)
    with transaction() as session:
        applicant = locked(session, Applicant, applicant_id)
        proposed = _proposal(session, applicant_id)
        one_time_links.withdraw(session, applicant_id, MOBILE_CODE)
        code, token_id = f"{secrets.randbelow(10**6):06d}", new_id()
        digest = _digest(token_id, applicant_id, code)
        token = _token(session, applicant_id, MOBILE_CODE, proposed.value, CODE_LIVES, digest=digest, row_id=token_id)
        short_messages.code_message(session, applicant, token, code, to=proposed.value)
        audit.record(session, "applicant.mobile_code", actor, applicant)


def confirm_code(applicant_id: str, typed: str, actor: Actor) -> None:
    """The proposed number is the account's once its code was typed; raises ``CodeWrong``, :class:`ProposalGone`."""
    throttle.claim(mobile_codes.TRIES, applicant_id)
    code = mobile_codes.digits_of(typed)
    with transaction() as session:
        applicant = locked(session, Applicant, applicant_id)
        proposed = _proposal(session, applicant_id)
        token = session.scalar(_live(applicant_id, MOBILE_CODE))
        if token is None or token.value != proposed.value:
            raise CodeWrong("code")
        if not hmac.compare_digest(token.digest, _digest(token.id, applicant_id, code)):
            raise CodeWrong("code")
        token.used_at = clock.now()
        throttle.clear(session, mobile_codes.TRIES, applicant_id)
        _use(session, applicant, proposed, actor, is_proved=True)


def confirm_password(applicant_id: str, password: str, actor: Actor) -> None:
    """The proposed number is the account's; for numbers that no SMS reaches.

    Raises ``passwords.CurrentPasswordWrong``, ``throttle.Locked``, :class:`ProposalGone`.
    """
    passwords.confirm(SessionKind.APPLICANT, applicant_id, password, actor)
    with transaction() as session:
        applicant = locked(session, Applicant, applicant_id)
        proposed = _proposal(session, applicant_id)
        if needs_code(proposed):
            raise CodeWrong("code")
        _use(session, applicant, proposed, actor, is_proved=False)


def _use(session: Session, applicant: Applicant, proposed: OneTimeToken, actor: Actor, *, is_proved: bool) -> None:
    now = clock.now()
    proposed.used_at = now
    applicant.mobile, applicant.mobile_verified_at = proposed.value, now if is_proved else None
    session.flush()
    values = {"mobile": masking.mobile(applicant.mobile)}
    notifications.enqueue(session, "mobile_changed", applicant, applicant, version=known_owners.serial(), values=values)
    audit.record(session, "applicant.mobile_changed", actor, applicant)


def _proposal(session: Session, applicant_id: str) -> OneTimeToken:
    token = session.scalar(_live(applicant_id, CHANGE_MOBILE))
    if token is None:
        raise ProposalGone()
    return token


def _live(applicant_id: str, purpose: str):  # type: ignore[no-untyped-def]
    return (
        select(OneTimeToken)
        .where(
            OneTimeToken.applicant_id == applicant_id,
            OneTimeToken.purpose == purpose,
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > clock.now(),
        )
        .order_by(OneTimeToken.created_at.desc())
        .limit(1)
    )


def _token(
    session: Session,
    applicant_id: str,
    purpose: str,
    value: str,
    lives: timedelta,
    *,
    digest: str,
    row_id: str | None = None,
) -> OneTimeToken:
    now = clock.now()
    token = OneTimeToken(
        id=row_id or new_id(),
        applicant_id=applicant_id,
        purpose=purpose,
        digest=digest,
        created_at=now,
        expires_at=now + lives,
        value=value,
    )
    session.add(token)
    session.flush()
    return token


def _digest(token_id: str, applicant_id: str, code: str) -> str:
    return crypto.current().digest("mobile-code", f"{token_id}:{applicant_id}:{code}".encode())
