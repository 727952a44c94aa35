"""A number proves itself: six digits by SMS, ten minutes, typed on a page; then SMS may go there."""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from datetime import timedelta

from sqlalchemy import select

from app import clock, crypto
from app.errors import RuleError
from app.extensions import db
from app.i18n import _l
from app.rules.vocabulary import AccountState
from app.security import Actor
from app.services import audit, one_time_links, short_messages, throttle
from app.services.verification import Receipt
from app.transaction import locked, transaction
from models import Applicant, OneTimeToken, new_id

VERIFY_MOBILE = "verify_mobile"
CODE_LIVES = timedelta(minutes=10)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


class CodeTooSoon(RuleError):
    """A code went out a moment ago."""

    sentence = _l("驗證碼剛剛寄出，請於%(time)s後再重新寄送。")
    status = 429


class CodeWrong(RuleError):
    """Not the code that was sent last, or its time is over."""

    sentence = _l("驗證碼錯誤或已逾10分鐘。請重新輸入簡訊中的6位數字，或重新寄送驗證碼。")
    status = 422


class NoSmsThere(RuleError):
    """SMS go to mobile numbers of Taiwan only."""

    sentence = _l("簡訊僅能傳送至臺灣行動電話（09開頭之10位數字）。您的通知均以電子郵件寄送。")
    status = 409


class SmsOff(RuleError):
    """This installation has no SMS gateway."""

    sentence = _l("目前未提供簡訊服務，通知均以電子郵件寄送。")
    status = 409


#: How soon another code may be asked for; how many a number gets, and a sender's address asks for.
RESEND = throttle.Limit("mobile_code.resend", 1, timedelta(minutes=1), error=CodeTooSoon)
RECIPIENT = throttle.Limit("recipient.sms", 5, _HOUR)
RECIPIENT_DAY = throttle.Limit("recipient.sms_day", 10, _DAY)
SENDER = throttle.Limit("sender.sms", 20, _HOUR)
#: Wrong codes of an account: one in two hundred thousand is guessed with these.
TRIES = throttle.Limit("mobile_code.tries", 5, timedelta(minutes=15))


def send_code(applicant_id: str, actor: Actor) -> None:
    """Send a code to the number on the account; older ones die.

    Raises :class:`SmsOff`, :class:`NoSmsThere`, :class:`CodeTooSoon`, ``throttle.TooMany``. Counted per number and not
    only per account: rival accounts may carry the same one.
    """
    mobile = db.session.get_one(Applicant, applicant_id).mobile
    count(applicant_id, mobile, actor)
    _send(applicant_id, actor)


def send_first_code(receipt: Receipt, actor: Actor) -> None:
    """Send a code to the number of a registration that waits for its mail; raises as :func:`send_code`.

    It counts, and says, the same where the registration made no account.
    """
    count(receipt.number, receipt.mobile, actor)
    if _waits(receipt):
        _send(str(receipt.applicant_id), actor)


def count(asker: str, mobile: str, actor: Actor) -> None:
    """Count one code that somebody makes us send, per asker, sender and number; raises as :func:`send_code`."""
    _check(mobile)
    throttle.claim(RESEND, asker)
    throttle.claim(SENDER, actor.remote_address)
    throttle.claim(RECIPIENT, mobile)
    throttle.claim(RECIPIENT_DAY, mobile)


def _waits(receipt: Receipt) -> bool:
    account = db.session.get(Applicant, receipt.applicant_id) if receipt.applicant_id else None
    return account is not None and account.state == AccountState.UNVERIFIED


def _send(applicant_id: str, actor: Actor) -> None:
    with transaction() as session:
        applicant = locked(session, Applicant, applicant_id)
        _check(applicant.mobile)
        one_time_links.withdraw(session, applicant_id, VERIFY_MOBILE)
        now, code = clock.now(), f"{secrets.randbelow(10**6):06d}"
        token = OneTimeToken(
            id=new_id(),
            applicant_id=applicant_id,
            purpose=VERIFY_MOBILE,
            created_at=now,
            expires_at=now + CODE_LIVES,
            value=applicant.mobile,
        )
        token.digest = _digest(token, code)
        session.add(token)
        session.flush()
        short_messages.code_message(session, applicant, token, code)
        audit.record(session, "applicant.mobile_code", actor, applicant)


def confirm_first(receipt: Receipt, typed: str, actor: Actor) -> None:
    """The number of a registration is proved before its mail is; raises as :func:`confirm`."""
    if not _waits(receipt):
        throttle.claim(TRIES, receipt.number)
        raise CodeWrong("code")
    confirm(str(receipt.applicant_id), typed, actor)


def confirm(applicant_id: str, typed: str, actor: Actor) -> None:
    """The number is the account's own once its code was typed; raises :class:`CodeWrong`, ``throttle.TooMany``."""
    throttle.claim(TRIES, applicant_id)
    code = digits_of(typed)
    with transaction() as session:
        applicant = locked(session, Applicant, applicant_id)
        token = session.scalar(
            select(OneTimeToken)
            .where(
                OneTimeToken.applicant_id == applicant_id,
                OneTimeToken.purpose == VERIFY_MOBILE,
                OneTimeToken.used_at.is_(None),
                OneTimeToken.expires_at > clock.now(),
            )
            .order_by(OneTimeToken.created_at.desc())
            .limit(1)
        )
        if token is None or not hmac.compare_digest(token.digest, _digest(token, code)):
            raise CodeWrong("code")
        if token.value != applicant.mobile:  # another number stands on the account by now
            raise CodeWrong("code")
        token.used_at = clock.now()
        applicant.mobile_verified_at = clock.now()
        throttle.clear(session, TRIES, applicant_id)
        session.flush()
        audit.record(session, "applicant.mobile_verified", actor, applicant)


def digits_of(typed: str) -> str:
    """A code as it was typed: full-width digits count, what stands between them does not."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", typed) if sign.isdigit() and sign.isascii())


def prefer(applicant_id: str, prefers_sms: bool, actor: Actor) -> None:
    """Whether SMS are wanted besides mails that would do alone."""
    with transaction() as session:
        applicant = locked(session, Applicant, applicant_id)
        if applicant.prefers_sms == prefers_sms:
            return
        applicant.prefers_sms = prefers_sms
        session.flush()
        audit.record(session, "applicant.sms_preference", actor, applicant, facts={"prefers_sms": prefers_sms})


def _check(mobile: str) -> None:
    if not short_messages.are_on():
        raise SmsOff()
    if not short_messages.is_taiwanese(mobile):
        raise NoSmsThere()


def _digest(token: OneTimeToken, code: str) -> str:
    """Keyed, and bound to the account and to this sending: the digests of one code have nothing in common."""
    return crypto.current().digest("mobile-code", f"{token.id}:{token.applicant_id}:{code}".encode())
