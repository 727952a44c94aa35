"""更正 what an account says about its owner; addresses and numbers that messages go to are proposed, not corrected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError

from app import clock
from app.errors import RuleError, RuleErrors
from app.i18n import _, _l
from app.rules import dates, identity_numbers, names
from app.rules.vocabulary import AccountState, IdentityKind
from app.security import Actor
from app.services import audit, known_owners, notifications
from app.services.person_locks import check_version, clean_reason
from app.services.persons import Look
from app.transaction import locked, transaction
from models import Applicant

#: What may be corrected, with the words that the message to the owner uses.
FIELDS: dict[str, Any] = {
    "name": _l("姓名"),
    "birth_date": _l("出生日期"),
    "id_number": _l("身分證號"),
    "address": _l("地址"),
    "landline": _l("市內電話"),
    "occupation": _l("職業"),
}
_LIMITS = {"address": 200, "landline": 30, "occupation": 50}
_OPEN = (AccountState.ACTIVE, AccountState.LOCKED, AccountState.UNVERIFIED)


class NothingChanged(RuleError):
    """What was typed is what stands there."""

    sentence = _l("資料與目前相同，沒有需要更正的項目。")


class FieldEmpty(RuleError):
    """A field that every account has."""

    sentence = _l("請填寫「%(label)s」。")


class TooLong(RuleError):
    """A field with more characters than it may have."""

    sentence = _l("「%(label)s」至多%(most)s個字，請縮短。")


class IdTaken(RuleError):
    """The number is bound to another account."""

    sentence = _l("此身分證號已由另一帳號確認。同一人有兩個帳號時，請洽矯正署辦理合併。")
    status = 409


class AccountOver(RuleError):
    """Nothing is corrected in an account that is over."""

    sentence = _l("這個帳號已停用，不可更正。")
    status = 409


@dataclass(frozen=True)
class Correction:
    """What was typed, as text; ``version`` is the account's that was read."""

    name: str
    birth_date: str
    id_number: str
    address: str
    landline: str
    occupation: str
    reason: str
    version: int


def correct(applicant_id: str, typed: Correction, look: Look, actor: Actor) -> list[str]:
    """Change what differs and tell the owner; returns the fields that were changed.

    Raises ``RuleErrors``, :class:`NothingChanged`, :class:`IdTaken`, :class:`AccountOver`, ``Stale``.
    """
    try:
        with transaction() as session:
            applicant = locked(session, Applicant, applicant_id)
            if applicant.state not in _OPEN:
                raise AccountOver()
            check_version(applicant, typed.version)
            clean = _clean(typed, applicant.id_kind, applicant.id_country)
            facts = _written(applicant, clean)
            if not facts:
                raise NothingChanged()
            session.flush()
            kept = {**facts, "reason": clean["reason"], **look.facts}
            audit.record(session, "applicant.correct", actor, applicant, agency_id=look.agency_id, facts=kept)
            if applicant.mail_verified_at is not None:
                told = [FIELDS[name] for name in facts]
                notifications.enqueue(
                    session,
                    "data_corrected",
                    applicant,
                    applicant,
                    version=known_owners.serial(),
                    values={"fields": _Listed(told)},
                )
            return list(facts)
    except IntegrityError as error:
        raise IdTaken("id_number") from error


class _Listed:
    """Names of fields, put together in the language of whoever reads them."""

    def __init__(self, words: list[Any]) -> None:
        self.words = words

    def __str__(self) -> str:
        return _("、").join(str(word) for word in self.words)


def _clean(typed: Correction, kind: IdentityKind, country: str | None) -> dict[str, Any]:
    errors: list[RuleError] = []
    clean: dict[str, Any] = {}

    def take(field: str, read: Any) -> None:
        try:
            clean[field] = read()
        except RuleError as error:
            error.field = field
            errors.append(error)

    take("name", lambda: names.clean_name(typed.name))
    take("birth_date", lambda: _birth_date(typed.birth_date))
    take("id_number", lambda: _id_number(typed.id_number, kind, country))
    for field in _LIMITS:
        take(field, lambda field=field: _text(field, getattr(typed, field)))
    take("reason", lambda: clean_reason(typed.reason))
    if errors:
        raise RuleErrors(errors)
    return clean


def _birth_date(typed: str) -> Any:
    return dates.parse_birth_date(typed, "ad", clock.today())


def _id_number(typed: str, kind: IdentityKind, country: str | None) -> str:
    raw = typed.strip()
    if kind is not IdentityKind.PASSPORT:
        return identity_numbers.normalise(kind, raw, clock.today())
    prefix = f"{country}-"
    number = identity_numbers.normalise(kind, raw.removeprefix(prefix), clock.today(), country)
    return f"{prefix}{number}"


def _text(field: str, typed: str) -> str | None:
    value = " ".join(typed.split())
    if not value and field != "landline":
        raise FieldEmpty(field, label=FIELDS[field])
    if len(value) > _LIMITS[field]:
        raise TooLong(field, label=FIELDS[field], most=_LIMITS[field])
    return value or None


def _written(applicant: Applicant, clean: dict[str, Any]) -> dict[str, list[str | None]]:
    """Write what differs; returns what it was and is."""
    facts: dict[str, list[str | None]] = {}
    for field in FIELDS:
        before, after = getattr(applicant, field), clean[field]
        if before != after:
            setattr(applicant, field, after)
            facts[field] = [str(before) if before else None, str(after) if after else None]
    return facts
