"""The SMS that goes with a mail, or takes its place: queued in the same commit, only to a number that is verified."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.adapters.sms_gateway import Sms, SmsGateway
from app.rules import channels, sms
from app.rules.message_events import HIDDEN_CODE
from app.rules.messages import REMINDERS, life_of
from app.rules.vocabulary import Channel
from app.services.text_cache import TemplateMissing, text_of
from models import Applicant, Notification

#: Under this name the sealed part of a mail keeps the SMS that is sent if the mail does not arrive.
INSTEAD = "sms"
#: How the keys of a mail and of the SMS that tells the same end; what stands before is the same.
MAIL_KEY, SMS_KEY = ":mail", ":sms"


def are_on() -> bool:
    """Whether this installation sends SMS at all."""
    return bool(current_app.config["SMS_URL"])


def gateway() -> SmsGateway:
    """The gateway that this program was set up with."""
    return cast(SmsGateway, current_app.extensions["sms_gateway"])


def is_taiwanese(mobile: str) -> bool:
    """Whether an SMS can go to a number, as ``names.clean_mobile`` writes it."""
    return len(mobile) == 10 and mobile.startswith("09") and mobile.isdigit()


def beside(
    session: Session, applicant: Applicant, mail: Notification, values: Mapping[str, Any]
) -> Notification | None:
    """The SMS to be queued with a mail, in the caller's transaction; None where there is none, or only instead of it.

    An SMS that waits for its mail to fail is sealed into the mail: it tells what the mail told, whatever comes later.
    """
    if not are_on() or applicant.mobile_verified_at is None or not is_taiwanese(applicant.mobile):
        return None
    text = _text(session, mail.event, applicant.locale, values)
    if text is None:
        return None
    if channels.goes_with_mail(mail.event, applicant.prefers_sms, applicant.mail_bounced_at is not None):
        return _short(mail, applicant.mobile, text)
    mail.secret = {**(mail.secret or {}), INSTEAD: text}
    return None


def sms_instead(session: Session, mail: Notification) -> Notification | None:
    """Queue the SMS that was kept for the case that has come: the mail did not arrive. Once for each mail."""
    text = (mail.secret or {}).get(INSTEAD) if mail.channel is Channel.MAIL else None
    person = session.get(Applicant, mail.applicant_id) if text and mail.applicant_id else None
    if text is None or person is None or not are_on() or person.mobile_verified_at is None:
        return None
    if not is_taiwanese(person.mobile) or _is_over(mail):
        return None
    if session.scalar(select(Notification.id).where(Notification.dedupe_key == key_beside(mail))) is not None:
        return None
    short = _short(mail, person.mobile, text)
    session.add(short)
    return short


def parcel(message: Notification) -> Sms:
    """The SMS of a message, with its code where it has one."""
    code = (message.secret or {}).get("code")
    text = message.body.replace(HIDDEN_CODE, code) if code else message.body
    return Sms(message_id=message.id, number=message.recipient, text=text)


def code_message(
    session: Session, applicant: Applicant, subject: Any, code: str, to: str | None = None
) -> Notification:
    """The SMS with a code, to the number on the account or the one to be proved; the kept text hides the code."""
    event, now = "mobile_code", clock.now()
    body = text_of(session, event, Channel.SMS, applicant.locale).body % {"code": HIDDEN_CODE}
    message = Notification(
        dedupe_key=f"{event}:{subject.id}:sms",
        event=event,
        channel=Channel.SMS,
        applicant_id=applicant.id,
        subject_kind=subject.__tablename__,
        subject_id=subject.id,
        subject="",
        queued_at=now,
        due_at=now,
        give_up_at=now + life_of(event),
        recipient=to or applicant.mobile,
        body=body,
        parts=sms.length(body.replace(HIDDEN_CODE, code)).parts,
    )
    message.secret = {"code": code}
    session.add(message)
    return message


def _text(session: Session, event: str, locale: str, values: Mapping[str, Any]) -> str | None:
    try:
        body = text_of(session, event, Channel.SMS, locale).body
    except TemplateMissing:
        return None
    return body % {name: channels.shortened(str(value)) for name, value in values.items()}


def _is_over(mail: Notification) -> bool:
    return mail.event in REMINDERS and mail.give_up_at is not None and mail.give_up_at <= clock.now()


def key_beside(message: Notification) -> str:
    """The key of the message that tells the same by the other channel."""
    mine, other = (MAIL_KEY, SMS_KEY) if message.channel is Channel.MAIL else (SMS_KEY, MAIL_KEY)
    return f"{message.dedupe_key.removesuffix(mine)}{other}"


def _short(mail: Notification, mobile: str, text: str) -> Notification:
    now = clock.now()
    return Notification(
        dedupe_key=key_beside(mail),
        event=mail.event,
        channel=Channel.SMS,
        agency_id=mail.agency_id,
        applicant_id=mail.applicant_id,
        subject_kind=mail.subject_kind,
        subject_id=mail.subject_id,
        subject_version=mail.subject_version,
        subject="",
        queued_at=now,
        due_at=now,
        give_up_at=mail.give_up_at if mail.event in REMINDERS else now + life_of(mail.event),
        recipient=mobile,
        body=text,
        parts=sms.length(text).parts,
    )
