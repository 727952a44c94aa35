"""Registration: the notice, the account, the one-time link. Nobody learns here who is registered already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from app import clock
from app.errors import NotFound, RuleError, RuleErrors
from app.extensions import db
from app.i18n import _l
from app.rules import dates, identity_numbers, names, passwords
from app.rules.characters import TextTooLong
from app.rules.vocabulary import IdentityKind
from app.security import Actor
from app.services import audit, known_owners, throttle, verification
from app.services.accounts import hash_password
from app.transaction import transaction
from models import Applicant, Consent, PrivacyNotice


class FieldMissing(RuleError):
    """A required field was left empty."""

    sentence = _l("請填寫此欄位。")


class PasswordsDiffer(RuleError):
    """The two passwords are not the same."""

    sentence = _l("兩次輸入的密碼不同，請重新輸入。")


class ConsentMissing(RuleError):
    """The privacy notice was not ticked."""

    sentence = _l("請先閱讀個人資料蒐集告知聲明並勾選同意，始得進行下一步。")


@dataclass(frozen=True)
class Registration:
    """What was typed on the form, as it was typed; ``birth`` is (year, month, day), ``birth_calendar`` roc or ad."""

    name: str
    id_kind: str
    id_number: str
    id_country: str
    birth: tuple[str, str, str]
    birth_calendar: str
    mail: str
    mobile: str
    landline: str
    address: str
    occupation: str
    password: str
    password_again: str
    notice_id: str
    locale: str


def current_notice() -> PrivacyNotice:
    """The notice in force: the newest that is published."""
    notice = db.session.scalar(
        select(PrivacyNotice)
        .where(PrivacyNotice.published_at <= clock.now())
        .order_by(PrivacyNotice.number.desc())
        .limit(1)
    )
    if notice is None:
        raise NotFound()
    return notice


def register(form: Registration, actor: Actor) -> verification.Receipt:
    """Open an unverified account and queue its mail; raises ``RuleErrors`` with a field each, or ``throttle.TooMany``.

    Where the address is known already, its owner is told by mail in the place of the link; the account waits all the
    same, so that whoever has mistyped the address can correct it. Where a bound ID number is known, its owner is told
    and no account is made.
    """
    clean = _clean(form)
    throttle.claim(throttle.SENDER_REGISTER, actor.remote_address)
    throttle.claim(throttle.RECIPIENT_MAIL, clean["mail"])
    may_tell = known_owners.may_tell(known_owners.now(clean["mail"], clean["id_number"]))
    receipt = verification.Receipt(clean["mail"], None, mobile=clean["mobile"])
    throttle.claim(verification.RESEND, receipt.number)
    password_hash = hash_password(form.password)
    with transaction() as session:
        agreed = session.get(PrivacyNotice, form.notice_id)
        if agreed is None or agreed.published_at > clock.now():
            raise ConsentMissing("agree")
        owner, event = known_owners.owner_of(session, clean["mail"], clean["id_number"])
        if owner is not None:
            known_owners.tell(session, owner, event, may_tell)
            audit.record(session, "applicant.register_known", actor, owner)
            if event == known_owners.ID_NUMBER:
                return receipt
        applicant = Applicant(**clean, password_hash=password_hash, locale=form.locale)
        session.add(applicant)
        session.flush()
        session.add(
            Consent(
                applicant_id=applicant.id,
                notice_id=form.notice_id,
                at=clock.now(),
                remote_address=actor.remote_address,
            )
        )
        if owner is None:
            verification.send_link(session, applicant)
        audit.record(session, "applicant.register", actor, applicant)
        return replace(receipt, applicant_id=applicant.id)


def _clean(form: Registration) -> dict[str, Any]:
    """The form's values as they are stored; every broken rule is told at once."""
    errors: list[RuleError] = []
    today = clock.today()

    def take(field: str, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except RuleError as error:
            error.field = "country" if isinstance(error, identity_numbers.CountryMissing) else field
            errors.append(error)
            return None

    def text(field: str, value: str, limit: int, required: bool = True) -> str | None:
        value = value.strip()
        if required and not value:
            errors.append(FieldMissing(field))
        if len(value) > limit:
            errors.append(TextTooLong(field, longest=limit))
        return value or None

    kind = IdentityKind(form.id_kind) if form.id_kind in IdentityKind.values() else IdentityKind.NATIONAL_ID
    clean = {
        "name": take("name", lambda: names.clean_name(form.name)),
        "id_kind": kind,
        "id_number": take("id_number", lambda: identity_numbers.kept(kind, form.id_number, today, form.id_country)),
        "id_country": form.id_country.strip().upper() or None if kind is IdentityKind.PASSPORT else None,
        "birth_date": take("birth", lambda: dates.parse_birth_date(form.birth, form.birth_calendar, today)),
        "mail": take("mail", lambda: names.clean_mail(form.mail)),
        "mobile": take("mobile", lambda: names.clean_mobile(form.mobile)),
        "landline": text("landline", form.landline, 30, required=False),
        "address": text("address", form.address, 200),
        "occupation": text("occupation", form.occupation, 50),
    }
    birth_date = clean["birth_date"]
    personal = [form.name, form.id_number, form.mail, form.mobile, birth_date.isoformat() if birth_date else ""]
    personal.append("".join(form.birth))
    take("password", lambda: passwords.check_portal_password(form.password, personal))
    if form.password != form.password_again:
        errors.append(PasswordsDiffer("password_again"))
    if errors:
        raise RuleErrors(errors)
    return clean
