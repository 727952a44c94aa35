"""Another e-mail address for an account: proposed by an officer, counted only when its owner has confirmed it.

The link goes to the new address and asks for the account's password: whoever was dictated a wrong address, and an
officer who typed an own one, hold a link that opens nothing.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import cast

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.errors import RuleError
from app.extensions import db
from app.i18n import _, _l
from app.rules import masking, names
from app.rules.dates import sentence_time
from app.rules.vocabulary import AccountState
from app.security import Actor
from app.services import audit, known_owners, notifications, one_time_links, passwords, throttle, undelivered
from app.transaction import locked, transaction
from models import Agency, Applicant, OneTimeToken, SessionKind

CHANGE_MAIL = "change_mail"
#: Somebody who was told by telephone may read the mail on another day.
LINK_LIVES = timedelta(hours=72)


class ChangeLinkInvalid(RuleError):
    """The link has expired or was used, or the address belongs to another account by now."""

    sentence = _l("確認連結已失效或已使用。請洽原承辦機關重新提出。")
    status = 410


class SameMail(RuleError):
    """The proposed address is the one on the account."""

    sentence = _l("此電子郵件與申請人目前的電子郵件相同。如信箱正確，請按「再次寄送」或以電話告知。")


class AccountNotOpen(RuleError):
    """An account that is not verified or is shut gets no new address."""

    sentence = _l("此帳號尚未完成驗證或已停用，無法變更電子郵件。請申請人自行重新註冊或洽本署。")
    status = 409


def propose(
    applicant_id: str, mail: str, agency_id: str | None, actor: Actor, facts: dict[str, str] | None = None
) -> None:
    """Send a link to another address and tell the account; older proposals die.

    Raises ``MailInvalid``, :class:`SameMail`, :class:`AccountNotOpen`, ``throttle.TooMany``. An address that is
    another account's is not refused here: its owner is told, and nobody else learns of it.
    """
    clean = names.clean_mail(mail)
    throttle.claim(throttle.RECIPIENT_MAIL, clean)
    told = known_owners.may_tell(known_owners.now(clean, ""))
    with transaction() as session:
        applicant = locked(session, Applicant, applicant_id)
        if applicant.state != AccountState.ACTIVE or applicant.mail_verified_at is None:
            raise AccountNotOpen()
        if applicant.mail.casefold() == clean.casefold():
            raise SameMail("mail")
        one_time_links.withdraw(session, applicant.id, CHANGE_MAIL)
        owner, event = known_owners.owner_of(session, clean, "")
        if owner is None:
            _send(session, applicant, clean, agency_id)
        elif told:
            notifications.enqueue(session, event, owner, owner, version=known_owners.serial())
        audit.record(session, "applicant.mail_proposed", actor, applicant, agency_id=agency_id, facts=facts)


def _send(session: Session, applicant: Applicant, mail: str, agency_id: str | None) -> None:
    raw, now = secrets.token_urlsafe(32), clock.now()
    agency = session.get(Agency, agency_id) if agency_id else None
    token = OneTimeToken(
        applicant_id=applicant.id,
        purpose=CHANGE_MAIL,
        digest=one_time_links.digest_of(raw),
        created_at=now,
        expires_at=now + LINK_LIVES,
        value=mail,
    )
    session.add(token)
    name = agency.name if agency else _("法務部矯正署")
    hours = int(LINK_LIVES.total_seconds() // 3600)
    link = notifications.address(f"/portal/mail/{raw}")
    message = notifications.enqueue(
        session, "mail_change", applicant, token, agency=agency, values={"agency": name, "hours": hours}, link=link
    )
    message.recipient = mail
    values = {"agency": name, "mail": masking.mail(mail)}
    # About the account, not the link: what is newer about the same matter replaces what waits.
    number = known_owners.serial()
    notifications.enqueue(
        session, "mail_change_told", applicant, applicant, version=number, agency=agency, values=values
    )


def _live(session: Session, raw: str) -> OneTimeToken | None:
    return session.scalar(
        select(OneTimeToken).where(
            OneTimeToken.digest == one_time_links.digest_of(raw),
            OneTimeToken.purpose == CHANGE_MAIL,
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > clock.now(),
        )
    )


def proposed(raw: str) -> str | None:
    """The address that a link would set, masked; None for a link that is dead. Looking does not use it up."""
    token = _live(cast(Session, db.session), raw)
    return masking.mail(token.value) if token is not None else None


def waiting_for(applicant_id: str) -> OneTimeToken | None:
    """The proposal that an account has not answered yet."""
    return db.session.scalar(
        select(OneTimeToken)
        .where(
            OneTimeToken.applicant_id == applicant_id,
            OneTimeToken.purpose == CHANGE_MAIL,
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > clock.now(),
        )
        .order_by(OneTimeToken.created_at.desc())
        .limit(1)
    )


def confirm(raw: str, password: str, actor: Actor) -> None:
    """Use a link up: the address becomes the account's, the old one is told, and what did not arrive goes out again.

    Raises :class:`ChangeLinkInvalid`, ``passwords.CurrentPasswordWrong``, ``throttle.Locked``.
    """
    token = _live(cast(Session, db.session), raw)
    if token is None:
        raise ChangeLinkInvalid()
    passwords.confirm(SessionKind.APPLICANT, token.applicant_id, password, actor)
    try:
        with transaction() as session:
            _use(session, raw, actor)
    except IntegrityError as error:  # another account has verified the address meanwhile
        raise ChangeLinkInvalid() from error


def _use(session: Session, raw: str, actor: Actor) -> None:
    now = clock.now()
    token = one_time_links.use_up(session, raw, CHANGE_MAIL)
    if token is None:
        raise ChangeLinkInvalid()
    applicant = locked(session, Applicant, token.applicant_id)
    if applicant.state != AccountState.ACTIVE:
        raise ChangeLinkInvalid()
    values = {"mail": masking.mail(token.value), "time": sentence_time(clock.local(now), applicant.locale)}
    number = known_owners.serial()
    notifications.enqueue(
        session, "mail_changed", applicant, applicant, version=number, values=values
    )  # to the old one
    applicant.mail, applicant.mail_verified_at, applicant.mail_bounced_at = token.value, now, None
    session.flush()
    audit.record(session, "applicant.mail_changed", actor, applicant)
    undelivered.send_all_again(session, applicant, actor)
