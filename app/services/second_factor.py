"""The second factor: a time-based code (RFC 6238), and recovery codes for the day the telephone is lost."""

from __future__ import annotations

import secrets
import unicodedata

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app import clock, crypto
from app.errors import RuleError
from app.extensions import db
from app.i18n import _l
from app.rules.dates import sentence_time
from app.security import Actor
from app.services import audit, known_owners, notifications, sessions, throttle
from app.transaction import transaction
from models import Applicant, RecoveryCode, SecondFactor, SessionKind

ISSUER = "便民服務入口網"
STEP_SECONDS = 30
RECOVERY_CODES = 10
_ALPHABET = "2346789ABCDEFGHJKMNPQRTUVWXY"


class CodeWrong(RuleError):
    """The code does not fit, was used, or is too old."""

    sentence = _l("驗證碼不正確或已使用過。請輸入驗證器App目前顯示的6位數字，或使用一組備用碼。")


def is_set_up(kind: SessionKind, subject_id: str) -> bool:
    """Whether this person has a confirmed second factor."""
    row = db.session.scalar(_of(kind, subject_id))
    return row is not None and row.confirmed_at is not None


def who_has(kind: SessionKind) -> frozenset[str]:
    """Everybody at a door who has a confirmed second factor."""
    confirmed = (SecondFactor.kind == kind, SecondFactor.confirmed_at.is_not(None))
    return frozenset(db.session.scalars(select(SecondFactor.subject_id).where(*confirmed)))


def propose(account: str, secret: str | None = None) -> tuple[str, str]:
    """A new secret (or the one at hand) with its ``otpauth://`` address; nothing is kept until :func:`adopt`."""
    secret = secret or pyotp.random_base32()
    return secret, pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def adopt(kind: SessionKind, subject_id: str, secret: str, code: str, keep: str | None, actor: Actor) -> list[str]:
    """Put a proposed secret in the place of whatever was there, once its code fits; all other sessions end.

    The old second factor works until then. Returns the recovery codes, shown once. Raises :class:`CodeWrong`.
    """
    throttle.claim(throttle.SECOND_FACTOR, f"{kind}:{subject_id}")
    with transaction() as session:
        row = session.scalar(_of(kind, subject_id).with_for_update())
        if row is None:
            row = SecondFactor(kind=kind, subject_id=subject_id, secret=secret, created_at=clock.now(), last_step=0)
        row.secret, row.last_step = secret, 0
        if not _accept(row, code):
            raise CodeWrong("code")
        row.confirmed_at = clock.now()
        session.add(row)
        codes = _new_codes(session, kind, subject_id)
        throttle.clear(session, throttle.SECOND_FACTOR, f"{kind}:{subject_id}")
        sessions.end_all(session, kind, subject_id, keep)
        tell(session, kind, subject_id, "second_factor_on")
        audit.record(session, "second_factor.confirm", actor, "second_factor", facts={"subject": subject_id})
        return codes


def check(kind: SessionKind, subject_id: str, code: str, actor: Actor) -> None:
    """Accept a current code, or use up a recovery code; raises :class:`CodeWrong` or ``Locked``."""
    name = f"{kind}:{subject_id}"
    count = throttle.claim(throttle.SECOND_FACTOR, name)
    with transaction() as session:
        row = session.scalar(_of(kind, subject_id).with_for_update())
        fits = row is not None and row.confirmed_at is not None and _accept(row, code)
        if not fits and not _use_recovery(session, kind, subject_id, code, actor):
            accepted = False
        else:
            accepted = True
            throttle.clear(session, throttle.SECOND_FACTOR, name)
        if not accepted:
            audit.record(session, "second_factor.failed", actor, "second_factor", facts={"subject": subject_id})
    if not accepted:
        shut = throttle.shut_time(throttle.SECOND_FACTOR, name) if count >= throttle.SECOND_FACTOR.most else None
        raise throttle.Locked("code", time=shut) if shut else CodeWrong("code")


def remove(session: Session, kind: SessionKind, subject_id: str) -> None:
    """Forget a person's second factor and recovery codes, in the caller's transaction."""
    for model in (SecondFactor, RecoveryCode):
        session.execute(delete(model).where(model.kind == kind, model.subject_id == subject_id))


def renew_codes(kind: SessionKind, subject_id: str, actor: Actor) -> list[str]:
    """New recovery codes; the old ones die."""
    with transaction() as session:
        tell(session, kind, subject_id, "second_factor_codes")
        audit.record(session, "second_factor.new_codes", actor, "second_factor", facts={"subject": subject_id})
        return _new_codes(session, kind, subject_id)


def tell(session: Session, kind: SessionKind, subject_id: str, event: str) -> None:
    """Tell the owner by mail what was done to the second factor, in the caller's transaction.

    Staff get no mail from this program: headquarters and the auditors see it in the trail.
    """
    if kind is SessionKind.APPLICANT:
        owner = session.get_one(Applicant, subject_id)
        at = sentence_time(clock.now(), owner.locale)
        notifications.enqueue(session, event, owner, owner, version=known_owners.serial(), values={"time": at})


def codes_left(kind: SessionKind, subject_id: str) -> int:
    """How many recovery codes of a person have not been used."""
    unused = (RecoveryCode.kind == kind, RecoveryCode.subject_id == subject_id, RecoveryCode.used_at.is_(None))
    return int(db.session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0)


def current_code(kind: SessionKind, subject_id: str) -> str | None:
    """The code that a person's telephone shows now; for demonstrations and tests only."""
    row = db.session.scalar(_of(kind, subject_id))
    return pyotp.TOTP(row.secret).at(int(clock.now().timestamp())) if row else None


def _of(kind: SessionKind, subject_id: str):  # type: ignore[no-untyped-def]
    return select(SecondFactor).where(SecondFactor.kind == kind, SecondFactor.subject_id == subject_id)


def _accept(row: SecondFactor, code: str) -> bool:
    """Take a code of this step, the one before or the one after; each step once."""
    typed = "".join(unicodedata.normalize("NFKC", code).split())
    if not (typed.isascii() and typed.isdecimal() and len(typed) == 6):
        return False
    now = int(clock.now().timestamp())
    generator = pyotp.TOTP(row.secret)
    for step in (now // STEP_SECONDS + offset for offset in (-1, 0, 1)):
        if step > row.last_step and secrets.compare_digest(generator.at(step * STEP_SECONDS), typed):
            row.last_step = step
            return True
    return False


def _new_codes(session: Session, kind: SessionKind, subject_id: str) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.kind == kind, RecoveryCode.subject_id == subject_id))
    codes = [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY_CODES)
    ]
    for code in codes:
        session.add(RecoveryCode(kind=kind, subject_id=subject_id, digest=_digest(code)))
    return codes


def _digest(code: str) -> str:
    typed = unicodedata.normalize("NFKC", code).upper()
    return crypto.current().index("recovery_code", "".join(letter for letter in typed if letter in _ALPHABET))


def _use_recovery(session: Session, kind: SessionKind, subject_id: str, code: str, actor: Actor) -> bool:
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.kind == kind,
            RecoveryCode.subject_id == subject_id,
            RecoveryCode.digest == _digest(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        return False
    audit.record(session, "second_factor.recovery_used", actor, "second_factor", facts={"subject": subject_id})
    return True
