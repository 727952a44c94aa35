"""The one-time link that proves an e-mail address: sent, sent again, corrected, used up."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.i18n import _l
from app.rules import masking, names
from app.rules.vocabulary import AccountState
from app.security import Actor
from app.services import audit, known_owners, notifications, one_time_links, throttle
from app.transaction import locked, transaction
from models import Applicant, OneTimeToken, new_id

#: How long a verification link works, and how soon another may be sent.
LINK_LIVES = timedelta(hours=24)
RESEND_AFTER = timedelta(minutes=3)
VERIFY_MAIL = "verify_mail"


class LinkInvalid(RuleError):
    """The link has expired or was used."""

    sentence = _l("驗證連結已失效或已使用。請重新寄送驗證信。")
    status = 410


class ResendTooSoon(RuleError):
    """A mail went out a moment ago."""

    sentence = _l("驗證信剛剛寄出，請於%(time)s後再重新寄送。")
    status = 429


class NotWaiting(RuleError):
    """The address is verified already, or the account is over."""

    sentence = _l("這個帳號不在「待驗證」狀態，無須寄送驗證信。")
    status = 409


#: Counted per receipt, not per account: whoever registered a known address has to wait in the same way.
RESEND = throttle.Limit("verification.resend", 1, RESEND_AFTER, error=ResendTooSoon)


@dataclass(frozen=True)
class Receipt:
    """What one registration is remembered by; it behaves the same whether or not an account was made."""

    mail: str
    applicant_id: str | None
    number: str = field(default_factory=new_id)
    mobile: str = ""

    @property
    def mail_masked(self) -> str:
        """The address as the result page shows it."""
        return masking.mail(self.mail)


def send_link(session: Session, applicant: Applicant) -> None:
    """Queue the mail with a new link, in the caller's transaction."""
    raw, now = secrets.token_urlsafe(32), clock.now()
    token = OneTimeToken(
        applicant_id=applicant.id,
        purpose=VERIFY_MAIL,
        digest=one_time_links.digest_of(raw),
        created_at=now,
        expires_at=now + LINK_LIVES,
    )
    session.add(token)
    notifications.enqueue(
        session,
        "verify",
        applicant,
        token,
        values={"hours": int(LINK_LIVES.total_seconds() // 3600)},
        link=notifications.address(f"/portal/verify/{raw}"),
    )


def claim_mail(mail: str, actor: Actor) -> None:
    """Count one mail that a visitor makes us send, per sender and per typed address; raises ``throttle.TooMany``.

    The address counts as it was typed, known or not.
    """
    throttle.claim(throttle.SENDER_MAIL, actor.remote_address)
    throttle.claim(throttle.RECIPIENT_MAIL, mail)


def resend(receipt: Receipt, actor: Actor) -> None:
    """Send the link again; older links die. An owner of the address is told in its place.

    Raises :class:`ResendTooSoon` or ``throttle.TooMany``, without looking whether there is an account.
    """
    throttle.claim(RESEND, receipt.number)
    claim_mail(receipt.mail, actor)
    may_tell = known_owners.may_tell(known_owners.now(receipt.mail, ""))
    with transaction() as session:
        applicant = _waiting(session, receipt.applicant_id)
        if applicant is None:
            return
        _send_or_tell(session, applicant, may_tell)
        audit.record(session, "applicant.resend", actor, applicant)


def resend_for(applicant_id: str, facts: dict[str, str], agency_id: str | None, actor: Actor) -> None:
    """An officer has the link sent again to an account that waits for it; older links die. ``facts`` say for what.

    Raises :class:`NotWaiting`, :class:`ResendTooSoon`, ``throttle.TooMany``.
    """
    throttle.claim(RESEND, applicant_id)
    person = db.session.get(Applicant, applicant_id)
    mail = person.mail if person is not None else ""
    throttle.claim(throttle.RECIPIENT_MAIL, mail)
    may_tell = known_owners.may_tell(known_owners.now(mail, ""))
    with transaction() as session:
        applicant = _waiting(session, applicant_id)
        if applicant is None:
            raise NotWaiting()
        _send_or_tell(session, applicant, may_tell)
        audit.record(session, "applicant.resend", actor, applicant, agency_id=agency_id, facts=facts)


def correct_mail(receipt: Receipt, mail: str, actor: Actor) -> Receipt:
    """Change the address of an account that is not verified yet, and send the link there.

    Where the new address is known, its owner is told in its place. Raises ``MailInvalid`` or ``throttle.TooMany``.
    """
    clean = names.clean_mail(mail)
    corrected = replace(receipt, mail=clean, number=new_id())
    if clean == receipt.mail:
        return receipt
    claim_mail(clean, actor)
    may_tell = known_owners.may_tell(known_owners.now(clean, ""))
    throttle.claim(RESEND, corrected.number)
    with transaction() as session:
        applicant = _waiting(session, receipt.applicant_id)
        if applicant is None:  # the ID number is somebody's: its owner was told, and there is nothing to correct
            return corrected
        applicant.mail = clean
        _send_or_tell(session, applicant, may_tell)
        audit.record(session, "applicant.correct_mail", actor, applicant)
    return corrected


def _send_or_tell(session: Session, applicant: Applicant, may_tell: bool) -> None:
    """The link to the address that was typed, or the notice to whoever has it already; older links die."""
    one_time_links.withdraw(session, applicant.id)
    session.flush()
    owner, event = known_owners.owner_of(session, applicant.mail, "")
    if owner is None:
        send_link(session, applicant)
    else:
        known_owners.tell(session, owner, event, may_tell)


def _waiting(session: Session, applicant_id: str | None) -> Applicant | None:
    """The account, locked, while it waits for its mail."""
    applicant = session.get(Applicant, applicant_id, with_for_update=True) if applicant_id else None
    return applicant if applicant is not None and applicant.state == AccountState.UNVERIFIED else None


def link_is_live(raw: str) -> bool:
    """Whether a link would still work; looking does not use it up."""
    token = db.session.scalar(select(OneTimeToken).where(OneTimeToken.digest == one_time_links.digest_of(raw)))
    return token is not None and token.used_at is None and clock.now() < token.expires_at


def verify(raw: str, actor: Actor) -> None:
    """Use the link up and open the account; raises :class:`LinkInvalid`."""
    now = clock.now()
    try:
        with transaction() as session:
            used = one_time_links.use_up(session, raw, VERIFY_MAIL)
            if used is None:
                raise LinkInvalid()
            applicant = locked(session, Applicant, used.applicant_id)
            if applicant.state == AccountState.UNVERIFIED:
                applicant.state = AccountState.ACTIVE
            applicant.mail_verified_at = now
            session.flush()
            audit.record(session, "applicant.verify", actor, applicant)
    except IntegrityError as error:  # the address was verified by another account meanwhile
        raise LinkInvalid() from error
